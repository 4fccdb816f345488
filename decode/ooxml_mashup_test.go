package decode

import (
	"encoding/base64"
	"encoding/binary"
	"testing"
)

// mashupOf is a customXml part with the queries of Power Query.
func mashupOf(query, metadata string) []byte {
	sized := func(b []byte) []byte {
		return append(binary.LittleEndian.AppendUint32(nil, uint32(len(b))), b...)
	}
	zip := zipOf(stored{"Formulas/Section1.m", []byte(query)}, stored{"[Content_Types].xml", []byte(types)})
	data := append([]byte{0, 0, 0, 0}, sized(zip)...)
	data = append(data, sized([]byte("<PermissionList/>"))...)
	meta := append([]byte{0, 0, 0, 0}, sized([]byte(metadata))...)
	data = append(data, sized(append(meta, 0, 0, 0, 0))...)
	data = append(data, sized(nil)...)
	return []byte(`<?xml version="1.0"?><DataMashup xmlns="http://schemas.microsoft.com/DataMashup">` + base64.StdEncoding.EncodeToString(data) + `</DataMashup>`)
}

func TestPowerQuery(t *testing.T) {
	const query = "section Section1; shared Q = Web.Contents(\"https://x\", [Headers=[Auth=\"ghp_fakeToken12\"]]);"
	part := mashupOf(query, "<LocalPackageMetadataFile><Entry Value=\"sFake1\"/></LocalPackageMetadataFile>")
	const path = "2/a.xlsx!customXml/item1.xml"
	r := attached("a.xlsx", officeOf("xl/workbook.xml", "<workbook/>", "customXml/item1.xml", string(part)))
	if got := bodies(r)[path+"!queries!Formulas/Section1.m"]; got != query {
		t.Errorf("%q in %v", got, bodies(r))
	}
	if !holds(r, path+"!metadata", "sFake1") {
		t.Errorf("metadata: %v", bodies(r))
	}
	wantSkips(t, r)
	r = attached("a.xlsx", officeOf("xl/workbook.xml", "<workbook/>", "customXml/item1.xml", `<DataMashup>AAAAAP////9naHBfZmFrZQ==</DataMashup>`))
	wantSkips(t, r, path+": damaged")
	if !holds(r, path+"!rest", "ghp_fake") {
		t.Errorf("what is left of it: %v", bodies(r))
	}
}

// TestWorkbookCorners: formats of numbers, hints for reading, comments in VML.
func TestWorkbookCorners(t *testing.T) {
	r := attached("a.xlsx", officeOf(
		"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="&quot;ghp_fakeToken12&quot;0"/></numFmts></styleSheet>`,
		"xl/sharedStrings.xml", `<sst><si><t>x</t><rPh><t>ghp_fake</t></rPh><rPh><t>Token12</t></rPh></si></sst>`,
		"xl/worksheets/sheet1.xml", `<worksheet><row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>y</t><rPh><t>ghp_fake</t></rPh><rPh><t>Token12</t></rPh></is></c></row></worksheet>`,
		"xl/drawings/vmlDrawing1.vml", `<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox><div><font>ghp_fake</font><font>Token12</font></div></v:textbox></v:shape></xml>`,
		"customXml/item1.xml", `<notes>ghp_fake<b>Token12</b></notes>`,
	))
	for _, part := range []string{"xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/drawings/vmlDrawing1.vml", "customXml/item1.xml"} {
		if !holds(r, "2/a.xlsx!"+part, "ghp_fakeToken12") {
			t.Errorf("%s: %+v", part, r.Texts)
		}
	}
	wantSkips(t, r)
}

package decode

import (
	"encoding/base64"
	"strings"
	"testing"
)

func typesOf(overrides ...string) string {
	out := `<Types><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`
	for i := 0; i < len(overrides); i += 2 {
		out += `<Override PartName="/` + overrides[i] + `" ContentType="application/vnd.openxmlformats-officedocument.` + overrides[i+1] + `+xml"/>`
	}
	return out + `</Types>`
}

// TestPartsOfOtherNames: what a part is, its type says, not its name.
func TestPartsOfOtherNames(t *testing.T) {
	rels := `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/doc/main.part"/></Relationships>`
	docx := zipOf(stored{"[Content_Types].xml", []byte(typesOf("doc/main.part", "wordprocessingml.document.main"))}, stored{"_rels/.rels", []byte(rels)},
		stored{"doc/main.part", []byte(`<w:document><w:p><w:r><w:t>ghp_fake</w:t></w:r><w:r><w:t>Token12</w:t></w:r></w:p></w:document>`)})
	r := attached("a.docx", docx)
	wantBodies(t, r, map[string]string{"2/a.docx!doc/main.part": "ghp_fakeToken12\n"})
	wantSkips(t, r)

	xlsx := zipOf(stored{"[Content_Types].xml", []byte(typesOf("b/one.xml", "spreadsheetml.worksheet", "b/two.xml", "spreadsheetml.sharedStrings"))},
		stored{"b/one.xml", []byte(`<worksheet><row><c t="s"><v>0</v></c><c t="str"><v>Fake1</v></c></row></worksheet>`)},
		stored{"b/two.xml", []byte(`<sst><si><r><t>pass</t></r><r><t>word</t></r></si></sst>`)})
	wantBodies(t, attached("a.xlsx", xlsx), map[string]string{"2/a.xlsx!b/one.xml": "password\tFake1\n"})

	pptx := zipOf(stored{"[Content_Types].xml", []byte(typesOf("p/s.xml", "presentationml.slide"))},
		stored{"p/s.xml", []byte(`<p:sld><a:p><a:r><a:t>ghp_fake</a:t></a:r><a:r><a:t>Token12</a:t></a:r></a:p></p:sld>`)})
	wantBodies(t, attached("a.pptx", pptx), map[string]string{"2/a.pptx!p/s.xml": "ghp_fakeToken12\n"})
}

// TestFlatDocuments reads documents that are one XML file.
func TestFlatDocuments(t *testing.T) {
	body := `<w:body><w:p><w:r><w:t>ghp_fake</w:t></w:r><w:r><w:t>Token12</w:t></w:r></w:p></w:body>`
	file := base64.StdEncoding.EncodeToString([]byte("pw: Fake1\n"))
	for name, src := range map[string]string{
		"flat OPC":  `<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/word/document.xml"><pkg:xmlData><w:document>` + body + `</w:document></pkg:xmlData></pkg:part><pkg:part pkg:name="/word/embeddings/a.txt"><pkg:binaryData>` + file[:6] + "\n" + file[6:] + `</pkg:binaryData></pkg:part></pkg:package>`,
		"Word 2003": `<?xml version="1.0"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">` + body + `<w:binData w:name="wordml://word/embeddings/a.txt">` + file + `</w:binData></w:wordDocument>`,
	} {
		r := attached("a.xml", []byte(src))
		if got := bodies(r)["2/a.xml"]; got != "ghp_fakeToken12\n" {
			t.Errorf("%s: %q", name, got)
		}
		if got := ofView(r, Markup)["2/a.xml"]; !strings.Contains(got, src) {
			t.Errorf("%s: the source is searched, too: %q", name, got)
		}
		found := false
		for path, text := range bodies(r) {
			found = found || strings.HasSuffix(path, "a.txt") && text == "pw: Fake1\n"
		}
		if !found {
			t.Errorf("%s: the file inside: %v", name, bodies(r))
		}
	}
}

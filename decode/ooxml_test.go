package decode

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

const types = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`

// officeOf writes a document of parts, given as name, XML, name, XML, …
func officeOf(parts ...string) []byte {
	files := []stored{{"[Content_Types].xml", []byte(types)}}
	for i := 0; i < len(parts); i += 2 {
		files = append(files, stored{parts[i], []byte(parts[i+1])})
	}
	return zipOf(files...)
}

// ofView are the texts of one view, by path.
func ofView(r Result, v View) map[string]string {
	out := map[string]string{}
	for _, t := range r.Texts {
		if t.View == v {
			out[t.Path] += t.Body
		}
	}
	return out
}

func wordOf(body string) []byte {
	return officeOf("word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`+body+`</w:body></w:document>`)
}

func TestWordText(t *testing.T) {
	for name, c := range map[string]struct{ xml, body, markup string }{
		"a token over several runs":   {`<w:p><w:r><w:t>ghp_</w:t></w:r><w:proofErr/><w:r><w:rPr><w:b/></w:rPr><w:t>abc</w:t></w:r></w:p>`, "ghp_abc\n", ""},
		"tabs, not tab stops":         {`<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>user</w:t><w:tab/><w:t>bob</w:t><w:br/><w:t>pw</w:t></w:r></w:p>`, "user\tbob\npw\n", ""},
		"a table":                     {`<w:tbl><w:tr><w:tc><w:p><w:r><w:t>user</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>pw</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>bob</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>`, "user\tpw\nbob\t\n", ""},
		"hidden text":                 {`<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>pw: hunter2</w:t></w:r></w:p>`, "pw: hunter2\n", ""},
		"entities and spaces":         {`<w:p><w:r><w:t xml:space="preserve">a &lt;b&gt; </w:t></w:r><w:r><w:t>&amp;&#65;</w:t></w:r></w:p>`, "a <b> &A\n", ""},
		"a tracked change":            {`<w:p><w:r><w:t xml:space="preserve">pw is </w:t></w:r><w:del w:author="B"><w:r><w:delText>old</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins><w:r><w:t>!</w:t></w:r></w:p>`, "pw is new!\n", "pw is old!\n"},
		"a link as a field":           {`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "https://u:</w:instrText></w:r><w:r><w:instrText>p@host"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>here</w:t></w:r></w:p>`, "here\n", "HYPERLINK \"https://u:p@host\"\n"},
		"a description":               {`<w:p><w:r><w:drawing><wp:positionH><wp:posOffset>12345</wp:posOffset></wp:positionH><wp:docPr id="1" name="Picture 1" descr="wifi pw: sesame"/></w:drawing><w:t>x</w:t></w:r></w:p>`, "x\n", "wifi pw: sesame\n"},
		"a content control":           {`<w:sdt><w:sdtPr><w:alias w:val="api key"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>k-123</w:t></w:r></w:p></w:sdtContent></w:sdt>`, "k-123\n", "api key\n"},
		"a text box in two forms":     {`<w:p><w:r><w:t>be</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><v:textbox><w:txbxContent><w:p><w:r><w:t>old form</w:t></w:r></w:p></w:txbxContent></v:textbox></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>fore</w:t></w:r></w:p>`, "be\nboxed\n\nfore\n", "old form\n"},
		"an XML comment":              {`<!-- pw: hunter2 --><w:p><w:r><w:t>x</w:t></w:r></w:p>`, "x\n", "pw: hunter2\n"},
		"formulas of mathematics":     {`<w:p><m:oMath><m:r><m:t>a=b</m:t></m:r></m:oMath></w:p>`, "a=b\n", ""},
		"a paragraph that never ends": {`<w:p><w:r><w:t>cut`, "cut\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := attached("a.docx", wordOf(c.xml))
			if got := bodies(r)["2/a.docx!word/document.xml"]; got != c.body {
				t.Errorf("body %q, want %q", got, c.body)
			}
			if got := ofView(r, Markup)["2/a.docx!word/document.xml"]; got != c.markup {
				t.Errorf("markup %q, want %q", got, c.markup)
			}
		})
	}
}

func TestWordParts(t *testing.T) {
	p := func(root, text string) string {
		return `<w:` + root + `><w:p><w:r><w:t>` + text + `</w:t></w:r></w:p></w:` + root + `>`
	}
	data := officeOf(
		"word/comments.xml", p("comments", "the pw is in the safe"), "word/footnotes.xml", p("footnotes", "note"), "word/endnotes.xml", p("endnotes", "end"),
		"word/header1.xml", p("hdr", "head"), "word/footer1.xml", p("ftr", "foot"), "word/document.xml", p("document", "body"),
		"word/_rels/document.xml.rels", `<Relationships><Relationship Id="rId1" Target="styles.xml"/><Relationship Id="rId2" TargetMode="External" Target="ftp://bob:pw@host/"/></Relationships>`,
		"docProps/core.xml", `<cp:coreProperties><dc:title>Plan</dc:title><cp:keywords>pw hunter2</cp:keywords></cp:coreProperties>`,
		"docProps/custom.xml", `<Properties><property name="ApiKey"><vt:lpwstr>k-123</vt:lpwstr></property></Properties>`,
		"customXml/item1.xml", `<root><apiKey>k-456</apiKey><conn string="Server=a;Password=b"/></root>`,
		"word/settings.xml", `<w:settings><w:docVars><w:docVar w:name="token" w:val="t-789"/></w:docVars><w:zoom w:percent="100"/></w:settings>`,
		"word/media/note.txt", "a text file inside\n",
		"word/vbaProject.bin", string(oleMagic)+string(wide("_VBA_PROJECT")),
	)
	r := attached("a.docx", data)
	wantBodies(t, r, map[string]string{
		"2/a.docx!word/document.xml": "body\n", "2/a.docx!word/comments.xml": "the pw is in the safe\n", "2/a.docx!word/footnotes.xml": "note\n",
		"2/a.docx!word/endnotes.xml": "end\n", "2/a.docx!word/header1.xml": "head\n", "2/a.docx!word/footer1.xml": "foot\n",
		"2/a.docx!customXml/item1.xml": "apiKey: k-456\n", "2/a.docx!word/media/note.txt": "a text file inside\n",
	})
	if r.Texts[0].Path != "2/a.docx!word/document.xml" {
		t.Errorf("the document itself comes first, not %s", r.Texts[0].Path)
	}
	head, markup := ofView(r, Head), ofView(r, Markup)
	for got, want := range map[string]string{
		head["2/a.docx!docProps/core.xml"]:              "title: Plan\nkeywords: pw hunter2\n",
		head["2/a.docx!docProps/custom.xml"]:            "ApiKey: k-123\n",
		markup["2/a.docx!word/_rels/document.xml.rels"]: "ftp://bob:pw@host/\n",
		markup["2/a.docx!customXml/item1.xml"]:          "conn string=\"Server=a;Password=b\"\n",
		markup["2/a.docx!word/settings.xml"]:            "docVar name=\"token\" val=\"t-789\"\n",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	wantSkips(t, r, "2/a.docx!word/vbaProject.bin: unsupported")
}

func TestWorkbook(t *testing.T) {
	data := officeOf(
		"xl/worksheets/sheet10.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>ten</v></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml", `<x:worksheet><x:sheetData>
			<x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c><x:c r="B1" t="s"><x:v>1</x:v></x:c></x:row>
			<x:row r="3"><x:c r="A3" t="inlineStr"><x:is><x:r><x:t>bo</x:t></x:r><x:r><x:t>b</x:t></x:r></x:is></x:c><x:c r="D3" t="str"><x:f>"hun"&amp;"ter2"</x:f><x:v>hunter2</x:v></x:c></x:row>
			<x:row r="4"><x:c r="B4"><x:v>42.5</x:v></x:c><x:c r="C4" t="s"><x:v>99</x:v></x:c><x:c r="D4" s="3"/></x:row>
			</x:sheetData><x:dataValidations><x:dataValidation prompt="pw as in the mail" sqref="A1"/></x:dataValidations>
			<x:headerFooter><x:oddHeader>&amp;Lsecret list</x:oddHeader></x:headerFooter></x:worksheet>`,
		"xl/sharedStrings.xml", `<sst><si><t>user</t></si><si><r><t>pass</t></r><r><t>word</t></r><rPh><t>パス</t></rPh></si><si><t>of a deleted row</t></si></sst>`,
		"xl/comments1.xml", `<comments><commentList><comment ref="A1"><text><r><t>the old pw </t></r><r><t>was swordfish</t></r></text></comment></commentList></comments>`,
		"xl/threadedComments/threadedComment1.xml", `<ThreadedComments><threadedComment ref="A1"><text>use hunter3</text></threadedComment></ThreadedComments>`,
		"xl/workbook.xml", `<workbook><sheets><sheet name="Zugänge" sheetId="1" state="veryHidden"/></sheets><definedNames><definedName name="pw">"n4med"</definedName></definedNames></workbook>`,
		"xl/connections.xml", `<connections><connection name="crm" id="1"><dbPr connection="Provider=SQLOLEDB;Password=c0nn;User ID=sa" command="select 1"/></connection></connections>`,
		"xl/printerSettings/printerSettings1.bin", "H\x00P\x00\x01\x02\x03\x04\x00\x05\x06\x07\x01\x01\x02\x02\x03\x03\x04\x04",
	)
	r := attached("a.xlsx", data)
	wantBodies(t, r, map[string]string{
		"2/a.xlsx!xl/worksheets/sheet2.xml":                 "user\tpassword\n\nbob\t\t\thunter2\n\t42.5\n",
		"2/a.xlsx!xl/worksheets/sheet10.xml":                "ten\n",
		"2/a.xlsx!xl/comments1.xml":                         "the old pw was swordfish\n",
		"2/a.xlsx!xl/threadedComments/threadedComment1.xml": "text: use hunter3\n",
		"2/a.xlsx!xl/workbook.xml":                          "definedName: \"n4med\"\n",
	})
	markup := ofView(r, Markup)
	for path, want := range map[string]string{
		"xl/worksheets/sheet2.xml": "\"hun\"&\"ter2\"\ndataValidation prompt=\"pw as in the mail\"\n&Lsecret list\n",
		"xl/sharedStrings.xml":     "of a deleted row\nパス\n",
		"xl/workbook.xml":          "sheet name=\"Zugänge\" state=\"veryHidden\"\n",
		"xl/connections.xml":       "connection name=\"crm\"\ndbPr connection=\"Provider=SQLOLEDB;Password=c0nn;User ID=sa\" command=\"select 1\"\n",
	} {
		if got := markup["2/a.xlsx!"+path]; got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	wantSkips(t, r, "2/a.xlsx!xl/printerSettings/printerSettings1.bin: unsupported")
	if first := r.Texts[0].Path; first != "2/a.xlsx!xl/worksheets/sheet2.xml" {
		t.Errorf("sheets come first and in the order of their numbers, not %s", first)
	}
}

// TestStringTableElsewhere: strings that no cell can be joined with are searched all the same.
func TestStringTableElsewhere(t *testing.T) {
	r := attached("a.xlsx", officeOf("xl/worksheets/sheet1.xml", `<worksheet><row><c t="s"><v>0</v></c></row></worksheet>`, "xl/zstrings.xml", `<sst><si><t>pw: hunter2</t></si></sst>`))
	if got := ofView(r, Markup)["2/a.xlsx!xl/zstrings.xml"]; got != "pw: hunter2\n" {
		t.Errorf("%q, texts %v", got, r.Texts)
	}
}

func TestSlides(t *testing.T) {
	slide := func(text string) string {
		return `<p:sld xmlns:a="http://purl.oclc.org/ooxml/drawingml/main"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>` + text + `</a:t></a:r><a:br/><a:r><a:t>line 2</a:t></a:r></a:p></p:txBody></p:sp>` +
			`<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>pw</a:t></a:r></a:p></a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>hunter2</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:graphicFrame></p:spTree></p:cSld></p:sld>`
	}
	r := attached("a.pptx", officeOf(
		"ppt/slides/slide10.xml", slide("ten"), "ppt/slides/slide2.xml", slide("two"),
		"ppt/notesSlides/notesSlide1.xml", `<p:notes><a:p><a:r><a:t>say nothing of the pw</a:t></a:r></a:p></p:notes>`,
		"ppt/comments/comment1.xml", `<p:cmLst><p:cm><p:text>ask bob</p:text></p:cm></p:cmLst>`,
	))
	wantBodies(t, r, map[string]string{
		"2/a.pptx!ppt/slides/slide2.xml": "two\nline 2\npw\thunter2\n", "2/a.pptx!ppt/slides/slide10.xml": "ten\nline 2\npw\thunter2\n",
		"2/a.pptx!ppt/notesSlides/notesSlide1.xml": "say nothing of the pw\n", "2/a.pptx!ppt/comments/comment1.xml": "text: ask bob\n",
	})
	if r.Texts[0].Path != "2/a.pptx!ppt/slides/slide2.xml" {
		t.Errorf("slide 2 comes before slide 10, not %s", r.Texts[0].Path)
	}
	wantSkips(t, r)
}

func TestEmbeddedDocuments(t *testing.T) {
	inner := officeOf("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c t="str"><v>inner</v></c></row></sheetData></worksheet>`)
	r := attached("a.docx", zipOf(stored{"[Content_Types].xml", []byte(types)},
		stored{`word\document.xml`, []byte(`<w:document><w:p><w:r><w:t>outer</w:t></w:r></w:p></w:document>`)},
		stored{"word/embeddings/Sheet.xlsx", inner}, stored{"word/media/image1.png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")}))
	wantBodies(t, r, map[string]string{`2/a.docx!word\document.xml`: "outer\n", "2/a.docx!word/embeddings/Sheet.xlsx!xl/worksheets/sheet1.xml": "inner\n"})
	wantSkips(t, r, "2/a.docx!word/media/image1.png: unsupported")
}

func TestOfficeInUTF16(t *testing.T) {
	xml := `<?xml version="1.0" encoding="UTF-16"?><w:document><w:p><w:r><w:t>Zugang: grün</w:t></w:r></w:p></w:document>`
	wide := []byte{0xff, 0xfe}
	for _, r := range xml {
		wide = append(wide, byte(r), byte(r>>8))
	}
	r := attached("a.docx", officeOf("word/document.xml", string(wide)))
	wantBodies(t, r, map[string]string{"2/a.docx!word/document.xml": "Zugang: grün\n"})
}

func TestDamagedOffice(t *testing.T) {
	broken := `<w:document><w:p><w:r><w:t>before</w:t></w:r></w:p><w:p <<< token=abc123`
	r := attached("a.docx", officeOf("word/document.xml", broken))
	if got := bodies(r)["2/a.docx!word/document.xml"]; got != "before\n" {
		t.Errorf("what came before: %q", got)
	}
	if got := ofView(r, Markup)["2/a.docx!word/document.xml"]; !strings.Contains(got, "token=abc123") {
		t.Errorf("what comes after is searched as it stands: %q", got)
	}
	wantSkips(t, r, "2/a.docx!word/document.xml: damaged")
	for _, s := range r.Skips {
		if strings.Contains(s.Detail, "abc123") || strings.Contains(s.Detail, "token") {
			t.Errorf("the skip quotes content: %q", s.Detail)
		}
	}

	whole := officeOf("word/document.xml", `<w:document><w:p><w:r><w:t>found</w:t></w:r></w:p></w:document>`)
	r = attached("a.docx", whole[:bytes.Index(whole, []byte("PK\x01\x02"))])
	wantBodies(t, r, map[string]string{"2/a.docx!word/document.xml": "found\n"})
	wantSkips(t, r, "2/a.docx: damaged")
}

func TestEncryptedOffice(t *testing.T) {
	ole := append(bytes.Clone(oleMagic), make([]byte, 600)...)
	for stream, want := range map[string]string{
		"EncryptedPackage": "encrypted", "WordDocument": "unsupported", "Workbook": "unsupported", "__properties_version1.0": "unsupported",
	} {
		wantSkips(t, attached("a.docx", append(bytes.Clone(ole), wide(stream)...)), "2/a.docx: "+want)
	}
}

// TestZipsThatAreNoOffice: a package of another kind is a zip archive.
func TestZipsThatAreNoOffice(t *testing.T) {
	r := attached("a.nupkg", zipOf(stored{"[Content_Types].xml", []byte(types)}, stored{"lib/app.config", []byte("<add key='pw' value='x'/>\n")}))
	if got := bodies(r)["2/a.nupkg!lib/app.config"]; got != "<add key='pw' value='x'/>\n" {
		t.Errorf("%q", got)
	}
	r = attached("a.zip", zipOf(stored{"word/document.xml", []byte("<x>y</x>")}))
	if got := bodies(r)["2/a.zip!word/document.xml"]; got != "<x>y</x>" {
		t.Errorf("%q", got)
	}
	odt := rawZip([]*zip.FileHeader{{Name: "mimetype"}}, []byte("application/vnd.oasis.opendocument.text"))
	wantSkips(t, attached("a.odt", odt), "2/a.odt: unsupported")
}

package simulator

import (
	"archive/zip"
	"bytes"
	"html"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"strings"
	"time"
)

// Content types of attachments.
const (
	docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

type zipEntry struct{ name, text string }

// zipped is an archive without dates: the same entries make the same bytes.
func zipped(entries ...zipEntry) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		// Writing to memory fails only for names and sizes that are not made here.
		if w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate}); err == nil {
			w.Write([]byte(e.text))
		}
	}
	z.Close()
	return b.Bytes()
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func contentTypes(overrides string) zipEntry {
	return zipEntry{"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` + overrides + `</Types>`}
}

func relations(name, kind, target string) zipEntry {
	return zipEntry{name, xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + kind + `" Target="` + target + `"/></Relationships>`}
}

// docx is a Word document of one paragraph a line.
func docx(text string) []byte {
	var body strings.Builder
	for line := range strings.Lines(text) {
		body.WriteString(`<w:p><w:r><w:t xml:space="preserve">` + html.EscapeString(strings.TrimRight(line, "\r\n")) + `</w:t></w:r></w:p>`)
	}
	return zipped(
		contentTypes(`<Override PartName="/word/document.xml" ContentType="`+docxType+`.main+xml"/>`),
		relations("_rels/.rels", "officeDocument", "word/document.xml"),
		zipEntry{"word/document.xml", xmlHead + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body.String() + `</w:body></w:document>`})
}

// xlsx is a workbook of one sheet: a row a line, its cells divided by tabs.
func xlsx(text string) []byte {
	var rows strings.Builder
	for line := range strings.Lines(text) {
		rows.WriteString("<row>")
		for cell := range strings.SplitSeq(strings.TrimRight(line, "\r\n"), "\t") {
			rows.WriteString(`<c t="inlineStr"><is><t>` + html.EscapeString(cell) + `</t></is></c>`)
		}
		rows.WriteString("</row>")
	}
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	return zipped(
		contentTypes(`<Override PartName="/xl/workbook.xml" ContentType="`+xlsxType+`.main+xml"/>`+
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`),
		relations("_rels/.rels", "officeDocument", "xl/workbook.xml"),
		relations("xl/_rels/workbook.xml.rels", "worksheet", "worksheets/sheet1.xml"),
		zipEntry{"xl/workbook.xml", xmlHead + `<workbook ` + ns + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		zipEntry{"xl/worksheets/sheet1.xml", xmlHead + `<worksheet ` + ns + `><sheetData>` + rows.String() + `</sheetData></worksheet>`})
}

// picture is a PNG of coloured noise, about 3 bytes a pixel.
func picture(rnd *rand.Rand, side int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			v := rnd.Uint32()
			img.Set(x, y, color.RGBA{uint8(v), uint8(v >> 8), uint8(v >> 16), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil // an image in memory encodes
	}
	return b.Bytes()
}

// table is a CSV of some rows of figures.
func table(rnd *rand.Rand, separator string) string {
	var b strings.Builder
	b.WriteString(strings.Join([]string{"item", "region", "quantity", "price"}, separator) + "\r\n")
	for i := range 12 + rnd.IntN(40) {
		b.WriteString(strings.Join([]string{"P-" + letters(rnd, digits, 4), []string{"North", "South", "East"}[i%3],
			letters(rnd, digits, 2), letters(rnd, digits, 3) + ".90"}, separator) + "\r\n")
	}
	return b.String()
}

// ordinaryFiles are attachments that hold nothing worth a search. Mailboxes share them.
func (g *generator) ordinaryFiles(rnd *rand.Rand) []*Attachment {
	var out []*Attachment
	for i := range 6 {
		lang := &languages[i%len(languages)]
		text := paragraphs(rnd, lang, 3000, "\r\n\r\n")
		n := letters(rnd, digits, 3)
		out = append(out,
			&Attachment{Name: "notes-" + n + ".txt", ContentType: "text/plain", Content: []byte(text)},
			&Attachment{Name: lang.projects[3] + ".csv", ContentType: "text/csv", Content: []byte(table(rnd, ","))},
			&Attachment{Name: lang.topics[0] + ".docx", ContentType: docxType, Content: docx(text)},
			&Attachment{Name: "report-" + n + ".xlsx", ContentType: xlsxType, Content: xlsx(table(rnd, "\t"))},
			&Attachment{Name: "documents-" + n + ".zip", ContentType: "application/zip", Content: zipped(zipEntry{"readme.txt", text}, zipEntry{"data/table.csv", table(rnd, ";")})},
			&Attachment{Name: "scan-" + n + ".png", ContentType: "image/png", Content: picture(rnd, 24+16*i)},
			&Attachment{Name: lang.topics[1], Item: g.nested(rnd, lang, text)},
			&Attachment{Name: lang.projects[0] + ".pptx", SourceURL: "https://contoso-my.sharepoint.example/personal/shared/" + n + ".pptx"})
	}
	return out
}

// nested is a mail that came from outside and is attached to another, with a file of its own.
func (g *generator) nested(rnd *rand.Rand, lang *language, text string) *Message {
	from := g.outsider(rnd)
	return &Message{Headers: []Header{{"Received", "from mail.fabrikam.example by mx." + g.tenant.Domain() + " with ESMTPS; " + g.until.AddDate(0, -1, 0).Format(time.RFC1123Z)}},
		Subject: lang.topics[1], BodyType: "text", Body: text, From: from, Sender: from, To: []Address{g.anyone(rnd).address()},
		InternetMessageID: "<" + letters(rnd, lowerAlnum, 24) + "@fabrikam.example>", ConversationID: opaqueID("AAQkAG", 84, text[:min(len(text), 64)]),
		Received: g.until.AddDate(0, -1, 0), Sent: g.until.AddDate(0, -1, 0), Created: g.until.AddDate(0, -1, 0), Modified: g.until.AddDate(0, -1, 0),
		Attachments: []*Attachment{{ID: opaqueID("AAMkAG", 64, text), Name: "table.csv", ContentType: "text/csv", Content: []byte(table(rnd, ",")), Modified: g.until}}}
}

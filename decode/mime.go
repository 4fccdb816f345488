package decode

import (
	"bytes"
	"context"
	"io"
	"strings"
)

// MIME takes a message apart. It never fails: what is lost, damaged or beyond
// the budget is in the Skips of the result. An mbox separator and blank lines
// before the header are passed over; a message without a header is all body.
// The parts refer to raw, which must not change as long as they are in use.
//
// Besides its sections (RFC 9051 section 6.4.5) a mail has text between and around
// them, which a reader of the raw mail sees: it comes as the parts "preamble" and
// "epilogue" of its multipart ("2.preamble"), and words in the header of a section
// as that section's "MIME" ("2.MIME"; "MIME" alone is that of a mail of several sections).
func MIME(ctx context.Context, raw []byte, b *Budget) Mail {
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') >= 0 {
		raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n")) // line ends of old Macs
	}
	fields, body := splitHeader(raw)
	e := entityOf(fields, "", "text/plain")
	p := parser{ctx: ctx, b: b, hint: e.charset, left: max(b.lim.Parts-b.parts, 0)}
	p.out.Header = headerOf(fields, e.charset)
	for _, f := range fields[:min(len(fields), maxFields)] {
		if !routes(f.name) && unknownWords(unfold(f.value)) {
			p.lose(f.shown, Unsupported, guessedCharset)
		}
	}
	p.entity(e, raw[body:], "1", "")
	return p.out
}

// parser takes one message apart.
type parser struct {
	ctx  context.Context
	b    *Budget
	hint string // charset of the mail, for text that declares none
	out  Mail
	left int // parts that the budget lets through
	// late is set when the time is up; calls of done are counted, for the clock
	// is not asked each time.
	late  bool
	calls int
	// encodedOnly leaves out sections whose content is text as it stands.
	encodedOnly bool
}

// entity is what the header of a message or of a section says of its content.
type entity struct {
	typ, name, charset, cte, boundary string
	outer                             string // transfer encoding of the multipart around it, where that is one
	flowed, delSp                     bool
	words                             string // fields that hold words, one a line
}

// entityOf reads the header fields of a section; fallback is the media type of
// one that declares none.
func entityOf(fields []rawField, hint, fallback string) entity {
	e := entity{typ: fallback}
	ctype, params := parseParams(first(fields, "content-type"), hint)
	if strings.Contains(ctype, "/") {
		e.typ = ctype
	}
	e.charset = params["charset"]
	e.flowed = strings.EqualFold(params["format"], "flowed")
	e.delSp = strings.EqualFold(params["delsp"], "yes")
	e.cte = first(fields, "content-transfer-encoding")
	_, disposition := parseParams(first(fields, "content-disposition"), hint)
	for _, name := range []string{disposition["filename"], params["name"], disposition["name"], params["filename"], params["file"]} {
		setOnce(&e.name, strings.TrimSpace(name))
	}
	e.boundary = strings.TrimRight(params["boundary"], " \t")
	e.words = paramWords(fields, hint, e.name)
	return e
}

// sectionOf is entityOf for a section of a multipart, with the words of its header.
func (p *parser) sectionOf(fields []rawField, fallback string) entity {
	e := entityOf(fields, p.hint, fallback)
	var words []string
	if e.words != "" {
		words = append(words, e.words)
	}
	for _, f := range fields {
		// The parameters of an external body say where it is.
		if !routes(f.name) || e.typ == "message/external-body" && f.name == "content-type" {
			words = append(words, f.shown+": "+decodeWords(unfold(f.value), p.hint))
		}
	}
	e.words = strings.Join(words, "\n")
	return e
}

// entity adds the parts of one message or section. id is its section number when
// it is a leaf, prefix that of its sections when it has some.
func (p *parser) entity(e entity, body []byte, id, prefix string) {
	if !strings.HasPrefix(e.typ, "multipart/") {
		p.leaf(e, body, id)
		return
	}
	p.words(e, strings.TrimSuffix(prefix, "."))
	if !hasDelimiter(body, e.boundary) {
		p.loose(e, body, id, prefix, 0)
		return
	}
	p.cut(e, body, []string{e.boundary}, id, prefix, 0)
}

// done reports whether parts or time are used up before the section id.
func (p *parser) done(id string) bool {
	if p.calls++; p.calls%256 == 0 && !p.late && p.b.late(p.ctx) != nil {
		p.late = true
		p.lose(id, TimeLimit, andThoseAfter)
	}
	return p.late || p.left < 0
}

// leaf adds a part that is opened later.
func (p *parser) leaf(e entity, body []byte, id string) {
	if p.encodedOnly && !encodes(e.cte) {
		return
	}
	p.words(e, id)
	size := int64(-1)
	if cte := cleanEncoding(e.cte); cte == "" || cte == "7bit" || cte == "8bit" {
		size = int64(len(body))
	}
	p.add(Part{
		Path: id, Name: e.name, Type: e.typ, Charset: e.charset, Flowed: e.flowed, DelSp: e.delSp, Size: size,
		Open: func(context.Context) (io.ReadCloser, error) {
			c := decodeTransfer(e.cte, body)
			return c.open(), nil
		},
	})
	p.again(e, body, id)
}

// inherit notes that the multipart around a section, or one around that, declares a
// transfer encoding. RFC 2045 section 6.4 forbids it, and it is met.
func (e *entity) inherit(around entity) {
	if e.outer = around.outer; encodes(around.cte) {
		e.outer = around.cte
	}
}

// again adds a section that declares no encoding of its own a second time, decoded
// as the multipart around it says; nobody can tell which of the two is meant.
func (p *parser) again(e entity, body []byte, id string) {
	if e.outer == "" || e.cte != "" {
		return
	}
	c := decodeTransfer(e.outer, body)
	if c.damage != "" || bytes.Equal(c.data, body) {
		return
	}
	p.add(Part{
		Path: id + "!decoded", Type: e.typ, Charset: e.charset, Flowed: e.flowed, DelSp: e.delSp, Size: int64(len(c.data)),
		Open: func(context.Context) (io.ReadCloser, error) { return c.open(), nil },
	})
}

// words adds what the header of a section says to people, such as Content-Description,
// and what its type and disposition say besides a name. The other fields of the mail
// itself are in [Header.Fields] already.
func (p *parser) words(e entity, id string) {
	if e.words != "" {
		p.text(strings.TrimPrefix(id+".MIME", "."), []byte(e.words), "utf-8")
	}
}

// around adds text before or after the sections, unless it is blank or only tells
// old programs that this is MIME.
func (p *parser) around(text []byte, id string) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || isUsualPreamble(string(text)) {
		return
	}
	p.text(id, text, p.hint)
}

// isUsualPreamble reports whether text says that this is MIME in no other words than
// mail programs use: between them a token could stand.
func isUsualPreamble(text string) bool {
	if len(text) > 120 || !strings.HasPrefix(text, "This is a ") || !strings.Contains(text, "MIME") {
		return false
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n\r\t.,-", r) }) {
		switch strings.ToLower(word) {
		case "this", "is", "a", "multi", "part", "multipart", "message", "in", "mime", "format", "encoded", "with", "mail", "cryptographically", "signed", "s/mime", "the":
		default:
			return false
		}
	}
	return true
}

func encodes(cte string) bool {
	switch cleanEncoding(cte) {
	case "base64", "quotedprintable", "uuencode", "xuuencode", "xuue", "uue":
		return true
	}
	return false
}

func (p *parser) text(id string, data []byte, charset string) {
	if p.encodedOnly {
		return
	}
	p.add(Part{
		Path: id, Type: "text/plain", Charset: charset, Size: int64(len(data)),
		Open: func(context.Context) (io.ReadCloser, error) { return (&content{data: data}).open(), nil },
	})
}

func (p *parser) add(part Part) {
	if p.left--; p.left == -1 {
		p.lose(part.Path, TooMany, andThoseAfter)
	}
	if p.left >= 0 {
		p.out.Parts = append(p.out.Parts, part)
	}
}

func (p *parser) lose(id string, reason Reason, detail string) {
	if p.encodedOnly && reason == Damaged {
		return
	}
	p.out.Skips = append(p.out.Skips, Skip{Path: id, Reason: reason, Detail: detail})
}

package decode

import (
	"strconv"
	"strings"
)

// html searches an HTML document. It gives two texts of the same part: what a
// reader sees (Body) and what stands in the source besides (Markup). Files
// inside data: URLs are opened as children.
func (w *walker) html(n node, src string) {
	doc, err := htmlTexts(src, func() error { return w.b.late(w.ctx) })
	w.text(n, Body, doc.visible)
	if doc.markup != "" {
		w.text(n, Markup, doc.markup)
	}
	if !w.fault(n.path, err) {
		return
	}
	w.dataURLs(n, doc.data)
	w.uuText(n, doc.visible)
}

// dataURLs opens the files inside data: URLs.
func (w *walker) dataURLs(n node, urls []dataURL) {
	for i, d := range urls {
		child := n.child("data-"+strconv.Itoa(i+1), nil)
		child.typ = d.typ
		if !w.base64(child, d.content) {
			return
		}
	}
}

// htmlDoc is what one walk over a document gives.
type htmlDoc struct {
	visible string // as a reader sees it
	// markup is the rest: a line for each tag that tells something, comments,
	// scripts, style sheets, titles, hidden text, and what links say and lead to
	// once they are decoded.
	markup string
	data   []dataURL
}

// lateEvery is how many bytes of a document are read between two looks at the clock.
const lateEvery = 64 << 10

// htmlTexts reads a document of any size and state in linear time. late is asked
// now and then; its error ends the walk and is returned with what was got.
//
// Visible text: inline tags add nothing, so that a token split over them is whole;
// blocks break lines, the cells of a row are parted by a tab. What a style hides,
// by display, visibility, mso-hide or a font size of nothing, goes to the markup,
// unless its element is never closed: then nobody can tell where it was meant to
// end, and it is taken as visible.
func htmlTexts(src string, late func() error) (htmlDoc, error) {
	p := htmlPage{scan: htmlScanner{src: src}, late: late, markup: &layout{}, seen: map[string]bool{}}
	p.shown.b.Grow(len(src) / 4)
	err := p.run()
	visible := p.shown.String()
	p.targets(linkTargets(visible))
	return htmlDoc{visible: visible, markup: p.markup.String(), data: p.data}, err
}

// htmlPage walks over one document, or over HTML inside a comment or an attribute of it.
type htmlPage struct {
	scan   htmlScanner
	late   func() error
	err    error // of late: ends the walk
	shown  layout
	hidden layout  // the text of the hidden element that is open
	markup *layout // shared with the documents inside
	inner  bool    // is inside a comment or an attribute: goes no deeper
	data   []dataURL
	seen   map[string]bool // link targets that the markup holds already

	htmlScope
	dropBreak bool // the line end right after <pre> is none
}

func (p *htmlPage) run() error {
	for check := 0; p.err == nil; {
		if p.scan.pos >= check {
			check = p.scan.pos + lateEvery
			if p.err = p.late(); p.err != nil {
				break
			}
		}
		kind, s := p.scan.next()
		switch kind {
		case htmlText:
			p.chars(s)
		case htmlStart:
			p.start(s)
		case htmlClose:
			p.close(s)
		case htmlComment:
			p.comment(s)
		case htmlCDATA:
			p.nested(s)
		case htmlDecl:
			p.declaration(s)
		case htmlEnd:
			p.finish()
			return nil
		}
	}
	p.finish()
	return p.err
}

// finish ends the document: what is still hidden has lost its end tag.
func (p *htmlPage) finish() {
	if p.hiding {
		p.reveal()
		p.hide(false)
	}
}

// out is where text goes now.
func (p *htmlPage) out() *layout {
	if p.hiding {
		return &p.hidden
	}
	return &p.shown
}

// chars adds text in which references are not yet decoded.
func (p *htmlPage) chars(s string) {
	if p.dropBreak {
		p.dropBreak = false
		s = strings.TrimPrefix(strings.TrimPrefix(s, "\r"), "\n")
	}
	out := p.out()
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			out.add(s, p.keeping > 0)
			return
		}
		out.add(s[:i], p.keeping > 0)
		text, n := reference(s[i:], false)
		out.add(text, p.keeping > 0)
		s = s[i+n:]
	}
}

// start reads a start tag and, when its content holds no tags, the content.
func (p *htmlPage) start(name string) {
	p.dropBreak = false
	begin := p.scan.pos - len(name) - 1
	el := elementOf(name)
	look, value := p.attributes(el.kind)
	content := 0
	if el.kind == elUnknown {
		content = p.foreign(name)
	}
	if content > 0 || el.kind == elUnknown && odd(name) || p.scan.unclosed() {
		p.note(attrText(p.scan.src[begin : p.scan.pos+content]))
	}
	switch el.kind {
	case elVoid:
	case elBreak:
		p.edge((*layout).lineBreak)
	case elRule:
		p.edge((*layout).block)
	case elField:
		p.out().gap()
		p.out().text(value)
		p.out().gap()
	case elPlaintext:
		p.edge((*layout).block)
		p.out().verbatim(p.scan.src[p.scan.pos:])
		p.scan.pos = len(p.scan.src)
	case elTextarea, elTitle, elScript, elXmp, elIframe:
		p.enter(el, look)
		if text, ok := p.scan.raw(lowerName(name)); ok {
			p.raw(el.kind, text)
		}
	default:
		p.enter(el, look)
	}
}

// foreign returns the length of what follows the start tag of an element that HTML
// does not know, up to and with its end tag, when that is nothing but text: of
// "<password>Hunter2</password>", XML that somebody put into a page as it was, the
// tags say what the text is.
func (p *htmlPage) foreign(name string) int {
	text, rest, ok := strings.Cut(p.scan.src[p.scan.pos:], "<")
	end := "/" + name + ">"
	if !ok || strings.TrimSpace(attrText(text)) == "" || !strings.HasPrefix(rest, end) {
		return 0
	}
	return len(text) + len("<") + len(end)
}

// odd reports whether name is no name of an element, not even of a made-up one
// such as "o:p" or "my-tag". <bob@example.com> and <https://example.com/?token=...>
// are no tags, but what somebody wrote.
func odd(name string) bool {
	made := false
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '-', c == ':':
			made = i+1 < len(name)
		case !letter(c) && (c < '0' || c > '9'):
			return true
		}
	}
	return !made
}

// raw adds the content of an element that holds no tags.
func (p *htmlPage) raw(kind htmlKind, s string) {
	switch kind {
	case elTextarea:
		p.keeping++
		p.dropBreak = true
		p.chars(s)
		p.keeping--
	case elXmp:
		p.out().verbatim(s)
	case elTitle:
		p.note(attrText(s))
	case elIframe:
		p.nested(s)
	default:
		p.note(s)
	}
}

// close reads an end tag.
func (p *htmlPage) close(name string) {
	begin := p.scan.pos
	for _, _, ok := p.scan.attr(); ok; _, _, ok = p.scan.attr() {
	}
	el := elementOf(name)
	if el.kind == elUnknown && odd(name) {
		p.note(attrText(p.scan.src[begin-len(name)-len("</") : p.scan.pos]))
	} else if rest := p.scan.src[begin:p.scan.pos]; rest != ">" {
		p.note(attrText(strings.TrimSuffix(rest, ">")))
	}
	if el.kind == elBreak {
		p.edge((*layout).lineBreak) // browsers take </br> for <br>
		return
	}
	p.leave(el)
}

// comment reads a comment. "<!--[if mso]> ... <![endif]-->" is HTML that Outlook
// shows, and many a comment is HTML that somebody took out.
func (p *htmlPage) comment(s string) {
	if startsFold(strings.TrimSpace(s), "[if") {
		if i := strings.Index(s, "]>"); i >= 0 {
			s = s[i+len("]>"):]
		}
	}
	// "<!--[if !mso]><!-->" shows what follows to all but Outlook, up to "<!--<![endif]-->".
	p.nested(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(s), "<![endif]"), "<!"))
}

// declaration reads a doctype, a processing instruction, the mark of a conditional
// comment, or junk. Doctypes and marks tell nothing while they are of ordinary length.
func (p *htmlPage) declaration(s string) {
	const ordinary = 128
	if len(s) <= ordinary && (startsFold(s, "!doctype") || startsFold(s, "![if") || startsFold(s, "![endif") || s == "/") {
		return
	}
	p.note(s)
}

// nested searches text in which tags may stand but which is no part of the page:
// what it says, shown or hidden, goes to the markup.
func (p *htmlPage) nested(s string) {
	if p.inner || !strings.Contains(s, "<") {
		p.note(attrText(s))
		return
	}
	in := htmlPage{scan: htmlScanner{src: s}, late: p.late, markup: p.markup, inner: true, seen: p.seen}
	p.err = in.run()
	p.data = append(p.data, in.data...)
	p.line(in.shown.String())
}

// note adds a text to the markup, on lines of its own.
func (p *htmlPage) note(s string) {
	p.markup.block()
	p.markup.verbatim(strings.TrimSpace(s))
	p.markup.block()
}

// line is note for text that is laid out already.
func (p *htmlPage) line(s string) {
	p.markup.block()
	p.markup.write(s)
	p.markup.block()
}

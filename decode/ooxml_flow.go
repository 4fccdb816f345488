package decode

import (
	"bytes"
	"encoding/xml"
	"strings"
	"unicode"
)

// flow reads text that runs in paragraphs, as WordprocessingML and DrawingML hold
// it (ECMA-376 part 1, sections 17 and 21.1.2), and of any other XML its words:
// the visible text goes to the body, one paragraph or table row a line; all else
// to markup.
type flow struct {
	all   bool // every attribute and text is searched, with the name of its element
	quiet bool // no attribute is

	body, markup []byte
	now, was     []byte // the present paragraph, after and before tracked changes
	aside        []byte // the same in a fallback: what programs show that are too old for the rest
	field        []byte // code of a field: a link's target, a data source
	changed      bool

	inserted, deleted, fallback, stops int // how deep in such elements we are
	element                            string
	cell                               int // where the present table cell begins in body
	seen                               map[string]bool
}

// wordAttrs hold words of people in parts that are prose: descriptions of
// pictures, tips, targets of links, WordArt.
var wordAttrs = map[string]bool{
	"descr": true, "title": true, "alt": true, "tooltip": true, "instr": true, "string": true, "href": true, "src": true,
	"displayText": true, "value": true, "lastValue": true, "macro": true, "action": true, "location": true,
}

// wordElements hold words of people in their attribute val: content controls and
// form fields.
var wordElements = map[string]bool{
	"alias": true, "tag": true, "default": true, "helpText": true, "statusText": true, "entryMacro": true, "exitMacro": true,
}

func (f *flow) start(name string, attrs []xml.Attr) error {
	f.element = name
	switch name {
	case "ins", "moveTo":
		f.inserted++
	case "del", "moveFrom":
		f.deleted++
	case "Fallback":
		f.fallback++
	case "tabs", "tabLst":
		f.stops++
	case "tab":
		if f.stops == 0 {
			f.add("\t")
		}
	case "br", "cr":
		f.add("\n")
	case "noBreakHyphen":
		f.add("-")
	case "txbxContent":
		f.paragraph()
	case "tc":
		f.cell = len(f.body)
	case "fldChar":
		f.endField()
	}
	f.attributes(name, attrs)
	return nil
}

func (f *flow) end(name string) {
	f.element = ""
	switch name {
	case "ins", "moveTo":
		f.inserted = max(0, f.inserted-1)
	case "del", "moveFrom":
		f.deleted = max(0, f.deleted-1)
	case "Fallback":
		f.endAside()
		f.fallback = max(0, f.fallback-1)
	case "tabs", "tabLst":
		f.stops = max(0, f.stops-1)
	case "p", "txbxContent", "comment":
		f.paragraph()
	case "tc":
		if len(f.body) > f.cell {
			f.body = bytes.TrimSuffix(f.body, []byte("\n"))
		}
		f.body = append(f.body, '\t')
	case "tr":
		f.body = append(bytes.TrimSuffix(f.body, []byte("\t")), '\n')
	}
}

func (f *flow) chars(text []byte) {
	switch f.element {
	case "t", "delText":
		f.add(string(text))
		return
	case "instrText", "delInstrText":
		f.field = append(f.field, text...)
		return
	}
	s := string(bytes.TrimSpace(text))
	switch {
	case s == "":
	case f.all:
		f.body = append(append(append(append(f.body, f.element...), ": "...), s...), '\n')
	case strings.ContainsFunc(s, unicode.IsLetter): // the rest are positions and sizes
		f.line(s)
	}
}

func (f *flow) comment(text []byte) { f.line(string(bytes.TrimSpace(text))) }

// add puts text where it belongs: what was deleted only into the paragraph as it
// was, what was inserted only into the paragraph as it is.
func (f *flow) add(s string) {
	if f.fallback > 0 {
		f.aside = append(f.aside, s...)
		return
	}
	gone := f.deleted > 0 || f.element == "delText"
	if !gone {
		f.now = append(f.now, s...)
	}
	if f.inserted == 0 || gone {
		f.was = append(f.was, s...)
	}
	f.changed = f.changed || gone
}

func (f *flow) paragraph() {
	f.endField()
	if f.fallback > 0 {
		f.endAside()
		return
	}
	f.body = append(append(f.body, f.now...), '\n')
	if f.changed {
		f.line(string(f.was))
	}
	f.now, f.was, f.changed = f.now[:0], f.was[:0], false
}

func (f *flow) endField() {
	f.line(string(bytes.TrimSpace(f.field)))
	f.field = f.field[:0]
}

func (f *flow) endAside() {
	f.line(string(f.aside))
	f.aside = f.aside[:0]
}

func (f *flow) line(s string) {
	if s != "" {
		f.markup = append(append(f.markup, s...), '\n')
	}
}

// finish ends what is open and gives the body, "" when nobody would see anything.
func (f *flow) finish() []byte {
	if len(f.now) > 0 || f.changed {
		f.paragraph()
	}
	f.endField()
	f.endAside()
	if len(bytes.TrimSpace(f.body)) == 0 {
		return nil
	}
	return f.body
}

func (f *flow) attributes(name string, attrs []xml.Attr) {
	switch {
	case f.all:
		f.once(elementLine(name, attrs))
	case name == "numFmt":
		f.once(attrOf(attrs, "formatCode")) // a cell may show words of it
	case !f.quiet:
		for _, a := range attrs {
			if wordAttrs[a.Name.Local] || a.Name.Local == "val" && wordElements[name] {
				f.once(a.Value)
			}
		}
	}
}

// maxSeen bounds the memory of lines that need not be repeated.
const maxSeen = 50_000

// once adds a line that was not there before: descriptions and data are repeated
// in Office files again and again.
func (f *flow) once(s string) {
	if s == "" || f.seen[s] {
		return
	}
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	if len(f.seen) < maxSeen {
		f.seen[s] = true
	}
	f.line(s)
}

// elementLine is an element with those of its attributes that hold words, close
// to how it stands: dbPr connection="Provider=…;Password=…".
func elementLine(name string, attrs []xml.Attr) string {
	var b strings.Builder
	for _, a := range attrs {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || !holdsWords(a.Value) {
			continue
		}
		if b.Len() == 0 {
			b.WriteString(name)
		}
		b.WriteString(" " + a.Name.Local + `="` + a.Value + `"`)
	}
	return b.String()
}

// holdsWords tells what people or programs may have written from what every
// document is full of: numbers, switches, relationship ids, GUIDs, schemas.
func holdsWords(s string) bool {
	switch {
	case len(s) < 3, s == "true", s == "false", strings.HasPrefix(s, "http://schemas."):
		return false
	case len(s) == 38 && s[0] == '{' && s[37] == '}':
		return false
	case strings.HasPrefix(s, "rId") && len(strings.Trim(s[3:], "0123456789")) == 0:
		return false
	}
	return strings.ContainsFunc(s, unicode.IsLetter)
}

package decode

import (
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// partName compares without regard to case (ECMA-376 part 2, section 6.2.2.3);
// some writers use backslashes or begin with a slash.
func partName(name string) string {
	return strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(name, `\`, "/")), "/")
}

// office is what the parts of one document share.
type office struct {
	w       *walker
	strings []string // of a workbook, by index
	used    []bool   // shared strings that a cell shows
	table   node     // the part that holds them
	hints   []byte   // how to read them, one a line
}

// office searches every part of a document: what a reader sees first, in order.
func (w *walker) office(n node, entries []zipEntry, types contentTypes) {
	o := &office{w: w}
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b zipEntry) int {
		return strings.Compare(partOrder(a.name, types.of(a.name)), partOrder(b.name, types.of(b.name)))
	})
	for _, e := range entries {
		c := n.child(shortened(e.name), nil)
		if w.spent(c.path) {
			break
		}
		w.head(c.path, e.comment)
		if e.isDir() {
			continue
		}
		r, ok := w.zipOpen(c, e)
		if !ok {
			w.b.parts++
			continue
		}
		more := true
		if isXMLPart(e.name, types.of(e.name)) {
			more = o.read(&c, r, e)
		} else {
			more = w.unpack(c, r, e.packed, e.declared()) // pictures, embedded files, macros
		}
		if !more {
			break
		}
	}
	o.unusedStrings()
}

func isXMLPart(name, typ string) bool {
	if strings.HasSuffix(typ, "+xml") || strings.HasSuffix(typ, "/xml") {
		return true
	}
	switch path.Ext(partName(name)) {
	case ".xml", ".rels", ".vml":
		return true
	}
	return false
}

// partOrder sorts parts: a workbook's string table, which its sheets refer to;
// what a reader sees, numbers in names taken as numbers; all else.
func partOrder(name, typ string) string {
	name = partName(name)
	dir, file := path.Split(name)
	switch {
	case strings.HasPrefix(file, "sharedstrings"), strings.HasSuffix(typ, ".sharedstrings+xml"):
		return "0"
	case strings.HasPrefix(file, "document") && dir == "word/", strings.HasSuffix(typ, ".main+xml") && dir != "xl/" && dir != "ppt/":
		return "1" + padNumbers(name)
	case dir == "xl/worksheets/", dir == "ppt/slides/", strings.HasSuffix(typ, ".worksheet+xml"), strings.HasSuffix(typ, ".slide+xml"):
		return "2" + padNumbers(name)
	}
	return "3" // in the archive's order
}

// padNumbers makes slide2 come before slide10.
func padNumbers(s string) string {
	const digits = "0123456789"
	at := strings.IndexAny(s, digits)
	if at < 0 {
		return s
	}
	number := s[at : at+len(s[at:])-len(strings.TrimLeft(s[at:], digits))]
	return s[:at] + strings.Repeat("0", max(0, 12-len(number))) + s[at:]
}

// verbose is how much more than other files XML may expand: a sheet of numbers is
// nearly all tags.
const verbose = 4

// read searches one XML part and reports whether to go on with the next.
func (o *office) read(c *node, r io.Reader, e zipEntry) bool {
	w := o.w
	if !w.enter(c.path, c.depth) {
		return w.err == nil
	}
	data, err := w.b.read(w.ctx, &patient{w, r}, verbose*e.packed, e.declared())
	w.fault(c.path, windowFault(err))
	if w.err != nil {
		return false
	}
	if !isASCII(data) {
		data = []byte(toUTF8(data, "")) // UTF-16 is allowed
	}
	c.data = data
	o.part(*c)
	return w.err == nil && !errors.Is(err, errOversized) && !errors.Is(err, errOverlap)
}

// part searches the XML of c by what its root element says it is.
func (o *office) part(c node) {
	switch root := rootElement(c.data); root {
	case "":
		o.w.skip(c.path, Damaged, "XML without an element")
		o.emit(c, Markup, c.data)
	case "Types":
	case "Relationships":
		o.relations(c)
	case "sst":
		o.sharedStrings(c)
	case "worksheet", "chartsheet", "dialogsheet", "macrosheet":
		o.sheet(c)
	case "DataMashup":
		o.mashup(c)
	case "coreProperties", "Properties":
		p := &properties{}
		err := o.w.xml(c.data, p)
		o.emit(c, Head, p.out)
		o.broken(c, err)
	default:
		f := &flow{all: !quiet[root] && !prose[root], quiet: quiet[root]}
		err := o.w.xml(c.data, f)
		o.emit(c, Body, f.finish())
		o.emit(c, Markup, f.markup)
		o.broken(c, err)
		if root == "xml" || strings.Contains(partName(c.path), "!customxml/") {
			// VML, whose comments are HTML, and what others have put in.
			c.typ = "text/xml"
			o.w.xmlFile(c, string(c.data))
		}
	}
}

// prose are the roots of parts that people write; of their attributes only those
// that hold words are searched.
var prose = map[string]bool{
	"document": true, "glossaryDocument": true, "hdr": true, "ftr": true, "footnotes": true, "endnotes": true, "comments": true,
	"sld": true, "sldLayout": true, "sldMaster": true, "notes": true, "notesMaster": true, "handoutMaster": true, "wsDr": true,
}

// quiet are the roots of parts whose attributes describe looks; there are many.
var quiet = map[string]bool{
	"styles": true, "styleSheet": true, "theme": true, "fonts": true, "numbering": true, "webSettings": true,
	"tblStyleLst": true, "calcChain": true, "presentationPr": true, "viewPr": true, "colorsDef": true, "styleDef": true,
	"layoutDef": true, "themeOverride": true, "colorStyle": true, "chartStyle": true, "metadata": true,
}

func (o *office) emit(c node, view View, text []byte) {
	if len(text) > 0 {
		o.w.text(c, view, lfText(strings.ToValidUTF8(string(text), "\ufffd")))
	}
}

// broken searches as it stands what follows the place where a part is no XML any more.
func (o *office) broken(c node, err *xmlFault) {
	switch {
	case err == nil:
	case err.cause != nil:
		o.w.fault(c.path, err.cause)
	default:
		o.w.skip(c.path, Damaged, "XML")
		o.emit(c, Markup, c.data[err.at:])
	}
}

// relations searches what a part points at outside of the document: links,
// databases, linked pictures and templates.
func (o *office) relations(c node) {
	var out []byte
	err := o.w.xml(c.data, elements(func(name string, attr func(string) string) {
		if target := attr("Target"); strings.EqualFold(attr("TargetMode"), "External") || strings.Contains(target, "://") {
			out = append(append(out, target...), '\n')
		}
	}))
	o.emit(c, Markup, out)
	o.broken(c, err)
}

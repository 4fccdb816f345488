package decode

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// flatDocument searches a document of Word, or another Office program, that is a
// single XML file: Flat OPC, or Word's format of 2003. It reports whether n is one.
// The text as a reader sees it comes first, then the source as it stands.
func (w *walker) flatDocument(n node, src string) bool {
	if !strings.Contains(src, "http://schemas.microsoft.com/office/") {
		return false // the name spaces of both begin with it
	}
	data := []byte(src)
	if root := rootElement(data); root != "package" && root != "wordDocument" {
		return false
	}
	v := &flatDoc{}
	fault := w.xml(data, v)
	o := &office{w: w}
	o.emit(n, Body, v.finish())
	o.emit(n, Markup, v.markup)
	w.text(n, Markup, src)
	if fault != nil && fault.cause != nil {
		w.fault(n.path, fault.cause)
		return true
	}
	for i, f := range v.files {
		c := n.child(f.name, nil)
		if f.name == "" {
			c = n.child("data-"+strconv.Itoa(i+1), nil)
		}
		if !w.base64(c, string(f.data)) {
			break
		}
	}
	return true
}

// flatDoc is a flow, and the files among its parts.
type flatDoc struct {
	flow
	part   string // name of the present part
	files  []flatFile
	binary bool
}

type flatFile struct {
	name string
	data []byte // in base64
}

func (d *flatDoc) start(name string, attrs []xml.Attr) error {
	switch name {
	case "part":
		d.part = strings.TrimPrefix(attrOf(attrs, "name"), "/")
	case "binaryData":
		d.binary = true
		d.files = append(d.files, flatFile{name: d.part})
	case "binData", "docOleData":
		d.binary = true
		d.files = append(d.files, flatFile{name: base(attrOf(attrs, "name"))})
	}
	return d.flow.start(name, attrs)
}

func (d *flatDoc) end(name string) {
	d.binary = false
	d.flow.end(name)
}

func (d *flatDoc) chars(text []byte) {
	if d.binary {
		f := &d.files[len(d.files)-1]
		f.data = append(f.data, text...)
		return
	}
	d.flow.chars(text)
}

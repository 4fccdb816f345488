package decode

import (
	"bytes"
	"encoding/xml"
)

// properties reads what a document says of itself (docProps/core.xml, app.xml,
// custom.xml), one property a line: "title: Plan".
type properties struct {
	out     []byte
	element string
	custom  string // name of a property that its author made up
}

func (p *properties) start(name string, attrs []xml.Attr) error {
	p.element = name
	if name == "property" {
		p.custom = attrOf(attrs, "name")
	}
	return nil
}

func (p *properties) end(name string) {
	p.element = ""
	if name == "property" {
		p.custom = ""
	}
}

func (p *properties) chars(text []byte) {
	name := p.custom
	if name == "" {
		name = p.element
	}
	if text = bytes.TrimSpace(text); len(text) > 0 {
		p.out = append(append(append(append(p.out, name...), ": "...), text...), '\n')
	}
}

func (p *properties) comment(text []byte) { p.chars(text) }

package decode

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
)

// xmlVisitor is told what an XML text consists of, in its order. Names come
// without prefix: the strict and the transitional form of Office Open XML differ
// in name spaces only. Start and end need not match.
type xmlVisitor interface {
	start(name string, attrs []xml.Attr) error
	end(name string)
	chars(text []byte) // valid until it returns
	comment(text []byte)
}

// xmlFault says where a text stopped being XML, or why reading it was given up.
type xmlFault struct {
	at    int   // offset of what was not read
	cause error // the budget's end; nil for bad XML
}

// maxTag is the size of the longest tag that is taken apart. Each of its
// attributes, two bytes if need be, costs a hundred in memory.
const maxTag = 1 << 20

var errTag = errors.New("a tag of more than 1 MiB")

// xml reads data, tolerantly, without recursion or a stack: nesting costs
// nothing, and entities are not expanded.
func (w *walker) xml(data []byte, v xmlVisitor) *xmlFault {
	src := &xmlSource{data: data}
	d := xml.NewDecoder(src)
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	for i := 0; ; i++ {
		begin := src.mark()
		t, err := d.RawToken()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return &xmlFault{at: begin} // the error would quote the text
		case i%1024 == 0:
			if err := w.b.late(w.ctx); err != nil {
				return &xmlFault{begin, err}
			}
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := v.start(t.Name.Local, t.Attr); err != nil {
				return &xmlFault{begin, err}
			}
		case xml.EndElement:
			v.end(t.Name.Local)
		case xml.CharData:
			v.chars(t)
		case xml.Comment:
			v.comment(t)
		case xml.Directive:
			v.comment(t)
		}
	}
}

// xmlSource feeds a decoder and bounds the size of one tag.
type xmlSource struct {
	data []byte
	at   int
	last int // where the present token begins
}

// mark notes that a token begins. The decoder has read one byte too many when a
// text came before it.
func (s *xmlSource) mark() int {
	s.last = s.at
	if s.at > 0 && s.at <= len(s.data) && s.data[s.at-1] == '<' {
		s.last--
	}
	return s.last
}

func (s *xmlSource) ReadByte() (byte, error) {
	if s.at >= len(s.data) {
		return 0, io.EOF
	}
	if s.at-s.last > maxTag && s.data[s.last] == '<' && s.data[s.last+1] != '!' && s.data[s.last+1] != '?' {
		return 0, errTag
	}
	s.at++
	return s.data[s.at-1], nil
}

func (s *xmlSource) Read(b []byte) (int, error) {
	if s.at >= len(s.data) {
		return 0, io.EOF
	}
	n := copy(b, s.data[s.at:])
	s.at += n
	return n, nil
}

// rootElement is the local name of the first element, "" when there is none near
// the beginning.
func rootElement(data []byte) string {
	d := xml.NewDecoder(bytes.NewReader(data[:min(len(data), 64<<10)]))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		t, err := d.RawToken()
		if err != nil {
			return ""
		}
		if e, ok := t.(xml.StartElement); ok {
			return e.Name.Local
		}
	}
}

// xmlText is a visitor that collects text.
type xmlText struct{ text []byte }

func (*xmlText) start(string, []xml.Attr) error { return nil }
func (*xmlText) end(string)                     {}
func (t *xmlText) chars(text []byte)            { t.text = append(t.text, text...) }
func (*xmlText) comment([]byte)                 {}

// elements is a visitor that sees elements only.
type elements func(name string, attr func(string) string)

func (f elements) start(name string, attrs []xml.Attr) error {
	f(name, func(want string) string { return attrOf(attrs, want) })
	return nil
}
func (elements) end(string)     {}
func (elements) chars([]byte)   {}
func (elements) comment([]byte) {}

func attrOf(attrs []xml.Attr, name string) string {
	for _, a := range attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

package simulator

import (
	"bytes"
	"encoding/base64"
	"io"
)

// body is the body of a reply in pieces, so that an attachment is sent from where it
// lies, coded on the way.
type body []piece

type piece struct {
	data   []byte
	coding coding
}

type coding uint8

const (
	plain       coding = iota
	base64Text         // without line breaks
	base64Lines        // MIME: lines of 76 and CRLF
)

const mimeLine = 57 // bytes that make a line of 76

// length is how many bytes the piece makes on the wire.
func (p piece) length() int64 {
	n := int64(len(p.data))
	switch p.coding {
	case base64Text:
		return (n + 2) / 3 * 4
	case base64Lines:
		return (n+2)/3*4 + (n+mimeLine-1)/mimeLine*2
	default:
		return n
	}
}

func (b body) length() int64 {
	var n int64
	for _, p := range b {
		n += p.length()
	}
	return n
}

// WriteTo writes the pieces one after the other.
func (b body) WriteTo(w io.Writer) (int64, error) {
	count := &counting{w: w}
	for _, p := range b {
		if err := p.write(count); err != nil {
			return count.n, err
		}
	}
	return count.n, nil
}

func (p piece) write(w io.Writer) error {
	if p.coding == plain {
		_, err := w.Write(p.data)
		return err
	}
	const block = 19 * mimeLine * 24 // whole lines and whole triples, 34 KB coded
	var out []byte
	for rest := p.data; len(rest) > 0; {
		take := rest[:min(block, len(rest))]
		rest = rest[len(take):]
		out = appendBase64(out[:0], take, p.coding)
		if _, err := w.Write(out); err != nil {
			return err
		}
	}
	return nil
}

func appendBase64(out, data []byte, c coding) []byte {
	if c == base64Text {
		return base64.StdEncoding.AppendEncode(out, data)
	}
	for len(data) > 0 {
		line := data[:min(mimeLine, len(data))]
		data = data[len(line):]
		out = append(base64.StdEncoding.AppendEncode(out, line), '\r', '\n')
	}
	return out
}

// flat is the body in one piece. For what is small, or about to be spoilt.
func (b body) flat() []byte {
	if len(b) == 1 && b[0].coding == plain {
		return b[0].data
	}
	var buf bytes.Buffer
	buf.Grow(int(b.length()))
	b.WriteTo(&buf) // a buffer takes all
	return buf.Bytes()
}

type counting struct {
	w io.Writer
	n int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

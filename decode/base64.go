package decode

import (
	"encoding/base64"
	"io"
	"strings"
)

// base64 decodes s, base64 that a document or a calendar carries inside, within the
// budget, and opens what it holds as n. White space, padding and either alphabet
// are taken; what cannot be decoded is a Skip, and what came before it is opened. It
// reports whether the walk may go on.
func (w *walker) base64(n node, s string) bool {
	var err error
	n.data, err = w.b.read(w.ctx, base64.NewDecoder(base64.RawStdEncoding, &base64Text{s: s}), -1, int64(base64.RawStdEncoding.DecodedLen(len(s))))
	w.fault(n.path, err)
	if w.err != nil {
		return false
	}
	w.open(n)
	return w.err == nil
}

// base64Text reads base64 without what is none of it: white space, percent-encoding
// and padding go, the URL alphabet becomes the usual one.
type base64Text struct{ s string }

func (t *base64Text) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && t.s != "" {
		c := t.s[0]
		t.s = t.s[1:]
		switch {
		case c == '%' && len(t.s) >= 2 && hex(t.s[0]) && hex(t.s[1]):
			c = unhex(t.s[0])<<4 | unhex(t.s[1])
			t.s = t.s[2:]
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		}
		if !blank(c) && c != '=' && c != '\\' {
			p[n] = c
			n++
		}
	}
	if n == 0 && t.s == "" {
		return 0, io.EOF
	}
	return n, nil
}

// looseBase64 decodes a short text in either alphabet, padded or not; "" when it is
// not base64.
func looseBase64(s string) string {
	b, err := io.ReadAll(base64.NewDecoder(base64.RawStdEncoding, &base64Text{s: s}))
	if err != nil {
		return ""
	}
	return strings.ToValidUTF8(string(b), "")
}

package simulator

import (
	"math/bits"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// writer makes a body of JSON. Names of properties are written as they stand; large
// attachments become pieces of their own. It knows no errors: what it is given is
// always JSON.
type writer struct {
	buf    []byte
	done   body
	pooled bool // buf may be used again once it is sent
	next   bool // the next member or element needs a comma before it
}

// apart is from how many bytes on an attachment is not copied into the buffer.
const apart = 16 << 10

func newWriter(size int) *writer { return &writer{buf: make([]byte, 0, size)} }

// pageWriter is newWriter with a buffer that an earlier page is done with: most of what
// a page costs is clearing a new one.
func (s *Server) pageWriter(size int) *writer {
	if b, ok := s.buffers.Get().(*[]byte); ok && cap(*b) >= size {
		return &writer{buf: (*b)[:0], pooled: true}
	}
	return &writer{buf: make([]byte, 0, size), pooled: true}
}

// body ends the writing.
func (w *writer) body() body {
	if len(w.buf) > 0 {
		w.done = append(w.done, piece{data: w.buf})
	}
	return w.done
}

func (w *writer) comma() {
	if w.next {
		w.buf = append(w.buf, ',')
	}
	w.next = true
}

func (w *writer) name(name string) {
	w.comma()
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, '"', ':')
}

func (w *writer) open(c byte)  { w.buf = append(w.buf, c); w.next = false }
func (w *writer) close(c byte) { w.buf = append(w.buf, c); w.next = true }

// element begins an element of an array.
func (w *writer) element(c byte) { w.comma(); w.open(c) }

func (w *writer) object(name string) { w.name(name); w.open('{') }
func (w *writer) array(name string)  { w.name(name); w.open('[') }

func (w *writer) string(name, value string) {
	w.name(name)
	w.buf = appendString(w.buf, value)
}

// text is string, and null for an empty value.
func (w *writer) text(name, value string) {
	if value == "" {
		w.null(name)
		return
	}
	w.string(name, value)
}

func (w *writer) null(name string) { w.name(name); w.buf = append(w.buf, "null"...) }

func (w *writer) bool(name string, value bool) {
	w.name(name)
	w.buf = strconv.AppendBool(w.buf, value)
}

func (w *writer) int(name string, value int64) {
	w.name(name)
	w.buf = strconv.AppendInt(w.buf, value, 10)
}

// time writes a date-time in UTC to the second, as Outlook does.
func (w *writer) time(name string, value time.Time) {
	w.name(name)
	w.buf = append(w.buf, '"')
	w.buf = value.UTC().AppendFormat(w.buf, "2006-01-02T15:04:05Z")
	w.buf = append(w.buf, '"')
}

func (w *writer) strings(name string, values []string) {
	w.array(name)
	for _, v := range values {
		w.comma()
		w.buf = appendString(w.buf, v)
	}
	w.close(']')
}

// raw writes a value that is JSON already.
func (w *writer) raw(name string, value []byte) {
	w.name(name)
	w.buf = append(w.buf, value...)
}

// bytes writes a value in base64.
func (w *writer) bytes(name string, value []byte) {
	w.name(name)
	w.buf = append(w.buf, '"')
	if len(value) < apart {
		w.buf = appendBase64(w.buf, value, base64Text)
	} else {
		w.splice(piece{data: value, coding: base64Text})
	}
	w.buf = append(w.buf, '"')
}

// splice puts a piece after what was written so far.
func (w *writer) splice(p piece) {
	w.done = append(w.done, piece{data: w.buf}, p)
	w.buf = nil
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. Letters outside ASCII stand as they are, as Graph
// writes them; what is not UTF-8 becomes U+FFFD.
func appendString(buf []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	buf = append(buf, '"')
	from := 0
	for i := nextEscape(s, 0); i < len(s); i = nextEscape(s, i+1) {
		buf = append(buf, s[from:i]...)
		from = i + 1
		switch c := s[i]; c {
		case '"', '\\':
			buf = append(buf, '\\', c)
		case '\n':
			buf = append(buf, '\\', 'n')
		case '\r':
			buf = append(buf, '\\', 'r')
		case '\t':
			buf = append(buf, '\\', 't')
		default:
			buf = append(buf, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	buf = append(buf, s[from:]...)
	return append(buf, '"')
}

// nextEscape is the place, from i on, of the first byte that cannot stand in a JSON
// string, len(s) when there is none. Eight bytes are looked at together: in mask, the
// lowest set bit is that of the first byte that is below 0x20, a quote or a backslash
// (Hacker's Delight, 6-1).
func nextEscape(s string, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(s); i += 8 {
		x := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		quote, slash := x^ones*'"', x^ones*'\\'
		mask := ((x-ones*0x20)&^x | (quote-ones)&^quote | (slash-ones)&^slash) & highs
		if mask != 0 {
			return i + bits.TrailingZeros64(mask)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			return i
		}
	}
	return len(s)
}

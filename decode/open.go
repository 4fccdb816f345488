package decode

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// open finds out what n is, by its bytes more than by its name or declared type,
// and hands it to the format that reads it.
func (w *walker) open(n node) {
	if !w.enter(n.path, n.depth) || w.special(n) {
		return
	}
	switch k := kindOf(n); k {
	case kindText:
		w.plainText(n)
	case kindHTML:
		n.charset = htmlCharset(n)
		w.html(n, w.decoded(n, n.data))
	case kindCalendar, kindContact:
		w.calendar(n, w.decoded(n, n.data))
	case kindMessage:
		w.message(n)
	case kindSigned:
		w.smime(n)
	default:
		w.archive(n, k)
	}
}

// textOf is data as UTF-8 with LF line ends. What needs no other change, which is
// nearly all that is large, is copied once.
func textOf(data []byte, charset string) string {
	if bytes.IndexByte(data, '\r') < 0 || bytes.IndexByte(data, 0) >= 0 || hasEscapes(data) || escapes(charset) {
		return lfText(toUTF8(data, charset))
	}
	if _, marked := byMark(data[:min(len(data), 4)]); marked || !isASCII(data) && !(unstated[charsetKey(charset)] && utf8.Valid(data)) {
		return lfText(toUTF8(data, charset))
	}
	var out strings.Builder
	out.Grow(len(data))
	for {
		line, rest, more := bytes.Cut(data, []byte("\r"))
		out.Write(line)
		if !more {
			return out.String()
		}
		out.WriteByte('\n')
		data = bytes.TrimPrefix(rest, []byte("\n"))
	}
}

// htmlCharset is the charset of HTML, which may declare it itself. What the mail says
// goes first (RFC 2854 section 6), where it says something.
func htmlCharset(n node) string {
	if !isASCII(n.data) && unstated[charsetKey(n.charset)] {
		if meta := metaCharset(n.data); meta != "" && !unstated[charsetKey(meta)] && !utf8.Valid(n.data) {
			return meta
		}
	}
	return n.charset
}

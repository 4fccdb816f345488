package decode

import (
	"strings"
	"unicode/utf8"
)

// percentDecoded decodes percent-encoded text (RFC 3986 section 2.1) and reports
// whether there was any. Bytes that are no UTF-8 are taken as Latin-1.
func percentDecoded(s string) (string, bool) {
	i := nextPercent(s, 0)
	if i < 0 {
		return "", false
	}
	b := make([]byte, 0, len(s))
	from := 0
	for ; i >= 0; i = nextPercent(s, from) {
		b = append(b, s[from:i]...)
		b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
		from = i + len("%41")
	}
	b = append(b, s[from:]...)
	if utf8.Valid(b) {
		return string(b), true
	}
	return latin1Where(b), true
}

// nextPercent returns where the next encoded byte begins, or -1.
func nextPercent(s string, from int) int {
	for {
		i := strings.IndexByte(s[from:], '%')
		if i < 0 || from+i+2 >= len(s) {
			return -1
		}
		from += i
		if hex(s[from+1]) && hex(s[from+2]) {
			return from
		}
		from++
	}
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// latin1Where takes the bytes that are no UTF-8 as Latin-1.
func latin1Where(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			r = rune(b[0])
		}
		out.WriteRune(r)
		b = b[n:]
	}
	return out.String()
}

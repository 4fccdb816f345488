package decode

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// reference decodes the character reference at the start of s, which begins with
// "&", and returns its text and how much of s it took; what is no reference is
// returned as the ampersand that it is.
//
// In an attribute a name without semicolon is one only if no letter, digit or
// equals sign follows (html.spec.whatwg.org section 13.2.5.73): "?a=1&copy=2" is
// a query, not a copyright sign.
func reference(s string, inAttr bool) (text string, n int) {
	switch {
	case strings.HasPrefix(s, "&nbsp;"):
		return "\u00a0", len("&nbsp;")
	case strings.HasPrefix(s, "&amp;"):
		return "&", len("&amp;")
	}
	if n = referenceEnd(s); n < len("&lt") {
		return "&", 1
	}
	ref := s[:n]
	text = html.UnescapeString(ref)
	if text == ref {
		return "&", 1
	}
	if inAttr && ref[1] != '#' {
		// A name that was decoded as a whole leaves one character, or two for
		// some names with a semicolon; more are left over from a longer name.
		closed, runes := ref[n-1] == ';', utf8.RuneCountInString(text)
		if closed && runes > 2 || !closed && (runes > 1 || n < len(s) && s[n] == '=') {
			return "&", 1
		}
	}
	return text, n
}

// referenceEnd returns where the reference at the start of s can end at most.
func referenceEnd(s string) int {
	const longest = len("&CounterClockwiseContourIntegral")
	i := 1
	if i < len(s) && s[i] == '#' {
		i++
		if i < len(s) && s[i]|0x20 == 'x' {
			i++
		}
		for i < len(s) && hex(s[i]) {
			i++
		}
	} else {
		for i < len(s) && i < longest && (letter(s[i]) || '0' <= s[i] && s[i] <= '9') {
			i++
		}
	}
	if i < len(s) && s[i] == ';' {
		i++
	}
	return i
}

func hex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// attrText decodes the references in an attribute's value.
func attrText(s string) string {
	i := strings.IndexByte(s, '&')
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.IndexByte(s, '&') {
		b.WriteString(s[:i])
		text, n := reference(s[i:], true)
		b.WriteString(text)
		s = s[i+n:]
	}
	b.WriteString(s)
	return b.String()
}

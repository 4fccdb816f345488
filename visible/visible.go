// Package visible makes text of strangers safe to look at: on a terminal, in a table.
package visible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text makes text from mail safe for a terminal and for the eye: control
// characters, bidirectional overrides and other runes that cannot be seen become
// escapes such as \x1b or \u202e; bytes that are no UTF-8 become U+FFFD. Text
// without any of these comes back as it is. Backslashes of the text itself stay
// as they are: the result is for reading, not for undoing.
func Text(s string) string {
	if Plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	prev := rune(0)
	for _, r := range s { // a byte that is no UTF-8 comes as U+FFFD
		if Hidden(prev, r) {
			b.WriteString(escape(r))
		} else {
			b.WriteRune(r)
		}
		prev = r
	}
	return b.String()
}

// Plain says that s is printable ASCII, as nearly all text is.
func Plain[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// Hidden says that r, standing after prev, cannot be seen or acts on what stands
// around it: everything but letters, marks, numbers, punctuation, symbols and
// spaces (that takes in the controls, C1 included, and all format characters:
// bidi controls, zero-width characters, tags), and of those the ones that Unicode
// calls ignorable (DerivedCoreProperties.txt, Default_Ignorable_Code_Point). The
// variation selector after a symbol is what makes it an emoji and stays.
func Hidden(prev, r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	case !unicode.IsGraphic(r):
		return true
	case r == 0xfe0f || r == 0xfe0e:
		return !unicode.Is(unicode.So, prev)
	}
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func escape(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r <= 0xff:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

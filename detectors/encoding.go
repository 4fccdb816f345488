package detectors

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"mailsweep/detectors/multipattern"
)

// encoding is how a piece of text may be encoded. Of two that touch, the lower one
// waits for the next layer.
type encoding uint8

const (
	inBase64 encoding = iota
	inHex
	inEscapes // U+0041, \u0041
	inPercent
)

// encoded is a piece of text that looks encoded.
type encoded struct {
	multipattern.Span
	encoding
}

// encodings finds what gitleaks takes for encoded text (detect/codec,
// findEncodingMatches), which is one regular expression there:
//
//	%[0-9A-Fa-f]{2}(?:.*%[0-9A-Fa-f]{2})?
//	(?:U\+[a-fA-F0-9]{4}(?:\s|$))+ or (?i)(?:\\{1,2}u[a-fA-F0-9]{4})+
//	[0-9A-Fa-f]{32,}
//	[\w/+-]{16,}={0,2}
//
// At one place, the first of these that matches counts.
func encodings(text string) []encoded {
	var all []encoded
	c := candidates{text: text}
	for at := 0; ; {
		e, ok := c.next(at)
		if !ok {
			break
		}
		all = append(all, e)
		at = e.End
	}
	if len(all) < 2 {
		return all
	}
	yields := func(e, to encoded) bool {
		return e.Start <= to.End && to.Start <= e.End && to.encoding > e.encoding
	}
	var kept []encoded
	for i, e := range all {
		if i > 0 && yields(e, all[i-1]) || i+1 < len(all) && yields(e, all[i+1]) {
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

// survey looks at a text without keeping anything: decodes says that there may be
// something for layer.decode to do, and wide are the runs of [wideText].
func survey(text string) (decodes bool, wide []multipattern.Span) {
	for from, to := range runs(text) {
		run := text[from:to]
		decodes = decodes || len(run) >= minHex && longestHex(run) >= minHex || fromBase64(run) != ""
		if _, ok := wideText(run); ok {
			wide = append(wide, multipattern.Span{Start: from, End: to})
		}
	}
	return decodes || percentAt(text, 0).Start < len(text) || escapeAt(text, 0).Start < len(text), wide
}

// candidates remembers the next place of each way of encoding, so that a text is
// read once for each.
type candidates struct {
	text                string
	percent, escape, of encoded
}

// next is the first encoded piece from a place on.
func (c *candidates) next(at int) (first encoded, ok bool) {
	refresh := func(known *encoded, find func(string, int) multipattern.Span, e encoding) {
		if known.End == 0 || known.Start < at {
			*known = encoded{find(c.text, at), e}
		}
	}
	refresh(&c.percent, percentAt, inPercent)
	refresh(&c.escape, escapeAt, inEscapes)
	refresh(&c.of, runAt, inBase64)
	first = c.percent
	if c.escape.Start < first.Start {
		first = c.escape
	}
	if c.of.Start < first.Start {
		first = c.of
		if n := hexDigits(c.text[first.Start:]); n >= minHex {
			first.encoding, first.End = inHex, first.Start+n
		}
	}
	if first.encoding == inPercent && first.Start < len(c.text) {
		first.End = percentEnd(c.text, first.Start)
	}
	return first, first.Start < len(c.text)
}

// nowhere is behind the end of a text.
func nowhere(text string) multipattern.Span {
	return multipattern.Span{Start: len(text) + 1, End: len(text) + 1}
}

// minHex is the shortest run of digits that is taken for hexadecimal.
const minHex = 32

func percentAt(text string, at int) multipattern.Span {
	for {
		i := strings.IndexByte(text[at:], '%')
		if i < 0 {
			return nowhere(text)
		}
		if at += i; hexDigits(text[at+1:min(at+3, len(text))]) == 2 {
			return multipattern.Span{Start: at, End: at + 3}
		}
		at++
	}
}

// percentEnd is behind the last escape of the line.
func percentEnd(text string, at int) int {
	line := text[at:]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	for end := len(line); ; {
		i := strings.LastIndexByte(line[:end], '%')
		if i <= 0 || hexDigits(line[i+1:min(i+3, len(line))]) == 2 {
			return at + max(i, 0) + 3
		}
		end = i
	}
}

func escapeAt(text string, at int) multipattern.Span {
	slash := nextEscape(text, at, `\`, backslashEscape)
	point := nextEscape(text, at, "U+", codePoint)
	if slash.Start < point.Start {
		return slash
	}
	return point
}

// nextEscape finds a row of escapes that begin with mark; one gives the length of the
// first escape of a text, 0 for none.
func nextEscape(text string, at int, mark string, one func(string) int) multipattern.Span {
	for {
		i := strings.Index(text[at:], mark)
		if i < 0 {
			return nowhere(text)
		}
		at += i
		end := at
		for n := one(text[end:]); n > 0; n = one(text[end:]) {
			end += n
		}
		if end > at {
			return multipattern.Span{Start: at, End: end}
		}
		at++
	}
}

func backslashEscape(s string) int {
	n := 1
	if strings.HasPrefix(s, `\\`) {
		n = 2
	}
	if len(s) < n+5 || s[0] != '\\' || s[n]|0x20 != 'u' || hexDigits(s[n+1:n+5]) < 4 {
		return 0
	}
	return n + 5
}

func codePoint(s string) int {
	switch {
	case len(s) < 6 || s[:2] != "U+" || hexDigits(s[2:6]) < 4:
		return 0
	case len(s) == 6:
		return 6
	case strings.IndexByte("\t\n\f\r ", s[6]) >= 0:
		return 7
	}
	return 0
}

// runAt finds a run that may be base64 or hexadecimal.
func runAt(text string, at int) multipattern.Span {
	for from, to := range runs(text[at:]) {
		return multipattern.Span{Start: at + from, End: at + to}
	}
	return nowhere(text)
}

// decode undoes the encoding; "" when the text is not encoded so, or decodes to what
// is not printable ASCII (detect/codec).
func (e encoded) decode(text string) string {
	s := text[e.Start:e.End]
	switch e.encoding {
	case inPercent:
		return unescape(s)
	case inEscapes:
		return unescapeRow(s)
	case inHex:
		if len(s)%2 != 0 || !strings.ContainsAny(s, "0123456789") || !printableHex(s[:min(len(s), minHex)]) || !printableHex(s) {
			return ""
		}
		b, _ := hex.DecodeString(s)
		return string(b)
	}
	return fromBase64(s)
}

// unescapeRow undoes a row of U+0041 or \u0041.
func unescapeRow(s string) string {
	var out []rune
	for len(s) > 0 {
		n := max(backslashEscape(s), codePoint(s))
		if n == 0 {
			break
		}
		digits := strings.TrimLeft(strings.TrimSpace(s[:n]), `\uU+`)
		c, _ := strconv.ParseUint(digits, 16, 32)
		out = append(out, rune(c))
		s = s[n:]
	}
	return string(out)
}

func printableHex(s string) bool {
	for i := 0; i+1 < len(s); i += 2 {
		if !printableByte(nibble(s[i])<<4 | nibble(s[i+1])) {
			return false
		}
	}
	return true
}

func nibble(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// unescape undoes percent-encoding (RFC 3986, section 2.1).
func unescape(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexDigits(s[i+1:i+3]) == 2 {
			c := nibble(s[i+1])<<4 | nibble(s[i+2])
			if !printableByte(c) {
				return ""
			}
			out = append(out, c)
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

// fromBase64 decodes either alphabet (RFC 4648, sections 4 and 5). What holds letters
// only is taken for a word.
func fromBase64(s string) string {
	var src [minRun]byte
	var head [minRun / 4 * 3]byte
	copy(src[:], s)
	for i, alphabet := range [...]*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
		if i == 1 && strings.ContainsAny(s, "+/=") {
			break
		}
		if _, err := alphabet.Decode(head[:], src[:]); err != nil || !printable(head[:]) {
			continue
		}
		if b, err := alphabet.DecodeString(s); err == nil && printable(b) && strings.ContainsAny(s, "0123456789+/-_") {
			return string(b)
		}
	}
	return ""
}

func printable(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return !printableByte(c) })
}

func printableByte(c byte) bool { return c > 8 && c < 0x7f }

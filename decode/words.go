package decode

import (
	"encoding/base64"
	"strings"
)

// word is one encoded word (RFC 2047 section 2), not yet decoded.
type word struct {
	charset string
	base64  bool
	text    string
}

// decodeWords decodes the encoded words of a header value, more tolerantly than
// RFC 2047 asks for: words with spaces inside, without their end, next to text
// without a space, and characters or base64 groups that are split over two
// adjacent words. What is no encoded word stays; raw 8-bit text is read in the
// charset hint or guessed. The result is one line.
func decodeWords(s, hint string) string {
	if !strings.Contains(s, "=?") {
		return oneLine(rawHeader(s, hint))
	}
	var out strings.Builder
	var run []word // adjacent words of one charset, decoded together
	flush := func() {
		if len(run) > 0 {
			out.WriteString(decodeRun(run))
			run = run[:0]
		}
	}
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		w, end, ok := parseWord(s[i:])
		gap := s[:i]
		if ok && len(run) > 0 && strings.Trim(gap, " \t") == "" {
			gap = "" // white space between encoded words is not shown (section 6.2)
		}
		if gap != "" || !ok {
			flush()
			out.WriteString(rawHeader(gap, hint))
		}
		if !ok {
			out.WriteString("=?")
			s = s[i+2:]
			continue
		}
		if len(run) > 0 && !strings.EqualFold(run[0].charset, w.charset) {
			flush()
		}
		run = append(run, w)
		s = s[i+end:]
	}
	flush()
	out.WriteString(rawHeader(s, hint))
	return oneLine(out.String())
}

// maxWord bounds the text of one encoded word. RFC 2047 allows 75 characters; some
// programs put a whole subject into one.
const maxWord = 16 << 10

// parseWord reads the encoded word at the start of s, which begins with "=?",
// and gives its length.
func parseWord(s string) (w word, end int, ok bool) {
	const maxCharset = 64
	q := strings.IndexByte(s[2:min(len(s), 2+maxCharset)], '?')
	if q <= 0 || 2+q+2 >= len(s) || s[2+q+2] != '?' {
		return w, 0, false
	}
	w.charset, _, _ = strings.Cut(s[2:2+q], "*") // RFC 2231 section 5: a language after the charset
	switch s[2+q+1] {
	case 'B', 'b':
		w.base64 = true
	case 'Q', 'q':
	default:
		return w, 0, false
	}
	if strings.ContainsAny(w.charset, " \t<>()@") {
		return w, 0, false
	}
	at := 2 + q + 3
	w.text = s[at:min(len(s), at+maxWord)]
	n := strings.Index(w.text, "?=")
	next := strings.Index(w.text, "=?")
	// "=?" right before the end is the tail of "…=?=": padding and the end.
	if next >= 0 && (n < 0 || next < n-1) && (w.base64 || next > 0 && w.text[next-1] == ' ') && !strings.HasPrefix(w.text[next:], "=?=") {
		n = -1
	}
	if n >= 0 {
		w.text = w.text[:n]
		return w, at + n + 2, true
	}
	// The end is missing: the word goes to the next space, or to the next word.
	if n = strings.IndexAny(w.text, " \t"); n < 0 {
		n = len(w.text)
	}
	if next > 0 && next < n {
		n = next
	}
	w.text = strings.TrimRight(w.text[:n], "?")
	return w, at + n, true
}

// decodeRun decodes adjacent words of one charset as one text.
func decodeRun(run []word) string {
	var raw []byte
	for i := 0; i < len(run); i++ {
		if !run[i].base64 {
			raw = appendQ(raw, run[i].text)
			continue
		}
		text := onlyBase64(run[i].text)
		// A group of four that was split over words: join what has no padding.
		for len(text)%4 != 0 && !strings.HasSuffix(text, "=") && i+1 < len(run) && run[i+1].base64 {
			i++
			text += onlyBase64(run[i].text)
		}
		raw = appendBase64(raw, text)
	}
	return toUTF8(raw, run[0].charset)
}

// unknownWords reports whether an encoded word in s had to be read by guess.
func unknownWords(s string) bool {
	for {
		i := strings.Index(s, "=?")
		if i < 0 {
			return false
		}
		w, end, ok := parseWord(s[i:])
		switch {
		case !ok:
			end = 2
		case unknownCharset(w.raw(), w.charset):
			return true
		}
		s = s[i+end:]
	}
}

// raw is the word's bytes.
func (w word) raw() []byte {
	if w.base64 {
		return appendBase64(nil, onlyBase64(w.text))
	}
	return appendQ(nil, w.text)
}

// appendQ decodes the Q encoding (RFC 2047 section 4.2).
func appendQ(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			dst = append(dst, ' ')
		case c == '=' && i+2 < len(s) && hexValue(s[i+1]) >= 0 && hexValue(s[i+2]) >= 0:
			dst = append(dst, byte(hexValue(s[i+1])<<4|hexValue(s[i+2])))
			i += 2
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func onlyBase64(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '=' || r < 0x80 && sextet[r] < 64 {
			return r
		}
		return -1
	}, s)
}

// appendBase64 decodes s, which holds only base64 characters, as far as it goes.
func appendBase64(dst []byte, s string) []byte {
	s = strings.TrimRight(s, "=")
	if len(s)%4 == 1 {
		s = s[:len(s)-1]
	}
	out, err := base64.RawStdEncoding.AppendDecode(dst, []byte(s))
	if err != nil { // padding in the middle
		return append(dst, mendBase64([]byte(s), nil).data...)
	}
	return out
}

// rawHeader reads header text that is not encoded.
func rawHeader(s, hint string) string {
	if isASCII(s) {
		return s
	}
	return toUTF8([]byte(s), hint)
}

// oneLine replaces control characters by spaces, and drops what nobody sees.
func oneLine(s string) string {
	s = visible(s)
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if isControl(r) {
			return ' '
		}
		return r
	}, s))
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// hexValue gives the value of a hexadecimal digit, -1 for anything else.
func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

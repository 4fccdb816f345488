package decode

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode/utf32"
)

// guessSize bounds what the statistical guess looks at, in bytes: it costs more
// than all other decoding together.
const guessSize = 2 << 10

// guess reads data of which no charset is known: by what proves itself first, by
// statistics over a sample then, as windows-1252 at last, which gives every byte
// a meaning.
func guess(data []byte) string {
	if bytes.IndexByte(data, 0) >= 0 {
		if big, sure := utf16Order(data); sure {
			return utf16Text(data, big)
		}
		if order, sure := utf32Order(data); sure {
			return utf32Text(data, order)
		}
	}
	if isASCII(data) {
		if bytes.Contains(data, []byte("\x1b$)C")) {
			if text, ok := decodeAs(data, "iso2022kr", ""); ok && !lossy(text) {
				return text
			}
		}
		if bytes.Contains(data, []byte("\x1b$")) || bytes.Contains(data, []byte("\x1b(")) {
			if out, err := japanese.ISO2022JP.NewDecoder().Bytes(data); err == nil && !lossy(string(out)) {
				return string(out)
			}
		}
		return string(data)
	}
	if utf8.Valid(data) {
		return string(data)
	}
	if text, ok := mostlyUTF8(data); ok {
		return text
	}
	if text, ok := byStatistics(data); ok {
		return text
	}
	return western(data)
}

// utf32Order tells the byte order of UTF-32 without a mark: each unit has three
// NULs, for ASCII.
func utf32Order(data []byte) (order utf32.Endianness, sure bool) {
	var little, big int
	units := min(len(data), 4096) / 4
	for i := range units {
		u := data[4*i : 4*i+4]
		if u[0] != 0 && u[2] == 0 && u[3] == 0 {
			little++
		}
		if u[3] != 0 && u[0] == 0 && u[1] == 0 {
			big++
		}
	}
	return utf32.Endianness(little >= big), units > 0 && max(little, big)*10 >= units*9
}

// mostlyUTF8 reads UTF-8 with some bytes of windows-1252 in it, as in mail that
// several programs have had a hand in, or that was cut within a character.
func mostlyUTF8(data []byte) (string, bool) {
	good, bad := 0, 0
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good += n - 1
		}
		i += n
	}
	if good <= bad {
		return "", false
	}
	var out strings.Builder
	out.Grow(len(data) + 2*bad)
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			r = charmap.Windows1252.DecodeByte(data[0])
		}
		out.WriteRune(r)
		data = data[n:]
	}
	return out.String(), true
}

// byStatistics asks chardet about a sample of the lines that hold 8-bit bytes.
func byStatistics(data []byte) (string, bool) {
	sample := eightBit(data)
	results, err := chardet.NewTextDetector().DetectAll(sample)
	if err != nil {
		return "", false
	}
	// chardet asks its recognisers side by side, and leaves it to chance which of two that
	// are as sure comes first: the same mail must give the same text. Western is the most
	// frequent.
	rank := func(r chardet.Result) string { return strings.TrimPrefix(r.Charset, "ISO-8859-1") }
	slices.SortFunc(results, func(a, b chardet.Result) int {
		return cmp.Or(b.Confidence-a.Confidence, strings.Compare(rank(a), rank(b)))
	})
	for i, r := range results {
		// Below this chardet is guessing too; short Latin text gets Chinese names.
		if i > 2 || r.Confidence < 40 {
			break
		}
		if text, ok := decodeAs(data, charsetKey(r.Charset), r.Charset); ok && !lossy(text) {
			return text, true
		}
	}
	return "", false
}

// eightBit collects lines that hold 8-bit bytes, up to the size of a sample.
func eightBit(data []byte) []byte {
	sample := make([]byte, 0, guessSize)
	for at := 0; at < len(data) && len(sample) < guessSize; {
		line, next := lineAt(data, at)
		if !isASCII(line) {
			sample = append(append(sample, line[:min(len(line), guessSize-len(sample))]...), '\n')
		}
		at = next
	}
	return sample
}

func western(data []byte) string {
	var out strings.Builder
	out.Grow(len(data) + len(data)/8)
	for _, c := range data {
		out.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return out.String()
}

// metaCharset gives the charset that an HTML text declares for itself within its
// first bytes, "" when none: <meta charset=…>, or as http-equiv.
func metaCharset(data []byte) string {
	head := data[:min(len(data), 4096)]
	for {
		i := indexFold(head, "<meta")
		if i < 0 {
			return ""
		}
		head = head[i+5:]
		tag := head
		if j := bytes.IndexByte(tag, '>'); j >= 0 {
			tag = tag[:j]
		}
		if j := indexFold(tag, "charset"); j >= 0 {
			v := bytes.TrimLeft(tag[j+len("charset"):], " \t\r\n='\"")
			if k := bytes.IndexAny(v, " \t\r\n;'\"/>"); k >= 0 {
				v = v[:k]
			}
			return string(v)
		}
	}
}

// indexFold is bytes.Index for a lower-case ASCII needle in text of any case.
func indexFold(s []byte, lower string) int {
	first := string(lower[0]) + strings.ToUpper(lower[:1])
	for at := 0; at+len(lower) <= len(s); at++ {
		i := bytes.IndexAny(s[at:], first)
		if i < 0 || at+i+len(lower) > len(s) {
			return -1
		}
		if at += i; strings.EqualFold(string(s[at:at+len(lower)]), lower) {
			return at
		}
	}
	return -1
}

// lfText brings all line ends to LF: CRLF, and the lone CR of old Macs.
func lfText(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	for {
		i := strings.IndexByte(s, '\r')
		if i < 0 {
			out.WriteString(s)
			return out.String()
		}
		out.WriteString(s[:i])
		out.WriteByte('\n')
		s = strings.TrimPrefix(s[i+1:], "\n")
	}
}

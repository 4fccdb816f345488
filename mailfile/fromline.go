package mailfile

import (
	"bytes"
	"strings"
)

var fromWord = []byte("From ")

// maxFromLine bounds a separator line; real ones are below 200 bytes.
const maxFromLine = 1024

// fromShape says how much a line "From …" looks like a separator.
type fromShape uint8

const (
	prose     fromShape = iota // it does not
	addressed                  // one word: a sender without a date
	dated                      // a sender, if any, then a date to the end of the line
)

// shapeOf judges a line, which begins with "From ", without its end.
func shapeOf(line []byte) fromShape {
	if len(line) > maxFromLine {
		return prose
	}
	words := strings.Fields(string(line[len(fromWord):]))
	if len(words) == 1 && !strings.HasSuffix(words[0], ".") && !isStamp(words[0]) {
		return addressed
	}
	for i, w := range words {
		if isStamp(w) && i+1 == len(words) {
			return dated
		}
		if isClock(w) && dateAround(words[:i], words[i+1:]) {
			return dated
		}
	}
	return prose
}

// dateAround reports whether the words before and after a time of day make a date
// that ends the line, in one of the forms found in mboxes:
//
//	Thu Jan  1 00:00:00 1970            asctime, RFC 4155
//	Thu Jan  1 00:00 MET DST 1970       with one or two words of zone, or after the year
//	Thu, 1 Jan 1970 00:00:00 +0000      RFC 5322
//	1970-01-01 00:00:00 +0000           ISO 8601
//
// "remote from host" (UUCP) may follow each.
func dateAround(before, after []string) bool {
	n := len(before)
	last := func(i int) string {
		if i > n {
			return ""
		}
		return before[n-i]
	}
	after = dropRemote(after)
	switch {
	case isMonth(last(2)) && isDay(last(1)), isDay(last(2)) && isMonth(last(1)):
		for zones := 0; zones <= 2 && zones < len(after); zones++ {
			if isYear(after[zones]) {
				return allZones(after[:zones]) && allZones(after[zones+1:])
			}
		}
		return false
	case isYear(last(1)) && isMonth(last(2)) && isDay(last(3)), isDate(last(1)):
		return allZones(after)
	}
	return false
}

func dropRemote(words []string) []string {
	if n := len(words); n >= 3 && words[n-3] == "remote" && words[n-2] == "from" {
		return words[:n-3]
	}
	return words
}

func isMonth(w string) bool {
	return len(w) == 3 && strings.Contains("jan feb mar apr may jun jul aug sep oct nov dec", strings.ToLower(w))
}

func isDay(w string) bool {
	return len(w) == 1 && w >= "1" && w <= "9" ||
		len(w) == 2 && digits(w) && w >= "01" && w <= "31"
}

func isYear(w string) bool { return len(w) == 4 && digits(w) && w >= "1900" && w < "2200" }

// isClock knows h:mm, hh:mm and hh:mm:ss, with fractions of a second or without.
func isClock(w string) bool {
	w, _, _ = strings.Cut(w, ".")
	parts := strings.Split(w, ":")
	if len(parts) < 2 || len(parts) > 3 || len(parts[0]) > 2 {
		return false
	}
	for i, p := range parts {
		if !digits(p) || i > 0 && len(p) != 2 {
			return false
		}
	}
	return true
}

// isDate knows 1970-01-01.
func isDate(w string) bool {
	return len(w) == 10 && isYear(w[:4]) && w[4] == '-' && digits(w[5:7]) && w[7] == '-' && digits(w[8:])
}

// isStamp knows 1970-01-01T00:00:00, with a zone or without.
func isStamp(w string) bool {
	return len(w) >= 16 && w[10] == 'T' && isDate(w[:10]) && isClock(strings.TrimRight(w[11:16], "Z"))
}

func allZones(words []string) bool {
	for _, w := range words {
		if !isZone(w) {
			return false
		}
	}
	return len(words) <= 3
}

// isZone knows +0100, MET, (CEST) and GMT+0100.
func isZone(w string) bool {
	w = strings.Trim(w, "()")
	w = strings.TrimLeft(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	return w == "" || (w[0] == '+' || w[0] == '-') && len(w) <= 6 && digits(strings.ReplaceAll(w[1:], ":", ""))
}

func digits(w string) bool {
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return w != ""
}

// separates reports whether the line at the start of text begins a message.
// afterEmpty says that the line before it is empty; text goes on for the next
// line, as far as there is one.
func separates(text []byte, afterEmpty bool) bool {
	if !bytes.HasPrefix(text, fromWord) {
		return false
	}
	line, next := cutLine(text)
	switch shapeOf(line) {
	case dated:
		return afterEmpty || isMailField(next)
	case addressed:
		return afterEmpty && isMailField(next)
	}
	return false
}

// cutLine cuts text after its first line, whose end is LF, CRLF or CR.
func cutLine(text []byte) (line, rest []byte) {
	i := bytes.IndexByte(text, '\n')
	if c := bytes.IndexByte(text[:max(i, 0)], '\r'); c >= 0 {
		i = c
	} else if i < 0 {
		i = bytes.IndexByte(text, '\r')
	}
	if i < 0 {
		return text, nil
	}
	if bytes.HasPrefix(text[i:], []byte("\r\n")) {
		return text[:i], text[i+2:]
	}
	return text[:i], text[i+1:]
}

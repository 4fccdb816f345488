package decode

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// sampleSize is how much is looked at, at the beginning, in the middle and at the
// end of a file, to tell text from binary.
const sampleSize = 16 << 10

// isText reports whether d is text in any charset, a few stray control bytes
// allowed; more of them where the sender says that it is text.
func isText(d []byte, declared bool) bool {
	if len(d) == 0 || isOrdinary(d) || wideText(d) {
		return true
	}
	var seen, control int
	valid := true
	for _, s := range samples(d) {
		n, c := countControls(s)
		seen, control = seen+n, control+c
		valid = valid && utf8.Valid(s)
	}
	switch {
	case seen == 0:
		return false
	case control*50 <= seen: // random bytes hold one in ten
		return true
	case declared:
		return control*14 <= seen || control <= 2
	default:
		return valid && control <= 3 && control*8 <= seen
	}
}

// suspects are the bytes that [countControls] looks at more closely.
var suspects = func() (t [256]uint8) {
	for c := range 256 {
		if c < 0x20 && !strings.ContainsRune("\t\n\v\f\r\b\x0e\x0f\x1a\x1b", rune(c)) || c == 0x7f {
			t[c] = 1
		}
	}
	return t
}()

// isOrdinary is the answer for nearly all texts: no byte that is not one of text.
func isOrdinary(d []byte) bool {
	for _, s := range samples(d) {
		n := 0
		for _, c := range s {
			n += int(suspects[c])
		}
		if n > 0 {
			return false
		}
	}
	return !bytes.HasPrefix(d, []byte("\xff\xfe")) && !bytes.HasPrefix(d, []byte("\xfe\xff"))
}

func samples(d []byte) [][]byte {
	if len(d) <= 3*sampleSize {
		return [][]byte{d}
	}
	mid, end := len(d)/2, len(d)-sampleSize
	return [][]byte{d[:sampleSize], d[mid : mid+sampleSize], d[end:]}
}

// countControls counts the bytes of s and those that do not belong into text. A
// run of four NULs or more is neither: logs of a crashed machine and fixed-size
// records are padded with them.
func countControls(s []byte) (seen, control int) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 0x20 && c != 0x7f {
			seen++
			continue
		}
		switch {
		case s[i] == 0:
			run := i
			for run < len(s) && s[run] == 0 {
				run++
			}
			if run-i < 4 {
				seen, control = seen+run-i, control+run-i
			}
			i = run - 1
		default: // allowed are the ends of lines and files, ISO 2022's shifts, colours of terminals
			seen, control = seen+1, control+int(suspects[s[i]])
		}
	}
	return seen, control
}

// wideText reports whether d is UTF-16 or UTF-32, with a byte order mark or, when
// most of it is ASCII, without.
func wideText(d []byte) bool {
	switch {
	case bytes.HasPrefix(d, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(d, []byte("\x00\x00\xfe\xff")):
		return len(d)%4 == 0 || asciiUnits(d, 4) > 0.5
	case bytes.HasPrefix(d, []byte("\xff\xfe")):
		return plausibleUTF16(d[2:], 1)
	case bytes.HasPrefix(d, []byte("\xfe\xff")):
		return plausibleUTF16(d[2:], 0)
	}
	return len(d) >= 8 && (asciiUnits(d, 2) > 0.6 || asciiUnits(d, 4) > 0.6)
}

// asciiUnits is the share of units of size bytes that are printable ASCII, in the
// better one of the two byte orders.
func asciiUnits(d []byte, size int) float64 {
	d = d[:min(len(d), sampleSize)/size*size]
	if len(d) == 0 {
		return 0
	}
	var little, big int
	for u := d; len(u) > 0; u = u[size:] {
		if printable(u[0]) && zero(u[1:size]) {
			little++
		}
		if printable(u[size-1]) && zero(u[:size-1]) {
			big++
		}
	}
	return float64(max(little, big)) * float64(size) / float64(len(d))
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

func printable(c byte) bool { return c >= 0x20 && c < 0x7f || c == '\n' || c == '\r' || c == '\t' }

// plausibleUTF16 reports whether few code units are controls or unassigned; high
// is the index of the high byte in a unit.
func plausibleUTF16(d []byte, high int) bool {
	d = d[:min(len(d), sampleSize)/2*2]
	bad := 0
	for i := 0; i < len(d); i += 2 {
		h, l := d[i+high], d[i+1-high]
		if h == 0 && !printable(l) && l < 0xa0 || h == 0xff && l >= 0xf0 {
			bad++
		}
	}
	return bad*50 <= len(d)
}

// textKind says which kind of text n is.
func textKind(n node) kind {
	head := sniffHead(n.data)
	ext := path.Ext(strings.ToLower(n.name))
	unknown := n.typ == "" || n.typ == "application/octet-stream"
	switch {
	case hasPrefixFold(head, "BEGIN:VCALENDAR"):
		return kindCalendar
	case hasPrefixFold(head, "BEGIN:VCARD"):
		return kindContact
	case n.typ == "message/rfc822", n.typ == "message/global", n.typ == "message/news", isMessage(n, head, ext):
		return kindMessage
	case n.typ == "text/html", n.typ == "application/xhtml+xml", unknown && startsHTML(head):
		return kindHTML
	case n.typ == "text/calendar", n.typ == "application/ics":
		return kindCalendar
	case n.typ == "text/vcard", n.typ == "text/x-vcard":
		return kindContact
	}
	switch ext {
	case ".html", ".htm", ".xhtml", ".shtml":
		return kindHTML
	case ".ics", ".vcs", ".ifb":
		return kindCalendar
	case ".vcf", ".vcard":
		return kindContact
	}
	return kindText
}

// sniffHead is the beginning of a text, narrow, without byte order mark and blanks.
func sniffHead(d []byte) []byte {
	head := d[:min(len(d), 4<<10)]
	if bytes.IndexByte(head, 0) >= 0 { // UTF-16 or UTF-32: ASCII is enough to recognise a format
		head = bytes.ReplaceAll(head, []byte{0}, nil)
	}
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		head = bytes.TrimPrefix(head, []byte(mark))
	}
	return bytes.TrimLeft(head, " \t\r\n")
}

func startsHTML(head []byte) bool {
	for _, p := range []string{"<!doctype html", "<html", "<head>", "<body"} {
		if hasPrefixFold(head, p) {
			return true
		}
	}
	for _, p := range []string{"<?xml", "<!--", "<!doctype"} {
		if hasPrefixFold(head, p) {
			return bytes.Contains(bytes.ToLower(head[:min(len(head), 1<<10)]), []byte("<html"))
		}
	}
	return false
}

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && bytes.EqualFold(b[:len(prefix)], []byte(prefix))
}

// isMessage reports whether a file is a mail, stored or attached under another
// type. A body of type text/plain that begins like one is none: people paste
// headers.
func isMessage(n node, head []byte, ext string) bool {
	if strings.HasPrefix(n.typ, "message/") || n.typ == "text/rfc822-headers" || n.typ == "text/plain" && n.name == "" {
		return false
	}
	names := headerNames(head)
	people := 0
	for _, f := range []string{"from", "to", "subject", "date", "message-id"} {
		if names[f] {
			people++
		}
	}
	if ext == ".eml" || ext == ".mht" || ext == ".mhtml" {
		return people > 0 || names["mime-version"] || names["received"]
	}
	return people >= 2 && (names["mime-version"] || names["received"])
}

// headerNames are the field names, in lower case, of the mail header that head
// begins with, a "From " line of an mbox before it allowed. It is empty when
// head does not begin with a header.
func headerNames(head []byte) map[string]bool {
	names := map[string]bool{}
	for i := 0; len(head) > 0; i++ {
		var line []byte
		line, head, _ = bytes.Cut(head, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' || i == 0 && bytes.HasPrefix(line, []byte("From ")) {
			continue
		}
		name, _, ok := bytes.Cut(line, []byte(":"))
		if !ok || bytes.ContainsAny(name, " \t") {
			if len(head) > 0 {
				return nil
			}
			break // cut off by the sample
		}
		names[string(bytes.ToLower(name))] = true
	}
	return names
}

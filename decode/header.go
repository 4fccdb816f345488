package decode

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// rawField is one header field as it stands in the mail. value still holds its
// folds, and lines that belong to no field: they are read as its continuation.
type rawField struct {
	name  string // lower case
	shown string // as it is searched, see shownName
	value []byte
}

// shownName is the name of a field in lower case, or as it is written where it
// holds digits or underscores: then it may be a token.
func shownName(line []byte, name string) string {
	if strings.ContainsAny(name, "0123456789_") {
		return string(line[:len(name)])
	}
	return name
}

// maxFields bounds the fields that are looked at one by one. What follows is
// searched as one field, "header": a header of a hundred thousand fields is no
// reason to make as many texts.
const maxFields = 1000

// routing names the fields that only carry, date, sign or classify a mail. No
// person writes a secret into them, and their long random ids and signatures
// look like one. Every other field is searched, unknown ones above all.
var routing = map[string]bool{
	"received": true, "return-path": true, "delivered-to": true, "x-original-to": true, "x-received": true, // trace
	"date": true, "message-id": true, "references": true, "in-reply-to": true, "thread-index": true, // identity
	"resent-date": true, "resent-message-id": true, "x-gm-thrid": true, "x-gm-msgid": true,
	"mime-version": true, "content-type": true, "content-transfer-encoding": true, "content-length": true, // format
	"content-disposition": true, "content-id": true, "lines": true, "status": true, "x-status": true, "x-uid": true,
	"x-mozilla-status": true, "x-mozilla-status2": true, "x-imap": true, "x-imapbase": true,
	"dkim-signature": true, "domainkey-signature": true, "authentication-results": true, "received-spf": true, // signatures
	"x-authentication-results": true, "autocrypt": true, "x-pm-message-id": true, "list-id": true, "precedence": true,
	"x-spam-score": true, "x-spam-level": true, "x-spam-status": true, "x-spam-flag": true, // filters
}

// routingPrefixes are families of such fields.
var routingPrefixes = []string{
	"arc-", "x-ms-exchange-", "x-forefront-", "x-microsoft-antispam", "x-google-", "x-spam-checker", "x-dkim",
	"x-proofpoint-", "x-ms-publictraffictype", "x-ms-office365-filtering", "x-exchange-antispam", "x-eopattributed",
}

func routes(name string) bool {
	if routing[name] {
		return true
	}
	for _, p := range routingPrefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// splitHeader cuts raw into its header fields and the offset of its body. Blank
// lines and mbox "From " lines before the header are passed over. A line that is
// no field continues the one before when a mail header still follows; else the
// body begins with it: the blank line is missing. Without any field that mail
// knows all of raw is the body: prose begins with "Note:" too.
func splitHeader(raw []byte) (fields []rawField, body int) {
	return knownHeader(raw, skipPreface(raw), func([]byte) bool { return false })
}

// knownHeader reads a header that begins at start and ends before a line for
// which stop holds.
func knownHeader(raw []byte, start int, stop func([]byte) bool) (fields []rawField, body int) {
	fields, body = cutHeader(raw, start, stop)
	if !slices.ContainsFunc(fields, func(f rawField) bool { return ofMail(f.name) }) {
		return nil, start
	}
	return fields, body
}

func cutHeader(raw []byte, start int, stop func([]byte) bool) (fields []rawField, body int) {
	for at := start; ; {
		line, next := lineAt(raw, at)
		name, value := fieldName(line)
		switch {
		case at >= len(raw):
			if len(fields) == 0 {
				return nil, start
			}
			return fields, len(raw)
		case stop(line):
			return fields, at
		case name != "":
			fields = append(fields, rawField{name, shownName(line, name), raw[at+value : next]})
		case len(line) == 0 && len(fields) > 0:
			return fields, next
		case len(fields) > 0 && (isFold(line) || headerFollows(raw, next)):
			last := &fields[len(fields)-1].value
			*last = (*last)[:len(*last)+next-at]
		case len(fields) == 0 && len(line) > 0 && headerFollows(raw, next):
			// A damaged first line: searched as a field of no known name.
			fields = append(fields, rawField{"header", "header", raw[at:next]})
		case len(fields) == 0:
			return nil, start
		default:
			return fields, at
		}
		at = next
	}
}

// skipPreface gives the offset of the first line that is neither blank nor an
// mbox separator nor a byte order mark.
func skipPreface(raw []byte) int {
	at := 0
	if bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) {
		at = 3
	}
	start := at
	for at < len(raw) {
		line, next := lineAt(raw, at)
		from := bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))
		if from {
			// Prose begins with "From " too: it is a separator only before a header.
			after, _ := lineAt(raw, next)
			if name, _ := fieldName(after); name == "" && !bytes.HasPrefix(after, []byte(">From ")) {
				return start
			}
		} else if len(bytes.TrimSpace(line)) > 0 {
			return at
		}
		at = next
	}
	return start
}

// lineAt gives the line that begins at at, without its end, and where the next begins.
func lineAt(raw []byte, at int) (line []byte, next int) {
	if at >= len(raw) {
		return nil, len(raw)
	}
	line, next = raw[at:], len(raw)
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line, next = line[:i], at+i+1
	}
	return bytes.TrimSuffix(line, []byte("\r")), next
}

// fieldName gives the lower-case name of the field that line begins, and where
// its value begins; "" when line begins none. Spaces before the colon are
// obsolete syntax (RFC 5322 section 4.5) that is still met.
func fieldName(line []byte) (name string, value int) {
	i := 0
	for i < len(line) && line[i] > ' ' && line[i] < 0x7f && line[i] != ':' {
		i++
	}
	if i == 0 || i > 128 {
		return "", 0
	}
	j := i
	for j < len(line) && (line[j] == ' ' || line[j] == '\t') {
		j++
	}
	if j == len(line) || line[j] != ':' {
		return "", 0
	}
	return strings.ToLower(string(line[:i])), j + 1
}

func isFold(line []byte) bool {
	return len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && len(bytes.TrimSpace(line)) > 0
}

// headerFollows reports whether one of the next lines, before a blank one, is a
// field that only a mail header has.
func headerFollows(raw []byte, at int) bool {
	for range 8 {
		line, next := lineAt(raw, at)
		if len(line) == 0 {
			return false
		}
		if name, _ := fieldName(line); ofMail(name) {
			return true
		}
		at = next
	}
	return false
}

// ofMail reports whether a field of that name is one of a mail header.
func ofMail(name string) bool {
	for _, p := range []string{"content-", "x-", "resent-", "list-"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return routing[name] || ofPeople(name)
}

// ofPeople reports whether a field is one that people fill in, and its name says
// nothing about its value.
func ofPeople(name string) bool {
	switch name {
	case "from", "to", "cc", "bcc", "subject", "reply-to", "sender", "comments", "keywords", "organization":
		return true
	}
	return false
}

// first gives the value of the first field of that name, unfolded, not decoded.
func first(fields []rawField, name string) string {
	for _, f := range fields {
		if f.name == name {
			return unfold(f.value)
		}
	}
	return ""
}

// unfold makes one line of a field's value (RFC 5322 section 2.2.3): a fold is one space.
func unfold(value []byte) string {
	value = bytes.Trim(value, " \t\r\n")
	if bytes.IndexByte(value, '\n') < 0 && bytes.IndexByte(value, '\r') < 0 {
		return string(value)
	}
	out := make([]byte, 0, len(value))
	for len(value) > 0 {
		i := bytes.IndexAny(value, "\r\n")
		if i < 0 {
			out = append(out, value...)
			break
		}
		out = append(bytes.TrimRight(append(out, value[:i]...), " \t"), ' ')
		value = bytes.TrimLeft(value[i:], " \t\r\n")
	}
	return string(out)
}

// headerOf decodes the header; hint is the charset of the body, in which raw
// 8-bit fields are often written.
func headerOf(fields []rawField, hint string) Header {
	var h Header
	var received, sent time.Time
	var references, inReplyTo string
	var vouching []Field
	rest := fields[min(len(fields), maxFields):]
	for _, f := range fields[:min(len(fields), maxFields)] {
		switch f.name {
		case "received":
			if received.IsZero() {
				v := unfold(f.value)
				received = parseDate(v[strings.LastIndexByte(v, ';')+1:])
			}
		case "date":
			if sent.IsZero() {
				sent = parseDate(unfold(f.value))
			}
		case "message-id":
			setOnce(&h.InternetMessageID, unfold(f.value))
		case "references":
			setOnce(&references, unfold(f.value))
		case "in-reply-to":
			setOnce(&inReplyTo, unfold(f.value))
		case "authentication-results", "from":
			vouching = append(vouching, Field{f.name, string(f.value)})
		}
		if routes(f.name) {
			continue
		}
		raw := unfold(f.value)
		value := decodeWords(raw, hint)
		switch f.name {
		case "subject":
			setOnce(&h.Subject, value)
		case "from":
			setOnce(&h.From, value)
		case "to":
			h.To = append(h.To, addresses(raw, hint)...)
		case "cc":
			h.Cc = append(h.Cc, addresses(raw, hint)...)
		}
		if value != "" {
			h.Fields = append(h.Fields, Field{f.shown, value})
		}
	}
	if len(rest) > 0 {
		h.Fields = append(h.Fields, Field{"header", decodeWords(fieldLines(rest), hint)})
	}
	if h.Received = received; received.IsZero() {
		h.Received = sent
	}
	h.Thread = threadOf(references, inReplyTo, h.InternetMessageID)
	if len(rest) == 0 { // what lies behind could say something else
		h.Authentication = Authenticated(vouching)
	}
	return h
}

func setOnce(s *string, v string) {
	if *s == "" {
		*s = v
	}
}

// fieldLines is the text of the fields that hold words, one a line.
func fieldLines(fields []rawField) string {
	var b strings.Builder
	for _, f := range fields {
		if !routes(f.name) {
			b.WriteString(f.shown + ": " + unfold(f.value) + " ")
		}
	}
	return b.String()
}

// threadOf names a conversation by the message that began it (RFC 5322 section
// 3.6.4): the first of References, else In-Reply-To, else the mail itself. The
// angle brackets stay.
func threadOf(references, inReplyTo, id string) string {
	for _, s := range []string{references, inReplyTo, id} {
		if i := strings.IndexByte(s, '<'); i >= 0 {
			if j := strings.IndexByte(s[i:], '>'); j > 1 {
				return s[i : i+j+1]
			}
		}
	}
	return id
}

// addresses splits an address list at its commas, outside quotes, comments and
// angle brackets, before it is decoded: decoded names hold commas of their own.
func addresses(s, hint string) []string {
	var out []string
	add := func(a string) {
		if a = strings.TrimSpace(a); a != "" {
			out = append(out, decodeWords(a, hint))
		}
	}
	start, quoted, comment, angle := 0, false, 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"' && comment == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			comment++
		case c == ')' && comment > 0:
			comment--
		case comment > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ',' && !angle:
			add(s[start:i])
			start = i + 1
		}
	}
	add(s[start:])
	return out
}

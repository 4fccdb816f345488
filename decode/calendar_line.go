package decode

import "strings"

// calendarLines cuts a calendar into content lines.
type calendarLines struct {
	src   string
	pos   int
	depth int  // components that are open; outside of them lines are not unfolded
	old   bool // vCard 2.1, which folds before white space that belongs to the text
}

// next returns the next line, unfolded (RFC 5545 section 3.1).
func (c *calendarLines) next() (string, bool) {
	line, ok := c.physical()
	if !ok || c.depth <= 0 || !c.folded() {
		return line, ok
	}
	var b strings.Builder
	b.WriteString(line)
	for c.folded() {
		line, _ = c.physical()
		if !c.old {
			line = line[1:]
		}
		b.WriteString(line)
	}
	return b.String(), true
}

func (c *calendarLines) folded() bool {
	return c.pos < len(c.src) && (c.src[c.pos] == ' ' || c.src[c.pos] == '\t')
}

// physical returns the next line as it stands, without its line end.
func (c *calendarLines) physical() (string, bool) {
	if c.pos >= len(c.src) {
		return "", false
	}
	line, _, _ := strings.Cut(c.src[c.pos:], "\n")
	c.pos = min(c.pos+len(line)+1, len(c.src))
	return strings.TrimSuffix(line, "\r"), true
}

// quotedRest adds to value the lines that its soft line breaks lead to. vCard 2.1
// folds quoted-printable text like quoted-printable mail: with "=" at the end.
func (c *calendarLines) quotedRest(value string) string {
	if !strings.HasSuffix(value, "=") {
		return value
	}
	var b strings.Builder
	for ok := true; ok && strings.HasSuffix(value, "="); value, ok = c.physical() {
		b.WriteString(value[:len(value)-1])
	}
	b.WriteString(value)
	return b.String()
}

// base64Rest returns the lines of base64 that follow without being folded, up to
// the empty line that ends them in vCard 2.1.
func (c *calendarLines) base64Rest() string {
	begin := c.pos
	for c.pos < len(c.src) {
		at := c.pos
		line, _ := c.physical()
		if line = strings.TrimSpace(line); line == "" || strings.ContainsAny(line, ":;.-\\") {
			c.pos = at
			break
		}
	}
	return c.src[begin:c.pos]
}

// property is one content line: name;param=value:value.
type property struct {
	name   string // with its group: "item1.EMAIL"
	params []propertyParam
	value  string
}

type propertyParam struct{ name, value string }

func parseProperty(line string) (property, bool) {
	i := 0
	for i < len(line) && (letter(line[i]) || '0' <= line[i] && line[i] <= '9' || strings.IndexByte("-._", line[i]) >= 0) {
		i++
	}
	if i == 0 || i == len(line) {
		return property{}, false
	}
	p := property{name: line[:i]}
	for line[i] == ';' {
		end := paramEnd(line, i+1)
		if end == len(line) {
			return property{}, false
		}
		name, value, ok := strings.Cut(line[i+1:end], "=")
		if !ok {
			name, value = "TYPE", name // vCard 2.1: TEL;HOME;VOICE
		}
		p.params = append(p.params, propertyParam{strings.TrimSpace(name), unescapeParam(value)})
		i = end
	}
	if line[i] != ':' {
		return property{}, false
	}
	p.value = line[i+1:]
	return p, true
}

// paramEnd returns where the parameter that begins at i ends: at a colon or a
// semicolon outside quotes. A quote that is never closed is an ordinary character.
func paramEnd(line string, i int) int {
	for ; i < len(line); i++ {
		switch line[i] {
		case '"':
			if n := strings.IndexByte(line[i+1:], '"'); n >= 0 {
				i += n + 1
			} else if n := strings.IndexByte(line[i:], ':'); n >= 0 {
				return i + n
			}
		case ':', ';':
			return i
		}
	}
	return i
}

func (p property) param(name string) string {
	for _, param := range p.params {
		if strings.EqualFold(param.name, name) {
			return param.value
		}
	}
	return ""
}

type valueEncoding uint8

const (
	textValue valueEncoding = iota
	quotedValue
	base64Value
)

// encoding says how the value is written. vCard 2.1 allows the bare word.
func (p property) encoding() valueEncoding {
	for _, param := range p.params {
		if !strings.EqualFold(param.name, "ENCODING") && !strings.EqualFold(param.name, "TYPE") {
			continue
		}
		switch strings.ToLower(param.value) {
		case "quoted-printable":
			return quotedValue
		case "base64", "b":
			return base64Value
		}
	}
	return textValue
}

// isHTML reports whether the value is HTML: declared so, by Outlook's property or
// as RFC 9073's, or written so, as Google's DESCRIPTION is.
func (p property) isHTML() bool {
	return startsFold(p.param("FMTTYPE"), "text/html") || strings.EqualFold(p.name, "X-ALT-DESC") ||
		holdsTag(p.value) && (strings.Contains(p.value, "</") || strings.Contains(p.value, "<br"))
}

// isToken reports whether s is the name of a component.
func isToken(s string) bool {
	s = strings.TrimSpace(s)
	for i := 0; i < len(s); i++ {
		if c := s[i]; !letter(c) && c != '-' && (c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && len(s) <= len("VTIMEZONE-STANDARD")
}

// unescapeText undoes the escapes of a text value (RFC 5545 section 3.3.11, RFC
// 6350 section 3.4); a backslash before anything else stands.
func unescapeText(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		switch c := s[i+1]; c {
		case 'n', 'N':
			b.WriteByte('\n')
		case ',', ';', ':', '\\', '"':
			b.WriteByte(c)
		default:
			b.WriteByte('\\')
			continue
		}
		i++
	}
	return b.String()
}

// unescapeParam removes quotes and undoes the escapes of RFC 6868.
func unescapeParam(s string) string {
	s = strings.ReplaceAll(s, `"`, "")
	if strings.IndexByte(s, '^') < 0 {
		return s
	}
	return strings.NewReplacer("^n", "\n", "^'", `"`, "^^", "^").Replace(s)
}

// quotedText decodes quoted-printable text whose soft line breaks are gone.
func quotedText(s, charset string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '=' && i+2 < len(s) && hex(s[i+1]) && hex(s[i+2]) {
			b = append(b, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return toUTF8(b, charset)
}

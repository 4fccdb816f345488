package report

import (
	"html"
	"strings"

	"mailsweep/sweeper"
	"mailsweep/visible"
)

// The replacers are made once: each builds a table.
var (
	angles = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	marks  = strings.NewReplacer("[", "&#91;", "]", "&#93;", "`", "&#96;")
	braces = strings.NewReplacer("{", "{{", "}", "}}")
	links  = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)
)

// inert makes text of the mail safe in a viewer that puts it into a page, as text,
// as an attribute or, wrongly, as Markdown: brackets could become a link there.
func inert(s string) string {
	s = visible.Text(s)
	if !strings.ContainsAny(s, "<>&\"'[]`") {
		return s
	}
	return marks.Replace(html.EscapeString(s))
}

// words makes our own words safe as text of a page; a user's rule or a label from
// a mail may be among them.
func words(s string) string { return angles.Replace(visible.Text(s)) }

// literal keeps plain SARIF text from being read as a placeholder (SARIF 2.1.0,
// 3.11.5: braces are doubled) or as an embedded link (3.11.6).
func literal(s string) string {
	s = braces.Replace(s)
	if !strings.Contains(s, "](") {
		return s
	}
	return links.Replace(s)
}

// markdown makes text of the mail say only itself in GitHub Flavored Markdown:
// any ASCII punctuation may be escaped by a backslash (CommonMark 2.4), which also
// undoes automatic links.
func markdown(s string) string {
	s = visible.Text(s)
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '&':
			b.WriteString("&amp;")
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '{' || c == '}': // a placeholder of SARIF's own, in Markdown too
			b.WriteByte(c)
			b.WriteByte(c)
		case c > ' ' && c < '0', c > '9' && c < 'A', c > 'Z' && c < 'a', c > 'z' && c < 0x7f:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// message says in a sentence what was found; only its Markdown form quotes the
// mail's own words.
func message(f *sweeper.Finding) sarifMessage {
	what := strings.Join(present(confidence(f.Confidence), string(f.Kind)), " ")
	text := what + " found by rule " + words(f.Rule)
	md := "**" + markdown(what) + "** found by rule " + markdown(f.Rule)
	if f.Preview != "" {
		text += ": " + words(f.Preview)
		md += ": " + markdown(f.Preview)
	}
	if f.Reason != "" {
		text += ". " + words(f.Reason)
		md += "\n\n" + markdown(f.Reason)
	}
	for _, line := range [][2]string{{"From", f.From}, {"Subject", f.Subject}} {
		if line[1] != "" {
			md += "\n\n" + line[0] + ": " + markdown(line[1])
		}
	}
	if sent := stamp(f.Received); sent != "" {
		md += "\n\nReceived: " + sent
	}
	return sarifMessage{Text: literal(text), Markdown: md}
}

// locator is a relative URI reference (RFC 3986 section 4.2): the mailbox as one
// segment, the folder and the message's id, each percent-encoded, and the part as
// its fragment. What is unknown is left out; "" when all is.
func locator(r sweeper.Ref, part string) string {
	path := present(percent(r.Mailbox, false), percent(strings.Trim(r.Folder, "/"), true), percent(strings.Trim(r.ID, "/"), true))
	uri := strings.Join(path, "/")
	if part != "" {
		uri += "#" + percent(part, true)
	}
	return uri
}

// percent leaves only unreserved characters (RFC 3986 section 2.3), and the
// slashes of a path. A segment of dots would climb: its dots are encoded too.
func percent(s string, slashes bool) string {
	const hex = "0123456789ABCDEF"
	s = strings.ToValidUTF8(s, "\uFFFD")
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '~',
			c == '/' && slashes, c == '.' && !climbs(s, i):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// climbs says that the dot at i is the whole of a segment "." or part of "..".
func climbs(s string, i int) bool {
	start := strings.LastIndexByte(s[:i], '/') + 1
	end := strings.IndexByte(s[i:], '/')
	if end < 0 {
		end = len(s)
	} else {
		end += i
	}
	return s[start:end] == "." || s[start:end] == ".."
}

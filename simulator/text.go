package simulator

import (
	"html"
	"strings"
)

// previewRunes is how much of the text bodyPreview shows (message resource: "the first
// 255 characters").
const previewRunes = 255

// preview is the beginning of a message's text: a copy, as a piece would keep alive all of
// the text that it was cut from. Little of a long body is read for it, more where that is
// all markup.
func preview(m *Message) string {
	for _, enough := range []int{2 << 10, 32 << 10} {
		body, whole := m.Body, len(m.Body) <= enough
		if !whole {
			body = body[:enough]
		}
		if m.BodyType == "html" {
			body = plainText(body)
		}
		body = strings.TrimSpace(strings.ToValidUTF8(body, ""))
		n := 0
		for i := range body {
			if n == previewRunes {
				return strings.Clone(body[:i])
			}
			n++
		}
		if whole || enough > 2<<10 {
			return strings.Clone(body)
		}
	}
	return ""
}

// plainText is the text of HTML as a mail service gives it on request: without markup,
// scripts, styles and comments, blocks on lines of their own.
func plainText(s string) string {
	var out strings.Builder
	out.Grow(len(s) / 2)
	for s != "" {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			out.WriteString(html.UnescapeString(oneLine(s)))
			break
		}
		out.WriteString(html.UnescapeString(oneLine(s[:open])))
		s = s[open:]
		if rest, ok := strings.CutPrefix(s, "<!--"); ok {
			_, s, _ = strings.Cut(rest, "-->")
			continue
		}
		end := strings.IndexByte(s, '>')
		if end < 0 {
			break
		}
		name := tagName(s[1:end])
		s = s[end+1:]
		switch name {
		case "script", "style", "head", "title":
			s = after(s, "</"+name)
		case "br", "p", "/p", "div", "/div", "tr", "/tr", "li", "h1", "h2", "h3", "/h1", "/h2", "/h3", "/table":
			out.WriteString("\r\n")
		case "td", "th":
			out.WriteString("\t")
		}
	}
	return squeeze(out.String())
}

// tagName is the lower-case name of a tag, "/" before that of an end tag.
func tagName(tag string) string {
	if i := strings.IndexAny(tag[min(1, len(tag)):], " \t\r\n/"); i >= 0 {
		tag = tag[:i+1]
	}
	return strings.ToLower(tag)
}

// after is what follows the end tag that begins with mark.
func after(s, mark string) string {
	for i := 0; i+len(mark) <= len(s); i++ {
		if s[i] == '<' && strings.EqualFold(s[i:i+len(mark)], mark) {
			if end := strings.IndexByte(s[i:], '>'); end >= 0 {
				return s[i+end+1:]
			}
			return ""
		}
	}
	return ""
}

// squeeze leaves at most one empty line between lines, and none around the text.
func squeeze(s string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\r\n") {
		line = strings.TrimSpace(line)
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimSpace(strings.Join(out, "\r\n"))
}

// messageSize is about how many bytes a message takes.
func messageSize(m *Message) int64 {
	n := int64(len(m.Body) + len(m.Subject) + 1024)
	for _, a := range m.Attachments {
		n += a.size()
	}
	return max(n, int64(len(m.MIME)))
}

// size is what the property of that name tells, in bytes.
func (a *Attachment) size() int64 {
	switch {
	case a.Item != nil:
		return messageSize(a.Item)
	case a.SourceURL != "":
		return 1060 // as in the documentation's sample: the link, not what is behind it
	default:
		return int64(len(a.Content))
	}
}

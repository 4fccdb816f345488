package simulator

import (
	"fmt"
	"hash/fnv"
	"mime"
	"strings"
	"time"
)

// mime is the message as RFC 5322 and 2045 have it: as it came, or made from its parts.
// Files are coded while they are sent. depth is how deep it is nested, so that the
// boundaries of messages within messages differ.
func (m *Message) mime(depth int) body {
	if m.MIME != nil {
		return body{{data: m.MIME}}
	}
	w := &mimeWriter{}
	w.headers(m)
	var inline, files []*Attachment
	for _, a := range m.Attachments {
		switch {
		case a.SourceURL != "": // a link is not part of a mail
		case a.Inline && a.Item == nil:
			inline = append(inline, a)
		default:
			files = append(files, a)
		}
	}
	h := fnv.New64a()
	h.Write([]byte(m.InternetMessageID))
	mark := fmt.Sprintf("_%03d_%016x_", depth, h.Sum64())
	switch {
	case len(files) > 0:
		w.multipart("mixed", mark+"mixed", func(next func()) {
			next()
			w.content(m, inline, mark)
			for _, a := range files {
				next()
				w.file(a, depth)
			}
		})
	default:
		w.content(m, inline, mark)
		w.line("")
	}
	return w.body()
}

type mimeWriter struct {
	buf  []byte
	done body
}

func (w *mimeWriter) body() body {
	if len(w.buf) > 0 {
		w.done, w.buf = append(w.done, piece{data: w.buf}), nil
	}
	return w.done
}

func (w *mimeWriter) line(format string, args ...any) {
	w.buf = append(fmt.Appendf(w.buf, format, args...), '\r', '\n')
}

// headers writes those of the message, and of its own ones those that say nothing of
// what the properties say already.
func (w *mimeWriter) headers(m *Message) {
	w.address("From", m.From)
	w.address("To", m.To...)
	w.address("Cc", m.Cc...)
	w.address("Reply-To", m.ReplyTo...)
	w.line("Subject: %s", encodeWord(m.Subject))
	w.line("Date: %s", m.Sent.UTC().Format(time.RFC1123Z))
	if m.InternetMessageID != "" {
		w.line("Message-ID: %s", oneLine(m.InternetMessageID))
	}
	for _, h := range m.Headers {
		switch strings.ToLower(h.Name) {
		case "from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding":
		default:
			w.line("%s: %s", oneLine(h.Name), oneLine(h.Value))
		}
	}
	w.line("MIME-Version: 1.0")
}

func (w *mimeWriter) address(name string, list ...Address) {
	var parts []string
	for _, a := range list {
		switch {
		case a.Address == "" && a.Name == "":
		case a.Name == "":
			parts = append(parts, oneLine(a.Address))
		default:
			parts = append(parts, quotePhrase(a.Name)+" <"+oneLine(a.Address)+">")
		}
	}
	if len(parts) > 0 {
		w.line("%s: %s", name, strings.Join(parts, ",\r\n\t"))
	}
}

// quotePhrase is a display name in quotes, or as an encoded word.
func quotePhrase(s string) string {
	if word := encodeWord(s); word != oneLine(s) {
		return word
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(oneLine(s)) + `"`
}

func encodeWord(s string) string {
	return strings.ReplaceAll(mime.BEncoding.Encode("utf-8", oneLine(s)), "?= =?", "?=\r\n =?")
}

// oneLine is text with spaces for its line breaks.
func oneLine(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r", ""), "\n", " ")
}

// multipart writes a multipart body; parts calls next before each part.
func (w *mimeWriter) multipart(subtype, boundary string, parts func(next func())) {
	w.line("Content-Type: multipart/%s; boundary=\"%s\"\r\n", subtype, boundary)
	parts(func() { w.line("--%s", boundary) })
	w.line("--%s--", boundary)
}

// content writes the body, with what is inline beside it.
func (w *mimeWriter) content(m *Message, inline []*Attachment, mark string) {
	if len(inline) == 0 {
		w.text(m)
		return
	}
	w.multipart("related", mark+"related", func(next func()) {
		next()
		w.text(m)
		for _, a := range inline {
			next()
			w.file(a, 0)
		}
	})
}

func (w *mimeWriter) text(m *Message) {
	subtype := "plain"
	if m.BodyType == "html" {
		subtype = "html"
	}
	w.line("Content-Type: text/%s; charset=\"utf-8\"", subtype)
	w.line("Content-Transfer-Encoding: base64\r\n")
	w.coded([]byte(m.Body))
}

func (w *mimeWriter) coded(data []byte) {
	w.done = append(w.body(), piece{data: data, coding: base64Lines})
}

func (w *mimeWriter) file(a *Attachment, depth int) {
	if a.Item != nil {
		w.line("Content-Type: message/rfc822")
		w.line("Content-Disposition: attachment\r\n")
		w.done = append(w.body(), a.Item.mime(depth+1)...)
		w.line("")
		return
	}
	kind := a.ContentType
	if _, _, err := mime.ParseMediaType(kind); err != nil {
		kind = "application/octet-stream"
	}
	disposition := "attachment"
	if a.Inline {
		disposition = "inline"
	}
	w.line("Content-Type: %s", oneLine(kind))
	if v := mime.FormatMediaType(disposition, map[string]string{"filename": oneLine(a.Name)}); v != "" {
		disposition = v
	}
	w.line("Content-Disposition: %s", disposition)
	if a.ContentID != "" {
		w.line("Content-ID: <%s>", oneLine(a.ContentID))
	}
	w.line("Content-Transfer-Encoding: base64\r\n")
	w.coded(a.Content)
}

package simulator

import (
	"bytes"
	"fmt"
	"html"
	"net/mail"
	"net/textproto"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jhillyerd/enmime/v2"
)

// deepestItem is how many mails within mails become items; deeper ones stay files.
const deepestItem = 20

// readMIME makes of MIME what Exchange keeps of it. It makes something of anything: what
// does not parse is a body of text.
func readMIME(raw []byte, depth int) *Message {
	m := &Message{MIME: raw, Headers: headerFields(raw)}
	m.envelope()
	parser := enmime.NewParser(enmime.DisableTextConversion(true), enmime.MultipartWOBoundaryAsSinglePart(true),
		enmime.DisableCharacterDetection(isASCII(raw)), // guessing takes most of the time, and needs something to guess
		enmime.SetReadPartErrorPolicy(func(*enmime.Part, error) bool { return true }))
	root, err := parser.ReadParts(bytes.NewReader(raw))
	if err != nil {
		m.BodyType, m.Body = "text", readable(afterHeaders(raw))
		return m
	}
	s := &sorter{message: m, depth: depth}
	s.part(root, false)
	s.margins(root, raw)
	if root.Boundary != "" && root.FirstChild == nil && len(root.Content) == 0 { // its boundary never comes
		s.plain = &enmime.Part{Content: afterHeaders(raw)}
	}
	m.BodyType = "text"
	switch {
	case s.html != nil:
		m.BodyType, m.Body = "html", readable(s.html.Content)
		if s.plain != nil && !says(m.Body, string(s.plain.Content)) {
			s.attach(s.plain, false)
		}
	case s.plain != nil:
		m.Body = readable(s.plain.Content)
	}
	return m
}

// sorter takes the parts of a message: into its body, or among its attachments.
type sorter struct {
	message     *Message
	plain, html *enmime.Part
	closed      bool // the body is chosen: further texts are attachments
	depth       int
}

// part takes a part and those within it. inline says that it belongs to a related body.
func (s *sorter) part(p *enmime.Part, inline bool) {
	if p.FirstChild != nil {
		s.multipart(p, inline)
		return
	}
	text := p.ContentType == "" || p.ContentType == "text/plain" || p.ContentType == "text/html" || strings.HasPrefix(p.ContentType, "multipart/")
	switch {
	case !text || p.Disposition == "attachment" || p.FileName != "" || s.closed:
		s.attach(p, inline)
	case p.ContentType == "text/html" && s.html == nil:
		s.html = p
	case p.ContentType != "text/html" && s.plain == nil && s.html == nil:
		s.plain = p
	default:
		s.attach(p, inline)
	}
}

func (s *sorter) multipart(p *enmime.Part, inline bool) {
	for child := p.FirstChild; child != nil; child = child.NextSibling {
		switch p.ContentType {
		case "multipart/alternative":
			s.part(child, inline) // text, then the same as HTML
		case "multipart/related":
			s.part(child, child != p.FirstChild)
		default:
			s.part(child, inline)
			// The body is one text, or one set of alternatives; what follows is attached.
			s.closed = s.closed || s.plain != nil || s.html != nil
		}
	}
}

// attach adds a part to the attachments: a mail as an item, all else as a file.
func (s *sorter) attach(p *enmime.Part, inline bool) {
	a := &Attachment{Name: p.FileName, ContentType: p.ContentType, ContentID: p.ContentID}
	a.Inline = p.ContentID != "" && p.Disposition != "attachment" && (inline || p.Disposition == "inline" || strings.HasPrefix(p.ContentType, "image/"))
	if p.ContentType == "message/rfc822" && s.depth < deepestItem && len(p.Content) > 0 {
		item := readMIME(p.Content, s.depth+1)
		item.InternetMessageID = strings.TrimSpace(item.InternetMessageID)
		item.Received = firstTime(item.Received, item.Sent, s.message.Received, s.message.Sent, firstMinute)
		item.Sent, item.Created, item.Modified = firstTime(item.Sent, item.Received), item.Received, item.Received
		a.Item = item
		if a.Name == "" {
			a.Name = item.Subject
		}
	} else {
		a.Content = p.Content
		if a.Content == nil {
			a.Content = []byte{}
		}
	}
	s.add(a)
}

// add numbers what has no name as Exchange does: ATT00001.txt.
func (s *sorter) add(a *Attachment) {
	if a.Name == "" {
		number := fmt.Sprintf("%05d", len(s.message.Attachments)+1)
		ending := map[string]string{"text/html": ".htm", "": ".txt", "text/plain": ".txt", "text/calendar": ".ics", "message/rfc822": ".eml"}[a.ContentType]
		if ending == "" {
			ending = ".dat"
		}
		a.Name = "ATT" + number + ending
	}
	s.message.Attachments = append(s.message.Attachments, a)
}

// margins keeps text that stands before the first part of a multipart, or after the
// last: no client shows it, and MIME has it.
func (s *sorter) margins(root *enmime.Part, raw []byte) {
	if root.FirstChild == nil || root.Boundary == "" {
		return
	}
	before, _, found := bytes.Cut(afterHeaders(raw), []byte("--"+root.Boundary))
	if lead := bytes.TrimSpace(before); found && len(lead) > 0 && !bytes.Contains(bytes.ToLower(lead), []byte("mime")) {
		s.add(&Attachment{Name: "preamble.txt", ContentType: "text/plain", Content: lead})
	}
	if rest := bytes.TrimSpace(root.Epilogue); len(rest) > 0 {
		s.add(&Attachment{Name: "epilogue.txt", ContentType: "text/plain", Content: rest})
	}
}

// says reports whether HTML has every longer word and number of the plain text beside it:
// then the text is the same mail once more, and Exchange keeps one.
func says(markup, plain string) bool {
	markup = html.UnescapeString(markup)
	for word := range strings.FieldsSeq(plain) {
		word = strings.Trim(word, "<>()[]*_\"'.,;:")
		long := len(word) >= 8 || len(word) >= 4 && strings.ContainsAny(word, "0123456789")
		if long && !strings.Contains(markup, word) {
			return false
		}
	}
	return true
}

// readable is text that JSON can carry. Bytes that are no UTF-8 count as Latin-1, the
// nearest to what a western mailbox assumes.
func readable(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = rune(c)
	}
	return string(out)
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func firstTime(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// envelope fills what the headers say of the message as a whole.
func (m *Message) envelope() {
	m.Subject = readable([]byte(enmime.DecodeRFC2047(m.header("Subject"))))
	m.InternetMessageID = readable([]byte(m.header("Message-ID")))
	m.From, m.Sender = one(m.header("From")), one(m.header("Sender"))
	m.To, m.Cc, m.Bcc, m.ReplyTo = addressList(m.header("To")), addressList(m.header("Cc")), addressList(m.header("Bcc")), addressList(m.header("Reply-To"))
	if t, err := mail.ParseDate(m.header("Date")); err == nil {
		m.Sent = t.UTC()
	}
	if _, date, found := strings.Cut(m.header("Received"), ";"); found {
		if t, err := mail.ParseDate(strings.TrimSpace(date)); err == nil {
			m.Received = t.UTC()
		}
	}
	m.Received = firstTime(m.Received, m.Sent)
	if thread := strings.Fields(m.header("References") + " " + m.header("In-Reply-To")); len(thread) > 0 {
		m.ConversationID = opaqueID("AAQkAG", 84, thread[0])
	} else if m.InternetMessageID != "" {
		m.ConversationID = opaqueID("AAQkAG", 84, m.InternetMessageID)
	}
}

// header is the value of the first header of a name.
func (m *Message) header(name string) string {
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

func one(list string) Address {
	if all := addressList(list); len(all) > 0 {
		return all[0]
	}
	return Address{}
}

// addressList reads a list of addresses. What cannot be read is a name without address.
func addressList(list string) []Address {
	if strings.TrimSpace(list) == "" {
		return nil
	}
	parsed, err := enmime.ParseAddressList(list)
	if err != nil {
		return []Address{{Name: readable([]byte(enmime.DecodeRFC2047(list)))}}
	}
	var out []Address
	for _, a := range parsed {
		out = append(out, Address{Name: readable([]byte(a.Name)), Address: readable([]byte(a.Address))})
	}
	return out
}

// headerFields are the headers in their order, unfolded.
func headerFields(raw []byte) []Header {
	var out []Header
	for line := range bytes.Lines(raw[:len(raw)-len(afterHeaders(raw))]) {
		text := strings.TrimRight(string(line), "\r\n")
		folded := strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t") || text != "" && !strings.Contains(text, ":")
		if folded && len(out) > 0 {
			out[len(out)-1].Value += " " + readable([]byte(strings.TrimSpace(text)))
			continue
		}
		if name, value, found := strings.Cut(text, ":"); found {
			out = append(out, Header{textproto.TrimString(readable([]byte(name))), readable([]byte(strings.TrimSpace(value)))})
		}
	}
	return out
}

// afterHeaders is what follows the first empty line.
func afterHeaders(raw []byte) []byte {
	at := 0
	for line := range bytes.Lines(raw) {
		at += len(line)
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
	}
	return raw[at:]
}

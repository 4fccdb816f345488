package simulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/mail"
	"slices"
	"strings"
)

// wireAddress and wireMessage are what sendMail takes as JSON.
type wireAddress struct {
	EmailAddress struct{ Name, Address string } `json:"emailAddress"`
}

type wireMessage struct {
	Subject string `json:"subject"`
	Body    struct {
		ContentType string `json:"contentType"`
		Content     string `json:"content"`
	} `json:"body"`
	To      []wireAddress `json:"toRecipients"`
	Cc      []wireAddress `json:"ccRecipients"`
	Bcc     []wireAddress `json:"bccRecipients"`
	ReplyTo []wireAddress `json:"replyTo"`
	Headers []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"internetMessageHeaders"`
	Attachments []struct {
		Type         string `json:"@odata.type"`
		Name         string `json:"name"`
		ContentType  string `json:"contentType"`
		ContentID    string `json:"contentId"`
		IsInline     bool   `json:"isInline"`
		ContentBytes []byte `json:"contentBytes"`
	} `json:"attachments"`
}

// sendMail accepts a mail: as JSON, or as MIME in base64 of type text/plain. It is kept,
// and delivered only where the options say so.
func (c *call) sendMail() *reply {
	var sent SentMail
	var bad *reply
	if kind := strings.ToLower(c.header.Get("Content-Type")); strings.HasPrefix(kind, "text/plain") {
		sent, bad = c.readMIME()
	} else {
		sent, bad = c.readMail()
	}
	if bad != nil {
		return bad
	}
	if len(sent.Message.To)+len(sent.Message.Cc)+len(sent.Message.Bcc) == 0 {
		return c.fail(400, "ErrorInvalidRecipients", "At least one recipient is not valid.")
	}
	if bad := c.checkHeaders(&sent.Message); bad != nil {
		return bad
	}
	now := c.s.clock.Now().UTC()
	sent.From, sent.AppID, sent.At = c.user.ID, c.app, now
	sent.Message.From = Address{Name: c.user.DisplayName, Address: c.user.Mail}
	sent.Message.Sent, sent.Message.Received, sent.Message.IsRead = now, now, true
	sent.Message.FolderID, sent.Message.MIME = "sentitems", sent.MIME
	if sent.Saved {
		kept, err := c.s.tenant.Deliver(c.user.ID, sent.Message)
		if err != nil {
			return c.noItem("sentitems", true)
		}
		sent.Message = kept
	}
	if c.s.options.Deliver {
		c.s.tenant.forward(sent.Message)
	}
	t := c.s.tenant
	t.mu.Lock()
	t.sent = append(t.sent, sent)
	t.mu.Unlock()
	return empty(202)
}

func (c *call) readMail() (SentMail, *reply) {
	var in struct {
		Message         *wireMessage `json:"message"`
		SaveToSentItems any          `json:"saveToSentItems"` // documentation's samples send a string
	}
	if err := json.Unmarshal(c.body, &in); err != nil {
		return SentMail{}, c.badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	if in.Message == nil {
		return SentMail{}, c.fail(400, "ErrorInvalidArgument", "The Message field is required.")
	}
	w := in.Message
	m := Message{Subject: w.Subject, Body: w.Body.Content, BodyType: strings.ToLower(w.Body.ContentType),
		To: addresses(w.To), Cc: addresses(w.Cc), Bcc: addresses(w.Bcc), ReplyTo: addresses(w.ReplyTo)}
	for _, h := range w.Headers {
		m.Headers = append(m.Headers, Header{Name: h.Name, Value: h.Value})
	}
	for _, a := range w.Attachments {
		m.Attachments = append(m.Attachments, &Attachment{Name: a.Name, ContentType: a.ContentType, ContentID: a.ContentID,
			Inline: a.IsInline, Content: slices.Concat([]byte{}, a.ContentBytes)})
	}
	saved := true
	switch v := in.SaveToSentItems.(type) {
	case bool:
		saved = v
	case string:
		saved = !strings.EqualFold(v, "false")
	}
	return SentMail{Message: m, Saved: saved}, nil
}

func addresses(list []wireAddress) []Address {
	var out []Address
	for _, a := range list {
		out = append(out, Address{Name: a.EmailAddress.Name, Address: a.EmailAddress.Address})
	}
	return out
}

// checkHeaders refuses what Graph refuses: custom headers begin with X- and are five at most.
func (c *call) checkHeaders(m *Message) *reply {
	if m.MIME != nil {
		return nil
	}
	for _, h := range m.Headers {
		if !strings.HasPrefix(strings.ToLower(h.Name), "x-") {
			return c.fail(400, "InvalidInternetMessageHeader", "The internet message header name '"+h.Name+"' should start with 'x-' or 'X-'.")
		}
	}
	if len(m.Headers) > 5 {
		return c.fail(400, "InvalidInternetMessageHeaderCollection", "Maximum number of headers in one message should be less than or equal to 5.")
	}
	return nil
}

// decodedHeader undoes encoded words (RFC 2047) and nothing else, as what comes of it is
// held against what was sent; what cannot be undone stays.
func decodedHeader(s string) string {
	words := mime.WordDecoder{}
	if decoded, err := words.DecodeHeader(s); err == nil {
		return decoded
	}
	return s
}

// readMIME takes MIME as it was sent, its Message-ID included: that Graph keeps it, where
// SMTP submission does not, is reported (git mailing list, 2025-05-25, "send-mail: add
// support for Microsoft Graph API").
func (c *call) readMIME() (SentMail, *reply) {
	data, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(c.body)))
	if err != nil {
		return SentMail{}, c.fail(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.")
	}
	parsed, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return SentMail{}, c.fail(400, "ErrorMimeContentInvalid", "The MIME content is not valid.")
	}
	m := readMIME(data, 0)
	m.Subject = decodedHeader(parsed.Header.Get("Subject"))
	if a := m.From.Address; a != "" && !c.user.has(a) {
		return SentMail{}, c.fail(403, "ErrorSendAsDenied", "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.")
	}
	if m.InternetMessageID = strings.TrimSpace(m.InternetMessageID); c.s.options.NewMessageIDs {
		m.InternetMessageID = ""
	}
	return SentMail{Message: *m, MIME: data, Saved: true}, nil
}

// has says whether an address is the user's.
func (u *User) has(address string) bool {
	return has(append([]string{u.UserPrincipalName, u.Mail}, u.Aliases...), address)
}

// forward delivers a mail to those of its recipients who have a mailbox in the tenant.
func (t *Tenant) forward(m Message) {
	seen := map[string]bool{}
	for _, a := range slices.Concat(m.To, m.Cc, m.Bcc) {
		u, box := t.find(a.Address)
		if u == nil || box == nil || seen[u.ID] {
			continue
		}
		seen[u.ID] = true
		m := m
		m.ID, m.ChangeKey, m.FolderID, m.ConversationID, m.IsRead, m.Bcc = "", "", "inbox", "", false, nil
		_, _ = t.Deliver(u.ID, m) // the inbox is there, and its id is new
	}
}

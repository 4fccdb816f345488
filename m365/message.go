package m365

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// message turns a listed message into ours. It copies what it needs: the rest of the
// page can be forgotten.
func (w *walk) message(m models.Messageable) *sweeper.Message {
	id := text(m.GetId())
	mail, body := taken(m)
	ref := sweeper.Ref{
		Source: w.s.name, Mailbox: w.of.Mailbox, Folder: w.of.Name, FolderKey: w.of.Key,
		Key: w.mailbox.id + "/" + id, ID: id,
		InternetMessageID: mail.Header.InternetMessageID, Thread: mail.Header.Thread,
	}
	out := &sweeper.Message{Ref: ref, Size: int64(len(body) + headerSize(mail.Header))}
	files := new(attachments)
	announced := m.GetHasAttachments() != nil && *m.GetHasAttachments()
	if announced || showsOwn(body) {
		out.Fetch = func(ctx context.Context) (int64, error) {
			err := files.fetch(ctx, w.s, w.mailbox.id, id, announced)
			return out.Size + files.size, err
		}
		out.Release = files.release
	}
	out.Open = func(context.Context, *decode.Budget) (decode.Mail, error) {
		mail.Parts = append(mail.Parts, files.parts...)
		mail.Skips = append(mail.Skips, files.skips...)
		return mail, nil
	}
	return out
}

// taken takes a message apart into its header and its body, which is given as it stands
// too. Its attachments do not come with it.
func taken(m models.Messageable) (mail decode.Mail, body string) {
	mail.Header = header(m)
	if b := m.GetBody(); b != nil {
		if body = text(b.GetContent()); body != "" {
			mail.Parts = append(mail.Parts, bodyPart(b, body))
		}
	}
	return mail, body
}

// showsOwn reports a body that shows its own attachments, by "cid:" (RFC 2392). Those do
// not count as attachments in hasAttachments (learn.microsoft.com, "message resource type").
func showsOwn(body string) bool {
	for at := 0; ; at++ {
		i := strings.IndexByte(body[at:], ':')
		if i < 0 {
			return false
		}
		if at += i; at >= 3 && strings.EqualFold(body[at-3:at], "cid") {
			return true
		}
	}
}

func bodyPart(b models.ItemBodyable, body string) decode.Part {
	p := decode.Part{Path: "1", Type: "text/plain", Charset: "utf-8", Size: int64(len(body))}
	if t := b.GetContentType(); t != nil && *t == models.HTML_BODYTYPE {
		p.Type = "text/html"
	}
	p.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
	return p
}

// header is what a message says of itself. Fields come from the properties where
// there is one, because drafts and sent mail have no internet headers.
func header(m models.Messageable) decode.Header {
	h := decode.Header{
		Subject:           decode.Words(text(m.GetSubject())),
		From:              address(m.GetFrom()),
		To:                addresses(m.GetToRecipients()),
		Cc:                addresses(m.GetCcRecipients()),
		InternetMessageID: text(m.GetInternetMessageId()),
		Thread:            text(m.GetConversationId()),
	}
	if h.From == "" {
		h.From = address(m.GetSender())
	}
	if t := m.GetReceivedDateTime(); t != nil {
		h.Received = t.UTC()
	}
	add := func(name string, values ...string) {
		if v := strings.Join(values, ", "); v != "" {
			h.Fields = append(h.Fields, decode.Field{Name: name, Value: v})
		}
	}
	add("subject", h.Subject)
	add("from", h.From)
	add("to", h.To...)
	add("cc", h.Cc...)
	add("bcc", addresses(m.GetBccRecipients())...)
	add("reply-to", addresses(m.GetReplyTo())...)
	add("keywords", m.GetCategories()...)
	have := map[string]bool{}
	for _, f := range h.Fields {
		have[f.Name] = true
	}
	h.Authentication = vouched(m)
	for _, i := range m.GetInternetMessageHeaders() {
		if f, ok := decode.HeaderField(text(i.GetName()), text(i.GetValue())); ok && !have[f.Name] {
			h.Fields = append(h.Fields, f)
		}
	}
	return h
}

// vouched says who vouches for the author, by the fields that came with the mail. No page
// promises that the service lists them topmost first, and a forged one lies at the other
// end: so they must say the same from both. Where it leaves From out of them, its own
// property is the author.
func vouched(m models.Messageable) decode.Authentication {
	var fields []decode.Field
	named := false
	for _, i := range m.GetInternetMessageHeaders() {
		switch name := strings.ToLower(strings.TrimSpace(text(i.GetName()))); name {
		case "from", "authentication-results":
			named = named || name == "from"
			fields = append(fields, decode.Field{Name: name, Value: text(i.GetValue())})
		}
	}
	if r := m.GetFrom(); !named && len(fields) > 0 && r != nil && r.GetEmailAddress() != nil {
		fields = append(fields, decode.Field{Name: "from", Value: text(r.GetEmailAddress().GetAddress())})
	}
	a := decode.Authenticated(fields)
	slices.Reverse(fields)
	if decode.Authenticated(fields) != a {
		return decode.Authentication{}
	}
	return a
}

func headerSize(h decode.Header) int {
	n := 0
	for _, f := range h.Fields {
		n += len(f.Name) + len(f.Value)
	}
	return n
}

// address writes a recipient as a header does: "Name <address>".
func address(r models.Recipientable) string {
	if r == nil || r.GetEmailAddress() == nil {
		return ""
	}
	name, addr := decode.Words(text(r.GetEmailAddress().GetName())), decode.Words(text(r.GetEmailAddress().GetAddress()))
	switch {
	case name == "" || strings.EqualFold(name, addr):
		return addr
	case addr == "":
		return name
	}
	return name + " <" + addr + ">"
}

func addresses(list []models.Recipientable) []string {
	var all []string
	for _, r := range list {
		if a := address(r); a != "" {
			all = append(all, a)
		}
	}
	return all
}

// attachments are the attachments of one message, read before it is searched: what
// has to wait for the network keeps no processor.
type attachments struct {
	parts  []decode.Part
	skips  []decode.Skip
	size   int64
	mu     sync.Mutex
	claims []*claim
}

// release gives the memory back.
func (a *attachments) release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.claims {
		c.leave()
	}
	a.claims, a.parts = nil, nil
}

func (a *attachments) hold(c *claim) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.claims = append(a.claims, c)
}

// keep keeps an attachment that came whole with its list as a part.
func (a *attachments) keep(i int, f file) {
	if f.mail == nil {
		a.add(i, f, *f.ContentBytes)
		return
	}
	a.size += f.mailSize
	a.parts = append(a.parts, decode.Part{Path: f.path(i), Name: f.Name, Type: "message/rfc822", Size: f.mailSize, Mail: f.mail})
}

// add keeps the content of an attachment as a part.
func (a *attachments) add(i int, f file, data []byte) {
	a.size += int64(len(data))
	a.parts = append(a.parts, decode.Part{
		Path: f.path(i), Name: f.Name, Type: f.mediaType(data), Size: int64(len(data)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
	})
}

// link keeps an attachment that is a link: links are never followed.
func (a *attachments) link(i int, f file) {
	a.skip(i, f, decode.Unsupported, "a link to a file that is kept elsewhere"+hostOf(f))
}

// skip keeps an attachment that is not read as a part that cannot be opened: its name is
// searched, and masked, as that of any other.
func (a *attachments) skip(i int, f file, reason decode.Reason, detail string) {
	a.parts = append(a.parts, decode.Part{
		Path: f.path(i), Name: f.Name,
		Open: func(context.Context) (io.ReadCloser, error) { return nil, &decode.Skip{Reason: reason, Detail: detail} },
	})
}

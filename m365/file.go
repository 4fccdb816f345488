package m365

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"mailsweep/decode"
)

const scanning = "safe attachments scan in progress"

// file is an attachment as the service lists it.
type file struct {
	OData        string `json:"@odata.type"`
	ID           string
	Name         string
	ContentType  string
	Size         *int64
	ContentBytes *[]byte
	SourceURL    string `json:"sourceUrl"`
	// Item is what was expanded of an item, by property.
	Item map[string]json.RawMessage

	mail     *decode.Mail // of an item that came whole
	mailSize int64        // of its texts and files, in bytes
}

type attachmentKind uint8

const (
	plain attachmentKind = iota
	item
	reference
)

// kind goes by the type that the service names. Documentation has it without its
// "#" too.
func (f file) kind() attachmentKind {
	switch strings.ToLower(strings.TrimPrefix(f.OData, "#")) {
	case "microsoft.graph.itemattachment":
		return item
	case "microsoft.graph.referenceattachment":
		return reference
	}
	return plain
}

// scanned reports whether the real content is there.
func (f file) scanned() bool {
	return !strings.HasPrefix(strings.ToLower(strings.TrimSpace(f.Name)), scanning)
}

// about is how much memory an attachment takes. An item's size is not that of its MIME
// form.
func (f file) about() int64 {
	if f.Size == nil {
		return mostFiles // it could be anything
	}
	return max(*f.Size, 64<<10)
}

// most is how much of an attachment is read: more than it is said to have, because an
// item is larger in its MIME form, but not without end.
func (f file) most() int64 { return min(2*f.about()+1<<20, mostFiles) }

// full reports whether the list brought all the content that there is said to be.
func (f file) full() bool {
	return f.mail != nil || f.ContentBytes != nil && (len(*f.ContentBytes) > 0 || f.Size == nil || *f.Size == 0)
}

// path numbers attachments after the body.
func (f file) path(i int) string { return strconv.Itoa(i + 2) }

func number(path string) int {
	n, _ := strconv.Atoi(path) // as path wrote it
	return n
}

// mediaType is that of the attachment, lower case, without parameters. What Outlook
// keeps as an item of its own comes as a message, an event or a contact.
func (f file) mediaType(data []byte) string {
	if f.kind() == item {
		switch {
		case bytes.HasPrefix(data, []byte("BEGIN:VCALENDAR")):
			return "text/calendar"
		case bytes.HasPrefix(data, []byte("BEGIN:VCARD")):
			return "text/vcard"
		}
		return "message/rfc822"
	}
	t, _, _ := strings.Cut(f.ContentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// hostOf names the host of a linked file, no more of the link: the rest of it may be
// a secret.
func hostOf(f file) string {
	u, err := url.Parse(f.SourceURL)
	if err != nil || u.Hostname() == "" {
		return ""
	}
	return ", at " + line(u.Hostname(), 100)
}

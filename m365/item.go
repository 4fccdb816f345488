package m365

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	kjson "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/decode"
)

// expandItems asks for what is attached as an item, and if that is a message for its
// attachments, together with the list (learn.microsoft.com, "Get attachment": "Expand and get the
// properties of the item attached to a message"). What is attached further down does
// not come with it.
const expandItems = "microsoft.graph.itemattachment/item($expand=microsoft.graph.message/attachments)"

// mayBeExpansion reports whether a list of attachments may have failed because items
// were to be expanded.
func mayBeExpansion(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return errors.Is(err, errOdd) || errors.Is(err, errCut)
	}
	switch e.meaning() {
	case malformed, unreadable, transient, unknown:
		return true
	}
	return false
}

// cannotExpand reports whether the service does not do what it was asked for, whatever the
// message.
func cannotExpand(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.meaning() == malformed || e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusNotImplemented)
}

// unpack takes the attached messages apart that came whole, and forgets what came of
// other items: those are read by themselves. It gives what the attachments take now,
// in bytes. An item for which there is no memory at once is read by itself too.
func unpack(files []file, memory *claim) int64 {
	var held int64
	for _, f := range files {
		held += f.came()
	}
	for i := range files {
		f := &files[i]
		if f.Item == nil {
			continue
		}
		came, within := f.came(), int64(len(f.Item[innerFiles]))
		// The inner files once more, decoded; the rest as text again, and as the SDK's tree of it.
		if memory.reach(held + within + 4*(came-within)) {
			f.mail, f.mailSize = enclosed(f.Item)
		}
		f.Item = nil
		held += f.mailSize - came
	}
	return held
}

// came is how much of an attachment came with the list, in bytes.
func (f file) came() int64 {
	var n int64
	if f.ContentBytes != nil {
		n = int64(len(*f.ContentBytes))
	}
	for _, v := range f.Item {
		n += int64(len(v))
	}
	return n
}

// innerFiles is the property of an expanded message that lists its attachments.
const innerFiles = "attachments"

// enclosed makes a mail of an attached message, and gives its size in bytes; nil when
// not all of the message came, or when it is no plain message.
func enclosed(item map[string]json.RawMessage) (*decode.Mail, int64) {
	m := message(item)
	if m == nil || m.GetHasAttachments() == nil || !headed(m) {
		return nil, 0
	}
	mail, body := taken(m)
	files, ok := within(item)
	if shown := *m.GetHasAttachments() || showsOwn(body); !ok || body == "" || shown && len(files) == 0 {
		return nil, 0
	}
	var inner attachments
	for i, f := range files {
		switch {
		case f.kind() == reference:
			inner.link(i, f)
		case f.full() && f.scanned():
			inner.keep(i, f)
		default:
			return nil, 0
		}
	}
	mail.Parts = append(mail.Parts, inner.parts...)
	return &mail, int64(len(body)+headerSize(mail.Header)) + inner.size
}

// headed reports whether the headers of an attached message came. Where they are empty it
// is not known whether there are none (in both of Microsoft's samples they are): only
// drafts are known to have none, and the MIME form has them all.
func headed(m models.Messageable) bool {
	draft := m.GetIsDraft() != nil && *m.GetIsDraft()
	return draft || len(m.GetInternetMessageHeaders()) > 0
}

// message reads of an expanded item what is asked of any message; nil when it is no plain
// message: meeting requests and reports hold more than their properties say.
func message(item map[string]json.RawMessage) models.Messageable {
	asked := map[string]json.RawMessage{"@odata.type": item["@odata.type"], "isDraft": item["isDraft"]}
	for _, name := range strings.Split(messageFields, ",") {
		asked[name] = item[name]
	}
	data, err := json.Marshal(asked)
	if err != nil {
		return nil
	}
	node, err := kjson.NewJsonParseNode(data)
	if err != nil {
		return nil
	}
	v, err := node.GetObjectValue(models.CreateMessageFromDiscriminatorValue)
	if err != nil {
		return nil
	}
	m, ok := v.(models.Messageable)
	if !ok || !strings.EqualFold(strings.TrimPrefix(text(m.GetOdataType()), "#"), "microsoft.graph.message") {
		return nil
	}
	return m
}

// within reads the attachments of an expanded message; ok is false when there may be
// more of them.
func within(item map[string]json.RawMessage) (files []file, ok bool) {
	if _, more := item[innerFiles+"@odata.nextLink"]; more {
		return nil, false
	}
	data := item[innerFiles]
	return files, data == nil || json.Unmarshal(data, &files) == nil
}

package simulator

import (
	"strconv"
	"strings"
)

// property of a message, as a bit.
type messageField uint64

const (
	fCreated messageField = 1 << iota
	fModified
	fChangeKey
	fCategories
	fReceived
	fSent
	fHasAttachments
	fInternetMessageID
	fSubject
	fPreview
	fImportance
	fParentFolder
	fConversation
	fConversationIndex
	fDeliveryReceipt
	fReadReceipt
	fIsRead
	fIsDraft
	fWebLink
	fInference
	fBody
	fSender
	fFrom
	fTo
	fCc
	fBcc
	fReplyTo
	fFlag
	fHeaders
	fUniqueBody
	fID
)

// standardFields come without $select: all but internetMessageHeaders and uniqueBody.
const standardFields = fID<<1 - 1 - fHeaders - fUniqueBody

// fieldNames are the properties in the order of the bits.
var fieldNames = [...]string{"createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "receivedDateTime", "sentDateTime",
	"hasAttachments", "internetMessageId", "subject", "bodyPreview", "importance", "parentFolderId", "conversationId",
	"conversationIndex", "isDeliveryReceiptRequested", "isReadReceiptRequested", "isRead", "isDraft", "webLink",
	"inferenceClassification", "body", "sender", "from", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "flag",
	"internetMessageHeaders", "uniqueBody", "id"}

// view is what of messages a reply shows.
type view struct {
	fields      messageField
	text        bool // bodies as text
	immutable   bool
	attachments bool // expanded
	attached    attachmentView
	size        bool // extended property 0x0E08
	typed       bool // say the type of each
	audited     bool // reading it is an access to the mail
}

// messageView reads $select and $expand. In delta, what is chosen within
// $expand=attachments(…) is not heeded: all content comes (microsoft-graph-docs-contrib#8431).
func (c *call) messageView(selects, expands string, delta bool) (view, *reply) {
	v := view{text: c.prefer.text, immutable: c.prefer.immutable, typed: delta, fields: standardFields}
	if chosen := names(selects); len(chosen) > 0 {
		v.fields = fID
		for _, n := range chosen {
			bit, ok := fieldOf(n)
			if !ok {
				return v, c.noProperty(n, "message")
			}
			v.fields |= bit
		}
	}
	items, err := parseExpand(expands)
	if err != nil {
		return v, c.badRequest("Parsing OData Select and Expand failed: " + err.Error())
	}
	for _, x := range items {
		switch name := strings.ToLower(x.name); name {
		case "attachments":
			options := x.options
			if delta {
				options = map[string]string{"$expand": options["$expand"]}
			}
			var bad *reply
			if v.attached, bad = c.attachmentView(options["$select"], options["$expand"]); bad != nil {
				return v, bad
			}
			v.attachments = true
		case "singlevalueextendedproperties":
			v.size = strings.Contains(strings.ToLower(x.options["$filter"]), "0x0e08") || strings.Contains(strings.ToLower(x.options["$filter"]), "0xe08")
		default:
			return v, c.noProperty(x.name, "message")
		}
	}
	v.audited = v.fields&(fBody|fUniqueBody|fPreview) != 0 || v.attachments
	return v, nil
}

func fieldOf(name string) (messageField, bool) {
	if name == "*" {
		return standardFields, true
	}
	for i, n := range fieldNames {
		if strings.EqualFold(n, name) {
			return 1 << i, true
		}
	}
	return 0, false
}

// mutableIDPrefix begins ids that change when a message moves: what a caller gets who
// does not ask for immutable ones.
const mutableIDPrefix = "AAMkAGI"

func (s *stored) id(immutable bool) string {
	if immutable {
		return s.msg.ID
	}
	return mutableIDPrefix + s.tag + s.msg.ID
}

// locate finds a message by either of its ids. was says that there was one. The caller
// holds the lock.
func (b *mailbox) locate(id string) (s *stored, was bool) {
	if s = b.messages[id]; s != nil {
		return s, true
	}
	rest, mutable := strings.CutPrefix(id, mutableIDPrefix)
	if !mutable || len(rest) <= tagLength {
		return nil, b.departed[id]
	}
	inner := rest[tagLength:]
	if s = b.messages[inner]; s != nil && s.tag == rest[:tagLength] {
		return s, true
	}
	return nil, s != nil || b.departed[inner]
}

// entry writes a message as an element of a collection, or the members of one alone.
func (c *call) entry(w *writer, s *stored, v *view) {
	m := s.msg
	w.string("@odata.etag", `W/"`+m.ChangeKey+`"`)
	switch {
	case m.OData != "":
		w.string("@odata.type", "#"+strings.TrimPrefix(m.OData, "#"))
	case v.typed:
		w.string("@odata.type", "#microsoft.graph.message")
	}
	w.string("id", s.id(v.immutable))
	c.properties(w, m, s.preview, v)
	if v.size {
		w.array("singleValueExtendedProperties")
		w.element('{')
		w.string("id", "Integer 0xe08")
		w.string("value", strconv.FormatInt(s.size, 10))
		w.close('}')
		w.close(']')
	}
	if v.attachments {
		w.string("attachments@odata.context", c.context("users"+inContext(c.ids[0])+"/messages"+inContext(s.id(v.immutable))+"/attachments"))
		w.array("attachments")
		for _, a := range m.Attachments {
			w.element('{')
			c.attachment(w, a, &v.attached, c.box.scanning(a))
			w.close('}')
		}
		w.close(']')
	}
}

// properties writes the chosen properties, in the order in which Outlook gives them.
func (c *call) properties(w *writer, m *Message, preview string, v *view) {
	f := v.fields
	if f&(fCreated|fModified|fChangeKey|fCategories|fReceived|fSent) != 0 {
		writeItem(w, m, f)
	}
	if f&fHasAttachments != 0 {
		w.bool("hasAttachments", m.hasAttachments())
	}
	if f&fInternetMessageID != 0 {
		w.text("internetMessageId", m.InternetMessageID)
	}
	if f&fSubject != 0 {
		w.string("subject", m.Subject)
	}
	if f&fPreview != 0 {
		w.string("bodyPreview", preview)
	}
	if f&fImportance != 0 {
		w.string("importance", "normal")
	}
	if f&fParentFolder != 0 && m.FolderID != "" {
		w.string("parentFolderId", m.FolderID)
	}
	if f&fConversation != 0 {
		w.text("conversationId", m.ConversationID)
	}
	if f&fConversationIndex != 0 {
		w.text("conversationIndex", conversationIndex(m))
	}
	writeFlags(w, m, f)
	if f&fInference != 0 && m.FolderID != "" {
		w.string("inferenceClassification", "focused")
	}
	if f&fBody != 0 {
		w.itemBody("body", m.BodyType, m.Body, v.text)
	}
	if f&fUniqueBody != 0 {
		w.itemBody("uniqueBody", m.BodyType, uniqueBody(m), v.text)
	}
	writePeople(w, m, f)
	if f&fFlag != 0 {
		w.object("flag")
		w.string("flagStatus", "notFlagged")
		w.close('}')
	}
	if f&fHeaders != 0 {
		w.array("internetMessageHeaders")
		for _, h := range m.Headers {
			w.element('{')
			w.string("name", h.Name)
			w.string("value", h.Value)
			w.close('}')
		}
		w.close(']')
	}
}

// writeItem writes the properties of outlookItem and the dates.
func writeItem(w *writer, m *Message, f messageField) {
	if f&fCreated != 0 {
		w.time("createdDateTime", m.Created)
	}
	if f&fModified != 0 {
		w.time("lastModifiedDateTime", m.Modified)
	}
	if f&fChangeKey != 0 && m.ChangeKey != "" {
		w.string("changeKey", m.ChangeKey)
	}
	if f&fCategories != 0 {
		w.strings("categories", m.Categories)
	}
	if f&fReceived != 0 {
		w.time("receivedDateTime", m.Received)
	}
	if f&fSent != 0 {
		w.time("sentDateTime", m.Sent)
	}
}

func writeFlags(w *writer, m *Message, f messageField) {
	if f&fDeliveryReceipt != 0 {
		w.bool("isDeliveryReceiptRequested", false)
	}
	if f&fReadReceipt != 0 {
		w.bool("isReadReceiptRequested", false)
	}
	if f&fIsRead != 0 {
		w.bool("isRead", m.IsRead)
	}
	if f&fIsDraft != 0 {
		w.bool("isDraft", m.IsDraft)
	}
	if f&fWebLink != 0 {
		w.string("webLink", "https://outlook.office365.com/owa/?ItemID="+m.ID+"&exvsurl=1&viewmodel=ReadMessageItem")
	}
}

func writePeople(w *writer, m *Message, f messageField) {
	if f&fSender != 0 {
		w.person("sender", m.Sender)
	}
	if f&fFrom != 0 {
		w.person("from", m.From)
	}
	for _, r := range [...]struct {
		bit  messageField
		name string
		list []Address
	}{{fTo, "toRecipients", m.To}, {fCc, "ccRecipients", m.Cc}, {fBcc, "bccRecipients", m.Bcc}, {fReplyTo, "replyTo", m.ReplyTo}} {
		if f&r.bit == 0 {
			continue
		}
		w.array(r.name)
		for _, a := range r.list {
			w.element('{')
			w.emailAddress(a)
			w.close('}')
		}
		w.close(']')
	}
}

// person writes a recipient; drafts and faxes have none.
func (w *writer) person(name string, a Address) {
	if a == (Address{}) {
		return
	}
	w.object(name)
	w.emailAddress(a)
	w.close('}')
}

func (w *writer) emailAddress(a Address) {
	w.object("emailAddress")
	if a.Name != "" {
		w.string("name", a.Name)
	} else {
		w.string("name", a.Address)
	}
	w.string("address", a.Address)
	w.close('}')
}

func (w *writer) itemBody(name, kind, content string, text bool) {
	if text && kind == "html" {
		kind, content = "text", plainText(content)
	}
	w.object(name)
	w.string("contentType", kind)
	w.string("content", content)
	w.close('}')
}

// hasAttachments is false when all of them are inline, as Graph documents.
func (m *Message) hasAttachments() bool {
	for _, a := range m.Attachments {
		if !a.Inline {
			return true
		}
	}
	return false
}

// conversationIndex is 22 bytes that follow from the conversation.
func conversationIndex(m *Message) string {
	if m.ConversationID == "" {
		return ""
	}
	return "AQHW" + opaqueID("", 28, m.ConversationID)[:27] + "="
}

// uniqueBody is the body up to where a quoted mail begins.
func uniqueBody(m *Message) string {
	for _, mark := range []string{`<div id="divRplyFwdMsg"`, `<div id="appendonsend"`, "<blockquote", "-----Original Message-----", "\r\nFrom: ", "\nFrom: ", "\n> "} {
		if i := strings.Index(m.Body, mark); i >= 0 {
			return m.Body[:i]
		}
	}
	return m.Body
}

package simulator

import (
	"strconv"
	"strings"
)

// attachmentView is what of attachments a reply shows.
type attachmentView struct {
	chosen []string // nil: all
	item   bool     // the item of an item attachment
	nested bool     // and the attachments of that
	deeper *attachmentView
}

var attachmentFields = []string{"id", "lastModifiedDateTime", "name", "contentType", "size", "isInline"}

// castFields are properties of derived types: $select takes them with the type only.
var castFields = []string{"microsoft.graph.fileAttachment/contentId", "microsoft.graph.fileAttachment/contentLocation",
	"microsoft.graph.fileAttachment/contentBytes", "microsoft.graph.itemAttachment/item"}

func (c *call) attachmentView(selects, expands string) (attachmentView, *reply) {
	var v attachmentView
	for _, n := range names(selects) {
		switch {
		case has(castFields, n):
			n = n[strings.LastIndexByte(n, '/')+1:]
		case !has(attachmentFields, n):
			return v, c.noProperty(n, "attachment")
		}
		v.chosen = append(v.chosen, n)
	}
	items, err := parseExpand(expands)
	if err != nil {
		return v, c.badRequest("Parsing OData Select and Expand failed: " + err.Error())
	}
	for _, x := range items {
		if !x.isItemExpand() {
			return v, c.noProperty(x.name, "attachment")
		}
		v.item = true
		inner, err := parseExpand(x.options["$expand"])
		if err != nil {
			return v, c.badRequest("Parsing OData Select and Expand failed: " + err.Error())
		}
		for _, y := range inner {
			if name := strings.ToLower(y.name); name != "microsoft.graph.message/attachments" && name != "attachments" {
				return v, c.noProperty(y.name, "outlookItem")
			}
			deeper, bad := c.attachmentView(y.options["$select"], y.options["$expand"])
			if bad != nil {
				return v, bad
			}
			v.nested, v.deeper = true, &deeper
		}
	}
	return v, nil
}

func (v *attachmentView) shows(name string) bool { return v.chosen == nil || has(v.chosen, name) }

// scanPlaceholder is the name that Safe Attachments gives what it has not done with.
const scanPlaceholder = "Safe Attachments Scan In Progress"

// scanning says whether this read sees the placeholder, and counts it.
func (b *mailbox) scanning(a *Attachment) bool {
	if a.Scanning <= 0 {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.scanned[a.ID] >= a.Scanning {
		return false
	}
	b.scanned[a.ID]++
	return true
}

// attachment writes the members of one attachment.
func (c *call) attachment(w *writer, a *Attachment, v *attachmentView, scanning bool) {
	kind, name, size := "file", a.Name, a.size()
	switch {
	case scanning:
		name, size = scanPlaceholder, 0
	case a.Item != nil:
		kind = "item"
	case a.SourceURL != "":
		kind = "reference"
	}
	w.string("@odata.type", "#microsoft.graph."+kind+"Attachment")
	if kind == "file" && a.ContentType != "" && !scanning && v.chosen == nil {
		w.string("@odata.mediaContentType", a.ContentType)
	}
	w.string("id", a.ID)
	if v.shows("lastModifiedDateTime") {
		w.time("lastModifiedDateTime", a.Modified)
	}
	if v.shows("name") {
		w.text("name", name)
	}
	if v.shows("contentType") {
		w.text("contentType", a.ContentType)
	}
	if v.shows("size") {
		w.int("size", size)
	}
	if v.shows("isInline") {
		w.bool("isInline", a.Inline)
	}
	switch kind {
	case "file":
		if v.shows("contentId") {
			w.text("contentId", a.ContentID)
		}
		if v.shows("contentLocation") {
			w.null("contentLocation")
		}
		if v.shows("contentBytes") {
			content := a.Content
			if scanning {
				content = nil
			}
			w.bytes("contentBytes", content)
		}
	case "item":
		if v.item {
			c.item(w, a, v)
		}
	}
}

// item writes the item of an item attachment: a message without an id of its own, and
// without attachments unless they were asked for.
func (c *call) item(w *writer, a *Attachment, v *attachmentView) {
	m := a.Item
	w.string("item@odata.context", c.context("users"+inContext(c.ids[0])+"/messages/attachments"+inContext(a.ID)+"/microsoft.graph.itemAttachment/item/$entity"))
	w.object("item")
	kind := "microsoft.graph.message"
	if m.OData != "" {
		kind = strings.TrimPrefix(m.OData, "#")
	}
	w.string("@odata.type", "#"+kind)
	w.string("id", "")
	all := view{fields: standardFields | fHeaders, text: c.prefer.text}
	if c.s.options.BareItems {
		bare := *m
		bare.Headers = nil
		m = &bare
	}
	c.properties(w, m, preview(m), &all)
	if v.nested {
		w.array("attachments")
		for _, inner := range m.Attachments {
			w.element('{')
			c.attachment(w, inner, v.deeper, false)
			w.close('}')
		}
		w.close(']')
	}
	w.close('}')
}

// message finds the message of the call, in its folder where the path names one.
func (c *call) message() (*stored, *reply) {
	c.box.mu.RLock()
	defer c.box.mu.RUnlock()
	id := c.ids[1]
	folderID := ""
	if strings.HasPrefix(c.route.template, message2) {
		f := c.box.at(c.ids[1])
		if f == nil {
			return nil, c.noItem(c.ids[1], false)
		}
		folderID, id = f.ID, c.ids[2]
	}
	s, was := c.box.locate(id)
	if s == nil || folderID != "" && s.msg.FolderID != folderID {
		return nil, c.noItem(id, was)
	}
	return s, nil
}

func (c *call) listAttachments() *reply {
	s, bad := c.message()
	if bad != nil {
		return bad
	}
	v, bad := c.attachmentView(c.option("$select"), c.option("$expand"))
	if bad != nil {
		return bad
	}
	skip, bad := c.skip()
	if bad != nil {
		return bad
	}
	size, bad := c.pageSize(len(s.msg.Attachments)+1, 1000)
	if bad != nil {
		return bad
	}
	list := s.msg.Attachments
	total := len(list)
	if c.fault == AttachmentPaging {
		skip, size = 0, min(size, (total+1)/2)
	}
	skip = min(skip, total)
	list = list[skip:min(skip+size, total)]
	c.accessed(s)
	w := newWriter(1024)
	w.open('{')
	w.string("@odata.context", c.context("users"+inContext(c.ids[0])+"/messages"+inContext(c.ids[len(c.ids)-1])+"/attachments"+selected(c.option("$select"))))
	if next := skip + len(list); next < total {
		w.string("@odata.nextLink", c.nextLink("$skip", strconv.Itoa(next)))
	}
	w.array("value")
	for _, a := range list {
		w.element('{')
		c.attachment(w, a, &v, c.box.scanning(a))
		w.close('}')
	}
	w.close(']')
	w.close('}')
	return c.page(w, len(list))
}

// oneAttachment finds the attachment that the path ends with.
func (c *call) oneAttachment() (*stored, *Attachment, *reply) {
	s, bad := c.message()
	if bad != nil {
		return nil, nil, bad
	}
	id := c.ids[len(c.ids)-1]
	for _, a := range s.msg.Attachments {
		if a.ID == id {
			return s, a, nil
		}
	}
	return nil, nil, c.noItem(id, false)
}

func (c *call) getAttachment() *reply {
	s, a, bad := c.oneAttachment()
	if bad != nil {
		return bad
	}
	v, bad := c.attachmentView(c.option("$select"), c.option("$expand"))
	if bad != nil {
		return bad
	}
	c.accessed(s)
	w := newWriter(1024)
	w.open('{')
	w.string("@odata.context", c.context("users"+inContext(c.ids[0])+"/messages"+inContext(s.id(c.prefer.immutable))+"/attachments"+selected(c.option("$select"))+"/$entity"))
	c.attachment(w, a, &v, c.box.scanning(a))
	w.close('}')
	return c.json(w)
}

// getAttachmentValue is the bytes of a file, the MIME of an item. A reference has none.
func (c *call) getAttachmentValue() *reply {
	s, a, bad := c.oneAttachment()
	if bad != nil {
		return bad
	}
	c.accessed(s)
	r := &reply{status: 200, kind: a.ContentType, entries: -1}
	switch {
	case c.box.scanning(a):
	case a.Item != nil:
		r.kind, r.body = "text/plain", a.Item.mime(0)
	case a.SourceURL != "":
		return c.fail(405, "ErrorInvalidOperation", "The content of a reference attachment cannot be read here.")
	case len(a.Content) > 0:
		r.body = body{{data: a.Content}}
	}
	if r.kind == "" {
		r.kind = "application/octet-stream"
	}
	return r
}

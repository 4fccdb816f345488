package simulator

import (
	"slices"
	"strconv"
	"strings"
)

// listMessages lists a folder, or the whole mailbox: newest first unless $orderby says
// otherwise.
func (c *call) listMessages() *reply {
	v, bad := c.messageView(c.option("$select"), c.option("$expand"), false)
	if bad != nil {
		return bad
	}
	list, bad := c.chosenMessages()
	if bad != nil {
		return bad
	}
	size, bad := c.pageSize(10, 1000)
	if bad != nil {
		return bad
	}
	skip, bad := c.skip()
	if bad != nil {
		return bad
	}
	total := len(list)
	skip = min(skip, total)
	page := list[skip:min(skip+c.shorten(size), total)]
	if v.audited {
		c.accessed(page...)
	}
	w := c.s.pageWriter(pageBytes(page, &v))
	w.open('{')
	w.string("@odata.context", c.context("users"+inContext(c.ids[0])+c.folderContext()+"/messages"+selected(c.option("$select"))))
	if c.flag("$count") {
		w.int("@odata.count", int64(total))
	}
	if next := skip + len(page); next < total {
		w.string("@odata.nextLink", c.nextLink("$skip", strconv.Itoa(next)))
	}
	w.array("value")
	for _, s := range page {
		w.element('{')
		c.entry(w, s, &v)
		w.close('}')
	}
	w.close(']')
	w.close('}')
	return c.page(w, len(page))
}

// pageBytes is about how large a page becomes, so that its buffer need not grow.
func pageBytes(page []*stored, v *view) int {
	n := 1024
	for _, s := range page {
		n += 1 << 10
		if v.fields&fBody != 0 {
			n += len(s.msg.Body) + len(s.msg.Body)/3
		}
	}
	return n
}

func (c *call) folderContext() string {
	if len(c.ids) < 2 {
		return ""
	}
	return "/mailFolders" + inContext(c.ids[1])
}

// folderOf finds the folder of the call; nil is the whole mailbox.
func (c *call) folderOf() (*folder, *reply) {
	if len(c.ids) < 2 {
		return nil, nil
	}
	c.box.mu.RLock()
	defer c.box.mu.RUnlock()
	f := c.box.at(c.ids[1])
	if f == nil {
		return nil, c.noItem(c.ids[1], false)
	}
	return f, nil
}

// chosenMessages are the messages that $filter or $search leave, in order.
func (c *call) chosenMessages() ([]*stored, *reply) {
	f, bad := c.folderOf()
	if bad != nil {
		return nil, bad
	}
	order, bad := c.messageOrder()
	if bad != nil {
		return nil, bad
	}
	keep, bad := c.messageFilter(order)
	if bad != nil {
		return nil, bad
	}
	list := c.box.newest(f)
	if words := c.option("$search"); words != "" {
		if keep != nil || len(order) > 0 {
			return nil, c.fail(400, "SearchWithFilter", "The query parameter '$search' is not supported with '$filter' or '$orderby'.")
		}
		return search(list, words), nil
	}
	if keep != nil {
		var kept []*stored
		for _, s := range list {
			if keep.holds(s.property) {
				kept = append(kept, s)
			}
		}
		list = kept
	}
	return sorted(list, order), nil
}

// sortKey is one term of $orderby.
type sortKey struct {
	path       string
	descending bool
}

func (c *call) messageOrder() ([]sortKey, *reply) {
	var keys []sortKey
	for _, term := range names(c.option("$orderby")) {
		path, direction, _ := strings.Cut(term, " ")
		direction = strings.TrimSpace(direction)
		if _, ok := (&stored{msg: &Message{}}).property(path); !ok || direction != "" && direction != "asc" && direction != "desc" {
			return nil, c.badRequest("Invalid $orderby clause: '" + term + "'.")
		}
		keys = append(keys, sortKey{path: path, descending: direction == "desc"})
	}
	return keys, nil
}

// messageFilter reads $filter. With $orderby its properties must come first and in the
// same order, and text may not be searched before a date: else Exchange finds the query
// too complex.
func (c *call) messageFilter(order []sortKey) (*filter, *reply) {
	text := c.option("$filter")
	if text == "" {
		return nil, nil
	}
	f, err := parseFilter(text)
	if err != nil {
		return nil, c.badFilter(err.Error())
	}
	if p := f.check((&stored{msg: &Message{}}).property); p != "" {
		return nil, c.badFilter("Could not find a property named '" + p + "' on type 'microsoft.graph.message'.")
	}
	paths := f.paths()
	for i, k := range order {
		if i >= len(paths) || !strings.EqualFold(paths[i], k.path) {
			return nil, c.inefficient()
		}
	}
	var contained bool
	var bad *reply
	f.walk(func(x *filter) {
		if x.op == "in" { // whether Exchange takes it is not known: what works here shall work there
			bad = c.badFilter("The operator 'in' is not supported on messages.")
		}
		contained = contained || x.op == "contains"
		if contained && strings.ToLower(x.path) == "receiveddatetime" {
			bad = c.inefficient()
		}
	})
	return f, bad
}

// sorted orders messages; list is newest first already, and is not changed.
func sorted(list []*stored, keys []sortKey) []*stored {
	if len(keys) == 0 || len(keys) == 1 && strings.ToLower(keys[0].path) == "receiveddatetime" && keys[0].descending {
		return list
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(x, y *stored) int {
		for _, k := range keys {
			a, _ := x.property(k.path)
			b, _ := y.property(k.path)
			if k.descending {
				a, b = b, a
			}
			switch {
			case compare(a, b, "lt"):
				return -1
			case compare(a, b, "gt"):
				return 1
			}
		}
		return 0
	})
	return list
}

// property is a message's for filters and orders.
func (s *stored) property(path string) (any, bool) {
	m := s.msg
	switch strings.ToLower(path) {
	case "receiveddatetime":
		return m.Received, true
	case "sentdatetime":
		return m.Sent, true
	case "createddatetime":
		return m.Created, true
	case "lastmodifieddatetime":
		return m.Modified, true
	case "internetmessageid":
		return m.InternetMessageID, true
	case "subject":
		return m.Subject, true
	case "hasattachments":
		return m.hasAttachments(), true
	case "isread":
		return m.IsRead, true
	case "isdraft":
		return m.IsDraft, true
	case "importance":
		return "normal", true
	case "conversationid":
		return m.ConversationID, true
	case "parentfolderid":
		return m.FolderID, true
	case "bodypreview":
		return s.preview, true
	case "from/emailaddress/address":
		return m.From.Address, true
	case "from/emailaddress/name":
		return m.From.Name, true
	case "sender/emailaddress/address":
		return m.Sender.Address, true
	case "id":
		return m.ID, true
	case "singlevalueextendedproperties":
		return m.namedHeaders(), true
	}
	return nil, false
}

// internetHeaders is the property set of internet headers, PS_INTERNET_HEADERS (MS-OXPROPS).
const internetHeaders = "{00020386-0000-0000-C000-000000000046}"

// namedHeaders are the custom headers as extended properties, which is what filters find
// them by (MS-OXCMAIL; "Get singleValueLegacyExtendedProperty"). Not so here: that a
// mailbox which never saw a header may drop it (microsoft-graph-docs-contrib#424).
func (m *Message) namedHeaders() (all []property) {
	for _, h := range m.Headers {
		if !strings.HasPrefix(strings.ToLower(h.Name), "x-") {
			continue
		}
		all = append(all, func(path string) (any, bool) {
			switch strings.ToLower(path) {
			case "id":
				return "String " + internetHeaders + " Name " + strings.ToLower(h.Name), true
			case "value":
				return h.Value, true
			}
			return nil, false
		})
	}
	return all
}

// search keeps messages that have all words somewhere; "subject:x", "from:x" and
// "body:x" look there only.
func search(list []*stored, text string) []*stored {
	var kept []*stored
	words := strings.Fields(strings.ToLower(strings.Trim(text, `"`)))
	for _, s := range list {
		all := true
		for _, word := range words {
			where, what, found := strings.Cut(word, ":")
			m := s.msg
			switch {
			case found && where == "subject":
				all = all && strings.Contains(strings.ToLower(m.Subject), what)
			case found && where == "from":
				all = all && strings.Contains(strings.ToLower(m.From.Name+" "+m.From.Address), what)
			case found && where == "body":
				all = all && strings.Contains(strings.ToLower(m.Body), what)
			default:
				all = all && strings.Contains(strings.ToLower(m.Subject+" "+m.From.Address+" "+m.Body), word)
			}
		}
		if all {
			kept = append(kept, s)
		}
	}
	return kept
}

func (c *call) countMessages() *reply {
	list, bad := c.chosenMessages()
	if bad != nil {
		return bad
	}
	return c.number(len(list))
}

func (c *call) getMessage() *reply {
	s, bad := c.message()
	if bad != nil {
		return bad
	}
	v, bad := c.messageView(c.option("$select"), c.option("$expand"), false)
	if bad != nil {
		return bad
	}
	if v.audited {
		c.accessed(s)
	}
	w := newWriter(pageBytes([]*stored{s}, &v))
	w.open('{')
	w.string("@odata.context", c.context("users"+inContext(c.ids[0])+"/messages"+selected(c.option("$select"))+"/$entity"))
	c.entry(w, s, &v)
	w.close('}')
	return c.json(w)
}

// getMIME is the message as RFC 5322 has it: the one it came with, or one that is made.
func (c *call) getMIME() *reply {
	s, bad := c.message()
	if bad != nil {
		return bad
	}
	c.accessed(s)
	return &reply{status: 200, kind: "text/plain", body: s.msg.mime(0), entries: -1}
}

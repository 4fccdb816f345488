package simulator

import (
	"strconv"
	"strings"
)

// folderState is a folder as it was at one moment.
type folderState struct {
	Folder
	children, unread, total int
	bytes                   int64
	inner                   []folderState // of $expand=childFolders
	changed, added          uint64
}

var folderFields = []string{"id", "displayName", "parentFolderId", "childFolderCount", "unreadItemCount", "totalItemCount", "isHidden"}

// state describes a folder. The caller holds the lock.
func (b *mailbox) state(f *folder, visibleOnly bool) folderState {
	s := folderState{Folder: f.Folder, unread: f.unread, total: len(f.members), changed: f.changed, added: f.added}
	for _, child := range b.order {
		if child.ParentID == f.ID && !(visibleOnly && child.Hidden) {
			s.children++
		}
	}
	if f.Search {
		s.total, s.unread = len(b.messages), 0
	}
	if f.ParentID == "" {
		s.ParentID = opaqueID("AQMkAG", 78, b.owner, "root")
	}
	return s
}

func (s *folderState) write(w *writer, chosen []string, typed bool) {
	switch {
	case s.Search:
		w.string("@odata.type", "#microsoft.graph.mailSearchFolder")
	case typed:
		w.string("@odata.type", "#microsoft.graph.mailFolder")
	}
	all := len(chosen) == 0
	w.string("id", s.ID)
	if all || has(chosen, "displayName") {
		w.string("displayName", s.DisplayName)
	}
	if all || has(chosen, "parentFolderId") {
		w.string("parentFolderId", s.ParentID)
	}
	if all || has(chosen, "childFolderCount") {
		w.int("childFolderCount", int64(s.children))
	}
	if all || has(chosen, "unreadItemCount") {
		w.int("unreadItemCount", int64(s.unread))
	}
	if all || has(chosen, "totalItemCount") {
		w.int("totalItemCount", int64(s.total))
	}
	if typed && all {
		w.int("sizeInBytes", s.bytes)
	}
	if all || has(chosen, "isHidden") {
		w.bool("isHidden", s.Hidden)
	}
	if s.Search && all {
		w.bool("isSupported", true)
		w.bool("includeNestedFolders", true)
		w.strings("sourceFolderIds", nil)
		w.string("filterQuery", "")
	}
}

// folderSelection checks $select; nil is everything.
func (c *call) folderSelection() ([]string, *reply) {
	chosen := names(c.option("$select"))
	for _, n := range chosen {
		if !has(folderFields, n) {
			return nil, c.noProperty(n, "mailFolder")
		}
	}
	return chosen, nil
}

// folderExpand checks $expand: childFolders alone is known.
func (c *call) folderExpand() (bool, *reply) {
	items, err := parseExpand(c.option("$expand"))
	if err != nil {
		return false, c.badRequest("Parsing OData Select and Expand failed: " + err.Error())
	}
	for _, x := range items {
		if strings.ToLower(x.name) != "childfolders" {
			return false, c.noProperty(x.name, "mailFolder")
		}
	}
	return len(items) > 0, nil
}

func (c *call) listFolders() *reply {
	c.box.mu.RLock()
	root := c.box.wellKnown["msgfolderroot"].ID
	c.box.mu.RUnlock()
	return c.folders(root, "mailFolders")
}

func (c *call) listChildFolders() *reply {
	c.box.mu.RLock()
	f := c.box.at(c.ids[1])
	c.box.mu.RUnlock()
	if f == nil {
		return c.noItem(c.ids[1], false)
	}
	return c.folders(f.ID, "mailFolders"+inContext(c.ids[1])+"/childFolders")
}

// folders lists the children of a folder: hidden ones with includeHiddenFolders only.
func (c *call) folders(parent, context string) *reply {
	chosen, bad := c.folderSelection()
	if bad != nil {
		return bad
	}
	expand, bad := c.folderExpand()
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
	list := c.childStates(parent, expand)
	list, bad = c.filterFolders(list)
	if bad != nil {
		return bad
	}
	from := min(skip, len(list))
	to := min(from+c.shorten(size), len(list))
	next := ""
	if to < len(list) {
		next = c.nextLink("$skip", strconv.Itoa(to))
	}
	return c.folderPage(list[from:to], chosen, expand, len(list), next, "users"+inContext(c.ids[0])+"/"+context)
}

// folderPage writes a page of total folders, with the link to the next, "" for none.
func (c *call) folderPage(list []folderState, chosen []string, expand bool, total int, next, context string) *reply {
	w := newWriter(512 * (len(list) + 1))
	w.open('{')
	w.string("@odata.context", c.context(context+selected(c.option("$select"))))
	if c.flag("$count") {
		w.int("@odata.count", int64(total))
	}
	if next != "" {
		w.string("@odata.nextLink", next)
	}
	w.array("value")
	for i := range list {
		w.element('{')
		list[i].write(w, chosen, false)
		if expand {
			list[i].writeChildren(w, c)
		}
		w.close('}')
	}
	w.close(']')
	w.close('}')
	return c.page(w, len(list))
}

func (s *folderState) writeChildren(w *writer, c *call) {
	w.string("childFolders@odata.context", c.context("users"+inContext(c.ids[0])+"/mailFolders"+inContext(s.ID)+"/childFolders"))
	w.array("childFolders")
	for i := range s.inner {
		w.element('{')
		s.inner[i].write(w, nil, false)
		w.close('}')
	}
	w.close(']')
}

// childStates are the children of a folder, and theirs when they are asked for.
func (c *call) childStates(parent string, expand bool) []folderState {
	hidden := c.flag("includehiddenfolders")
	visible := c.s.options.VisibleChildren
	c.box.mu.RLock()
	defer c.box.mu.RUnlock()
	var list []folderState
	for _, f := range c.box.children(parent, hidden) {
		s := c.box.state(f, visible)
		if expand {
			for _, inner := range c.box.children(f.ID, hidden) {
				s.inner = append(s.inner, c.box.state(inner, visible))
			}
		}
		list = append(list, s)
	}
	return list
}

func (c *call) filterFolders(list []folderState) ([]folderState, *reply) {
	text := c.option("$filter")
	if text == "" {
		return list, nil
	}
	f, err := parseFilter(text)
	if err != nil {
		return nil, c.badFilter(err.Error())
	}
	if p := f.check(new(folderState).property); p != "" {
		return nil, c.badFilter("Could not find a property named '" + p + "' on type 'microsoft.graph.mailFolder'.")
	}
	var kept []folderState
	for i := range list {
		if f.holds(list[i].property) {
			kept = append(kept, list[i])
		}
	}
	return kept, nil
}

func (s *folderState) property(path string) (any, bool) {
	switch strings.ToLower(path) {
	case "id":
		return s.ID, true
	case "displayname":
		return s.DisplayName, true
	case "parentfolderid":
		return s.ParentID, true
	case "childfoldercount":
		return int64(s.children), true
	case "unreaditemcount":
		return int64(s.unread), true
	case "totalitemcount":
		return int64(s.total), true
	case "ishidden":
		return s.Hidden, true
	}
	return nil, false
}

func (c *call) getFolder() *reply {
	chosen, bad := c.folderSelection()
	if bad != nil {
		return bad
	}
	expand, bad := c.folderExpand()
	if bad != nil {
		return bad
	}
	c.box.mu.RLock()
	f := c.box.at(c.ids[1])
	if f == nil {
		c.box.mu.RUnlock()
		return c.noItem(c.ids[1], false)
	}
	s := c.box.state(f, c.s.options.VisibleChildren)
	c.box.mu.RUnlock()
	w := newWriter(512)
	w.open('{')
	w.string("@odata.context", c.context("users"+inContext(c.ids[0])+"/mailFolders"+selected(c.option("$select"))+"/$entity"))
	s.write(w, chosen, false)
	if expand {
		s.inner = c.childStates(s.ID, false)
		s.writeChildren(w, c)
	}
	w.close('}')
	return c.json(w)
}

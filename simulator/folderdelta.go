package simulator

import (
	"cmp"
	"slices"
)

// folderDelta tells the folders of the whole tree that changed since a token, flat and
// without the hidden ones. A change of counts alone is not told.
func (c *call) folderDelta() *reply {
	for _, refused := range []string{"$top", "$skip", "$filter", "$search", "$count"} {
		if c.option(refused) != "" {
			return c.badRequest("The following parameters are not supported with change tracking over the 'Folders' resource: '" + refused + "'.")
		}
	}
	t, bad := c.deltaState("", []string{"$select"})
	if bad != nil {
		return bad
	}
	if len(t.query["$select"]) > 0 {
		c.params["$select"] = t.query["$select"]
	}
	chosen, bad := c.folderSelection()
	if bad != nil {
		return bad
	}
	size := 10
	if c.prefer.pageSize > 0 {
		size = min(c.prefer.pageSize, 1000)
	}
	list, version := c.changedFolders(t)
	more := len(list) > c.shorten(size)
	if more || c.fault == EmptyPage {
		more = true
		list = list[:min(len(list), c.shorten(size))]
		if len(list) > 0 {
			t.position, t.told = list[len(list)-1].changed, t.told+len(list)
		}
	} else {
		t.end(version)
	}
	link := c.tokenLink("$deltatoken", t.encode())
	if more {
		link = c.tokenLink("$skiptoken", t.encode())
	}
	return c.changedPage(list, chosen, more, link)
}

// changedPage writes a page of folders' changes, with the link to what comes next: more,
// or later changes.
func (c *call) changedPage(list []folderState, chosen []string, more bool, link string) *reply {
	w := newWriter(512 * (len(list) + 1))
	w.open('{')
	w.string("@odata.context", c.context("Collection(mailFolder)"))
	if more {
		w.string("@odata.nextLink", link)
	} else {
		w.string("@odata.deltaLink", link)
	}
	w.array("value")
	for i := range list {
		w.element('{')
		list[i].tell(w, chosen)
		w.close('}')
	}
	w.close(']')
	w.close('}')
	return c.page(w, len(list))
}

// tell writes a changed folder; one without a name is gone.
func (s *folderState) tell(w *writer, chosen []string) {
	if s.added > 0 {
		s.write(w, chosen, true)
		return
	}
	w.string("@odata.type", "#microsoft.graph.mailFolder")
	w.object("@removed")
	w.string("reason", "deleted")
	w.close('}')
	w.string("id", s.ID)
}

// changedFolders are what changed after the token's position, in that order, and the
// version up to which that is all. A gone folder has added 0.
func (c *call) changedFolders(t *deltaToken) ([]folderState, uint64) {
	b := c.box
	b.mu.RLock()
	defer b.mu.RUnlock()
	var list []folderState
	for _, f := range b.order {
		if f.changed > t.position && !f.Hidden && f.WellKnown != "msgfolderroot" && b.within(f, "msgfolderroot") {
			s := b.state(f, c.s.options.VisibleChildren)
			for _, m := range f.members {
				s.bytes += m.size
			}
			list = append(list, s)
		}
	}
	for _, g := range b.lost {
		if g.version > t.position && (g.added <= t.base || g.added <= t.position && g.version > t.start) {
			list = append(list, folderState{Folder: Folder{ID: g.id}, changed: g.version})
		}
	}
	slices.SortFunc(list, func(x, y folderState) int { return cmp.Compare(x.changed, y.changed) })
	return list, b.version
}

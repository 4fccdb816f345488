package simulator

import (
	"sort"
	"strconv"
	"strings"
)

// filteredDelta is how many messages a delta with $filter tells at most (message: delta).
const filteredDelta = 5000

// deltaEntry is one change to tell.
type deltaEntry struct {
	state  *stored // nil: removed
	id     string
	reason string
	brief  bool // the read flag alone changed
}

// deltaQuery is what a round asks for.
type deltaQuery struct {
	view    view
	keep    *filter
	newest  bool // ordered by receivedDateTime desc
	changes string
	limit   int // entries of a round; 0 is no limit
}

// messageDelta tells the changes of a folder since a token, or all of it.
func (c *call) messageDelta() *reply {
	f, bad := c.folderOf()
	if bad != nil {
		return bad
	}
	if f.Search {
		return c.fail(400, "ErrorInvalidOperation", "Change tracking is not supported on a search folder.")
	}
	t, bad := c.deltaState(f.ID, []string{"$select", "$expand", "$filter", "$orderby", "$top", "changetype"})
	if bad != nil {
		return bad
	}
	q, bad := c.deltaQuery(t)
	if bad != nil {
		return bad
	}
	size := 10
	if c.prefer.pageSize > 0 {
		size = min(c.prefer.pageSize, 1000)
	}
	size = c.shorten(size)
	next := *t
	entries, more := c.changes(f, q, &next, size)
	entries = c.disturb(f, q, t, entries)
	return c.tell(q, entries, &next, more)
}

// deltaQuery reads the query of a token, which was that of the first request.
func (c *call) deltaQuery(t *deltaToken) (*deltaQuery, *reply) {
	get := func(name string) string { return strings.Join(t.query[name], ",") }
	for _, refused := range []string{"$search", "$skip", "$count"} {
		if c.option(refused) != "" {
			return nil, c.badRequest("The following parameters are not supported with change tracking over the 'Message' resource: '" + refused + "'.")
		}
	}
	q := &deltaQuery{changes: strings.ToLower(get("changetype"))}
	var bad *reply
	if q.view, bad = c.messageView(get("$select"), get("$expand"), true); bad != nil {
		return nil, bad
	}
	if order := get("$orderby"); order != "" {
		if strings.ToLower(strings.Join(strings.Fields(order), " ")) != "receiveddatetime desc" {
			return nil, c.badRequest("The following parameters are not supported with change tracking over the 'Message' resource: '$orderby' other than receivedDateTime desc.")
		}
		q.newest = true
	}
	if text := get("$filter"); text != "" {
		f, err := parseFilter(text)
		if err != nil {
			return nil, c.badFilter(err.Error())
		}
		if strings.ToLower(f.path) != "receiveddatetime" || f.op != "ge" && f.op != "gt" {
			return nil, c.badRequest("The following parameters are not supported with change tracking over the 'Message' resource: '$filter' other than receivedDateTime ge or gt.")
		}
		q.keep, q.limit = f, filteredDelta
	}
	if top := get("$top"); top != "" {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 {
			return nil, c.badRequest("Invalid value '" + top + "' for $top query option found.")
		}
		q.limit = n // it limits the round, not the page: what others found to their cost
	}
	switch q.changes {
	case "", "created", "updated", "deleted":
	default:
		return nil, c.badRequest("Invalid value '" + q.changes + "' for changeType.")
	}
	return q, nil
}

// changes are the next entries of a round; t moves past them. more says that the round
// goes on.
func (c *call) changes(f *folder, q *deltaQuery, t *deltaToken, size int) (entries []deltaEntry, more bool) {
	if q.newest && t.base == 0 {
		return c.byDate(f, q, t, size)
	}
	b := c.box
	b.mu.RLock()
	defer b.mu.RUnlock()
	from := sort.Search(len(f.log), func(i int) bool { return f.log[i].version > t.position })
	for _, e := range f.log[from:] {
		entry, ok := f.entryAt(e, q, t)
		if !ok {
			if len(entries) < size {
				t.position = e.version
			}
			continue
		}
		if q.limit > 0 && t.told >= q.limit {
			break // the rest of the round is not told, ever
		}
		if len(entries) >= size {
			return entries, true
		}
		entries = append(entries, entry)
		t.position = e.version
		t.told++
	}
	t.end(b.version)
	return entries, false
}

// end makes t the token of the next round.
func (t *deltaToken) end(version uint64) {
	t.base, t.position, t.start, t.told, t.after = version, version, version, 0, ""
}

// entryAt is what an event means to a client at t; ok is false when it means nothing:
// a later event of the same message counts, or the client never knew it.
func (f *folder) entryAt(e event, q *deltaQuery, t *deltaToken) (deltaEntry, bool) {
	s := f.members[e.id]
	if s != nil {
		created := s.added > t.base
		wanted := q.changes == "" || q.changes == "created" && created || q.changes == "updated" && !created
		if s.version() != e.version || !wanted || q.keep != nil && !q.keep.holds(s.property) {
			return deltaEntry{}, false
		}
		return deltaEntry{state: s, id: e.id, brief: !created && s.changed <= t.base}, true
	}
	g, ok := f.gone[e.id]
	if !ok || g.version != e.version || q.changes != "" && q.changes != "deleted" {
		return deltaEntry{}, false
	}
	known := g.added <= t.base || g.added <= t.position && g.version > t.start
	return deltaEntry{id: e.id, reason: g.reason}, known
}

// byDate is the first round of a delta that is ordered by date. What comes while it
// goes on is told by the next one.
func (c *call) byDate(f *folder, q *deltaQuery, t *deltaToken, size int) (entries []deltaEntry, more bool) {
	past := t.after == ""
	for _, s := range c.box.newest(f) {
		mark := strconv.FormatInt(s.msg.Received.UnixNano(), 36) + " " + s.msg.ID
		if !past {
			past = !before(mark, t.after)
			if mark == t.after || !past {
				continue
			}
		}
		if s.added > t.start || q.changes == "updated" || q.changes == "deleted" || q.keep != nil && !q.keep.holds(s.property) {
			continue
		}
		if q.limit > 0 && t.told >= q.limit {
			break
		}
		if len(entries) >= size {
			return entries, true
		}
		entries = append(entries, deltaEntry{state: s, id: s.msg.ID})
		t.after = mark
		t.told++
	}
	t.end(t.start)
	return entries, false
}

// before says whether the message of mark x stands before that of y, newest first.
func before(x, y string) bool {
	xt, xid, _ := strings.Cut(x, " ")
	yt, yid, _ := strings.Cut(y, " ")
	a, _ := strconv.ParseInt(xt, 36, 64)
	b, _ := strconv.ParseInt(yt, 36, 64)
	if a != b {
		return a > b
	}
	return xid < yid
}

// disturb adds the replays and duplicates that delta is free to send.
func (c *call) disturb(f *folder, q *deltaQuery, t *deltaToken, entries []deltaEntry) []deltaEntry {
	switch {
	case c.fault == Duplicate && len(entries) > 0:
		return append(entries, entries[len(entries)/2])
	case c.fault == Replay:
		earlier := *t
		earlier.position, earlier.after, earlier.told = t.base, "", 0
		again, _ := c.changes(f, q, &earlier, 3)
		return append(again, entries...)
	}
	return entries
}

// tell writes a page of delta.
func (c *call) tell(q *deltaQuery, entries []deltaEntry, next *deltaToken, more bool) *reply {
	var states []*stored
	for _, e := range entries {
		if e.state != nil && !e.brief {
			states = append(states, e.state)
		}
	}
	if q.view.audited {
		c.accessed(states...)
	}
	w := c.s.pageWriter(pageBytes(states, &q.view))
	w.open('{')
	w.string("@odata.context", c.context("Collection(message)"))
	if more {
		w.string("@odata.nextLink", c.tokenLink("$skiptoken", next.encode()))
	} else {
		w.string("@odata.deltaLink", c.tokenLink("$deltatoken", next.encode()))
	}
	w.array("value")
	for _, e := range entries {
		w.element('{')
		c.deltaEntry(w, e, &q.view)
		w.close('}')
	}
	w.close(']')
	w.close('}')
	return c.page(w, len(entries))
}

func (c *call) deltaEntry(w *writer, e deltaEntry, v *view) {
	switch {
	case e.state == nil:
		w.string("@odata.type", "#microsoft.graph.message")
		w.object("@removed")
		w.string("reason", e.reason)
		w.close('}')
		w.string("id", c.removedID(e.id))
	case e.brief:
		w.string("@odata.type", "#microsoft.graph.message")
		w.string("id", e.state.id(v.immutable))
		w.bool("isRead", e.state.msg.IsRead)
		w.string("parentFolderId", e.state.msg.FolderID)
	default:
		c.entry(w, e.state, v)
	}
}

// removedID is the id under which the client knew a message that left the folder.
func (c *call) removedID(id string) string {
	if c.prefer.immutable {
		return id
	}
	c.box.mu.RLock()
	defer c.box.mu.RUnlock()
	return mutableIDPrefix + c.box.at(c.ids[1]).tag + id
}

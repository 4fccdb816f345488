package simulator

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// listing is a collection of the directory that is listed page by page.
type listing struct {
	kind     *kind
	context  string // after $metadata#
	standard int    // page size without $top
	most     int
	advanced bool // ne, not, endsWith, $search and $count need ConsistencyLevel: eventual
	all      []entity
	// Of a collection of several types: the kind of each entry, which then says its type,
	// and an entity with the properties of all of them.
	mixed  bool
	kinds  []*kind
	sample entity
}

// list answers for a collection: $select, $filter, $search, $orderby, $count, $top and
// the $skiptoken of its own nextLinks.
func (c *call) list(l listing) *reply {
	if c.option("$skip") != "" {
		return c.fail(400, "Request_BadRequest", "'$skip' is not supported by the service.")
	}
	sample := l.sample
	if len(l.all) > 0 && !l.mixed {
		sample = l.all[0]
	}
	chosen, bad := l.kind.standard, (*reply)(nil)
	if len(l.all) > 0 {
		chosen, bad = c.selection(l.kind, sample)
	}
	if bad != nil {
		return bad
	}
	found, bad := c.filtered(l, sample)
	if bad != nil {
		return bad
	}
	size, bad := c.pageSize(l.standard, l.most)
	if bad != nil {
		return bad
	}
	from, bad := c.listToken()
	if bad != nil {
		return bad
	}
	from = min(from, len(found))
	to := min(from+c.shorten(size), len(found))
	return c.listed(l, chosen, found, from, to)
}

// listed writes the page from..to of the places that were found.
func (c *call) listed(l listing, chosen []string, found []int, from, to int) *reply {
	w := newWriter(256 * (to - from + 1))
	w.open('{')
	w.string("@odata.context", c.context(l.context+selected(c.option("$select"))))
	if c.flag("$count") && c.eventual() {
		w.int("@odata.count", int64(len(found)))
	}
	if to < len(found) {
		token := base64.RawURLEncoding.EncodeToString([]byte("list:" + strconv.Itoa(to)))
		w.string("@odata.nextLink", c.nextLink("$skiptoken", token))
	}
	w.array("value")
	for _, i := range found[from:to] {
		w.element('{')
		own := chosen
		if l.mixed {
			w.string("@odata.type", "#microsoft.graph."+l.kinds[i].name)
			own = l.kinds[i].own(l.all[i], chosen)
		}
		l.all[i].write(w, own)
		w.close('}')
	}
	w.close(']')
	w.close('}')
	return c.page(w, to-from)
}

// shorten is the size of a page that a fault makes smaller.
func (c *call) shorten(size int) int {
	switch c.fault {
	case ShortPage:
		return max(1, size/2)
	case EmptyPage:
		return 0
	}
	return size
}

func (c *call) eventual() bool {
	return strings.EqualFold(c.header.Get("ConsistencyLevel"), "eventual")
}

func (c *call) listToken() (int, *reply) {
	v := c.option("$skiptoken")
	if v == "" {
		return 0, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(v)
	number, ok := strings.CutPrefix(string(data), "list:")
	n, err2 := strconv.Atoi(number)
	if err != nil || !ok || err2 != nil || n < 0 {
		return 0, c.fail(400, "Directory_ExpiredPageToken", "The specified page token value has expired and can no longer be included in your request.")
	}
	return n, nil
}

// filtered are the places of the entries that $filter and $search leave, in the order
// that $orderby asks for.
func (c *call) filtered(l listing, sample entity) ([]int, *reply) {
	keep, bad := c.condition(l, sample)
	if bad != nil {
		return nil, bad
	}
	search, bad := c.directorySearch(l)
	if bad != nil {
		return nil, bad
	}
	var found []int
	for i, e := range l.all {
		if (keep == nil || keep.holds(l.kind.property(e))) && search(e) {
			found = append(found, i)
		}
	}
	by, descending := strings.CutSuffix(c.option("$orderby"), " desc")
	if by = strings.TrimSuffix(by, " asc"); by == "" {
		return found, nil
	}
	slices.SortStableFunc(found, func(x, y int) int {
		a, _ := l.all[x].get(by)
		b, _ := l.all[y].get(by)
		as, _ := a.(string)
		bs, _ := b.(string)
		if descending {
			as, bs = bs, as
		}
		return strings.Compare(strings.ToLower(as), strings.ToLower(bs))
	})
	return found, nil
}

// condition reads $filter; nil is none.
func (c *call) condition(l listing, sample entity) (*filter, *reply) {
	text := c.option("$filter")
	if text == "" {
		return nil, nil
	}
	f, err := parseFilter(text)
	if err != nil {
		return nil, c.badFilter(err.Error())
	}
	if l.advanced && needsAdvanced(f) && !(c.eventual() && c.flag("$count")) {
		return nil, c.fail(400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified: operators ne, not and endsWith need $count=true and the header ConsistencyLevel: eventual.")
	}
	if len(l.all) == 0 {
		return f, nil
	}
	if p := f.check(l.kind.property(sample)); p != "" {
		return nil, c.fail(400, "BadRequest", "Invalid filter clause: Could not find a property named '"+p+"' on type 'microsoft.graph."+l.kind.name+"'.")
	}
	var unsupported bool
	f.walk(func(x *filter) { unsupported = unsupported || x.op == "contains" })
	if unsupported {
		return nil, c.fail(400, "Request_UnsupportedQuery", "Unsupported Query: 'contains' is not supported on this resource.")
	}
	return f, nil
}

func needsAdvanced(f *filter) bool {
	var found bool
	f.walk(func(x *filter) { found = found || x.op == "ne" || x.op == "not" || x.op == "endswith" })
	return found
}

// directorySearch reads $search of the form "property:words".
func (c *call) directorySearch(l listing) (func(entity) bool, *reply) {
	text := c.option("$search")
	if text == "" {
		return func(entity) bool { return true }, nil
	}
	if !c.eventual() {
		return nil, c.fail(400, "Request_UnsupportedQuery", "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	}
	name, words, ok := strings.Cut(strings.Trim(text, `"`), ":")
	if !ok {
		return nil, c.fail(400, "Request_BadRequest", "Syntax error: $search must be of the form \"property:value\".")
	}
	return func(e entity) bool {
		v, _ := e.get(name)
		s, _ := v.(string)
		return strings.Contains(strings.ToLower(s), strings.ToLower(strings.Trim(words, `"`)))
	}, nil
}

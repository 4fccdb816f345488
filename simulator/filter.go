package simulator

import (
	"slices"
	"strings"
	"time"
)

// filter is a $filter of OData 4, as far as Graph takes one for what is served here:
// comparisons, in, and, or, not, startsWith, endsWith, contains, any.
type filter struct {
	op   string // "and", "or", "not", a comparison, "in", "any", or a function
	a, b *filter
	path string  // property, "from/emailAddress/address"
	args []any   // string, bool, int64, time.Time or nil
	each *filter // of "any": what one of the collection's elements must be, whose path is ""
}

// badFilterError says what is wrong with a $filter.
type badFilterError string

func (e badFilterError) Error() string { return string(e) }

// maxFilterDepth bounds nesting; Graph's own bound is not known.
const maxFilterDepth = 64

// parseFilter reads a $filter.
func parseFilter(s string) (*filter, error) {
	p := &filterParser{}
	if err := p.split(s); err != nil {
		return nil, err
	}
	f, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.at < len(p.tokens) {
		return nil, badFilterError("Syntax error: unexpected '" + p.tokens[p.at].text + "'.")
	}
	return f, nil
}

// paths are the properties in the order in which they stand, each once.
func (f *filter) paths() []string {
	var out []string
	f.walk(func(x *filter) {
		if x.path == "" {
			return
		}
		for _, p := range out {
			if p == x.path {
				return
			}
		}
		out = append(out, x.path)
	})
	return out
}

func (f *filter) walk(visit func(*filter)) {
	if f == nil {
		return
	}
	visit(f)
	f.a.walk(visit)
	f.b.walk(visit)
}

// property finds a value by its path; ok is false for a property that is not known.
// Values are string, bool, int64, time.Time, []string (any of them), []property or nil.
type property func(path string) (value any, ok bool)

// check says which property of the filter is unknown, "" for none.
func (f *filter) check(get property) string {
	for _, p := range f.paths() {
		if _, ok := get(p); !ok {
			return p
		}
	}
	return ""
}

// holds says whether the filter is true of something.
func (f *filter) holds(get property) bool {
	switch f.op {
	case "and":
		return f.a.holds(get) && f.b.holds(get)
	case "or":
		return f.a.holds(get) || f.b.holds(get)
	case "not":
		return !f.a.holds(get)
	}
	value, _ := get(f.path)
	if f.op == "any" {
		return f.any(value)
	}
	if list, many := value.([]string); many {
		for _, v := range list {
			if f.test(v) {
				return true
			}
		}
		return false
	}
	return f.test(value)
}

// any says whether one element of a collection is as wanted.
func (f *filter) any(value any) bool {
	switch list := value.(type) {
	case []string:
		return slices.ContainsFunc(list, func(v string) bool {
			return f.each.holds(func(path string) (any, bool) { return v, path == "" })
		})
	case []property:
		return slices.ContainsFunc(list, f.each.holds)
	}
	return false
}

// test compares one value. Strings are compared without regard to case, as both the
// directory and Exchange do.
func (f *filter) test(value any) bool {
	switch f.op {
	case "in":
		for _, want := range f.args {
			if compare(value, want, "eq") {
				return true
			}
		}
		return false
	case "startswith", "endswith", "contains":
		s, ok := value.(string)
		want, ok2 := f.args[0].(string)
		if !ok || !ok2 {
			return false
		}
		s, want = strings.ToLower(s), strings.ToLower(want)
		switch f.op {
		case "startswith":
			return strings.HasPrefix(s, want)
		case "endswith":
			return strings.HasSuffix(s, want)
		}
		return strings.Contains(s, want)
	}
	return compare(value, f.args[0], f.op)
}

func compare(value, want any, op string) bool {
	order, comparable := 0, false
	switch v := value.(type) {
	case nil:
		return op == "eq" && want == nil || op == "ne" && want != nil
	case string:
		if w, ok := want.(string); ok {
			order, comparable = strings.Compare(strings.ToLower(v), strings.ToLower(w)), true
		}
	case bool:
		if w, ok := want.(bool); ok {
			comparable = true
			if v != w {
				order = 1
			}
		}
	case int64:
		if w, ok := want.(int64); ok {
			order, comparable = int(max(-1, min(1, v-w))), true
		}
	case time.Time:
		if w, ok := want.(time.Time); ok {
			order, comparable = v.Truncate(time.Second).Compare(w), true
		}
	}
	if !comparable {
		return op == "ne"
	}
	switch op {
	case "eq":
		return order == 0
	case "ne":
		return order != 0
	case "gt":
		return order > 0
	case "ge":
		return order >= 0
	case "lt":
		return order < 0
	default:
		return order <= 0
	}
}

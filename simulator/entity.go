package simulator

import (
	"encoding/json"
	"strings"
	"time"
)

// entity is an object of the directory as it is told: all that is known of it.
type entity struct {
	id     string
	fields []field
}

type field struct {
	name  string
	value any // string ("" is null), bool, int64, time.Time, []string, json.RawMessage, []field, [][]field or nil
}

// kind describes a type of entity.
type kind struct {
	name     string   // "user"
	set      string   // "users"
	standard []string // properties without $select
	blank    []string // properties that exist, of which nothing is kept
}

func (e entity) get(name string) (any, bool) {
	for _, f := range e.fields {
		if strings.EqualFold(f.name, name) {
			if f.value == "" {
				return nil, true
			}
			return f.value, true
		}
	}
	return nil, false
}

// property finds a value for filters; properties of which nothing is kept are null.
func (k *kind) property(e entity) property {
	return func(path string) (any, bool) {
		if v, ok := e.get(path); ok {
			return v, true
		}
		return nil, has(k.blank, path)
	}
}

func has(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// names are those of a comma-separated option.
func names(option string) []string {
	var out []string
	for n := range strings.SplitSeq(option, ",") {
		if n = strings.TrimSpace(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// selection checks $select against what an entity of the kind has: sample is any entity.
func (c *call) selection(k *kind, sample entity) ([]string, *reply) {
	chosen := names(c.option("$select"))
	for _, n := range chosen {
		if _, ok := sample.get(n); !ok && n != "*" && !has(k.blank, n) {
			return nil, c.noProperty(n, k.name)
		}
	}
	if len(chosen) == 0 {
		return k.standard, nil
	}
	return chosen, nil
}

// own are those of the chosen properties that an entity among others of several kinds
// has, its standard ones where none were chosen: a group has no userPrincipalName.
func (k *kind) own(e entity, chosen []string) []string {
	if len(chosen) == 0 {
		return k.standard
	}
	var out []string
	for _, n := range chosen {
		if _, ok := e.get(n); ok || n == "*" || has(k.blank, n) {
			out = append(out, n)
		}
	}
	return out
}

// write tells the chosen properties of an entity. Without $select the id is among the
// standard ones; the directory leaves it out where it was not chosen.
func (e entity) write(w *writer, chosen []string) {
	for _, f := range e.fields {
		if has(chosen, f.name) || has(chosen, "*") {
			w.value(f.name, f.value)
		}
	}
	for _, n := range chosen {
		if _, ok := e.get(n); !ok && n != "*" {
			w.null(n)
		}
	}
}

func (w *writer) value(name string, v any) {
	switch v := v.(type) {
	case string:
		w.text(name, v)
	case bool:
		w.bool(name, v)
	case int64:
		w.int(name, v)
	case time.Time:
		if v.IsZero() {
			w.null(name)
			return
		}
		w.time(name, v)
	case []string:
		w.strings(name, v)
	case json.RawMessage:
		w.raw(name, v)
	case []field:
		w.object(name)
		for _, f := range v {
			w.value(f.name, f.value)
		}
		w.close('}')
	case [][]field:
		w.array(name)
		for _, o := range v {
			w.element('{')
			for _, f := range o {
				w.value(f.name, f.value)
			}
			w.close('}')
		}
		w.close(']')
	default:
		w.null(name)
	}
}

// one is the reply of a single entity.
func (c *call) one(k *kind, e entity) *reply {
	chosen, bad := c.selection(k, e)
	if bad != nil {
		return bad
	}
	w := newWriter(1024)
	w.open('{')
	w.string("@odata.context", c.context(k.set+selected(c.option("$select"))+"/$entity"))
	e.write(w, chosen)
	w.close('}')
	return c.json(w)
}

// selected is how contexts name what was chosen: "(id,subject)".
func selected(option string) string {
	if option == "" {
		return ""
	}
	return "(" + strings.ReplaceAll(option, " ", "") + ")"
}

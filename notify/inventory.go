package notify

import (
	"slices"
	"strings"

	"mailsweep/lined"
	"mailsweep/sweeper"
)

// Inventory says whose a secret is by what it says of itself: the fingerprint of a key,
// the host or the account that it opens, or any other detail.
type Inventory struct {
	exact map[string]entry // "detail value"
	globs []entry
}

// entry is one line of the inventory.
type entry struct {
	detail, value, owner string
	line                 int
	match                func(string) bool // nil unless value is a pattern
}

// readInventory reads a CSV file: detail, value, owner. The owner is one of the policy,
// or an address of the organisation. A value may be a pattern with "*".
func readInventory(f *lined.File, data []byte, owner func(name string) (Owner, bool)) *Inventory {
	inv := &Inventory{exact: map[string]entry{}}
	for _, r := range table(f, data, []string{"detail", "value", "owner"}, []string{"note"}) {
		e := entry{detail: strings.ToLower(r.value["detail"]), value: strings.ToLower(r.value["value"]), owner: r.value["owner"], line: r.line}
		if e.detail == "" || e.value == "" || e.owner == "" {
			continue
		}
		if _, ok := owner(e.owner); !ok {
			f.Complain(r.line, "%q is neither an owner of the policy nor an address of the organisation", e.owner)
		}
		if strings.Trim(e.value, "*?") == "" {
			f.Complain(r.line, "%q is everything", e.value)
		}
		key := e.detail + " " + e.value
		if before, ok := inv.exact[key]; ok {
			f.Complain(r.line, "%s %s stands in line %d, too", e.detail, e.value, before.line)
			continue
		}
		inv.exact[key] = e
		if strings.ContainsAny(e.value, "*?") {
			e.match = sweeper.Glob(e.value)
			inv.globs = append(inv.globs, e)
		}
	}
	return inv
}

// find is the first line that knows a leak: by its fingerprint, by its details in the
// order of their names, then by patterns in the order of their lines.
func (inv *Inventory) find(l Leak) (entry, bool) {
	if inv == nil {
		return entry{}, false
	}
	details := l.details()
	for _, d := range details {
		if e, ok := inv.exact[d.name+" "+d.value]; ok {
			return e, true
		}
	}
	for _, e := range inv.globs {
		if slices.ContainsFunc(details, func(d detail) bool { return d.name == e.detail && e.match(d.value) }) {
			return e, true
		}
	}
	return entry{}, false
}

type detail struct{ name, value string }

// details are what a leak says of itself, in small letters; the fingerprint is first.
func (l Leak) details() (all []detail) {
	for name, value := range l.Details {
		all = append(all, detail{strings.ToLower(name), strings.ToLower(value)})
	}
	slices.SortFunc(all, func(a, b detail) int { return strings.Compare(a.name, b.name) })
	return append([]detail{{"fingerprint", l.Fingerprint}}, all...)
}

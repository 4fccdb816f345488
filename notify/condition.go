package notify

import (
	"slices"
	"strings"

	"mailsweep/sweeper"
)

// Condition is what a route wants: all of its fields, one value of each. Patterns have
// "*" and "?", and do not tell upper from lower case. A condition without fields matches
// everything.
type Condition struct {
	Rules      []string // patterns
	Kinds      []sweeper.Kind
	Severity   sweeper.Severity    // at least
	Details    map[string][]string // patterns, by the detail's name
	Parties    []Party
	Mailboxes  []string // patterns
	Senders    []string // patterns of addresses
	Recipients []string
	// Departments are of the person whose mailbox it is, as the directory has them.
	Departments []string
}

// everything reports a condition that matches all there is.
func (c Condition) everything() bool {
	return len(c.Rules)+len(c.Kinds)+len(c.Details)+len(c.Parties)+len(c.Mailboxes)+len(c.Senders)+len(c.Recipients)+len(c.Departments) == 0 &&
		c.Severity <= sweeper.Low
}

// covers reports that whatever o matches, c matches, as far as that shows without
// comparing patterns with each other.
func (c Condition) covers(o Condition) bool {
	for name, want := range c.Details {
		if !wider(want, o.Details[name]) {
			return false
		}
	}
	return wider(c.Rules, o.Rules) && wider(c.Kinds, o.Kinds) && wider(c.Parties, o.Parties) && wider(c.Mailboxes, o.Mailboxes) &&
		wider(c.Senders, o.Senders) && wider(c.Recipients, o.Recipients) && wider(c.Departments, o.Departments) && c.Severity <= max(o.Severity, sweeper.Low)
}

// wider reports that a list of alternatives allows all that another one does; an empty
// one allows everything.
func wider[T comparable](a, b []T) bool {
	return len(a) == 0 || len(b) > 0 && !slices.ContainsFunc(b, func(x T) bool { return !slices.Contains(a, x) })
}

// mismatch says in words why the condition does not hold; "" when it does. department
// is asked for only when it matters.
func (c Condition) mismatch(l Leak, own Domains, department func() (string, error)) (string, error) {
	details := func(name string) (all []string) {
		if v, ok := l.Details[name]; ok {
			all = append(all, v)
		}
		return all
	}
	switch {
	case c.Severity > l.Severity:
		return "severity is " + l.Severity.String(), nil
	case len(c.Kinds) > 0 && !slices.Contains(c.Kinds, l.Kind):
		return "kind is " + string(l.Kind), nil
	case len(c.Rules) > 0 && !anyMatches(c.Rules, l.each(func(f sweeper.Finding) []string { return []string{f.Rule} })):
		return "no sighting by such a rule", nil
	case len(c.Parties) > 0 && !slices.ContainsFunc(l.Sightings, func(f sweeper.Finding) bool { return slices.Contains(c.Parties, own.Party(f)) }):
		return "no sighting of such a party", nil
	case len(c.Mailboxes) > 0 && !anyMatches(c.Mailboxes, l.each(func(f sweeper.Finding) []string { return []string{f.Ref.Mailbox} })):
		return "in no such mailbox", nil
	case len(c.Senders) > 0 && !anyMatches(c.Senders, l.each(func(f sweeper.Finding) []string { return []string{addressOf(f.From)} })):
		return "from no such sender", nil
	case len(c.Recipients) > 0 && !anyMatches(c.Recipients, l.each(recipients)):
		return "to no such recipient", nil
	}
	for _, name := range sortedKeys(c.Details) {
		if !anyMatches(c.Details[name], details(name)) {
			return "its detail " + name + " is another, or unknown", nil
		}
	}
	if len(c.Departments) > 0 {
		d, err := department()
		if err != nil {
			return "", err
		}
		if !anyMatches(c.Departments, []string{d}) {
			return "the department is another, or unknown", nil
		}
	}
	return "", nil
}

// each collects what every sighting says.
func (l Leak) each(of func(sweeper.Finding) []string) (all []string) {
	for _, f := range l.Sightings {
		for _, v := range of(f) {
			if v != "" && !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	return all
}

func anyMatches(patterns, values []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if !strings.ContainsAny(p, "*?") {
			return slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(p, v) })
		}
		return slices.ContainsFunc(values, sweeper.Glob(p))
	})
}

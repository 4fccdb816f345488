package notify

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailsweep/lined"
	"mailsweep/sweeper"
)

func (r *reader) condition(v lined.Value) (c Condition) {
	s := v.Struct("rules", "kinds", "severity", "details", "party", "mailboxes", "senders", "recipients", "departments")
	for _, item := range s.Get("rules").Items() {
		pattern := item.Text()
		if !slices.ContainsFunc(r.rules, sweeper.Glob(pattern)) {
			item.Complain("there is no rule %q: mailsweep rules list shows them", pattern)
		}
		c.Rules = append(c.Rules, pattern)
	}
	for _, item := range s.Get("kinds").Items() {
		kind, err := sweeper.ParseKind(item.Text())
		if err != nil {
			item.Complain("%v", err)
		}
		c.Kinds = append(c.Kinds, kind)
	}
	if at := s.Get("severity"); at.There() {
		var err error
		if c.Severity, err = sweeper.ParseSeverity(at.Text()); err != nil {
			at.Complain("%v", err)
		}
	}
	for _, f := range s.Get("details").Fields() {
		if c.Details == nil {
			c.Details = map[string][]string{}
		}
		c.Details[f.Key] = f.Texts()
	}
	for _, item := range s.Get("party").Items() {
		p := Party(item.Text())
		if !slices.Contains([]Party{PartyReceived, PartySent, PartyInternal, PartyUnknown}, p) {
			item.Complain("%q is no party: use received, sent, internal or unknown", p)
		}
		c.Parties = append(c.Parties, p)
	}
	c.Mailboxes, c.Senders, c.Recipients, c.Departments = s.Get("mailboxes").Texts(), s.Get("senders").Texts(), s.Get("recipients").Texts(), s.Get("departments").Texts()
	return c
}

// times reads when things are due.
func (r *reader) times(s lined.Struct) {
	for _, f := range s.Get("due").Fields() {
		severity, err := sweeper.ParseSeverity(f.Key)
		if err != nil {
			r.file.Complain(f.Line, "%v", err)
			continue
		}
		r.policy.Due[severity] = span(f.Value)
	}
	for _, item := range s.Get("remind").Items() {
		d := span(item)
		if n := len(r.policy.Remind); n > 0 && d <= r.policy.Remind[n-1] {
			item.Complain("reminders come one after the other: %s is not later than the one before", item.Text())
		}
		r.policy.Remind = append(r.policy.Remind, d)
	}
	if v := s.Get("escalate"); v.There() {
		r.policy.Escalate = span(v)
	}
}

// channels are the names of all channels there are.
func channels() []string { return []string{"graph", "smtp", "webhook", "files"} }

func (r *reader) channels(v lined.Value) {
	s := v.Struct(string(Inside), string(Outside))
	r.policy.Channels = map[Audience]string{}
	for _, a := range []Audience{Inside, Outside} {
		at := s.Get(string(a))
		name := at.Text()
		if name != "" && !slices.Contains(channels(), name) {
			at.Complain("%q is no channel: use %s", name, strings.Join(channels(), ", "))
		}
		r.policy.Channels[a] = name
	}
}

// span reads "36h", "3d" or "2w".
func span(v lined.Value) time.Duration {
	text := v.Text()
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if text != "" {
		n, err := strconv.Atoi(text[:len(text)-1])
		if unit, ok := units[text[len(text)-1]]; ok && err == nil && n > 0 && n <= 10_000 {
			return time.Duration(n) * unit
		}
	}
	v.Complain("%q is no length of time: write 36h, 3d or 2w", text)
	return 0
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func join(errs []error) error { return errors.Join(errs...) }

// reason is the error without the path, which the sentence has already.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return errors.New(strings.TrimSpace(err.Error()))
}

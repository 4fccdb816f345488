package allow

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"mailsweep/sweeper"
)

// Entry is one entry. All its conditions must hold; of the values of one condition, one.
type Entry struct {
	Name   string
	Reason string
	By     string // who answers for it; "" when nobody is named
	// Expires is the last day on which it holds, at midnight in UTC.
	Expires time.Time
	File    string
	Line    int

	fingerprints, senders     []string
	rules, mailboxes, folders []func(string) bool
	texts                     []*pattern
	servers                   []string // whose word on the author counts
}

// pattern is a text pattern. Its id is what the store keeps of a line that it matched.
type pattern struct {
	id string
	re *regexp.Regexp
}

// Place is where the entry stands: "allow.yaml:12".
func (e *Entry) Place() string { return fmt.Sprintf("%s:%d", e.File, e.Line) }

// Expired reports whether its last day is over.
func (e *Entry) Expired(at time.Time) bool { return !at.Before(e.Expires.AddDate(0, 0, 1)) }

// Allowance is what is told of it where it fires.
func (e *Entry) Allowance() sweeper.Allowance {
	return sweeper.Allowance{Entry: e.Name, Reason: e.Reason, By: e.By, Expires: e.Expires.Format(time.DateOnly)}
}

// Covers reports whether all conditions hold for f, whatever the day.
func (e *Entry) Covers(f *sweeper.Finding) bool {
	return begun(e.fingerprints, f.Fingerprint) &&
		matched(e.rules, f.Rule) && matched(e.mailboxes, f.Ref.Mailbox) && matched(e.folders, f.Ref.Folder) &&
		e.marked(f) && e.sent(f)
}

// begun reports whether a fingerprint begins with one of those; none asks nothing.
func begun(fingerprints []string, whole string) bool {
	return len(fingerprints) == 0 || slices.ContainsFunc(fingerprints, func(p string) bool { return strings.HasPrefix(whole, p) })
}

func matched(globs []func(string) bool, name string) bool {
	return len(globs) == 0 || slices.ContainsFunc(globs, func(match func(string) bool) bool { return match(name) })
}

func (e *Entry) marked(f *sweeper.Finding) bool {
	return len(e.texts) == 0 || slices.ContainsFunc(e.texts, func(p *pattern) bool { return slices.Contains(f.Marks, p.id) })
}

// sent reports whether one of the senders is the author, and a server that the file
// trusts vouches for it. What a mail only says of itself, anybody can write.
func (e *Entry) sent(f *sweeper.Finding) bool {
	if len(e.senders) == 0 {
		return true
	}
	a := f.Authentication
	_, domain, ok := strings.Cut(a.Author, "@")
	return ok && slices.Contains(e.servers, a.By) && (slices.Contains(e.senders, a.Author) || slices.Contains(e.senders, domain))
}

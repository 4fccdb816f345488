// Package allow reads allow-lists: findings that somebody knows of and accepts for a
// time, each with a reason and an end. What an entry covers is stored as any other
// finding and told as allowed; see docs/allow.md and docs/decisions/0011-allow-lists.md.
package allow

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"mailsweep/sweeper"
)

// List is the entries of some files, in their order. It does not change, and is safe
// for concurrent use. A nil List covers nothing.
type List struct {
	entries []*Entry
	files   []string
	now     time.Time
	texts   []*pattern // of all entries, each once
	digest  string
}

var _ sweeper.Allower = (*List)(nil)

// newList fixes the time at which entries hold: a sweep that goes on past midnight does
// not change its mind. The patterns of entries that have expired are marked all the same:
// else the end of one would mean that all mail is read again.
func newList(entries []*Entry, now time.Time) *List {
	l := &List{entries: entries, now: now}
	var sources []string
	for _, e := range entries {
		for _, p := range e.texts {
			if !slices.Contains(sources, p.id) {
				sources = append(sources, p.id)
				l.texts = append(l.texts, p)
			}
		}
	}
	if len(sources) > 0 {
		slices.Sort(sources)
		l.digest = digest(strings.Join(sources, " "))
	}
	return l
}

// Allow implements [sweeper.Allower].
func (l *List) Allow(f *sweeper.Finding) (sweeper.Allowance, bool) {
	if l == nil {
		return sweeper.Allowance{}, false
	}
	for _, e := range l.entries {
		if !e.Expired(l.now) && e.Covers(f) {
			return e.Allowance(), true
		}
	}
	return sweeper.Allowance{}, false
}

// Marks implements [sweeper.Allower].
func (l *List) Marks(line string) (ids []string) {
	if l == nil {
		return nil
	}
	for _, p := range l.texts {
		if p.re.MatchString(line) {
			ids = append(ids, p.id)
		}
	}
	return ids
}

// Digest implements [sweeper.Allower].
func (l *List) Digest() string {
	if l == nil {
		return ""
	}
	return l.digest
}

// Files are the files, each with the SHA-256 of what it said.
func (l *List) Files() []string {
	if l == nil {
		return nil
	}
	return l.files
}

// Entries are all of them, those that have expired too.
func (l *List) Entries() []*Entry {
	if l == nil {
		return nil
	}
	return l.entries
}

// Now is the time at which the list was read.
func (l *List) Now() time.Time { return l.now }

// digest is short, and tells nothing.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

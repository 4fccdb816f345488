package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailsweep/decode"
	"mailsweep/store"
	"mailsweep/sweeper"
)

// The folders of a mailbox are read at the same time, and a page is committed when its
// messages were searched, which may be long after it was read. So the store hears of a
// message on the move in any order; only what one folder says of itself is in order.
//
// orders are what it hears, one word a page: the folder, and what the page says of the
// message. "+" it came, "-" it is gone, "=" nothing. "(" begins a walk of the whole
// folder, ")" ends it. "|" is the next run; "^" before a page says that it is of the run
// before, which is still at work. At the end all folders were read to their end.
var orders = []struct{ name, said, in string }{
	{"stays", "A+ | A= B=", "A"},
	{"moved", "A+ | A- B+", "B"},
	{"moved, the new folder first", "A+ | B+ A-", "B"},
	{"moved while both are read", "A+ B+ | A-", "B"},
	{"moved while both are read, the old folder late", "B+ A+ | A-", "B"},
	{"known, changed and moved, the old folder late", "A+ | B+ A+ | A-", "B"},
	{"known, changed and moved, late and in one run", "A+ | B+ A+ A-", "B"},
	{"moved out and back", "A+ | B+ A+ | B-", "A"},
	{"moved out and back, the other folder late", "A+ | A+ B+ | B-", "A"},
	{"moved out and back, the first look late", "B+ A+ A+ B- | A=", "A"},
	{"moved out and back, seen by neither on the way", "A+ | A+ B= | B=", "A"},
	{"moved out, back and out", "A+ | A+ B+ | B+ A-", "B"},
	{"moved out, back and out, late", "B+ A+ | B+ A+ | A-", "B"},
	{"moved twice", "A+ B+ C+ | A- B-", "C"},
	{"moved twice, the last folder first", "C+ B+ A+ | A- B-", "C"},
	{"moved twice, the one between last", "C+ A+ B+ | B- A-", "C"},
	{"moved twice, back to the first", "A+ C+ B+ | B- C-", "A"},
	{"moved twice, never seen between", "C+ A+ | A- B=", "C"},
	{"deleted", "A+ | A-", ""},
	{"moved and deleted", "A+ | A- B+ | B-", ""},
	{"moved and deleted, the old folder late", "B+ A+ | B- A-", ""},
	{"deleted and put back", "A+ | A- | A+", "A"},
	{"deleted and put back in one look", "A+ | A+", "A"},
	{"recovered from where deleted mail lies", "A+ | A- D+ | A+ D-", "A"},
	{"recovered, the deleted items late", "A+ | A+ D+ | D-", "A"},
	{"into a folder that was read already", "A+ | B= A- | B+", "B"},
	{"into a folder that was read already, late", "B= A+ | A- | B+", "B"},
	{"into a folder that is new", "A+ | (N+) A- | N=", "N"},
	{"into a folder that is new, the old folder late", "(N+) A+ | A-", "N"},
	{"the old folder is read anew", "A+ | B+ (A)", "B"},
	{"the old folder is read anew, late", "A+ | B+ (A+) | A-", "B"},
	{"the old folder is read anew, late, and again", "B+ (A+) | (A)", "B"},
	{"the old folder is gone", "B+ A+ | (A)", "B"},
	{"the new folder is read anew", "A+ | (B+) A-", "B"},
	{"the new folder is read anew, the old one late", "A+ | (B+) A+ | (B+) A-", "B"},
	{"the new folder is read anew when all is over", "B+ A+ | (B+) | A-", "B"},
	{"out of a folder that is read anew", "B+ | (B= A+ B)", "A"},
	{"out of a folder that is read anew, told by it", "B+ | (B+ A+ B) | B-", "A"},
	{"out of a folder that is read anew, which is late", "B+ | A+ (B+ B) | B-", "A"},
	{"into a folder that is read anew", "A+ | (B= A- B+)", "B"},
	{"both folders are read anew", "B+ A+ | (A) (B+)", "B"},
	{"both folders are read anew, the old one late", "(B+) (A+) | (A) | (B+)", "B"},
	{"out of a folder that never told of it", "A+ | B+ | B-", ""},
	{"two sweeps", "A+ | B+ ^A+ | A-", "B"},
	{"two sweeps, the later one first to see it", "A+ | | ^A+ B+ | A-", "B"},
	{"two sweeps, moved out and back", "A+ | | A+ ^B+ | B-", "A"},
}

func messageOnTheMove(t *testing.T, h *house) {
	for i, c := range orders {
		m := &mover{h: h, key: fmt.Sprint(i), runs: []string{h.begin()}, pages: map[string]int{}}
		for said := range strings.FieldsSeq(c.said) {
			m.hear(said)
		}
		if got := m.shown(); got != c.in {
			t.Errorf("%s (%s): it is in %q, want %q", c.name, c.said, got, c.in)
		}
		if n := len(h.findings(store.FindingFilter{Gone: true, Fingerprint: fingerprint(m.key)})); n != 1 {
			t.Errorf("%s (%s): %d sightings, want 1", c.name, c.said, n)
		}
		var listed []string
		for _, f := range all(t, h.Folders(h.Context())) {
			if name, ok := strings.CutSuffix(f.Name, " "+m.key); ok {
				listed = append(listed, name)
			}
		}
		if want := strings.Fields(c.in); !slices.Equal(listed, want) {
			t.Errorf("%s (%s): folders with mail are %q, want %q", c.name, c.said, listed, want)
		}
	}
}

// mover is a message, and the folders that tell of it.
type mover struct {
	h     *house
	key   string
	runs  []string
	pages map[string]int // of each folder
}

// hear commits one page.
func (m *mover) hear(said string) {
	m.h.Helper()
	if said == "|" {
		m.runs = append(m.runs, m.h.begin())
		return
	}
	run := m.runs[len(m.runs)-1]
	said, before := strings.CutPrefix(said, "^")
	if before {
		run = m.runs[len(m.runs)-2]
	}
	said, begins := strings.CutPrefix(said, "(")
	said, ends := strings.CutSuffix(said, ")")
	folder, what := said[:1]+" "+m.key, said[1:]
	var has []sweeper.MessageResult
	if what == "+" {
		has = append(has, Mail("key "+m.key, Token(m.key)))
	}
	n := m.pages[folder]
	m.pages[folder]++
	p := Page(folder, cursorAt(n), cursorAt(n+1), has...)
	if what == "-" {
		p.Gone = []string{"key " + m.key}
	}
	p.Run, p.Reset, p.Done = run, begins, ends
	m.h.commit(p)
}

// shown is the folder in which the message lies, "" when it is gone.
func (m *mover) shown() string {
	m.h.Helper()
	for _, f := range m.h.findings(store.FindingFilter{Fingerprint: fingerprint(m.key)}) {
		name := strings.TrimSuffix(f.Ref.Folder, " "+m.key)
		if f.Ref.FolderKey != scope(f.Ref.Folder).FolderKey {
			m.h.Errorf("in %q by its name, in %q by its key", name, f.Ref.FolderKey)
		}
		return name
	}
	return ""
}

// What was skipped of a message on the move stays told while it is not known which of
// two folders was read last.
func skipOnTheMove(t *testing.T, h *house) {
	whole, locked := Mail("a", Token("one")), Mail("a", Token("one"))
	locked.Skips = []sweeper.Skip{skip("2/a.zip", decode.Encrypted, "")}
	h.commit(h.page("new", "", "n1", locked))
	h.commit(h.page("old", "", "o1", whole)) // read before the other
	equal(t, "skips", len(h.skips(store.SkipFilter{})), 1)
	h.run = h.begin()
	p := h.page("old", "o1", "o2")
	p.Gone = []string{"a"}
	h.commit(p)
	equal(t, "skips, when it has left the old folder", len(h.skips(store.SkipFilter{})), 1)
	h.run = h.begin()
	h.commit(h.page("new", "n1", "n2", Mail("a", Token("one"))))
	equal(t, "skips, when it was read again", len(h.skips(store.SkipFilter{})), 0)
}

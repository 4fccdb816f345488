package sweepertest

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"testing"

	"mailsweep/sweeper"
)

// Mover is a World in which a moved message stays the same one. In any other it is
// removed here and added there.
type Mover interface {
	Move(t *testing.T, folder, subject, to string)
}

// journeys are what happens to a message while its folder and all others are read: where
// it is put after the first page of its folder, after all other folders were read to
// their end, and after the second page. "" is nothing, "-" deletes it.
//
// When they begin there are many messages in one, a few in two and none in none. The
// folder new is not listed then.
var journeys = []struct {
	name  string
	from  string
	first string
	then  string
	last  string
}{
	{"moved before the other folder is read", "one", "two", "", ""},
	{"moved when the other folder was read", "one", "", "two", ""},
	{"moved later", "one", "", "", "two"},
	{"out and back", "one", "two", "one", ""},
	{"out and back, later", "one", "two", "", "one"},
	{"out and back, when the other folder was read", "one", "", "two", "one"},
	{"out, back and out", "one", "two", "one", "two"},
	{"moved twice", "one", "two", "none", ""},
	{"into a folder that was empty when it was listed", "one", "none", "", ""},
	{"into that folder when it was read", "one", "", "none", ""},
	{"into a new folder", "one", "new", "", ""},
	{"into a new folder, and back", "one", "new", "", "one"},
	{"moved and deleted", "one", "two", "-", ""},
	{"moved and deleted, later", "one", "", "two", "-"},
	{"deleted and put back", "one", "-", "one", ""},
	{"deleted and put back elsewhere", "one", "-", "", "two"},
	{"in, before its folder is read", "two", "one", "", ""},
	{"in, when its folder was read", "two", "", "one", ""},
	{"in and out", "two", "one", "two", ""},
	{"in and out, later", "two", "", "one", "two"},
}

// followsMoves: one more walk of each folder, when nothing moves any more, knows where
// all messages are; so does one that begins anew.
func followsMoves(t *testing.T, w World) {
	m := &mailOnTheMove{world: w, source: w.Source(t), lies: map[string]string{}, known: map[string]*replica{}}
	m.fill(t)
	for _, round := range []string{"a first walk", "a later walk"} {
		m.travel(t, round)
		m.follow(t)
		m.check(t, "one more after "+round)
	}
	for _, f := range folders(t, m.source) {
		m.known[f.Key] = walk(t, m.source, f, nil)
		m.check(t, "with a folder read anew")
	}
}

type mailOnTheMove struct {
	world  World
	source sweeper.Source
	one    sweeper.Folder
	lies   map[string]string   // subject to folder; what is deleted is not in it
	known  map[string]*replica // by key of the folder
}

func (m *mailOnTheMove) fill(t *testing.T) {
	m.one = fill(t, m.world, m.source, Many)
	for _, s := range subjects(Many) {
		m.lies[s] = "one"
	}
	for _, f := range []string{"two", "none"} {
		m.world.MakeFolder(t, f)
	}
}

// travellers are two messages of a journey, one of which comes early and one late when
// their folder is read.
func travellers(journey int) []string {
	s := subjects(Many)
	return []string{s[journey], s[Many-1-journey]}
}

// put puts a message into a folder, or deletes it.
func (m *mailOnTheMove) put(t *testing.T, subject, to string) {
	from, there := m.lies[subject]
	if to == "" || to == from {
		return
	}
	mover, ok := m.world.(Mover)
	switch {
	case there && to != "-" && ok:
		mover.Move(t, from, subject, to)
	case there:
		m.world.Remove(t, from, subject)
		fallthrough
	default:
		if to != "-" {
			m.world.Add(t, to, subject)
		}
	}
	if delete(m.lies, subject); to != "-" {
		m.lies[subject] = to
	}
}

// travel reads all folders, with the journeys in between.
func (m *mailOnTheMove) travel(t *testing.T, round string) {
	for i, j := range journeys {
		m.putAll(t, i, j.from)
	}
	listed := folders(t, m.source)
	if round == "a first walk" {
		m.world.MakeFolder(t, "new")
	}
	next, stop := iter.Pull2(m.source.Changes(t.Context(), m.one, m.replica(m.one).next))
	defer stop()
	page := func() (more bool) {
		p, err, ok := next()
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			hold(t, p)
			m.replica(m.one).apply(t, m.one, p)
		}
		return ok
	}
	page()
	for i, j := range journeys {
		m.putAll(t, i, j.first)
	}
	for _, f := range listed {
		if f.Key != m.one.Key {
			m.replica(f).follow(t, m.source, f)
		}
	}
	for i, j := range journeys {
		m.putAll(t, i, j.then)
	}
	page()
	for i, j := range journeys {
		m.putAll(t, i, j.last)
	}
	for page() {
	}
}

func (m *mailOnTheMove) putAll(t *testing.T, journey int, to string) {
	for _, s := range travellers(journey) {
		m.put(t, s, to)
	}
}

func (m *mailOnTheMove) replica(f sweeper.Folder) *replica {
	if m.known[f.Key] == nil {
		m.known[f.Key] = &replica{messages: map[string]sweeper.Message{}}
	}
	return m.known[f.Key]
}

// follow brings all folders up to date.
func (m *mailOnTheMove) follow(t *testing.T) {
	for _, f := range folders(t, m.source) {
		m.replica(f).follow(t, m.source, f)
	}
}

// check compares what is known of all folders together with what lies in them.
func (m *mailOnTheMove) check(t *testing.T, when string) {
	t.Helper()
	var known []string
	for _, r := range m.known {
		known = append(known, r.subjects(t)...)
	}
	slices.Sort(known)
	want := slices.Sorted(maps.Keys(m.lies))
	for i, j := range journeys {
		for _, s := range travellers(i) {
			_, there := m.lies[s]
			if n := occurrences(known, s); there && n != 1 || !there && n != 0 {
				t.Errorf("%s, %s (%s): known %d times", when, j.name, s, n)
			}
		}
	}
	equal(t, fmt.Sprint("messages ", when), len(want), len(known))
}

func occurrences(list []string, s string) (n int) {
	for _, x := range list {
		if x == s {
			n++
		}
	}
	return n
}

package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"mailsweep/store"
	"mailsweep/sweeper"
)

// traffic is a mailbox in which messages move while its folders are read. Each folder is
// a log, and a page of it all that happened since the one before: what was overtaken is
// left out, and what came and left in between.
type traffic struct {
	*house
	random   *rand.Rand
	messages []string
	in       map[string]string // message to folder; "" when it is deleted
	folders  []*trafficFolder
}

type trafficFolder struct {
	name    string
	log     []string
	read    int             // up to where
	told    map[string]bool // the messages that it was said to hold
	waiting *sweeper.PageResult
	pages   int
}

// Whatever the order, mail is where it is in the end, when nothing moves any more.
func trafficComesToRest(t *testing.T, h *house) {
	for seed := range uint64(50) {
		m := &traffic{house: h, random: rand.New(rand.NewPCG(seed, 7)), in: map[string]string{},
			messages: names(fmt.Sprint(seed, " message %d"), 8)}
		for _, name := range names(fmt.Sprint(seed, " folder %d"), 3) {
			m.folders = append(m.folders, &trafficFolder{name: name})
		}
		for range 2 {
			h.run = h.begin()
			for range 24 {
				m.something()
			}
			for _, f := range m.folders { // a run is over when all that it read is committed
				m.write(f)
			}
		}
		h.run = h.begin()
		for _, f := range m.folders {
			m.ask(f)
			m.write(f)
		}
		got, want := map[string]string{}, map[string]string{}
		for _, f := range h.findings(store.FindingFilter{Folders: []string{fmt.Sprint(seed, " *")}}) {
			got[f.Ref.Key] = f.Ref.Folder
		}
		for message, folder := range m.in {
			if folder != "" {
				want[message] = folder
			}
		}
		equal(t, fmt.Sprint("mail of seed ", seed), got, want)
	}
}

func (m *traffic) something() {
	f := m.folders[m.random.IntN(len(m.folders))]
	switch m.random.IntN(3) {
	case 0:
		m.move(m.messages[m.random.IntN(len(m.messages))], f)
	case 1:
		m.ask(f)
	case 2:
		m.write(f)
	}
}

// move puts a message into a folder; the one that is there already is deleted.
func (m *traffic) move(message string, to *trafficFolder) {
	from := m.in[message]
	for _, f := range m.folders {
		if f.name == from || f == to {
			f.log = append(f.log, message)
		}
	}
	if m.in[message] = to.name; from == to.name {
		m.in[message] = ""
	}
}

// ask reads what a folder has to say, now and then from its beginning.
func (m *traffic) ask(f *trafficFolder) {
	if f.waiting != nil {
		return
	}
	p := m.page(f.name, cursorAt(f.pages), cursorAt(f.pages+1))
	p.Done = true
	if p.Reset = f.pages == 0 || m.random.IntN(6) == 0; p.Reset {
		f.read, f.told = 0, map[string]bool{}
	}
	for i, message := range f.log {
		switch {
		case i < f.read || slices.Contains(f.log[i+1:], message):
		case m.in[message] == f.name:
			p.Messages = append(p.Messages, Mail(message, Token(message)))
			f.told[message] = true
		case f.told[message]:
			p.Gone = append(p.Gone, message)
			delete(f.told, message)
		}
	}
	for i := range p.Messages {
		p.Messages[i].Ref.Folder, p.Messages[i].Ref.FolderKey = f.name, p.Scope.FolderKey
	}
	f.read, f.pages, f.waiting = len(f.log), f.pages+1, &p
}

// write commits what was read of a folder.
func (m *traffic) write(f *trafficFolder) {
	if f.waiting != nil {
		m.commit(*f.waiting)
		f.waiting = nil
	}
}

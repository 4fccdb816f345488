package lazydfa

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"weak"
)

const (
	// maxStates is how many states of an automaton are kept at a time. More come from texts
	// that were made for it; then all are forgotten, and made again as they are needed.
	maxStates = 4096
	// tiring is how soon so many are made where making them is most of the work: one takes
	// some 20 µs.
	tiring = time.Second
	// maxBytes is how much the states of all automata of the process may take, about. The
	// corpora need 10 MB of it; 600 automata could be made to take gigabytes.
	maxBytes = 256 << 20
)

// memory keeps the states of an automaton.
type memory[S any] struct {
	mu    sync.Mutex
	kept  map[string]*S
	first [kinds]atomic.Pointer[S] // by the character beside the place where it begins
	most  int                      // to be kept at a time
	key   []byte
	since time.Time // they are kept
	all   *process
}

func (m *memory[S]) open(all *process) {
	m.kept, m.most, m.since, m.all = map[string]*S{}, maxStates, time.Now(), all
}

// keep keeps a state under the key, which takes so many bytes beside it.
func (m *memory[S]) keep(st *S, bytes int) {
	m.kept[string(m.key)] = st
	m.all.made.Add(int64(bytes + len(m.key)))
}

// room makes room for a state. tired says that there was none, and that all had been made
// in no time.
func (m *memory[S]) room() (tired bool) {
	if len(m.kept) < m.most {
		return false
	}
	tired = time.Since(m.since) < tiring
	m.forget()
	return tired
}

func (m *memory[S]) forget() {
	m.kept, m.since = map[string]*S{}, time.Now()
	for i := range m.first {
		m.first[i].Store(nil)
	}
}

// process is what the automata of a process share.
type process struct {
	most int64        // bytes
	made atomic.Int64 // bytes, since all was forgotten: as many as are kept, or more
	mu   sync.Mutex
	// members are all automata. Nothing of them is kept alive.
	members []weak.Pointer[automata]
}

var everyone = &process{most: maxBytes}

func (p *process) join(a *automata) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.members = append(p.members, weak.Make(a))
}

// room forgets the states of all automata when they take too much. The caller holds no
// lock.
func (p *process) room() {
	if p.made.Load() < p.most || !p.mu.TryLock() {
		return
	}
	defer p.mu.Unlock()
	p.made.Store(0)
	p.members = slices.DeleteFunc(p.members, func(w weak.Pointer[automata]) bool {
		a := w.Value()
		if a == nil {
			return true
		}
		a.forward.mu.Lock()
		a.forward.forget()
		a.forward.mu.Unlock()
		a.backward.mu.Lock()
		a.backward.forget()
		a.backward.mu.Unlock()
		return false
	})
}

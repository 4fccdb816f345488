package lazydfa

import (
	"slices"
	"sync"
	"sync/atomic"
	"weak"
)

const (
	// maxStates is how many states of an automaton are kept at a time. More come from texts
	// that were made for it; then all are forgotten, and made again as they are needed.
	maxStates = 4096
	// worth is how many bytes must be read for each state that is made. To make one takes
	// some 20 µs, in which package regexp reads as many.
	worth = 20
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
	read  int // bytes, since states are kept, by searches that made some
	all   *process
}

func (m *memory[S]) open(all *process) {
	m.kept, m.most, m.all = map[string]*S{}, maxStates, all
}

// keep keeps a state under the key, which takes so many bytes beside it.
func (m *memory[S]) keep(st *S, bytes int) {
	m.kept[string(m.key)] = st
	m.all.made.Add(int64(bytes + len(m.key)))
}

// room makes room for a state, behind so many bytes that were read since the last one was
// made. tired says that there was none, and that making states was not worth it.
func (m *memory[S]) room(read int) (tired bool) {
	m.read += read
	if len(m.kept) < m.most {
		return false
	}
	tired = m.read < worth*len(m.kept)
	m.forget()
	return tired
}

func (m *memory[S]) forget() {
	m.kept, m.read = map[string]*S{}, 0
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

package multipattern

import (
	"slices"
	"sync"
	"sync/atomic"
)

// maxKept is how many states of one program are kept at a time. More come from texts
// that were made for it; then all are forgotten and made again as they are needed.
const maxKept = 2048

// states are the sets of instructions that a program can be at, made as texts ask for
// them (Thompson's construction; R. Cox, "Regular Expression Matching Can Be Simple
// And Fast"). They may be used from many goroutines.
type states struct {
	p     *program
	entry []int // the instructions that a walk begins at
	most  int   // states to be kept at a time

	table atomic.Pointer[table] // of the states that are kept
	mu    sync.Mutex            // for making more
}

// state is a state's number, and what one wants to know of it at each byte, so that a step
// looks at one place of memory: states are many, and mostly far from the processor. 0 is
// one that was not made yet.
type state uint32

const (
	idle     state = 1 << iota // no match is under way
	matched                    // a match ends here
	ends                       // one does if the text ends here
	flagBits = 3               // bits
)

// table tells by state and class of a byte which state is next, and behind the classes,
// which one is a walk's that is also begun there. It grows by being copied: a walk may
// go on in an old one, which knows less.
type table struct {
	next []atomic.Uint32
	of   *kept
}

// kept are the states between two times that all are forgotten; the lock guards them.
type kept struct {
	sets  []bitset // by number; there is no state 0
	known map[string]state
}

func newStates(p *program, entry []int) *states {
	s := &states{p: p, entry: entry, most: maxKept}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	return s
}

// none is the state before anything was entered: always the first one that is kept.
const none = 1<<flagBits | idle

// forget begins with no states but the first one. The caller holds the lock.
func (s *states) forget() {
	s.table.Store(&table{next: make([]atomic.Uint32, 8*s.width()), of: &kept{sets: make([]bitset, 1), known: map[string]state{}}})
	s.make(newBitset(len(s.p.code)), true)
}

func (s *states) width() int { return s.p.classes + 1 }

func (s *states) enterInto(at bitset) {
	for _, pc := range s.entry {
		s.p.reach(at, pc, false)
	}
}

// make gives the state of a set, in the table as it is afterwards; the caller holds the
// lock. The set where nothing is under way may be that of one where something is: ".*x"
// begins as it goes on.
func (s *states) make(at bitset, begins bool) state {
	for pc := range at.each {
		if o := s.p.code[pc].op; o != opRead && o != opEnd && o != opMatch {
			at.remove(pc) // it was only passed through
		}
	}
	key := make([]byte, 0, 8*len(at)+1)
	if begins {
		key = append(key, 1)
	}
	for _, w := range at {
		for range 8 {
			key = append(key, byte(w))
			w >>= 8
		}
	}
	k := s.table.Load().of
	if st, known := k.known[string(key)]; known {
		return st
	}
	if len(k.known) >= s.most {
		s.forget()
		k = s.table.Load().of
		if st, known := k.known[string(key)]; known {
			return st
		}
	}
	st := state(len(k.sets)) << flagBits
	if begins {
		st |= idle
	}
	ended := newBitset(len(s.p.code))
	for pc := range at.each {
		switch s.p.code[pc].op {
		case opMatch:
			st |= matched
		case opEnd:
			s.p.reach(ended, s.p.code[pc].out, true)
		}
	}
	for pc := range ended.each {
		if s.p.code[pc].op == opMatch {
			st |= ends
		}
	}
	k.sets, k.known[string(key)] = append(k.sets, at), st
	s.grow(len(k.sets))
	return st
}

// grow makes room for so many states in the table.
func (s *states) grow(n int) {
	t := s.table.Load()
	if n*s.width() <= len(t.next) {
		return
	}
	more := &table{next: make([]atomic.Uint32, 2*len(t.next)), of: t.of}
	for i := range t.next {
		more.next[i].Store(t.next[i].Load())
	}
	s.table.Store(more)
}

// walk reads a text. It is one goroutine's.
type walk struct {
	*table
	state
	s *states
}

func (s *states) walk() walk { return walk{s.table.Load(), none, s} }

// read reads a text until it is idle, and tells how much that was, and what held of any of
// its states.
func (w *walk) read(text string) (n int, seen state) {
	class, width := &w.s.p.class, w.s.width()
	for n < len(text) && w.state&idle == 0 {
		next, at := w.next, w.state
		for n < len(text) && at&idle == 0 {
			to := state(next[int(at>>flagBits)*width+int(class[text[n]])].Load())
			if to == 0 {
				break // it was not asked for before
			}
			at = to
			seen |= at
			n++
		}
		if w.state = at; n < len(text) && at&idle == 0 {
			w.makeStep(text[n])
			seen |= w.state
			n++
		}
	}
	return n, seen
}

// step reads a byte.
func (w *walk) step(b byte) {
	if to := state(w.next[int(w.state>>flagBits)*w.s.width()+int(w.s.p.class[b])].Load()); to != 0 {
		w.state = to
		return
	}
	w.makeStep(b)
}

func (w *walk) makeStep(b byte) {
	s := w.s
	class := s.p.class[b]
	b = s.p.sample[class]
	w.make(int(class), func(from bitset) (bitset, bool) {
		at := newBitset(len(s.p.code))
		for pc := range from.each {
			in := s.p.code[pc]
			if goesOn(b) {
				at.add(pc) // a further byte of the character that was read
			}
			if in.op == opRead && s.p.sets[in.set].has(b) {
				s.p.reach(at, in.out, false)
			}
		}
		return at, !slices.ContainsFunc(at, func(w uint64) bool { return w != 0 })
	})
}

// enter begins there, too.
func (w *walk) enter() {
	s := w.s
	if to := state(w.next[int(w.state>>flagBits)*s.width()+s.p.classes].Load()); to != 0 {
		w.state = to
		return
	}
	w.make(s.p.classes, func(from bitset) (bitset, bool) {
		at := slices.Clone(from)
		s.enterInto(at)
		return at, false
	})
}

// make makes the state that comes next in a column.
func (w *walk) make(column int, next func(bitset) (at bitset, begins bool)) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	from, of := w.state, w.of
	at, begins := next(of.sets[from>>flagBits])
	w.state = w.s.make(at, begins)
	if w.table = w.s.table.Load(); w.of == of { // else all was forgotten, from too
		w.next[int(from>>flagBits)*w.s.width()+column].Store(uint32(w.state))
	}
}

// firstBytes are those that a walk can go on with after it was entered.
func (s *states) firstBytes() (first byteSet) {
	at := newBitset(len(s.p.code))
	s.enterInto(at)
	for pc := range at.each {
		switch in := s.p.code[pc]; in.op {
		case opRead:
			first.union(s.p.sets[in.set])
		case opEnd, opMatch:
			return all()
		}
	}
	return first
}

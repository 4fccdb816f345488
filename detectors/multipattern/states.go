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

	none atomic.Pointer[state] // the state before anything was entered

	mu   sync.Mutex
	kept map[string]*state
}

// state is a set of instructions. It does not change.
type state struct {
	at bitset
	// idle says that no match is under way; matched, that one ends here; ends, that
	// one does if the text ends here.
	idle, matched, ends bool
	next                []atomic.Pointer[state] // by class
	entered             atomic.Pointer[state]
}

func newStates(p *program, entry []int) *states {
	s := &states{p: p, entry: entry, most: maxKept}
	s.forget()
	return s
}

// forget begins with no states but the first one.
func (s *states) forget() {
	s.kept = map[string]*state{}
	s.none.Store(s.make(newBitset(len(s.p.code)), true))
}

func (s *states) enterInto(at bitset) {
	for _, pc := range s.entry {
		s.p.reach(at, pc, false)
	}
}

// make gives the state of a set; the caller holds the lock, or is alone. The set where
// nothing is under way may be that of one where something is: ".*x" begins as it goes on.
func (s *states) make(at bitset, idle bool) *state {
	for pc := range at.each {
		if o := s.p.code[pc].op; o != opRead && o != opEnd && o != opMatch {
			at.remove(pc) // it was only passed through
		}
	}
	key := make([]byte, 0, 8*len(at)+1)
	if idle {
		key = append(key, 1)
	}
	for _, w := range at {
		for range 8 {
			key = append(key, byte(w))
			w >>= 8
		}
	}
	if known := s.kept[string(key)]; known != nil {
		return known
	}
	if len(s.kept) >= s.most {
		s.forget()
		if known := s.kept[string(key)]; known != nil {
			return known
		}
	}
	st := &state{at: at, idle: idle, next: make([]atomic.Pointer[state], s.p.classes)}
	ended := newBitset(len(s.p.code))
	for pc := range at.each {
		switch s.p.code[pc].op {
		case opMatch:
			st.matched = true
		case opEnd:
			s.p.reach(ended, s.p.code[pc].out, true)
		}
	}
	for pc := range ended.each {
		st.ends = st.ends || s.p.code[pc].op == opMatch
	}
	s.kept[string(key)] = st
	return st
}

// step gives the state behind a byte.
func (s *states) step(from *state, b byte) *state {
	to := s.known(from, b)
	if to == nil {
		to = s.makeStep(from, b)
	}
	return to
}

// known gives the state behind a byte if it was asked for before. It is small enough to be
// put where it is called.
func (s *states) known(from *state, b byte) *state { return from.next[s.p.class[b]].Load() }

func (s *states) makeStep(from *state, b byte) *state {
	s.mu.Lock()
	defer s.mu.Unlock()
	class := s.p.class[b]
	b = s.p.sample[class]
	at := newBitset(len(s.p.code))
	for pc := range from.at.each {
		in := s.p.code[pc]
		if goesOn(b) {
			at.add(pc) // a further byte of the character that was read
		}
		if in.op == opRead && s.p.sets[in.set].has(b) {
			s.p.reach(at, in.out, false)
		}
	}
	idle := !slices.ContainsFunc(at, func(w uint64) bool { return w != 0 })
	to := s.make(at, idle)
	from.next[class].Store(to)
	return to
}

// enter gives the state that is also where a walk begins.
func (s *states) enter(from *state) *state {
	to := from.entered.Load()
	if to == nil {
		to = s.makeEntered(from)
	}
	return to
}

func (s *states) makeEntered(from *state) *state {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := append(bitset(nil), from.at...)
	s.enterInto(at)
	to := s.make(at, false)
	from.entered.Store(to)
	return to
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

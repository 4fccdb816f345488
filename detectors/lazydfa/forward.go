package lazydfa

import (
	"regexp/syntax"
	"slices"
	"sync/atomic"
	"unicode/utf8"
)

// loop is the item of a state at which a match may begin, here or further on; it comes
// after those that have begun.
const loop = ^uint32(0)

// forward finds where a match ends: it is at all instructions at once that a search of
// package regexp would come to, in the order in which that would prefer them. One that
// matches ends those behind it, so the last match that is seen is the one that a search
// takes (R. Cox, "Regular Expression Matching in the Wild", 2010).
type forward struct {
	p *program
	memory[state]
	// of the state that is being made
	now, then    seen
	stack, items []uint32
}

// state does not change, but for what comes next.
type state struct {
	items  []uint32 // where to go on, in the order of preference
	before kind     // of the character that was read last
	// matched says that a match ends before that character, over that nothing goes on.
	matched, over bool
	next          []atomic.Pointer[state] // by class
}

func newForward(p *program, all *process) *forward {
	f := &forward{p: p, now: newSeen(len(p.code)), then: newSeen(len(p.code))}
	f.open(all)
	return f
}

// end is where the match ends that a search from a place on finds, -1 when there is none;
// with any, where some match is seen to end first. It also tells how far it had to read. ok
// is false when the automaton is made anew too often to be of use.
func (f *forward) end(s string, from int, any bool) (end, read int, ok bool) {
	p, end := f.p, -1
	class, _ := p.last(s, from)
	st := f.first[p.before[class]].Load()
	if st == nil {
		st = f.makeBegin(p.before[class])
	}
	made := from
	for pos := from; ; {
		n := 1
		switch {
		case pos == len(s):
			class = p.edge
		case s[pos] < utf8.RuneSelf:
			class = p.ascii[s[pos]]
		default:
			class, n = p.next(s, pos)
		}
		to := st.next[class].Load()
		if to == nil {
			if to = f.makeStep(st, class, pos-made); to == nil {
				return -1, pos, false
			}
			made = pos
		}
		st = to
		if st.matched {
			end = pos
			if any {
				return end, pos, true
			}
		}
		if st.over || pos == len(s) {
			return end, pos, true
		}
		pos += n
	}
}

func (f *forward) makeBegin(before kind) *state {
	f.mu.Lock()
	defer f.mu.Unlock()
	item := loop
	if f.p.anchored {
		item = f.p.start
	}
	st := f.make([]uint32{item}, before, false)
	f.first[before].Store(st)
	return st
}

// makeStep gives the state behind a character, nil when there are too many; read are the
// bytes since the last one that the search made.
func (f *forward) makeStep(from *state, class uint16, read int) *state {
	f.all.room()
	f.mu.Lock()
	defer f.mu.Unlock()
	if to := from.next[class].Load(); to != nil {
		return to
	}
	if tired := f.room(read); tired {
		return nil
	}
	f.now.clear()
	f.then.clear()
	f.items = f.items[:0]
	asserted, matched := holds[from.before][f.p.behind[class]], false
	for _, item := range from.items {
		pc := item
		if item == loop {
			pc = f.p.start
		}
		if matched = f.step(pc, class, asserted); matched {
			break // what comes behind is never preferred
		}
		if item == loop && class != f.p.edge {
			f.items = append(f.items, loop)
		}
	}
	to := f.make(f.items, f.p.before[class], matched)
	from.next[class].Store(to)
	return to
}

// step appends where the instructions lead by reading a character that can be got at from
// pc without reading, in the order of preference. It stops at one that matches.
func (f *forward) step(pc uint32, class uint16, asserted syntax.EmptyOp) (matched bool) {
	f.stack = append(f.stack[:0], pc)
	for len(f.stack) > 0 {
		pc := f.stack[len(f.stack)-1]
		f.stack = f.stack[:len(f.stack)-1]
		if !f.now.add(pc) {
			continue
		}
		switch in := &f.p.code[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			f.stack = append(f.stack, in.Arg, in.Out)
		case syntax.InstCapture, syntax.InstNop:
			f.stack = append(f.stack, in.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(in.Arg)&^asserted == 0 {
				f.stack = append(f.stack, in.Out)
			}
		case syntax.InstFail:
		case syntax.InstMatch:
			return true
		default:
			if class != f.p.edge && f.p.reads[pc].has(uint32(class)) && f.then.add(in.Out) {
				f.items = append(f.items, in.Out)
			}
		}
	}
	return false
}

func (f *forward) make(items []uint32, before kind, matched bool) *state {
	key := append(f.key[:0], byte(before), b2i(matched))
	for _, pc := range items {
		key = append(key, byte(pc), byte(pc>>8), byte(pc>>16), byte(pc>>24))
	}
	f.key = key
	if st := f.kept[string(key)]; st != nil {
		return st
	}
	st := &state{items: slices.Clone(items), before: before, matched: matched, over: len(items) == 0, next: make([]atomic.Pointer[state], f.p.classes)}
	f.keep(st, 4*len(items)+8*f.p.classes)
	return st
}

// seen is a set that is emptied at no cost.
type seen struct {
	round []uint32
	now   uint32
}

func newSeen(n int) seen { return seen{round: make([]uint32, n)} }

func (s *seen) clear() {
	if s.now++; s.now == 0 {
		clear(s.round)
		s.now = 1
	}
}

// add reports whether i was not yet in the set.
func (s *seen) add(i uint32) bool {
	if s.round[i] == s.now {
		return false
	}
	s.round[i] = s.now
	return true
}

func b2i(b bool) byte {
	if b {
		return 1
	}
	return 0
}

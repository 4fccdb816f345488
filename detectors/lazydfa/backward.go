package lazydfa

import (
	"regexp/syntax"
	"slices"
	"sync/atomic"
)

// backward reads back from where a match ends: it is at all instructions that lead there.
// The furthest place at which it is at the first one is where the match begins.
type backward struct {
	p *program
	memory[leading]
	reached seen // by the state that is being made
	stack   []uint32
}

// leading is a state: the instructions that lead on from a place to the end of the match,
// by what they read there. It does not change, but for what comes before.
type leading struct {
	at     bitset
	behind kind // of the character behind the place
	// begins says that a match begins behind the character that was read last, over that
	// none can begin any more.
	begins, over bool
	next         []atomic.Pointer[leading] // by class
}

func newBackward(p *program, all *process) *backward {
	b := &backward{p: p, reached: newSeen(len(p.code))}
	b.open(all)
	return b
}

// step is what leads on from a place, and the state there.
type step struct {
	*leading
	pos int
}

// begin is where the match begins that ends at a place: not before from. It appends to way
// the steps from the end to it. ok is as with forward.end.
func (b *backward) begin(s string, from, end int, way []step) (begin int, steps []step, ok bool) {
	p := b.p
	class, _ := p.next(s, end)
	st := b.first[p.behind[class]].Load()
	if st == nil {
		st = b.makeEnd(p.behind[class])
	}
	begin = -1
	made := end
	for pos := end; ; {
		way = append(way, step{st, pos})
		class, n := p.last(s, pos)
		to := st.next[class].Load()
		if to == nil {
			if to = b.makeStep(st, class, made-pos); to == nil {
				return 0, nil, false
			}
			made = pos
		}
		if to.begins {
			begin, steps = pos, way
		}
		if to.over || pos <= from {
			return begin, steps, begin >= 0
		}
		st, pos = to, pos-n
	}
}

func (b *backward) makeEnd(behind kind) *leading {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := newBitset(len(b.p.code))
	for pc := range b.p.code {
		if b.p.code[pc].Op == syntax.InstMatch {
			at.add(uint32(pc))
		}
	}
	st := b.make(at, behind, false)
	b.first[behind].Store(st)
	return st
}

// makeStep gives the state before a character, nil when there are too many; read are the
// bytes since the last one that the search made.
func (b *backward) makeStep(from *leading, class uint16, read int) *leading {
	b.all.room()
	b.mu.Lock()
	defer b.mu.Unlock()
	if to := from.next[class].Load(); to != nil {
		return to
	}
	if tired := b.room(read); tired {
		return nil
	}
	p := b.p
	asserted := holds[p.before[class]][from.behind]
	at := newBitset(len(p.code))
	b.reached.clear()
	b.stack = b.stack[:0]
	for pc := range from.at.each {
		b.stack = append(b.stack, pc)
	}
	begins := false
	for len(b.stack) > 0 {
		pc := b.stack[len(b.stack)-1]
		b.stack = b.stack[:len(b.stack)-1]
		if !b.reached.add(pc) {
			continue
		}
		begins = begins || pc == p.start
		for _, before := range p.into[pc] {
			switch in := &p.code[before]; {
			case p.reads[before] != nil:
				if class != p.edge && p.reads[before].has(uint32(class)) {
					at.add(before)
				}
			case in.Op == syntax.InstEmptyWidth && syntax.EmptyOp(in.Arg)&^asserted != 0:
			default:
				b.stack = append(b.stack, before)
			}
		}
	}
	to := b.make(at, p.behind[class], begins)
	from.next[class].Store(to)
	return to
}

func (b *backward) make(at bitset, behind kind, begins bool) *leading {
	key := append(b.key[:0], byte(behind), b2i(begins))
	for _, w := range at {
		for range 8 {
			key = append(key, byte(w))
			w >>= 8
		}
	}
	b.key = key
	if st := b.kept[string(key)]; st != nil {
		return st
	}
	over := !slices.ContainsFunc(at, func(w uint64) bool { return w != 0 })
	st := &leading{at: at, behind: behind, begins: begins, over: over, next: make([]atomic.Pointer[leading], b.p.classes)}
	b.keep(st, 8*len(at)+8*b.p.classes)
	return st
}

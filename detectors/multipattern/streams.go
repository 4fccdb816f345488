package multipattern

import "context"

const (
	// block is how many bytes are read between two looks at the context.
	block = 64 << 10
	// streams is at how many places a text is read at once: each transition waits for the
	// one before it, so several take hardly longer, as long as the processor has registers
	// for them.
	streams = 4
	// manyStreams is how long a text is at least for that, in bytes.
	manyStreams = 32
)

// event is that the automaton came to a state with occurrences.
type event struct {
	state uint16
	end   int // of the words, in the text
}

// occur finds all words of all patterns.
func (s *Set) occur(ctx context.Context, text string, m *scratch) error {
	for _, n := range s.scanned {
		m.scan(n)
	}
	state := uint16(0)
	for from := 0; from < len(text); from += block {
		if err := ctx.Err(); err != nil {
			return err
		}
		if end := min(from+block, len(text)); end-from < manyStreams {
			state = s.words.read(text, from, end, state, m)
		} else {
			state = s.words.readStreams(text, from, end, state, m)
		}
	}
	return nil
}

// step gives the state behind a byte.
func (a *automaton) step(state uint16, c byte) uint16 {
	return a.next[(uint(state)*row+uint(a.column[c]))%entries]
}

// read finds the words that end in a piece of a text.
func (a *automaton) read(text string, from, end int, state uint16, m *scratch) uint16 {
	for i := from; i < end; i++ {
		if state = a.step(state, text[i]); state >= a.first {
			m.occurred(a.occurs[state], text, i+1, 0)
		}
	}
	return state
}

// readStreams does the same from four places on. Of the text before its place a stream knows
// nothing: the one before it goes on until that makes no difference.
func (a *automaton) readStreams(text string, from, end int, state uint16, m *scratch) uint16 {
	size := (end - from) / streams
	for k := range m.later {
		m.later[k] = m.later[k][:0]
	}
	s0, s1, s2, s3 := uint(state), uint(0), uint(0), uint(0)
	for at, n := from, 0; at < from+size; at += n {
		n, s0, s1, s2, s3 = a.advance(text[at:from+size], text[at+size:], text[at+2*size:], text[at+3*size:], s0, s1, s2, s3)
		if s0 >= uint(a.first) {
			m.occurred(a.occurs[s0], text, at+n, 0)
		}
		for k, s := range [...]uint{s1, s2, s3} {
			if s >= uint(a.first) {
				m.later[k] = append(m.later[k], event{uint16(s), at + n + (k+1)*size})
			}
		}
	}
	state = uint16(s0)
	for k, own := range [...]uint{s1, s2, s3} {
		for _, e := range m.later[k] {
			m.occurred(a.occurs[e.state], text, e.end, 0)
		}
		state = a.readOn(text, from+(k+1)*size, size, state, uint16(own), m)
	}
	return a.read(text, from+streams*size, end, state, m)
}

// advance reads all of x0, and as much of the others, or until a state has occurrences, and
// tells how much that was. It calls nothing, so that the states stay in registers.
func (a *automaton) advance(x0, x1, x2, x3 string, s0, s1, s2, s3 uint) (int, uint, uint, uint, uint) {
	next, column, first := a.next, &a.column, uint(a.first)
	x1, x2, x3 = x1[:len(x0)], x2[:len(x0)], x3[:len(x0)]
	for i := range len(x0) {
		s0 = uint(next[(s0*row+uint(column[x0[i]]))%entries])
		s1 = uint(next[(s1*row+uint(column[x1[i]]))%entries])
		s2 = uint(next[(s2*row+uint(column[x2[i]]))%entries])
		s3 = uint(next[(s3*row+uint(column[x3[i]]))%entries])
		if max(s0, s1, s2, s3) >= first {
			return i + 1, s0, s1, s2, s3
		}
	}
	return len(x0), s0, s1, s2, s3
}

// readOn reads what begins before a place and ends in so many bytes behind it, and gives
// the state behind these: own is that of who began at the place.
func (a *automaton) readOn(text string, from, size int, state, own uint16, m *scratch) uint16 {
	for i := range size {
		if int(a.depth[state]) <= i {
			return own
		}
		if state = a.step(state, text[from+i]); state >= a.first {
			m.occurred(a.occurs[state], text, from+i+1, i+1)
		}
	}
	return state
}

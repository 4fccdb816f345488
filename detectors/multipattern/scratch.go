package multipattern

import "context"

// hit is where an anchor stands.
type hit struct{ start, end int32 }

const (
	// sureHits is how many places of each pattern's anchors are remembered, and denseHits
	// one of how many bytes of a long text. Where there are more, the pattern is read for
	// from the first byte on, which takes as long.
	sureHits  = 1 << 14
	denseHits = 64
	// allHits bounds what is remembered beyond sureHits of all patterns together: 16 MB.
	allHits = 1 << 21
)

// scratch is what the search of one text needs.
type scratch struct {
	hits    [][]hit              // by pattern
	many    []bool               // more hits than are remembered
	open    []bool               // one of the pattern's words is in the text
	touched []int                // the patterns that have an anchor in the text, or need none
	known   []bool               // that they are among touched
	later   [streams - 1][]event // of the other places of a block
	most    int                  // hits to be remembered of one pattern
	left    int                  // hits that may still be remembered beyond sureHits
}

func newScratch(patterns int) *scratch {
	return &scratch{hits: make([][]hit, patterns), many: make([]bool, patterns), open: make([]bool, patterns), known: make([]bool, patterns)}
}

// reset prepares for a text of so many bytes.
func (m *scratch) reset(size int) {
	for _, n := range m.touched {
		m.many[n], m.known[n] = false, false
		if len(m.hits[n]) > sureHits {
			m.hits[n] = nil // it would be kept for ever, for a text as long as that
		}
		m.hits[n] = m.hits[n][:0]
	}
	m.most, m.left = max(sureHits, size/denseHits), allHits
	clear(m.open)
	m.touched = m.touched[:0]
}

func (m *scratch) touch(n int) {
	if !m.known[n] {
		m.known[n] = true
		m.touched = append(m.touched, n)
	}
}

const (
	// block is how many bytes are read between two looks at the context.
	block = 64 << 10
	// streams is at how many places a text is read at once: each transition waits for the
	// one before it, so several take hardly longer. It must be at least so many bytes long.
	streams     = 6
	manyStreams = 48
)

// occur finds all words of all patterns.
func (s *Set) occur(ctx context.Context, text string, m *scratch) error {
	for _, n := range s.scanned {
		m.touch(n)
		m.many[n] = true
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

// readStreams does the same from six places on. Of the text before its place a stream knows
// nothing: the one before it goes on until that makes no difference.
func (a *automaton) readStreams(text string, from, end int, state uint16, m *scratch) uint16 {
	size := (end - from) / streams
	for k := range m.later {
		m.later[k] = m.later[k][:0]
	}
	s0, s1, s2, s3, s4, s5 := state, uint16(0), uint16(0), uint16(0), uint16(0), uint16(0)
	x0 := text[from : from+size]
	x1, x2, x3 := text[from+size:][:len(x0)], text[from+2*size:][:len(x0)], text[from+3*size:][:len(x0)]
	x4, x5 := text[from+4*size:][:len(x0)], text[from+5*size:][:len(x0)]
	next, column, first := a.next, &a.column, a.first
	for i := range len(x0) {
		s0, s1 = next[(uint(s0)*row+uint(column[x0[i]]))%entries], next[(uint(s1)*row+uint(column[x1[i]]))%entries]
		s2, s3 = next[(uint(s2)*row+uint(column[x2[i]]))%entries], next[(uint(s3)*row+uint(column[x3[i]]))%entries]
		s4, s5 = next[(uint(s4)*row+uint(column[x4[i]]))%entries], next[(uint(s5)*row+uint(column[x5[i]]))%entries]
		if max(s0, s1, s2, s3, s4, s5) < first {
			continue
		}
		if s0 >= first {
			m.occurred(a.occurs[s0], text, from+i+1, 0)
		}
		for k, state := range [...]uint16{s1, s2, s3, s4, s5} {
			if state >= first {
				m.later[k] = append(m.later[k], event{state, from + (k+1)*size + i + 1})
			}
		}
	}
	state = s0
	for k, own := range [...]uint16{s1, s2, s3, s4, s5} {
		for _, e := range m.later[k] {
			m.occurred(a.occurs[e.state], text, e.end, 0)
		}
		state = a.readOn(text, from+(k+1)*size, size, state, own, m)
	}
	return a.read(text, from+streams*size, end, state, m)
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

// event is that the automaton came to a state with occurrences.
type event struct {
	state uint16
	end   int // of the words, in the text
}

// occurred notes words that end at a place, if they are longer than so many bytes.
func (m *scratch) occurred(all []occurrence, text string, end, longer int) {
	for i := range all {
		o := &all[i]
		if o.size <= longer || !o.at(text, end) {
			continue
		}
		if o.gate {
			m.open[o.pattern] = true
		}
		if !o.anchor || end < len(text) && !o.next.has(text[end]) || o.word != "" && text[end-o.size:end] != o.word {
			continue
		}
		m.touch(o.pattern)
		switch n := len(m.hits[o.pattern]); {
		case m.many[o.pattern]:
		case n >= sureHits && (n >= m.most || m.left == 0):
			m.many[o.pattern] = true
		default:
			if n >= sureHits {
				m.left--
			}
			m.hits[o.pattern] = add(m.hits[o.pattern], hit{int32(end - o.size), int32(end)})
		}
	}
}

// add keeps hits in the order of their ends.
func add(hits []hit, h hit) []hit {
	hits = append(hits, h)
	for i := len(hits) - 1; i > 0 && hits[i-1].end > h.end; i-- {
		hits[i], hits[i-1] = hits[i-1], h
	}
	return hits
}

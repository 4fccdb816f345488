package multipattern

import "context"

// hit is where an anchor stands.
type hit struct{ start, end int32 }

// maxHits is how many places of one pattern's anchors are remembered. Where there are
// more, the pattern is read for from the first byte on, which takes as long.
const maxHits = 1 << 14

// scratch is what the search of one text needs.
type scratch struct {
	hits    [][]hit // by pattern
	many    []bool  // more hits than are remembered
	open    []bool  // one of the pattern's words is in the text
	touched []int   // the patterns that have an anchor in the text, or need none
	known   []bool  // that they are among touched
}

func newScratch(patterns int) *scratch {
	return &scratch{hits: make([][]hit, patterns), many: make([]bool, patterns), open: make([]bool, patterns), known: make([]bool, patterns)}
}

func (m *scratch) reset() {
	for _, n := range m.touched {
		m.hits[n], m.many[n], m.known[n] = m.hits[n][:0], false, false
	}
	clear(m.open)
	m.touched = m.touched[:0]
}

func (m *scratch) touch(n int) {
	if !m.known[n] {
		m.known[n] = true
		m.touched = append(m.touched, n)
	}
}

// block is how many bytes are read between two looks at the context.
const block = 1 << 20

// occur finds all words of all patterns.
func (s *Set) occur(ctx context.Context, text string, m *scratch) error {
	for n, p := range s.patterns {
		if p.forward == nil {
			m.touch(n)
			m.many[n] = true
		}
	}
	a := s.words
	state := uint16(0)
	for from := 0; from < len(text); from += block {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := from; i < min(from+block, len(text)); i++ {
			state = a.next[int(state)<<a.shift|int(a.class[text[i]])]
			if state >= a.first {
				m.occurred(a.occurs[state], text, i+1)
			}
		}
	}
	return nil
}

// occurred notes words that end at a place.
func (m *scratch) occurred(all []occurrence, text string, end int) {
	for i := range all {
		o := &all[i]
		if o.gate {
			m.open[o.pattern] = true
		}
		if !o.anchor || end < len(text) && !o.next.has(text[end]) || o.word != "" && text[end-o.size:end] != o.word {
			continue
		}
		switch m.touch(o.pattern); {
		case m.many[o.pattern]:
		case len(m.hits[o.pattern]) == maxHits:
			m.many[o.pattern] = true
		default:
			m.hits[o.pattern] = append(m.hits[o.pattern], hit{int32(end - o.size), int32(end)})
		}
	}
}

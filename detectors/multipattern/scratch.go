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
	hits    [][]hit // by pattern
	many    []bool  // more hits than are remembered
	open    []bool  // one of the pattern's words is in the text
	touched []int   // the patterns that have an anchor in the text, or need none
	known   []bool  // that they are among touched
	later   []event // of the second half of a block
	most    int     // hits to be remembered of one pattern
	left    int     // hits that may still be remembered beyond sureHits
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
	// pair is how long a text is at least that is read at two places at once: each
	// transition waits for the one before it, so two of them take hardly longer.
	pair = 192
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
		if end := min(from+block, len(text)); end-from < pair {
			state = s.words.read(text, from, end, state, m)
		} else {
			state = s.words.readPair(text, from, end, state, m)
		}
	}
	return nil
}

// step gives the state behind a byte of a class.
func (a *automaton) step(state uint16, class uint8) uint16 {
	if class < commonClasses {
		return a.next[uint(state)*commonClasses+uint(class)]
	}
	return a.rare[int(state)*a.rareClasses+int(class)-commonClasses]
}

// read finds the words that end in a piece of a text.
func (a *automaton) read(text string, from, end int, state uint16, m *scratch) uint16 {
	for i := from; i < end; i++ {
		state = a.step(state, a.class[text[i]])
		if state >= a.first {
			m.occurred(a.occurs[state], text, i+1)
		}
	}
	return state
}

// readPair does the same from the beginning and from the middle on.
func (a *automaton) readPair(text string, from, end int, state uint16, m *scratch) uint16 {
	middle := from + (end-from)/2
	second := uint16(0)
	for i := max(0, middle-a.longest); i < middle; i++ {
		second = a.step(second, a.class[text[i]])
	}
	x, y := text[from:middle], text[middle:end]
	next, class, first := a.next, &a.class, a.first
	m.later = m.later[:0]
	for i := 0; i < len(x) && i < len(y); i++ {
		if c, d := class[x[i]], class[y[i]]; c|d < commonClasses {
			state, second = next[uint(state)*commonClasses+uint(c)], next[uint(second)*commonClasses+uint(d)]
		} else {
			state, second = a.step(state, c), a.step(second, d)
		}
		if max(state, second) < first {
			continue
		}
		if state >= first {
			m.occurred(a.occurs[state], text, from+i+1)
		}
		if second >= first {
			m.later = append(m.later, event{second, middle + i + 1})
		}
	}
	for _, e := range m.later {
		m.occurred(a.occurs[e.state], text, e.end)
	}
	return a.read(text, middle+len(x), end, second, m)
}

// event is that the automaton came to a state with occurrences.
type event struct {
	state uint16
	end   int // of the words, in the text
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
		m.touch(o.pattern)
		switch n := len(m.hits[o.pattern]); {
		case m.many[o.pattern]:
		case n >= sureHits && (n >= m.most || m.left == 0):
			m.many[o.pattern] = true
		default:
			if n >= sureHits {
				m.left--
			}
			m.hits[o.pattern] = append(m.hits[o.pattern], hit{int32(end - o.size), int32(end)})
		}
	}
}

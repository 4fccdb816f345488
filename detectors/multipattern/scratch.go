package multipattern

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

// scan has a pattern looked for from the first byte on.
func (m *scratch) scan(n int) {
	m.touch(n)
	m.many[n] = true
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
		if o.scan {
			m.scan(o.pattern)
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

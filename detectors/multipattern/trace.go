package multipattern

import (
	"context"
	"slices"
	"time"
)

// Trace records how a text is searched; see [Set.Trace].
type Trace struct {
	// Timed asks for the times.
	Timed bool
	// Searches are those of the patterns that have a word or an anchor in the text, or
	// that are looked for in every text, by their number.
	Searches []Search
}

// Search is what the search of a text for one pattern did.
type Search struct {
	Pattern int
	// Open says that one of the pattern's words is in the text, or that it needs none;
	// otherwise nothing was read for it.
	Open bool
	// Anchors are where it was looked for. Many says that it was looked for from the
	// first byte on: there are more anchors than are remembered, or it has none.
	Anchors []Span
	Many    bool
	// Reads are the pieces that were read by the pattern's automaton, each from an
	// anchor on for as long as a match could be under way. Read counts their bytes, and
	// those read back to where a match could begin.
	Reads []Span
	Read  int
	// Windows are the pieces in which the pattern itself was run. Ran counts their bytes.
	Windows []Span
	Ran     int
	// Time is that of the whole search, and PatternTime that of the pattern in it.
	Time, PatternTime time.Duration

	timed bool
}

// Trace does what FindAll does, and records in t how. nil records nothing.
func (s *Set) Trace(ctx context.Context, text string, near []Span, found []Match, t *Trace) ([]Match, error) {
	return s.find(ctx, text, near, found, t)
}

// begin records what was found of the words and anchors of all patterns.
func (t *Trace) begin(s *Set, m *scratch) {
	if t == nil {
		return
	}
	for n, p := range s.patterns {
		open := m.open[n] || !p.gated
		if !m.open[n] && len(m.hits[n]) == 0 && (p.gated || !m.many[n]) {
			continue
		}
		one := Search{Pattern: n, Open: open, Many: m.many[n], timed: t.Timed}
		for _, h := range m.hits[n] {
			one.Anchors = append(one.Anchors, Span{int(h.start), int(h.end)})
		}
		t.Searches = append(t.Searches, one)
	}
}

// of is the record of one pattern, nil when nothing is recorded.
func (t *Trace) of(pattern int) *Search {
	if t == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(t.Searches, pattern, func(s Search, n int) int { return s.Pattern - n })
	if !ok {
		return nil
	}
	return &t.Searches[i]
}

// read notes what the automaton read from an anchor on; back, what it read before one.
func (s *Search) read(from, to int) {
	if s != nil {
		s.Reads = append(s.Reads, Span{from, to})
		s.Read += to - from
	}
}

func (s *Search) back(bytes int) {
	if s != nil {
		s.Read += bytes
	}
}

func (s *Search) window(w Span) {
	if s != nil {
		s.Windows = append(s.Windows, w)
		s.Ran += w.End - w.Start
	}
}

// clock gives what stops the time of the search; running, that of the pattern in it.
func (s *Search) clock() (stop func()) {
	if s == nil || !s.timed {
		return func() {}
	}
	return stopwatch(&s.Time)
}

func (s *Search) running() (stop func()) {
	if s == nil || !s.timed {
		return func() {}
	}
	return stopwatch(&s.PatternTime)
}

func stopwatch(t *time.Duration) (stop func()) {
	begin := time.Now()
	return func() { *t += time.Since(begin) }
}

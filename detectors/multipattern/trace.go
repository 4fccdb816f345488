package multipattern

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
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
	// Windows are the pieces in which the pattern itself was run. Ran counts the bytes
	// that it was given, which may be more than once the same.
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

func (s *Search) window(w window) {
	if s != nil {
		s.Windows = append(s.Windows, Span{w.from, w.to})
	}
}

// clock gives what stops the time of the search.
func (s *Search) clock() (stop func()) {
	if s == nil || !s.timed {
		return func() {}
	}
	begin := time.Now()
	return func() { s.Time += time.Since(begin) }
}

// run runs the pattern.
func (r *reading) run(re Regexp, text string, n int) [][]int {
	s := r.seen
	if s == nil {
		return re.FindAllStringIndex(text, n)
	}
	s.Ran += len(text)
	if !s.timed {
		return re.FindAllStringIndex(text, n)
	}
	begin := time.Now()
	places := re.FindAllStringIndex(text, n)
	s.PatternTime += time.Since(begin)
	return places
}

// asked runs a pattern over as much of a text as it asks for.
func (s *Search) asked(re *regexp.Regexp, text *strings.Reader) []int {
	if s == nil {
		return re.FindReaderSubmatchIndex(text)
	}
	begin, whole := time.Now(), text.Len()
	places := re.FindReaderSubmatchIndex(text)
	s.Ran += whole - text.Len()
	if s.timed {
		s.PatternTime += time.Since(begin)
	}
	return places
}

// runBehind runs the pattern for its first match behind the first character.
func (r *reading) runBehind(text string) (m Span, found bool) {
	re := r.p.behind()
	if re == nil { // which does not happen: a pattern is one in brackets, too
		_, n := utf8.DecodeRuneInString(text)
		if places := r.run(r.p.re, text[n:], 1); len(places) > 0 {
			return Span{n + places[0][0], n + places[0][1]}, true
		}
		return m, false
	}
	s := r.seen
	begin := time.Time{}
	if s != nil {
		s.Ran += len(text)
		if s.timed {
			begin = time.Now()
		}
	}
	if at := re.FindStringSubmatchIndex(text); at != nil {
		m, found = Span{at[2], at[3]}, true
	}
	if s != nil && s.timed {
		s.PatternTime += time.Since(begin)
	}
	return m, found
}

// Package multipattern finds the matches of many regular expressions in one pass
// over a text.
//
// What it finds of each pattern is what [regexp.Regexp.FindAllStringIndex] finds. It is
// [lazydfa.Regexp] that decides; this package only keeps it from reading where nothing can
// match:
//
//   - Of each pattern it works out words of which every match has one in a known
//     place, its anchor: "ghp_", or any of "key", "token" and "secret". One automaton
//     finds the anchors of all patterns.
//   - From an anchor on, a finite automaton made of the pattern reads until no match
//     can be under way any more. Mostly that is a few bytes. Only where a match could
//     be, the pattern itself is run, over the bytes between.
//   - A pattern without an anchor is read for by its automaton from the first byte on.
//
// Texts that were searched before are not searched again: where they matched is
// remembered, for so many of them.
//
// The time is linear in the length of the text, whatever it holds.
package multipattern

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp/syntax"
	"slices"
	"sync"

	"mailsweep/detectors/lazydfa"
)

// Pattern is one regular expression to look for.
type Pattern struct {
	Regexp *lazydfa.Regexp
	// Words, when there are any, are those one of which has to be somewhere in the
	// text, in upper or lower case, for the pattern to be looked for at all.
	Words []string
}

// Set is a compiled set of patterns. It may be used from many goroutines.
type Set struct {
	patterns []*pattern
	words    *automaton
	scratch  sync.Pool
	cache    *cache
	scanned  []int // the patterns without an anchor, and without words of their own
}

type pattern struct {
	re      *lazydfa.Regexp
	parsed  *syntax.Regexp
	anchors []word
	words   []string // that gate it
	gated   bool     // by words of its own
	check   []string // these, where the automaton cannot tell
	forward *states  // from an anchor on; nil without one
	need    need     // behind an anchor
	// backward leads from an anchor back to where a match may begin. Most are never needed.
	backward func() *states
}

// New compiles a set.
func New(patterns []Pattern) (*Set, error) {
	s := &Set{cache: newCache()}
	all := map[string][]occurrence{}
	for i, p := range patterns {
		c, err := compile(p)
		if err != nil {
			return nil, fmt.Errorf("pattern %d: %w", i, err)
		}
		s.patterns = append(s.patterns, c)
		c.occurrences(i, p.Words, all)
		if c.forward == nil && !c.gated {
			s.scanned = append(s.scanned, i)
		}
	}
	var ok bool
	if s.words, ok = newAutomaton(all); !ok {
		return nil, fmt.Errorf("the patterns have too many words: %d", len(all))
	}
	s.scratch.New = func() any { return newScratch(len(s.patterns)) }
	return s, nil
}

// minSeldom is how long a word is that most texts do not have, in bytes.
const minSeldom = 4

func compile(p Pattern) (*pattern, error) {
	re, err := syntax.Parse(p.Regexp.String(), syntax.Perl)
	if err != nil {
		return nil, err
	}
	if shortest(re) == 0 {
		return nil, errors.New("it matches the empty text, so it would match everywhere")
	}
	c := &pattern{re: p.Regexp, parsed: re, words: p.Words}
	if a := findAnchor(re); len(a.words) > 0 && a.bounded && !(p.seldom() && a.everywhere()) {
		c.anchors = a.words
		c.forward, c.need = fromMarks(a.pattern), needOf(a.pattern)
		c.backward = sync.OnceValue(func() *states { return fromMarks(reversed(a.pattern)) })
	}
	return c, nil
}

// seldom reports a pattern that few texts are looked through for, going by its words.
func (p Pattern) seldom() bool {
	return len(p.Words) > 0 && !slices.ContainsFunc(p.Words, func(w string) bool { return len(w) < minSeldom })
}

func fromMarks(re *syntax.Regexp) *states {
	p := newProgram(re)
	return newStates(p, p.marks)
}

// occurrences adds what the pattern's words mean.
func (p *pattern) occurrences(i int, gates []string, all map[string][]occurrence) {
	mine := map[string]*occurrence{}
	at := func(text string) *occurrence {
		if mine[text] == nil {
			mine[text] = &occurrence{pattern: i, size: len(text)}
		}
		return mine[text]
	}
	for _, w := range p.gate(gates) {
		o := at(w)
		o.gate, o.scan = true, p.forward == nil
	}
	exact := map[string]string{}
	for _, w := range p.anchors {
		key := lowerASCII(w.text)
		o := at(key)
		o.anchor, o.next = true, p.forward.firstBytes()
		if before, again := exact[key]; w.fold || again && before != w.text {
			exact[key] = "" // several cases: the automaton of the pattern decides
		} else {
			exact[key] = w.text
		}
	}
	for key, text := range exact {
		mine[key].word = text
	}
	for key, o := range mine {
		all[key] = append(all[key], *o)
	}
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		b[i] = lower(c)
	}
	return string(b)
}

func sortedKeys[K interface{ ~string | ~uint8 }, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}

// Plan is how a pattern is looked for.
type Plan struct {
	// Anchors are the words at which it is looked for; none means from the first byte
	// of each text on that its words are in.
	Anchors []string
}

// Plan tells how the pattern of this number is looked for.
func (s *Set) Plan(pattern int) (p Plan) {
	for _, w := range s.patterns[pattern].anchors {
		if w.fold {
			w.text = lowerASCII(w.text)
		}
		p.Anchors = append(p.Anchors, w.text)
	}
	return p
}

// MaxText is how long a text may be, in bytes.
const MaxText = math.MaxInt32

// Span is a piece of a text, in bytes.
type Span struct{ Start, End int }

// Match is where a pattern matches.
type Match struct {
	Pattern int
	Span
}

// FindAll appends to found the matches in a text, those of one pattern in the order of
// their places. With near, only matches that touch one of those spans, which are in
// order, are sure to be among them. Its error is ctx's; what it had found comes with it.
func (s *Set) FindAll(ctx context.Context, text string, near []Span, found []Match) ([]Match, error) {
	return s.find(ctx, text, near, found, nil)
}

func (s *Set) find(ctx context.Context, text string, near []Span, found []Match, t *Trace) ([]Match, error) {
	if len(text) > MaxText {
		return found, fmt.Errorf("a text of %d bytes is too long to be searched", len(text))
	}
	if t != nil || near != nil || len(text) < cacheText {
		return s.search(ctx, text, near, found, t)
	}
	d, before := s.cache.digest(text), len(found)
	found, known := s.cache.load(d, found)
	if known {
		return found, ctx.Err()
	}
	found, err := s.search(ctx, text, near, found, t)
	if err == nil {
		s.cache.store(d, found[before:])
	}
	return found, err
}

// Forget empties what is remembered of texts, so that a benchmark measures searching.
func (s *Set) Forget() { s.cache.forget() }

func (s *Set) search(ctx context.Context, text string, near []Span, found []Match, t *Trace) ([]Match, error) {
	m := s.scratch.Get().(*scratch)
	defer s.scratch.Put(m)
	m.reset(len(text))
	if err := s.occur(ctx, text, m); err != nil {
		return found, err
	}
	t.begin(s, m)
	for _, n := range m.touched {
		if p := s.patterns[n]; (m.open[n] || !p.gated) && p.wanted(text) {
			if err := ctx.Err(); err != nil {
				return found, err
			}
			r := reading{ctx: ctx, p: p, n: n, text: text, near: near, found: found, seen: t.of(n)}
			stop := r.seen.clock()
			r.clusters(m.hits[n], m.many[n])
			stop()
			found = r.found
		}
	}
	return found, ctx.Err()
}

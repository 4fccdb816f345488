// Package lazydfa runs regular expressions with the results of package regexp, in a small
// part of its time: by finite automata whose states are made as texts ask for them.
//
// One automaton reads forward to where the leftmost match ends, one reads back from there
// to where it begins; where the groups are is told by going the way between once more.
// Each looks at a byte once, and allocates nothing when its states are known.
//
// Where a text needs so many states that making them would take longer than the search,
// package regexp searches it.
package lazydfa

import (
	"iter"
	"regexp"
	"regexp/syntax"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// Regexp is a compiled expression, with the methods of [regexp.Regexp]; those below are
// the fast ones. It may be used from many goroutines.
type Regexp struct {
	*regexp.Regexp
	automata func() *automata
	// resting is how many bytes are still left to package regexp.
	resting atomic.Int64
	// later finds the first match, its first group, behind the first character.
	later func() *regexp.Regexp
}

// rest is for how many bytes the automata are left alone that had to be made anew too often:
// they are read in the time that making them took.
const rest = maxStates * worth

// automata are made when the expression is first used.
type automata struct {
	*forward
	*backward
	p     *program
	spare sync.Pool // of *groups and ways
}

// New is an expression that [regexp.Compile] has compiled: not one of CompilePOSIX, nor
// one of which Longest was called, which prefer other matches.
func New(re *regexp.Regexp) *Regexp {
	return &Regexp{
		Regexp: re,
		automata: sync.OnceValue(func() *automata {
			parsed, err := syntax.Parse(re.String(), syntax.Perl)
			if err != nil {
				return nil // which does not happen: it was compiled
			}
			p, err := newProgram(parsed)
			if err != nil {
				return nil
			}
			a := &automata{forward: newForward(p, everyone), backward: newBackward(p, everyone), p: p}
			everyone.join(a)
			a.spare.New = func() any { return &spare{groups: groups{p: p, tried: newSeen(len(p.code))}} }
			return a
		}),
		later: sync.OnceValue(func() *regexp.Regexp {
			parsed, err := syntax.Parse(re.String(), syntax.Perl)
			if err != nil {
				return nil
			}
			later, _ := regexp.Compile(`\A(?s:.)(?s:.*?)(` + parsed.String() + `)`)
			return later
		}),
	}
}

// MustCompile is [regexp.MustCompile].
func MustCompile(expr string) *Regexp { return New(regexp.MustCompile(expr)) }

type spare struct {
	groups
	way []step
}

// Match is where an expression matches.
type Match struct{ Start, End int }

// Next is the first match from a place on, the beginning of a character. What stands
// before it is what ^ and \b see there.
func (re *Regexp) Next(s string, from int) (m Match, ok bool) {
	return re.search(s, from, nil)
}

// MatchString is [regexp.Regexp.MatchString].
func (re *Regexp) MatchString(s string) bool {
	if a := re.ready(); a != nil {
		end, _, ok := a.forward.end(s, 0, true)
		if ok {
			return end >= 0
		}
		re.resting.Store(rest)
	}
	re.resting.Add(-int64(len(s)) - 1)
	return re.Regexp.MatchString(s)
}

// FindString is [regexp.Regexp.FindString].
func (re *Regexp) FindString(s string) string {
	m, _ := re.Next(s, 0)
	return s[m.Start:m.End]
}

// FindStringIndex is [regexp.Regexp.FindStringIndex].
func (re *Regexp) FindStringIndex(s string) []int {
	m, ok := re.Next(s, 0)
	if !ok {
		return nil
	}
	return []int{m.Start, m.End}
}

// FindStringSubmatchIndex is [regexp.Regexp.FindStringSubmatchIndex].
func (re *Regexp) FindStringSubmatchIndex(s string) []int {
	at := make([]int, 2*(re.NumSubexp()+1))
	if _, ok := re.search(s, 0, at); !ok {
		return nil
	}
	return at
}

// FindStringSubmatch is [regexp.Regexp.FindStringSubmatch].
func (re *Regexp) FindStringSubmatch(s string) []string {
	at := re.FindStringSubmatchIndex(s)
	if at == nil {
		return nil
	}
	groups := make([]string, len(at)/2)
	for i := range groups {
		if at[2*i] >= 0 {
			groups[i] = s[at[2*i]:at[2*i+1]]
		}
	}
	return groups
}

// FindAllStringIndex is [regexp.Regexp.FindAllStringIndex].
func (re *Regexp) FindAllStringIndex(s string, n int) (all [][]int) {
	for m := range re.All(s) {
		if n >= 0 && len(all) == n {
			break
		}
		all = append(all, []int{m.Start, m.End})
	}
	return all
}

// All yields the matches that [regexp.Regexp.FindAllStringIndex] finds.
func (re *Regexp) All(s string) iter.Seq[Match] {
	return func(yield func(Match) bool) {
		for from, last := 0, -1; from <= len(s); {
			m, ok := re.Next(s, from)
			if !ok {
				return
			}
			again := m.End == from && m.Start == last // an empty one, right behind the last
			if m.End == from {
				_, size := utf8.DecodeRuneInString(s[from:])
				from += max(size, 1)
			} else {
				from = m.End
			}
			if last = m.End; !again && !yield(m) {
				return
			}
		}
	}
}

// ready are the automata, nil when package regexp is to be asked.
func (re *Regexp) ready() *automata {
	if re.resting.Load() > 0 {
		return nil
	}
	return re.automata()
}

// search is Next, and notes in at, where it is not nil, where the groups are.
func (re *Regexp) search(s string, from int, at []int) (m Match, found bool) {
	a := re.ready()
	if a == nil {
		return re.slowly(s, from, at)
	}
	if a.p.anchored && from > 0 {
		return m, false
	}
	var ok bool
	m.End, _, ok = a.forward.end(s, from, false)
	if ok && m.End < 0 {
		return Match{}, false
	}
	if ok && a.p.anchored && at == nil {
		return Match{from, m.End}, true
	}
	if ok {
		w := a.spare.Get().(*spare)
		var way []step
		m.Start, way, ok = a.backward.begin(s, from, m.End, w.way[:0])
		if ok && at != nil {
			for i := range at {
				at[i] = -1
			}
			w.at = at
			w.follow(s, way)
			at[0], at[1] = m.Start, m.End
			w.at = nil
		}
		if cap(way) <= maxWay {
			w.way = way
		}
		a.spare.Put(w)
	}
	if !ok {
		re.resting.Store(rest)
		return re.slowly(s, from, at)
	}
	return m, true
}

// maxWay is how long a way may be that is kept for the next one, in characters.
const maxWay = 1 << 12

// slowly asks package regexp.
func (re *Regexp) slowly(s string, from int, at []int) (m Match, found bool) {
	expr, cut, first := re.Regexp, from, 0
	if from > 0 && re.later() != nil { // which it is: one that can be compiled can be in brackets
		_, n := utf8.DecodeLastRuneInString(s[:from])
		expr, cut, first = re.later(), from-n, 2
	}
	places := expr.FindStringSubmatchIndex(s[cut:])
	if places == nil {
		re.resting.Add(int64(cut - len(s) - 1))
		return m, false
	}
	re.resting.Add(int64(-places[first+1] - 1))
	for i, p := range places[first:] {
		if i < len(at) {
			at[i] = p
			if p >= 0 {
				at[i] += cut
			}
		}
	}
	return Match{cut + places[first], cut + places[first+1]}, true
}

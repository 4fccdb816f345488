package multipattern

import (
	"regexp/syntax"
	"strings"
	"sync"
)

// Matcher is a compiled pattern that is asked whether it matches.
type Matcher interface {
	String() string
	MatchString(text string) bool
}

// Filter is a pattern that is asked of many short texts, most of which it does not match.
// It may be used from many goroutines.
type Filter struct {
	Matcher
	walk  func() *states
	words func() []string // one of which is in every text that matches; none where that is not known
}

// longLooked is how long a text is at least that is looked through for words first, in
// bytes: that is faster than the automaton, but has to be begun anew for each word.
const longLooked = 192

// NewFilter makes one of a pattern.
func NewFilter(m Matcher) *Filter {
	parsed := sync.OnceValue(func() *syntax.Regexp {
		re, _ := syntax.Parse(m.String(), syntax.Perl)
		return re
	})
	return &Filter{
		Matcher: m,
		walk: sync.OnceValue(func() *states {
			re := parsed()
			if re == nil { // which does not happen: it was compiled
				return nil
			}
			p := newProgram(re)
			return newStates(p, []int{p.start}, !atBeginning(re))
		}),
		words: sync.OnceValue(func() (words []string) {
			re := parsed()
			if re == nil {
				return nil
			}
			for _, w := range findAnchor(re).words {
				if w.fold {
					return nil
				}
				words = append(words, w.text)
			}
			return words
		}),
	}
}

// atBeginning reports a pattern that matches nowhere but at the beginning of a text.
func atBeginning(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginText:
		return true
	case syntax.OpConcat, syntax.OpCapture:
		return len(re.Sub) > 0 && atBeginning(re.Sub[0])
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if !atBeginning(sub) {
				return false
			}
		}
		return true
	}
	return false
}

// MatchString reports what the pattern itself reports. It is asked only where its
// automaton, or the lack of a word, does not rule it out.
func (f *Filter) MatchString(text string) bool {
	return f.perhaps(text) && f.Matcher.MatchString(text)
}

func (f *Filter) perhaps(text string) bool {
	if len(text) >= longLooked {
		if words := f.words(); len(words) > 0 && len(words) <= 8 && !containsAny(text, words) {
			return false
		}
	}
	walk := f.walk()
	if walk == nil {
		return true
	}
	st := walk.none.Load()
	if !walk.always {
		st = walk.enter(st)
	}
	for i := range len(text) {
		if st.matched {
			return true
		}
		if st = walk.step(st, text[i]); st.idle && !walk.always {
			return false
		}
	}
	return st.matched || st.ends
}

func containsAny(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

package multipattern

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"sync"
)

// branches are those of an alternation that every match goes through, and of alternations
// in them, each of which has anchors of its own.
type branches struct {
	anchors [][]word
	// only is the pattern with some of them, of which there is one, and no others.
	only func(some []bool) *syntax.Regexp
}

// branchesOf are those of an alternation with an anchor in each branch.
func branchesOf(re *syntax.Regexp, each []anchor) *branches {
	b := &branches{}
	for _, a := range each {
		if a.branches == nil {
			b.anchors = append(b.anchors, a.words)
		} else {
			b.anchors = append(b.anchors, a.branches.anchors...)
		}
	}
	b.only = func(some []bool) *syntax.Regexp {
		left := *re
		left.Sub = nil
		for i, a := range each {
			sub, n := re.Sub[i], 1
			if a.branches != nil {
				n = len(a.branches.anchors)
			}
			if slices.Contains(some[:n], true) {
				if a.branches != nil {
					sub = a.branches.only(some[:n])
				}
				left.Sub = append(left.Sub, sub)
			}
			some = some[n:]
		}
		if len(left.Sub) == 1 {
			return left.Sub[0]
		}
		return &left
	}
	return b
}

// around are the branches of part i of re; nil of nil.
func (b *branches) around(re *syntax.Regexp, i int) *branches {
	if b == nil || re.Op == syntax.OpPlus || re.Op == syntax.OpRepeat {
		return nil // one match may go through several branches
	}
	return &branches{anchors: b.anchors, only: func(some []bool) *syntax.Regexp {
		whole := *re
		whole.Sub = slices.Clone(re.Sub)
		whole.Sub[i] = b.only(some)
		return &whole
	}}
}

// selection is a pattern without those of its branches whose anchors are missing, which
// cannot match: of an alternation of all words for "password", one is left. Branches are
// told apart by bits; where there are more than 64, some share one.
type selection struct {
	of   *branches
	by   map[string]uint64 // the branches that a word in lower case is an anchor of
	all  uint64
	mu   sync.Mutex
	kept map[uint64]Regexp // nil for what could not be compiled
}

// maxSelections is how many selections of branches are compiled. There are hardly more than
// a few in mail.
const maxSelections = 64

func newSelection(b *branches) *selection {
	if b == nil {
		return nil
	}
	s := &selection{of: b, by: map[string]uint64{}, kept: map[uint64]Regexp{}}
	for i, words := range b.anchors {
		for _, w := range words {
			s.by[lowerASCII(w.text)] |= b.bit(i)
		}
		s.all |= b.bit(i)
	}
	return s
}

func (b *branches) bit(i int) uint64 { return 1 << (i * 64 / max(64, len(b.anchors))) }

// anchored are the branches that a word is an anchor of, in whatever case it is written.
func (s *selection) anchored(word string) uint64 {
	var buffer [64]byte
	if len(word) > len(buffer) {
		return s.all
	}
	for i := range len(word) {
		buffer[i] = lower(word[i])
	}
	if some, ok := s.by[string(buffer[:len(word)])]; ok {
		return some
	}
	return s.all
}

// with is the pattern with some of its branches alone, nil where that is not to be had.
func (s *selection) with(some uint64) Regexp {
	if s == nil || some == 0 || some == s.all {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	re, known := s.kept[some]
	if known || len(s.kept) >= maxSelections {
		return re
	}
	which := make([]bool, len(s.of.anchors))
	for i := range which {
		which[i] = some&s.of.bit(i) != 0
	}
	if compiled, err := regexp.Compile(s.of.only(which).String()); err == nil {
		re = compiled
	}
	s.kept[some] = re
	return re
}

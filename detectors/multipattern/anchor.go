package multipattern

import (
	"regexp/syntax"
	"slices"
	"strings"
)

const (
	// maxAnchors is how many words the branches of an alternation may stand for together.
	maxAnchors = 1024
	// mark is the number of the group that marks the anchor in a pattern; patterns
	// themselves have fewer groups.
	mark = 1 << 14
)

// anchor is a part of a pattern that every match goes through, and that matches
// nothing but a few words.
type anchor struct {
	// pattern is the whole pattern, with groups of number [mark] round the anchor; an
	// alternation may have one in each branch.
	pattern *syntax.Regexp
	words   []word
	// bounded says that only so much can come before it in a match.
	bounded bool
}

// score is how seldom the words are taken to be: that of the most frequent one.
func (a anchor) score() int {
	least := 1 << 30
	for _, w := range a.words {
		n := 0
		for i := range len(w.text) {
			n += rarity(w.text[i])
		}
		least = min(least, n)
	}
	return least
}

// everywhere reports that nearly every text has one of the words.
func (a anchor) everywhere() bool {
	return slices.ContainsFunc(a.words, func(w word) bool { return len(w.text) <= minWord })
}

// rarity weighs a byte by how seldom it is in text.
func rarity(c byte) int {
	switch c = lower(c); {
	case strings.IndexByte("etaoinshr ", c) >= 0:
		return 2
	case c >= 'a' && c <= 'z':
		return 3
	}
	return 4
}

// better reports whether a is to be preferred to b. A part with an unbounded part
// before it would have to be searched backwards without end.
func (a anchor) better(b anchor) bool {
	if len(a.words) == 0 || len(b.words) == 0 {
		return len(b.words) == 0
	}
	if a.bounded != b.bounded {
		return a.bounded
	}
	return a.score() > b.score()
}

// findAnchor chooses the anchor of a pattern; it has no words where there is none.
func findAnchor(re *syntax.Regexp) anchor {
	var best anchor
	if w := words(re); usable(w) {
		best = anchor{pattern: marked(re), words: w, bounded: true}
	}
	switch re.Op {
	case syntax.OpLiteral:
		if len(best.words) == 0 {
			best = anchorOfLiteral(re)
		}
	case syntax.OpCapture, syntax.OpPlus:
		best = pick(best, around(re, 0, findAnchor(re.Sub[0])))
	case syntax.OpRepeat:
		if re.Min > 0 {
			best = pick(best, around(re, 0, findAnchor(re.Sub[0])))
		}
	case syntax.OpConcat:
		spread, at := distributed(re)
		if spread != nil {
			a := findAnchor(spread)
			if len(a.words) == 0 || !a.bounded {
				at = -1
			}
			best = pick(best, a)
		}
		best = pick(best, anchorOfConcat(re, at))
	case syntax.OpAlternate:
		best = pick(best, anchorOfAlternate(re))
	}
	return best
}

// distributed puts a literal back into the branches of the alternation behind it, from
// which the parser has taken it: "ab|ac" comes as "a[bc]", which has no word of two
// letters. It tells which part the alternation was; nil and -1 when there is none.
func distributed(re *syntax.Regexp) (spread *syntax.Regexp, at int) {
	for i := 1; i < len(re.Sub); i++ {
		first, branches := re.Sub[i-1], re.Sub[i]
		if first.Op != syntax.OpLiteral || branches.Op != syntax.OpAlternate {
			continue
		}
		each := &syntax.Regexp{Op: syntax.OpAlternate, Flags: branches.Flags}
		for _, b := range branches.Sub {
			each.Sub = append(each.Sub, joined(first, b))
		}
		whole := *re
		whole.Sub = slices.Concat(re.Sub[:i-1], []*syntax.Regexp{each}, re.Sub[i+1:])
		return &whole, i
	}
	return nil, -1
}

// joined puts a literal before a pattern, as one literal with that which it begins with.
func joined(first, re *syntax.Regexp) *syntax.Regexp {
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		parts = re.Sub
	}
	if next := parts[0]; next.Op == syntax.OpLiteral && next.Flags == first.Flags {
		both := *first
		both.Rune, parts = slices.Concat(first.Rune, next.Rune), parts[1:]
		first = &both
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Flags: re.Flags, Sub: slices.Concat([]*syntax.Regexp{first}, parts)}
}

func pick(a, b anchor) anchor {
	if b.better(a) {
		return b
	}
	return a
}

// anchorOfLiteral takes a piece of a literal that can be written in too many ways.
func anchorOfLiteral(re *syntax.Regexp) (best anchor) {
	piece := func(runes []rune) *syntax.Regexp {
		return &syntax.Regexp{Op: syntax.OpLiteral, Flags: re.Flags, Rune: runes}
	}
	for from := range re.Rune {
		for to := from + 1; to <= len(re.Rune); to++ {
			w := words(piece(re.Rune[from:to]))
			if w == nil {
				break
			}
			if !usable(w) {
				continue
			}
			best = pick(best, anchor{words: w, bounded: true, pattern: &syntax.Regexp{Op: syntax.OpConcat, Flags: re.Flags, Sub: []*syntax.Regexp{
				piece(re.Rune[:from]), marked(piece(re.Rune[from:to])), piece(re.Rune[to:]),
			}}})
		}
	}
	return best
}

// anchorOfConcat looks at each part but one, and at runs of parts that are words together.
func anchorOfConcat(re *syntax.Regexp, but int) (best anchor) {
	each := make([][]word, len(re.Sub))
	for i, sub := range re.Sub {
		each[i] = words(sub)
	}
	bounded := true
	for i, sub := range re.Sub {
		if i != but {
			a := around(re, i, findAnchor(sub))
			a.bounded = a.bounded && bounded
			best = pick(best, a)
		}
		w := each[i]
		for end := i + 2; end <= len(re.Sub) && w != nil; end++ {
			if w = product(w, each[end-1]); !usable(w) {
				continue
			}
			run := &syntax.Regexp{Op: syntax.OpConcat, Flags: re.Flags, Sub: re.Sub[i:end]}
			whole := *re
			whole.Sub = slices.Concat(re.Sub[:i], []*syntax.Regexp{marked(run)}, re.Sub[end:])
			best = pick(best, anchor{pattern: &whole, words: w, bounded: bounded})
		}
		bounded = bounded && longest(sub) >= 0
	}
	return best
}

// anchorOfAlternate needs an anchor in each branch.
func anchorOfAlternate(re *syntax.Regexp) anchor {
	whole := *re
	whole.Sub = slices.Clone(re.Sub)
	all := anchor{pattern: &whole, bounded: true}
	for i, sub := range re.Sub {
		a := findAnchor(sub)
		if len(a.words) == 0 || len(all.words)+len(a.words) > maxAnchors {
			return anchor{}
		}
		whole.Sub[i] = a.pattern
		all.words = append(all.words, a.words...)
		all.bounded = all.bounded && a.bounded
	}
	return all
}

// around puts the anchor of part i in its place in re.
func around(re *syntax.Regexp, i int, a anchor) anchor {
	if len(a.words) == 0 {
		return a
	}
	whole := *re
	whole.Sub = slices.Clone(re.Sub)
	whole.Sub[i] = a.pattern
	a.pattern = &whole
	return a
}

func marked(re *syntax.Regexp) *syntax.Regexp {
	return &syntax.Regexp{Op: syntax.OpCapture, Cap: mark, Sub: []*syntax.Regexp{re}}
}

package multipattern

import (
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

const (
	// maxWords is how many words one part of a pattern may stand for.
	maxWords = 64
	// minWord is the shortest word worth looking for, in bytes.
	minWord = 2
)

// word is a text that an anchor matches.
type word struct {
	text string
	fold bool // in upper or lower case
}

func usable(words []word) bool {
	for _, w := range words {
		if len(w.text) < minWord {
			return false
		}
	}
	return len(words) > 0
}

// words lists all that re matches, nil when that is too much. Assertions are taken
// as fulfilled.
func words(re *syntax.Regexp) []word {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []word{{}}
	case syntax.OpLiteral:
		all := []word{{}}
		for _, r := range re.Rune {
			all = product(all, letter(r, re.Flags&syntax.FoldCase != 0))
		}
		return all
	case syntax.OpCharClass:
		if classSize(re.Rune) > 4 {
			return nil
		}
		var all []word
		for pair := range slices.Chunk(re.Rune, 2) {
			for r := pair[0]; r <= pair[1]; r++ {
				w := letter(r, false)
				if w == nil {
					return nil
				}
				all = append(all, w...)
			}
		}
		return all
	case syntax.OpCapture:
		return words(re.Sub[0])
	case syntax.OpQuest:
		if w := words(re.Sub[0]); w != nil {
			return append(w, word{})
		}
	case syntax.OpConcat:
		all := []word{{}}
		for _, sub := range re.Sub {
			all = product(all, words(sub))
		}
		return all
	case syntax.OpAlternate:
		var all []word
		for _, sub := range re.Sub {
			w := words(sub)
			if w == nil || len(all)+len(w) > maxWords {
				return nil
			}
			all = append(all, w...)
		}
		return all
	}
	return nil
}

// letter is one character in all the ways that it may be written. The automaton sees
// to the cases of ASCII letters; of others, and where the case does matter, each way
// is a word. It is nil where they are too many: bytes that are no UTF-8 read as U+FFFD.
func letter(r rune, fold bool) []word {
	if r == utf8.RuneError {
		return nil
	}
	all := []word{{string(r), fold}}
	for f := unicode.SimpleFold(r); fold && f != r; f = unicode.SimpleFold(f) {
		if f >= utf8.RuneSelf || r >= utf8.RuneSelf {
			all = append(all, word{string(f), true})
		}
	}
	return all
}

// product puts each word of b behind each of a.
func product(a, b []word) []word {
	if b == nil || len(a)*len(b) > maxWords {
		return nil
	}
	var all []word
	for _, x := range a {
		for _, y := range b {
			all = append(all, word{x.text + y.text, x.fold || y.fold})
		}
	}
	return all
}

func classSize(ranges []rune) (n int) {
	for pair := range slices.Chunk(ranges, 2) {
		n += int(pair[1]-pair[0]) + 1
	}
	return n
}

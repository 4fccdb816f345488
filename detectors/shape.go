package detectors

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shape is what a rule's pattern says about the secrets that it matches.
type shape struct {
	part     *syntax.Regexp // that matches the secret
	min, max int            // runes; max -1 when there is no bound
	// letters is how many letters and digits every secret of the rule has in
	// common, wherever they stand.
	letters int
}

// shapesOf gives the shapes of a pattern, at 0, and of its groups.
func shapesOf(re *syntax.Regexp) []shape {
	all := make([]shape, 1+re.MaxCap())
	all[0] = shapeOf(re)
	var walk func(re *syntax.Regexp)
	walk = func(re *syntax.Regexp) {
		if re.Op == syntax.OpCapture {
			all[re.Cap] = shapeOf(re.Sub[0])
		}
		for _, sub := range re.Sub {
			walk(sub)
		}
	}
	walk(re)
	return all
}

func shapeOf(part *syntax.Regexp) shape {
	s := shape{part: part, letters: commonLetters(part)}
	s.min, s.max = width(part)
	return s
}

// prefix is the public prefix of one secret: the literals with which the pattern
// begins along this value. At (?:sk|rk)_(?:test|live)_ it takes the alternative
// that the value took, at a class of a few characters (xox[bp]-) the one that is
// there, and it stops where the pattern leaves the value free.
func (s shape) prefix(value string) string {
	if s.part == nil {
		return ""
	}
	n, _, ok := literal(s.part, value)
	if !ok {
		return ""
	}
	return value[:n]
}

// proves reports whether the form alone, prefix included, proves what the secret
// is: a prefix of at least three characters that ends in a separator, is longer,
// or belongs to tokens of much the same length; or letters that every such secret has inside.
func (s shape) proves(prefix, value string) bool {
	free := utf8.RuneCountInString(value) - utf8.RuneCountInString(prefix)
	if free < 8 || s.part == nil {
		return false
	}
	if len(prefix) >= 3 {
		narrow := s.max >= 0 && s.max-s.min <= 4
		return strings.ContainsAny(prefix, "_-.:/~=") || len(prefix) >= 5 || narrow
	}
	return s.letters >= 3
}

// literal follows re along value as far as re leaves no freedom. n is how many
// bytes that is; all says that re ended before its freedom began; ok is false
// when value does not begin as re wants.
func literal(re *syntax.Regexp, value string) (n int, all, ok bool) {
	switch re.Op {
	case syntax.OpLiteral:
		return literalRunes(re, value)
	case syntax.OpCharClass:
		if classSize(re) > 4 {
			return 0, false, true
		}
		r, size := utf8.DecodeRuneInString(value)
		if size == 0 || !inClass(re, r) {
			return 0, false, false
		}
		return size, true, true
	case syntax.OpCapture:
		return literal(re.Sub[0], value)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			m, all, ok := literal(sub, value[n:])
			if n += m; !all || !ok {
				return n, false, ok
			}
		}
		return n, true, true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if m, a, o := literal(sub, value); o && (m > n || !ok) {
				n, all, ok = m, a, true
			}
		}
		return n, all, ok
	case syntax.OpQuest:
		if m, all, ok := literal(re.Sub[0], value); ok && all && m > 0 {
			return m, true, true
		}
		return 0, true, true
	case syntax.OpPlus:
		n, _, ok = literal(re.Sub[0], value)
		return n, false, ok
	case syntax.OpRepeat:
		for range re.Min {
			m, all, ok := literal(re.Sub[0], value[n:])
			if n += m; !all || !ok {
				return n, false, ok
			}
		}
		return n, re.Min == re.Max, true
	case syntax.OpAnyCharNotNL: // a full stop that was meant to be one (xoxe.xoxb-)
		_, size := utf8.DecodeRuneInString(value)
		return size, size > 0, size > 0
	case syntax.OpEmptyMatch, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpBeginText, syntax.OpBeginLine:
		return 0, true, true
	}
	return 0, false, true
}

func literalRunes(re *syntax.Regexp, value string) (n int, all, ok bool) {
	for _, want := range re.Rune {
		r, size := utf8.DecodeRuneInString(value[n:])
		same := r == want || re.Flags&syntax.FoldCase != 0 && unicode.ToLower(r) == unicode.ToLower(want)
		if size == 0 || !same {
			return n, false, false
		}
		n += size
	}
	return n, true, true
}

func classSize(re *syntax.Regexp) (n int) {
	for pair := range slices.Chunk(re.Rune, 2) {
		n += int(pair[1]-pair[0]) + 1
	}
	return n
}

func inClass(re *syntax.Regexp, r rune) bool {
	for pair := range slices.Chunk(re.Rune, 2) {
		if pair[0] <= r && r <= pair[1] {
			return true
		}
	}
	return false
}

// width is how many runes re matches, at least and at most; most is -1 when
// there is no bound.
func width(re *syntax.Regexp) (least, most int) {
	if re == nil {
		return 0, 0
	}
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune), len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, 1
	case syntax.OpCapture:
		return width(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			a, b := width(sub)
			least += a
			if most >= 0 && b >= 0 {
				most += b
			} else {
				most = -1
			}
		}
		return least, most
	case syntax.OpAlternate:
		least, most = width(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			a, b := width(sub)
			least = min(least, a)
			if most >= 0 && b >= 0 {
				most = max(most, b)
			} else {
				most = -1
			}
		}
		return least, most
	case syntax.OpQuest:
		_, b := width(re.Sub[0])
		return 0, b
	case syntax.OpStar:
		return 0, -1
	case syntax.OpPlus:
		a, _ := width(re.Sub[0])
		return a, -1
	case syntax.OpRepeat:
		a, b := width(re.Sub[0])
		if b < 0 || re.Max < 0 {
			return a * re.Min, -1
		}
		return a * re.Min, b * re.Max
	}
	return 0, 0
}

// commonLetters counts the letters and digits that are in every match of re.
func commonLetters(re *syntax.Regexp) (n int) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				n++
			}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return commonLetters(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			n += commonLetters(sub)
		}
	case syntax.OpRepeat:
		return re.Min * commonLetters(re.Sub[0])
	case syntax.OpAlternate:
		n = commonLetters(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			n = min(n, commonLetters(sub))
		}
	}
	return n
}

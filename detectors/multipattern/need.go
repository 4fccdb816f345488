package multipattern

import (
	"math"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// need is a byte that every match has behind its anchor, less than reach bytes from the
// anchor's end: the "@" of "https://user:password@host". Where there is none, nothing has
// to be read.
type need struct {
	byte
	reach int // 0 when no byte is needed
}

// needOf works out what a pattern with a marked anchor needs.
func needOf(marked *syntax.Regexp) need {
	reach := 0
	for _, part := range behindMark(marked) {
		if n := longestBytes(part); n < 0 || reach > math.MaxInt32 {
			reach = math.MaxInt
		} else if reach < math.MaxInt {
			reach += n
		}
		if b, ok := required(part); ok {
			return need{b, reach}
		}
	}
	return need{}
}

// behindMark are the parts that come behind the anchor in every match, in their order, as
// far as that is certain.
func behindMark(re *syntax.Regexp) []*syntax.Regexp {
	parts, _, _ := splitAtMark(re)
	return parts
}

// splitAtMark also tells whether the anchor is in re, and whether what comes behind re
// comes right behind the parts.
func splitAtMark(re *syntax.Regexp) (parts []*syntax.Regexp, found, open bool) {
	switch re.Op {
	case syntax.OpCapture:
		if re.Cap == mark {
			return nil, true, true
		}
		return splitAtMark(re.Sub[0])
	case syntax.OpConcat:
		for i, sub := range re.Sub {
			if parts, found, open = splitAtMark(sub); found {
				if open {
					parts = append(parts, re.Sub[i+1:]...)
				}
				return parts, true, open
			}
		}
	case syntax.OpPlus, syntax.OpRepeat:
		parts, found, _ = splitAtMark(re.Sub[0])
		return parts, found, false // there may be more rounds
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if _, found, _ = splitAtMark(sub); found {
				return nil, true, false // each branch has something else behind its anchor
			}
		}
	}
	return nil, false, false
}

// required is a byte that is in all that re matches, and in little else: no letter, digit
// or space.
func required(re *syntax.Regexp) (byte, bool) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if r < utf8.RuneSelf && strings.ContainsRune("@$~^|{}[]\\", r) {
				return byte(r), true
			}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if b, ok := required(sub); ok {
				return b, true
			}
		}
	}
	return 0, false
}

// longestBytes is how many bytes re can match, -1 when there is no bound.
func longestBytes(re *syntax.Regexp) int {
	n := longest(re)
	if n < 0 {
		return -1
	}
	return n * utf8.UTFMax
}

package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

// opening is an expression for what something begins with, and what such a thing can
// begin with behind blanks: a run of ASCII letters, or a sign. It is for not running
// the expression where it cannot match. What is not ASCII is left to the expression.
type opening struct {
	*lazydfa.Regexp
	words map[string]bool
	signs string
}

// of gives what a text begins with, "" for nothing.
func (o opening) of(rest string) string {
	if !o.may(rest) {
		return ""
	}
	return o.FindString(rest)
}

func (o opening) may(rest string) bool {
	from := 0
	for from < len(rest) && (rest[from] == ' ' || rest[from] == '\t') {
		from++
	}
	if from == len(rest) {
		return false
	}
	if c := rest[from]; !isLetter(c) {
		return c >= 0x80 || strings.IndexByte(o.signs, c) >= 0
	}
	to := from
	for to < len(rest) && isLetter(rest[to]) {
		to++
	}
	if to < len(rest) && rest[to] >= 0x80 {
		return true
	}
	var small [16]byte // more than any of the words has
	if to-from > len(small) {
		return false
	}
	for i := from; i < to; i++ {
		small[i-from] = rest[i] | 0x20
	}
	return o.words[string(small[:to-from])]
}

package detectorstest

import (
	"fmt"
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// generate makes a text that the pattern matches as a whole, and tells the part
// that the group is; the first group when group is 0, all when there is none.
func generate(pattern string, group int, rnd *rand.Rand) (text, secret string, err error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", "", fmt.Errorf("parse its pattern: %w", err)
	}
	w := &writer{rnd: rnd, groups: map[int]string{}}
	w.write(re)
	text = w.b.String()
	for i := 1; i <= re.MaxCap(); i++ {
		if s := w.groups[i]; (group == 0 || group == i) && s != "" {
			return text, s, nil
		}
	}
	return text, text, nil
}

type writer struct {
	rnd    *rand.Rand
	b      strings.Builder
	groups map[int]string
}

func (w *writer) write(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if re.Flags&syntax.FoldCase != 0 {
				r = unicode.ToLower(r)
			}
			w.b.WriteRune(r)
		}
	case syntax.OpCharClass:
		w.b.WriteByte(w.pick(re))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		w.b.WriteByte(alphanumeric[w.rnd.IntN(len(alphanumeric))])
	case syntax.OpCapture:
		from := w.b.Len()
		w.write(re.Sub[0])
		if re.Name == "" { // a named one is a detail
			w.groups[re.Cap] = w.b.String()[from:]
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			w.write(sub)
		}
	case syntax.OpAlternate:
		w.write(w.choose(re.Sub))
	case syntax.OpPlus:
		w.repeat(re.Sub[0], 1, 12)
	case syntax.OpRepeat:
		w.repeat(re.Sub[0], re.Min, re.Max)
	}
	// What is left matches the empty text: assertions, and repeats from zero,
	// which are the optional words and quotes around a secret.
}

func (w *writer) repeat(sub *syntax.Regexp, least, most int) {
	if least == 0 {
		return
	}
	if most < 0 || most > least+8 {
		most = least + 8
	}
	for range least + w.rnd.IntN(most-least+1) {
		w.write(sub)
	}
}

// choose prefers an end of the text to a delimiter, and an equals sign to the
// other ways to give a value.
func (w *writer) choose(subs []*syntax.Regexp) *syntax.Regexp {
	for _, sub := range subs {
		switch sub.Op {
		case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine:
			return sub
		case syntax.OpCharClass:
			if w.pick(sub) == '=' {
				return sub
			}
		}
	}
	return subs[w.rnd.IntN(len(subs))]
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// pick takes a letter or digit of the class where it has some, else "=", else
// whatever comes first.
func (w *writer) pick(class *syntax.Regexp) byte {
	var letters, others []byte
	for b := byte('!'); b <= '~'; b++ {
		if !in(class, rune(b)) {
			continue
		}
		if strings.IndexByte(alphanumeric, b) >= 0 {
			letters = append(letters, b)
		} else {
			others = append(others, b)
		}
	}
	switch {
	case len(letters) > 0:
		return letters[w.rnd.IntN(len(letters))]
	case slices.Contains(others, '='):
		return '='
	case len(others) > 0:
		return others[0]
	}
	return ' '
}

func in(class *syntax.Regexp, r rune) bool {
	for pair := range slices.Chunk(class.Rune, 2) {
		if pair[0] <= r && r <= pair[1] {
			return true
		}
	}
	return false
}

package multipattern

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// gateWords are the texts that strings.ToLower makes a word of, but for the case of
// ASCII letters. Where they are too many, they are those of its beginning, and all is
// false; none means that it has no beginning to look for.
func gateWords(word string) (out []string, all bool) {
	out = []string{""}
	for _, c := range strings.ToLower(word) {
		spelt := spellings(c)
		if len(out)*len(spelt) > maxWords || c == utf8.RuneError {
			if out[0] == "" {
				out = nil
			}
			return out, false
		}
		var longer []string
		for _, o := range out {
			for _, s := range spelt {
				longer = append(longer, o+string(s))
			}
		}
		out = longer
	}
	return out, true
}

// spellings are the characters that unicode.ToLower makes c of: the Kelvin sign becomes
// a "k", and the dotted capital I an "i". Of ASCII letters, only the lower case.
func spellings(c rune) []rune {
	all := []rune{c}
	if c == 'i' {
		all = append(all, '\u0130') // which is no fold of it: Unicode, CaseFolding.txt
	}
	for r := unicode.SimpleFold(c); r != c; r = unicode.SimpleFold(r) {
		if r >= utf8.RuneSelf && unicode.ToLower(r) == c {
			all = append(all, r)
		}
	}
	return all
}

// gate notes what the pattern's own words are, and gives those to look for.
func (p *pattern) gate(own []string) (words []string) {
	p.gated = len(own) > 0
	exact := true
	for _, w := range own {
		more, all := gateWords(w)
		p.gated = p.gated && len(more) > 0 && w != "" // which is everywhere
		exact = exact && all
		if w != "" {
			words = append(words, more...)
		}
	}
	if !exact {
		for _, w := range own {
			p.check = append(p.check, strings.ToLower(w))
		}
	}
	return words
}

// wanted reports whether one of the pattern's own words is in a text. The automaton has
// seen one, or the beginning of one.
func (p *pattern) wanted(text string) bool {
	if len(p.check) == 0 {
		return true
	}
	text = strings.ToLower(text)
	for _, w := range p.check {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

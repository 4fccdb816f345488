package multipattern

import (
	"slices"
	"strings"
)

// Cost is what makes a pattern slow to look for.
type Cost struct {
	// Everywhere says that its words, or the lack of any, let it be looked for in
	// nearly every text.
	Everywhere bool
	// Frequent are those of its anchors that ordinary text is full of.
	Frequent []string
	// Endless says that a match, once begun, may go on through [longRead] bytes of
	// ordinary text.
	Endless bool
	// Size is that of its automaton, in instructions.
	Size int
}

const (
	// prose is ordinary text, with the characters that end most things.
	prose = "On Monday we met at 10:30, and \"all\" of the 25 people\nagreed; see <https://www.example.com/a/b?c=d&e=f>.\n\n" +
		"> Yes, that's it (more or less) [1] {2}: 100% of it, #3 | a_b = c*d + e@f.example!\n\tRegards,\n-- \nZoë ~ J. Q. Xavier\r\n"
	// longRead is how much ordinary text may be read from one anchor on before that
	// is called endless, in bytes.
	longRead = 4 << 10
	// frequent is the score up to which a word of letters is in most texts, many times:
	// two letters, or three of the most frequent ones.
	frequent = 6
)

// Cost tells what is slow about the pattern of this number. It is worked out anew.
func (s *Set) Cost(pattern int) (c Cost) {
	p := s.patterns[pattern]
	c.Everywhere = len(p.words) == 0
	for _, w := range p.words {
		c.Everywhere = c.Everywhere || everywhere(lowerASCII(w))
	}
	if p.forward == nil {
		c.Size = len(newProgram(p.parsed).code)
		return c
	}
	c.Size = len(p.forward.p.code)
	c.Endless = p.forward.endless()
	if next := p.forward.firstBytes(); next.has('e') || next.has(' ') {
		for _, w := range s.Plan(pattern).Anchors {
			if everywhere(w) {
				c.Frequent = append(c.Frequent, w)
			}
		}
	}
	return c
}

// everywhere reports a word that ordinary text is full of; capitals never are.
func everywhere(w string) bool {
	return strings.Trim(w, "abcdefghijklmnopqrstuvwxyz ") == "" && anchor{words: []word{{text: w}}}.score() <= frequent
}

// endless reports whether some part of the pattern behind its entry goes on through
// ordinary text.
func (s *states) endless() bool {
	behind := newStates(s.p, slices.Collect(s.p.behind(s.entry).each))
	walk := behind.walk()
	walk.enter()
	for n := 0; n < longRead && walk.state&idle == 0; n++ {
		walk.step(prose[n%len(prose)])
	}
	return walk.state&idle == 0
}

// behind are all instructions that can be got at from some, by reading whatever.
func (p *program) behind(entry []int) bitset {
	at := newBitset(len(p.code))
	for todo := slices.Clone(entry); len(todo) > 0; {
		pc := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if at.has(pc) {
			continue
		}
		at.add(pc)
		switch in := p.code[pc]; in.op {
		case opSplit:
			todo = append(todo, in.out, in.also)
		case opRead, opSkip, opEnd:
			todo = append(todo, in.out)
		}
	}
	return at
}

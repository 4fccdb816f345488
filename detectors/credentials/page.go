package credentials

import (
	"context"
	"slices"
	"strings"
	"sync"

	"mailsweep/detectors/multipattern"
)

// page is one text that is read.
type page struct {
	text  string
	found []Found
	// done is how far values were read: what is part of one is no label.
	done int
	last [3]last // of each of the words
	// lure says that the text is an advertisement of a certain kind.
	lure, lureKnown bool
	// top is the answer that a text begins with: see answered.
	top      mark
	topKnown bool
	// why is what was against the values behind the label at hand, "" for nothing.
	why    string
	passed Counter
	// counted is what was counted at the label at hand, "" for nothing.
	counted string
	// word is the label at hand, in small letters.
	word  string
	lines lines
	run   mark // what stands before a place without a break: see inLink
	far   mark // a piece of a long line, up to its end
	looks looks
	// heads and the like are what was said of pieces of the text.
	accountHeads, labelHeads, pairHeads, givenHeads remembered
	// near gives the text's surroundings; err is what kept them from being known.
	near func() *surroundings
	err  error
}

func newPage(ctx context.Context, text string, passed Counter) *page {
	p := &page{text: text, passed: passed}
	p.near = sync.OnceValue(func() (s *surroundings) {
		s, p.err = findSurroundings(ctx, text)
		return s
	})
	return p
}

// read reads at one label.
func (p *page) read(at multipattern.Span) {
	l := within(p.text, mark{at.Start, at.End})
	if l.start < p.done {
		return
	}
	p.why, p.word = "", strings.ToLower(p.text[l.start:l.end])
	defer p.count(len(p.found))
	for _, form := range []func(mark) []Found{p.pair, p.table, p.behind, p.before, p.answered} {
		if all := form(l); len(all) > 0 {
			for _, f := range all {
				f.Label = p.text[l.start:l.end]
				p.found = append(p.found, f)
				if f.Form != Reversed {
					p.done = max(p.done, f.End)
				}
			}
			return
		}
	}
}

// count counts what was passed over or lowered at one label; from is how many were
// found before.
func (p *page) count(from int) {
	if p.why != "" && !slices.ContainsFunc(p.found[from:], func(f Found) bool { return f.Sure }) {
		p.passed.Add(p.why)
		p.counted = p.why
	}
}

// refused says why a value is none at all.
func (p *page) refused(v value) string {
	look := p.looks.of(v.text)
	switch {
	case strings.Trim(v.text, "*xX.#-_=~•●") == "":
		return Masked
	case look.is(placeholders), bracketed.MatchString(v.text):
		return Placeholder
	case look.is(links), look.is(addresses):
		return Link
	case look.is(codes):
		return Program
	}
	return Sentence
}

// mark is a place in the text.
type mark struct{ start, end int }

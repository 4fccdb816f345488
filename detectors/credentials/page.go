package credentials

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mailsweep/detectors/multipattern"
)

// page is one text that is read.
type page struct {
	text  string
	found []Found
	// done is how far values were read: what is part of one is no label.
	done int
	// lure says that the text is an advertisement of a certain kind.
	lure, lureKnown bool
	// why is what was against the values behind the label at hand, "" for nothing.
	why             string
	passed          Counter
	accounts, sites places
}

func newPage(text string, passed Counter) *page {
	return &page{text: text, passed: passed, accounts: places{find: accountIn}, sites: places{find: site.FindStringIndex}}
}

// read reads at one label.
func (p *page) read(at multipattern.Span) {
	in := label.FindStringSubmatchIndex(p.text[at.Start:at.End])
	if in == nil {
		return
	}
	l := mark{at.Start + max(in[2], in[4]), at.Start + max(in[3], in[5])}
	if l.start < p.done {
		return
	}
	p.why = ""
	defer p.count(len(p.found))
	for _, form := range []func(mark) []Found{p.pair, p.table, p.behind, p.before} {
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
	}
}

// refused says why a value is none at all.
func refused(v value) string {
	switch {
	case strings.Trim(v.text, "*xX.#-_=~•●") == "":
		return Masked
	case placeholder.MatchString(v.text), bracketed.MatchString(v.text):
		return Placeholder
	case link.MatchString(v.text), address.MatchString(v.text):
		return Link
	case code.MatchString(v.text):
		return Program
	}
	return Sentence
}

// result drops what was said before: a quoted reply says it again.
func (p *page) result() []Found {
	slices.SortStableFunc(p.found, func(a, b Found) int { return a.Start - b.Start })
	var out []Found
	for _, f := range p.found {
		same := slices.IndexFunc(out, func(o Found) bool {
			return o.Value == f.Value && (strings.EqualFold(o.User, f.User) || f.User == "" || o.User == "")
		})
		switch {
		case same < 0:
			out = append(out, f)
		case out[same].User == "" && f.User != "", f.Sure && !out[same].Sure:
			out[same] = f
		}
	}
	return out
}

// mark is a place in the text.
type mark struct{ start, end int }

// maxLine is how far a line is read from a place in it, each way, in bytes: what is
// further off says nothing about that place.
const maxLine = 1 << 10

// line is where the line of a place begins and ends, without its line end.
func (p *page) line(at int) (from, to int) {
	first, last := max(0, at-maxLine), min(len(p.text), at+maxLine)
	for first > 0 && first < at && !utf8.RuneStart(p.text[first]) {
		first++
	}
	for last < len(p.text) && !utf8.RuneStart(p.text[last]) {
		last++
	}
	from = first + strings.LastIndexByte(p.text[first:at], '\n') + 1
	to = last
	if i := strings.IndexByte(p.text[at:last], '\n'); i >= 0 {
		to = at + i
	}
	if to > from && p.text[to-1] == '\r' {
		to--
	}
	return from, to
}

// nextLine is the first line that is not empty behind the one of a place, within a few.
func (p *page) nextLine(at int) (from, to int, ok bool) {
	_, end := p.line(at)
	for range 4 {
		i := strings.IndexByte(p.text[end:], '\n')
		if i < 0 {
			return 0, 0, false
		}
		from, to = p.line(end + i + 1)
		if strings.TrimLeft(p.text[from:to], " \t>|\u00a0\r") != "" {
			return from, to, true
		}
		end = max(to, end+i+1)
	}
	return 0, 0, false
}

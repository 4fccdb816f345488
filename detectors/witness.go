package detectors

import (
	"mailsweep/detectors/multipattern"
	"mailsweep/sweeper"
)

// witness sees how a mail is searched. A nil one sees nothing, and costs nothing; the
// search is the same.
type witness struct {
	*record
	at    int                // number of the text
	outer *multipattern.Span // of that text, when what is searched was decoded from it
}

// record is what was seen of one mail.
type record struct {
	timed    bool
	accounts []*account
	passed   map[int]*allowlist  // that pass over a text, by its number
	others   []sweeper.Candidate // found otherwise than by a pattern
}

// account is what one rule had to do with one layer of one text.
type account struct {
	rule   *rule
	text   int
	outer  *multipattern.Span
	layer  *layer
	search multipattern.Search
	fates  []*fate
}

// fate is what became of a match.
type fate struct {
	hit       hit
	at        multipattern.Span // in the layer
	place     multipattern.Span // of the secret in the text; of all that was encoded
	why       drop
	candidate *sweeper.Candidate // nil when it was dropped
}

func newWitness(timed bool) *witness {
	return &witness{record: &record{timed: timed, passed: map[int]*allowlist{}}}
}

// text is for the text of this number.
func (w *witness) text(i int) *witness {
	if w == nil {
		return nil
	}
	return &witness{record: w.record, at: i}
}

// inside is for what was decoded from a piece of the text.
func (w *witness) inside(from, to int) *witness {
	if w == nil {
		return nil
	}
	if w.outer != nil {
		return w
	}
	return &witness{record: w.record, at: w.at, outer: &multipattern.Span{Start: from, End: to}}
}

// passedOver notes that the text is not searched at all.
func (w *witness) passedOver(list *allowlist) {
	if w != nil && w.outer == nil {
		w.passed[w.at] = list
	}
}

// trace is for the search of one layer.
func (w *witness) trace() *multipattern.Trace {
	if w == nil {
		return nil
	}
	return &multipattern.Trace{Timed: w.timed}
}

// layer notes how a layer was searched.
func (w *witness) layer(e *engine, l *layer, t *multipattern.Trace) {
	if w == nil {
		return
	}
	for _, s := range t.Searches {
		if e.rules[s.Pattern].regex == nil {
			continue // it finds words
		}
		w.accounts = append(w.accounts, &account{rule: e.rules[s.Pattern], text: w.at, outer: w.outer, layer: l, search: s})
	}
}

// match notes a match in the layer that was searched last.
func (w *witness) match(m multipattern.Match, h hit, why drop) *fate {
	if w == nil {
		return nil
	}
	f := &fate{hit: h, at: m.Span, why: why}
	for i := len(w.accounts) - 1; i >= 0; i-- {
		a := w.accounts[i]
		if a.search.Pattern != m.Pattern {
			continue
		}
		switch {
		case h.secret == "":
			f.place = a.place(m.Span)
		case why.check != "": // its place was not looked up
			f.place = a.place(multipattern.Span{Start: h.start, End: h.end})
		case a.outer != nil:
			f.place = *a.outer
		default:
			f.place = multipattern.Span{Start: h.start, End: h.end}
		}
		a.fates = append(a.fates, f)
		break
	}
	return f
}

// place is where in the text a piece of the layer comes from.
func (a *account) place(at multipattern.Span) multipattern.Span {
	if a.outer != nil {
		return *a.outer
	}
	return a.layer.original(at.Start, at.End)
}

// decoded is how many encodings were undone to get at the layer.
func (a *account) decoded() (times int) {
	for l := a.layer; l.below != nil; l = l.below {
		times++
	}
	if a.outer != nil {
		times++
	}
	return times
}

// drop notes why a match is not reported.
func (f *fate) drop(why drop) {
	if f != nil {
		f.why = why
	}
}

// kept notes what is reported.
func (w *witness) kept(all []placed) {
	if w == nil {
		return
	}
	for _, p := range all {
		if p.fate != nil {
			p.fate.candidate = &p.Candidate
		} else {
			w.others = append(w.others, p.Candidate)
		}
	}
}

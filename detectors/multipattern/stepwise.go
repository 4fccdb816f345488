package multipattern

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// firstPiece is how much of a large window the pattern is given at first, in bytes.
const firstPiece = 128

// stepwise searches a large window from match to match, and leaves out what is between
// the end of one and the first place where the next may begin. After a key block, that
// is the rest of the text.
func (r *reading) stepwise(w window) {
	for i := len(w.starts) - 2; i >= 0; i-- {
		w.starts[i].least = min(w.starts[i].least, w.starts[i+1].least)
	}
	for at := (place{pos: w.from}); at.pos < w.to; {
		end, found := r.first(&at, w.to)
		if !found {
			return
		}
		next, more := w.next(end)
		if !more {
			return
		}
		if at = (place{end, true}); r.before(next) >= end {
			at = place{pos: r.before(next)}
		}
	}
}

// next is where the first match can begin whose anchor is not before a place.
func (w window) next(behind int) (least int, ok bool) {
	if len(w.starts) == 0 {
		return behind, true
	}
	i, _ := slices.BinarySearchFunc(w.starts, behind, func(s start, at int) int { return s.anchor - at })
	if i == len(w.starts) {
		return 0, false
	}
	return max(w.starts[i].least, behind), true
}

// place is where a search begins.
type place struct {
	pos int
	// behind says that the pattern is to see what stands before: a search that goes on.
	behind bool
}

// first finds the first match from a place on, in pieces, each of which is as long as
// it must be for the rest of the text to make no difference. It reports the match and
// gives its end. Where it is cut short by [maxWindow], it goes on behind.
func (r *reading) first(at *place, to int) (end int, found bool) {
	for size := firstPiece; at.pos < to; {
		cut := r.after(min(to, at.pos+size))
		m, found := r.piece(*at, cut)
		whole := cut == to || size >= maxWindow
		switch {
		case found:
			if !whole && !r.settled(at.pos, m.Start, cut) {
				m = r.decided(*at, min(to, at.pos+maxWindow), m)
			}
			r.found = append(r.found, Match{r.n, m})
			return m.End, true
		case cut == to:
			return 0, false
		default:
			if quiet := r.quiet(at.pos, cut); quiet > at.pos {
				*at, size = place{quiet, true}, firstPiece
				continue
			}
			if whole {
				*at, size = place{r.after(at.pos + maxWindow/2), true}, firstPiece
				continue
			}
		}
		size *= 2
	}
	return 0, false
}

// piece runs the pattern on a piece of the text, unless one like it was searched before.
func (r *reading) piece(at place, cut int) (m Span, found bool) {
	from, number := at.pos, -2-2*r.n
	if at.behind {
		_, n := utf8.DecodeLastRuneInString(r.text[:from])
		from, number = from-n, number-1
	}
	text := r.text[from:cut]
	var room [1]Match
	var d digest
	if r.cache != nil {
		d = r.cache.digest(number, text)
		if known, ok := r.cache.load(d, room[:0]); ok {
			for _, k := range known {
				m, found = Span{from + k.Start, from + k.End}, true
			}
			return m, found
		}
	}
	if at.behind {
		m, found = r.runBehind(text)
	} else if places := r.run(r.p.re, text, 1); len(places) > 0 {
		m, found = Span{places[0][0], places[0][1]}, true
	}
	if r.cache != nil {
		known := room[:0]
		if found {
			known = append(known, Match{r.n, m})
		}
		r.cache.store(d, known)
	}
	return Span{from + m.Start, from + m.End}, found
}

// decided is the first match from a place on, where a piece of the text that is too short
// to be sure of it has one. The pattern is given one character after another, and asks for
// as many as could make a difference to it: of a key block, up to its end.
func (r *reading) decided(at place, to int, guess Span) Span {
	from, group, re := at.pos, 0, r.p.alone()
	if at.behind {
		_, n := utf8.DecodeLastRuneInString(r.text[:from])
		from, group, re = from-n, 1, r.p.behind()
	}
	if re == nil { // which does not happen: a pattern can be compiled again, and in brackets
		return guess
	}
	text := strings.NewReader(r.text[from:r.after(to)])
	places := r.seen.asked(re, text)
	if places == nil {
		return guess
	}
	return Span{from + places[2*group], from + places[2*group+1]}
}

// settled reports whether all that may match from a place up to another one is over
// before a third one: what is behind that makes no difference to it.
func (r *reading) settled(from, start, cut int) bool {
	walk := r.p.scan()
	st := walk.none.Load()
	for pos := from; pos < start; pos++ {
		st = walk.step(st, r.text[pos])
	}
	rest := r.p.rest()
	st = rest.without(st)
	for pos := start; pos < cut; pos++ {
		if st.idle {
			return true
		}
		st = rest.step(st, r.text[pos])
	}
	return false
}

// quiet is the last place up to cut, and behind from, at which no match is under way;
// from when there is none.
func (r *reading) quiet(from, cut int) int {
	walk := r.p.scan()
	st, last := walk.none.Load(), from
	for pos := from; pos < cut; pos++ {
		st = walk.step(st, r.text[pos])
		if st.idle && (pos+1 == len(r.text) || utf8.RuneStart(r.text[pos+1])) {
			last = pos + 1
		}
	}
	return last
}

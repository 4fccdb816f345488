package multipattern

import (
	"strings"
	"unicode/utf8"
)

// reading is the search of one text for one pattern.
type reading struct {
	p     *pattern
	n     int // the pattern's number
	text  string
	near  []Span
	found []Match
	seen  *Search // nil when nobody wants to know
	cache *cache  // nil when somebody does
	// window is to be searched next, when nothing can be added to it any more.
	window, next window
	need         int // the place of what the pattern needs that was found last
}

// window is a piece of the text in which the pattern is to be run.
type window struct {
	from, to int
	starts   []start // by their anchors; none means that a match may begin anywhere
	branches uint64  // that the anchors are of; none means that they are not known
}

// start is an anchor, and where a match that goes through it may begin.
type start struct{ anchor, least int }

// clusters finds where matches may be, and searches there. A cluster is the text from
// an anchor on for as long as a match may be under way; other anchors may be in it. No
// match crosses the end of one.
//
// The pattern is run on a window: a cluster, from where its first match may begin to
// the character after which none was under way any more. The rest of the text cannot
// change what it finds there. It cannot begin a match at the window's edge, because no
// anchor is near enough, nor end one there, because none was under way.
func (r *reading) clusters(hits []hit, many bool) {
	if many {
		r.clustersFromAnywhere()
	} else {
		r.clustersFrom(hits)
	}
	r.search(r.window)
}

func (r *reading) clustersFrom(hits []hit) {
	walk := r.p.forward
	for i := 0; i < len(hits); {
		if !r.needed(int(hits[i].end)) {
			i++
			continue
		}
		first, pos := i, int(hits[i].end)
		st, matched := walk.none.Load(), false
		for {
			for ; i < len(hits) && int(hits[i].end) == pos; i++ {
				st = walk.enter(st)
			}
			matched = matched || st.matched
			stop := len(r.text)
			if i < len(hits) {
				stop = int(hits[i].end)
			}
			for pos < stop && !st.idle {
				to := walk.known(st, r.text[pos])
				if to == nil {
					to = walk.makeStep(st, r.text[pos])
				}
				st, pos = to, pos+1
				matched = matched || st.matched
			}
			if st.idle || pos == len(r.text) {
				break
			}
		}
		r.seen.read(int(hits[first].end), pos)
		if matched || pos == len(r.text) && st.ends {
			r.cluster(hits[first:i], pos)
		}
	}
}

// needed reports whether what a match needs behind an anchor is there. The places that it
// is asked for come in order.
func (r *reading) needed(behind int) bool {
	n := r.p.need
	if n.reach == 0 {
		return true
	}
	if r.need < behind {
		r.need = len(r.text)
		if i := strings.IndexByte(r.text[behind:], n.byte); i >= 0 {
			r.need = behind + i
		}
	}
	return r.need < len(r.text) && r.need-behind < n.reach
}

// cluster adds a cluster with these anchors.
func (r *reading) cluster(hits []hit, end int) {
	r.next.starts, r.next.branches = r.next.starts[:0], 0
	from := end
	for _, h := range hits {
		if least, ok := r.begin(int(h.start)); ok {
			from = min(from, least)
			r.next.starts = append(r.next.starts, start{int(h.start), least})
			if r.p.selection != nil {
				r.next.branches |= r.p.selection.anchored(r.text[h.start:h.end])
			}
		}
	}
	if len(r.next.starts) > 0 { // else what stands before the anchors does not fit
		r.widen(from, end)
	}
}

// begin is the earliest place where a match can begin that goes through an anchor.
func (r *reading) begin(anchor int) (least int, ok bool) {
	walk := r.p.backward()
	st := walk.enter(walk.none.Load())
	for pos := anchor; ; pos-- {
		if st.matched || pos == 0 && st.ends {
			least, ok = pos, true
		}
		if pos == 0 || st.idle {
			r.seen.back(anchor - pos)
			return least, ok
		}
		st = walk.step(st, r.text[pos-1])
	}
}

func (r *reading) clustersFromAnywhere() {
	walk := r.p.scan()
	st, from, matched := walk.none.Load(), 0, false
	r.seen.read(0, len(r.text))
	for pos := range len(r.text) {
		was := st
		st = walk.step(st, r.text[pos])
		switch {
		case was.idle && !st.idle:
			from, matched = pos, st.matched
		case !st.idle:
			matched = matched || st.matched
		case !was.idle && matched:
			r.widen(from, pos+1)
		}
	}
	if !st.idle && (matched || st.ends) {
		r.widen(from, len(r.text))
	}
}

// widen adds a piece to the window where they touch; where they do not, the window is
// searched, and the piece is the next one.
func (r *reading) widen(from, to int) {
	r.next.from, r.next.to = r.before(from), r.after(to)
	if r.next.from >= r.window.to {
		r.search(r.window)
		r.window, r.next = r.next, r.window
		return
	}
	r.window.from, r.window.to = min(r.window.from, r.next.from), max(r.window.to, r.next.to)
	r.window.starts = append(r.window.starts, r.next.starts...)
	r.window.branches |= r.next.branches
}

// before is the beginning of the character before a place: what matches at a word's
// beginning wants to see it.
func (r *reading) before(pos int) int {
	for i := 0; i < utf8.UTFMax && pos > 0; i++ {
		if pos--; utf8.RuneStart(r.text[pos]) {
			break
		}
	}
	return pos
}

// after is a place, or the end of the character that it is in.
func (r *reading) after(pos int) int {
	for i := 0; i < utf8.UTFMax && pos < len(r.text) && !utf8.RuneStart(r.text[pos]); i++ {
		pos++
	}
	return pos
}

package multipattern

import (
	"context"
	"strings"
	"unicode/utf8"
)

// reading is the search of one text for one pattern.
type reading struct {
	ctx   context.Context
	p     *pattern
	n     int // the pattern's number
	text  string
	near  []Span
	found []Match
	seen  *Search // nil when nobody wants to know
	// window is to be searched next, when nothing can be added to it any more.
	window Span
	need   int // the place of what the pattern needs that was found last
}

// clusters finds where matches may be, and searches there. A cluster is the text from
// an anchor on for as long as a match may be under way; other anchors may be in it. No
// match crosses the end of one.
//
// The pattern is run on a window: clusters that touch, from where its first match may begin to
// the character after which none was under way any more. The rest of the text cannot
// change what it finds there. It cannot begin a match at the window's edge, because no
// anchor is near enough, nor end one there, because none was under way.
//
// Where there are too many anchors, or none, the window is the whole text.
func (r *reading) clusters(hits []hit, many bool) {
	if many {
		r.window = Span{0, len(r.text)}
	} else {
		r.clustersFrom(hits)
	}
	r.search(r.window)
}

func (r *reading) clustersFrom(hits []hit) {
	for i := 0; i < len(hits); {
		if !r.needed(int(hits[i].end)) {
			i++
			continue
		}
		first, pos := i, int(hits[i].end)
		walk, seen := r.p.forward.walk(), state(0)
		for {
			for ; i < len(hits) && int(hits[i].end) == pos; i++ {
				walk.enter()
			}
			seen |= walk.state
			stop := len(r.text)
			if i < len(hits) {
				stop = int(hits[i].end)
			}
			n, more := walk.read(r.text[pos:stop])
			pos += n
			seen |= more
			if walk.state&idle != 0 || pos == len(r.text) {
				break
			}
		}
		r.seen.read(int(hits[first].end), pos)
		if seen&matched != 0 || pos == len(r.text) && walk.state&ends != 0 {
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

// cluster adds a cluster with these anchors, unless what stands before each does not fit.
func (r *reading) cluster(hits []hit, end int) {
	from := end
	for _, h := range hits {
		if least, ok := r.begin(int(h.start)); ok {
			from = min(from, least)
		}
	}
	if from < end {
		r.widen(from, end)
	}
}

// begin is the earliest place where a match can begin that goes through an anchor.
func (r *reading) begin(anchor int) (least int, ok bool) {
	walk := r.p.backward().walk()
	walk.enter()
	for pos := anchor; ; pos-- {
		if walk.state&matched != 0 || pos == 0 && walk.state&ends != 0 {
			least, ok = pos, true
		}
		if pos == 0 || walk.state&idle != 0 {
			r.seen.back(anchor - pos)
			return least, ok
		}
		walk.step(r.text[pos-1])
	}
}

// widen adds a piece to the window where they touch; where they do not, the window is
// searched, and the piece is the next one.
func (r *reading) widen(from, to int) {
	next := Span{r.before(from), r.after(to)}
	if next.Start >= r.window.End {
		r.search(r.window)
		r.window = next
		return
	}
	r.window = Span{min(r.window.Start, next.Start), max(r.window.End, next.End)}
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

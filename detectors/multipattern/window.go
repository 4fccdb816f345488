package multipattern

import (
	"slices"
	"sort"
)

const (
	// smallWindow is how much text is searched to its end in one go, in bytes.
	smallWindow = 8 << 10
	// maxWindow bounds what the pattern is run over in one go. A match longer than half
	// of it may be missed: it would be no secret.
	maxWindow = 1 << 20
)

// search runs the pattern on a window.
func (r *reading) search(w window) {
	if w.to == 0 || !r.isNear(w) {
		return
	}
	r.seen.window(w)
	switch {
	case w.to-w.from <= smallWindow:
		r.small(w)
	default:
		r.stepwise(w)
	}
}

// small searches a window to its end, unless one like it was searched before.
func (r *reading) small(w window) {
	text := r.text[w.from:w.to]
	if r.cache == nil {
		r.report(w.from, w.from, r.run(text, -1))
		return
	}
	d, before := r.cache.digest(r.n, text), len(r.found)
	var known bool
	if r.found, known = r.cache.load(d, r.found); !known {
		r.report(0, 0, r.run(text, -1))
		r.cache.store(d, r.found[before:])
	}
	for i := range r.found[before:] {
		r.found[before+i].Start += w.from
		r.found[before+i].End += w.from
	}
}

// isNear reports whether a match in the window may be wanted.
func (r *reading) isNear(w window) bool {
	if r.near == nil {
		return true
	}
	i := sort.Search(len(r.near), func(i int) bool { return r.near[i].End >= w.from })
	return i < len(r.near) && r.near[i].Start <= w.to
}

// report adds matches in the text from a place on, but for those that begin before
// done, and gives the end of the last one.
func (r *reading) report(from, done int, places [][]int) int {
	for _, at := range places {
		if m := (Match{r.n, Span{from + at[0], from + at[1]}}); m.Start >= done {
			r.found = append(r.found, m)
			done = m.End
		}
	}
	return done
}

// stepwise searches a large window from match to match, and leaves out what is between
// the end of one and the first place where the next may begin. After a key block, that
// is the rest of the text.
func (r *reading) stepwise(w window) {
	for i := len(w.starts) - 2; i >= 0; i-- {
		w.starts[i].least = min(w.starts[i].least, w.starts[i+1].least)
	}
	done := w.from
	for at, ok := w.from, true; ok && at < w.to; {
		end := r.after(min(w.to, at+maxWindow))
		piece := r.text[at:end]
		first := r.run(piece, 1)
		if len(first) == 0 {
			if end == w.to {
				return
			}
			at, ok = r.resume(w, at, at+maxWindow/2)
			continue
		}
		done = r.report(at, done, first)
		behind := at + first[0][1]
		next, more := w.next(behind)
		switch {
		case !more:
			return
		case r.before(next) >= behind:
			at = r.before(next)
		default: // the next match may want to see the end of this one
			done = r.report(at, done, r.run(piece, -1))
			if end == w.to {
				return
			}
			at, ok = r.resume(w, at, max(done, at+maxWindow/2))
		}
	}
}

// resume is where to go on behind a place.
func (r *reading) resume(w window, at, behind int) (int, bool) {
	next, ok := w.next(behind)
	return max(r.before(next), at+1), ok
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

package multipattern

import "sort"

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
	case !r.narrowed(w):
		r.stepwise(w)
	}
}

// small searches a window to its end, unless one like it was searched before.
func (r *reading) small(w window) {
	text, re := r.text[w.from:w.to], r.p.re
	if some := r.p.selection.with(w.branches); some != nil {
		re = some
	}
	if r.cache == nil {
		r.report(w.from, w.from, r.run(re, text, -1))
		return
	}
	d, before := r.cache.digest(r.n, text), len(r.found)
	var known bool
	if r.found, known = r.cache.load(d, r.found); !known {
		r.report(0, 0, r.run(re, text, -1))
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

package multipattern

import "sort"

// patience is how many matches are found between two looks at the context.
const patience = 1 << 10

// search runs the pattern on a window.
func (r *reading) search(w Span) {
	if w.End == 0 || !r.isNear(w) {
		return
	}
	r.seen.window(w)
	defer r.seen.running()()
	text := r.text[:w.End]
	for n, at := 1, w.Start; at < w.End; n++ {
		m, ok := r.p.re.Next(text, at)
		if !ok || n%patience == 0 && r.ctx.Err() != nil {
			return
		}
		r.found = append(r.found, Match{r.n, Span(m)})
		at = m.End
	}
}

// isNear reports whether a match in the window may be wanted.
func (r *reading) isNear(w Span) bool {
	if r.near == nil {
		return true
	}
	i := sort.Search(len(r.near), func(i int) bool { return r.near[i].End >= w.Start })
	return i < len(r.near) && r.near[i].Start <= w.End
}

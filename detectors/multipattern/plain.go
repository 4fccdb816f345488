package multipattern

// costly reports that the automata that narrow a search cost more than the search.
func (r *reading) costly() bool {
	return r.p.scan().costly() || r.p.reverse().costly() || r.p.rest().costly()
}

// plainly searches a large window without them, from match to match, and leaves out
// what is between the end of one and the first place where the next may begin.
//
// So are patterns searched for that prefer the shorter match: an automaton does not know
// what is preferred, and takes a match for open as long as a longer one may come.
func (r *reading) plainly(w window) {
	w.spread()
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

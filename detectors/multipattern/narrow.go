package multipattern

import "unicode/utf8"

// narrowed searches a large window only where a match can both begin and end: the
// automaton says where one may end, and read backwards from there, where such a one may
// begin. It reports false, having found nothing, where that is not less than the window,
// or cannot be told.
func (r *reading) narrowed(w window) bool {
	parts, ok := r.parts(w)
	if !ok {
		return false
	}
	before := len(r.found)
	for _, part := range parts {
		n := len(r.found)
		part.starts = w.startsIn(part)
		if part.to-part.from <= smallWindow {
			r.small(part)
		} else {
			r.stepwise(part)
		}
		if part.to < w.to && len(r.found) > n && r.found[len(r.found)-1].End == part.to {
			r.found = r.found[:before] // it took the cut for the end of the text
			return false
		}
	}
	return true
}

// startsIn are the anchors of a window that are in a part of it.
func (w window) startsIn(part window) []start {
	from, to := 0, len(w.starts)
	for from < to && w.starts[from].anchor < part.from {
		from++
	}
	for to > from && w.starts[to-1].anchor > part.to {
		to--
	}
	return w.starts[from:to:to]
}

// parts are the pieces of a window in which matches may be, none crossing the end of
// one, and each with a character round it.
func (r *reading) parts(w window) (parts []window, ok bool) {
	ends := r.ends(w)
	walk := r.p.reverse()
	st := walk.none.Load()
	part := window{from: -1}
	for pos := w.to; pos >= w.from; pos-- {
		if pos < w.to {
			st = walk.step(st, r.text[pos])
		}
		if ends.has(pos - w.from) {
			if part.from < 0 {
				_, n := utf8.DecodeRuneInString(r.text[pos:w.to])
				part = window{from: pos, to: r.after(pos + n)}
			}
			st = walk.enter(st)
		}
		if part.from >= 0 && st.idle {
			part.from = max(w.from, r.before(pos))
			parts = append(parts, part)
			part.from = -1
		}
	}
	if part.from >= 0 {
		part.from = w.from
		parts = append(parts, part)
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return parts, len(parts) != 1 || parts[0].to-parts[0].from < (w.to-w.from)/2
}

// ends are the places in a window where a match may end, counted from its beginning.
func (r *reading) ends(w window) bitset {
	ends := newBitset(w.to - w.from + 1)
	walk := r.p.scan()
	st := walk.none.Load()
	for pos := w.from; pos < w.to; pos++ {
		if st = walk.step(st, r.text[pos]); st.matched {
			ends.add(pos + 1 - w.from)
		}
	}
	if w.to == len(r.text) && st.ends {
		ends.add(w.to - w.from)
	}
	return ends
}

package mailfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"
)

// resumption says where the scan of an mbox begins.
type resumption struct {
	at      int64
	listed  []int64 // messages before at, listed by an earlier walk or page
	lastEnd int64   // where the message at at ended, when that was listed too
	old     []int64 // messages of an earlier state, at or behind at
}

// resumes reports whether a file is the mbox that old tells of, as it was up to
// where it was swept, and where to go on.
func resumes(f io.ReaderAt, st stat, old *record) (resumption, bool) {
	if old == nil || old.kind != mbox || len(old.offsets) == 0 || st.size < old.swept {
		return resumption{}, false
	}
	if st.size == old.size && (st.mtime != old.mtime || st.ctime != old.ctime) {
		return resumption{}, false // rewritten in place
	}
	if sum, err := digest(f, old.swept); err != nil || sum != old.sum || !separatorsStand(f, old.offsets) {
		return resumption{}, false
	}
	if old.partial && old.swept < old.size {
		return resumption{at: old.swept, listed: old.offsets, old: old.old}, true
	}
	last := len(old.offsets) - 1
	return resumption{at: old.offsets[last], listed: old.offsets[:last], lastEnd: old.swept, old: old.old}, true
}

// separatorsStand looks at up to 32 of the separators, but for the first, which may be
// missing.
func separatorsStand(r io.ReaderAt, offsets []int64) bool {
	word := make([]byte, len(fromWord))
	step := max(1, len(offsets)/32)
	for i := 1; i < len(offsets); i += step {
		if _, err := r.ReadAt(word, offsets[i]); err != nil || !bytes.Equal(word, fromWord) {
			return false
		}
	}
	return true
}

const (
	digestHead = 64 << 10
	digestTail = 4 << 10
)

// summed is how much of the file the record's digest is about.
func (r *record) summed() int64 {
	if r.kind == mbox {
		return r.swept
	}
	return r.size
}

// digest is made of the first 64 KiB and the last 4 KiB of the first n bytes.
func digest(r io.ReaderAt, n int64) (uint64, error) {
	h := sha256.New()
	parts := []extent{{0, min(n, digestHead)}}
	if n > digestHead {
		parts = append(parts, extent{max(digestHead, n-digestTail), n})
	}
	for _, p := range parts {
		if _, err := io.Copy(h, io.NewSectionReader(r, p.start, p.end-p.start)); err != nil {
			return 0, err
		}
	}
	return binary.LittleEndian.Uint64(h.Sum(nil)), nil
}

// mbox lists the messages of an mbox from where from says. It completes r.
func (w *walk) mbox(f io.ReaderAt, e *entry, r *record, from resumption) (*record, bool, error) {
	r.offsets = append([]int64(nil), from.listed...)
	old := from.old
	sc := newScanner(f, from.at, r.size)
	for {
		x, ok := sc.next()
		if !ok {
			break
		}
		r.swept = x.start
		if w.s.grown(f, x, from) {
			ok, err := w.pause(f, r, old)
			if !ok || err != nil {
				return r, ok, err
			}
			old = w.dropBefore(e, r.link, old, x.start)
			w.add(e, x, x.start, true)
		}
		r.offsets = append(r.offsets, x.start)
	}
	for len(old) > 0 {
		r.swept = r.size
		ok, err := w.pause(f, r, old)
		if !ok || err != nil {
			return r, ok, err
		}
		n := min(len(old), w.bound.items)
		for _, o := range old[:n] {
			w.page.Gone = append(w.page.Gone, messageKey(e.slot, r.link, o))
		}
		old = old[n:]
	}
	var err error
	r.swept, r.partial, r.old = r.size, false, nil
	if sc.err == nil {
		r.sum, err = digest(f, r.swept)
	}
	if err == nil {
		err = sc.err
	}
	return r, true, err
}

// grown reports whether the message x is to be listed: it was not before, or more than
// empty lines came to its end.
func (s *Source) grown(f io.ReaderAt, x extent, from resumption) bool {
	if x.start != from.at || from.lastEnd == 0 || x.end < from.lastEnd {
		return true
	}
	if x.end-from.lastEnd > lookbehind {
		return true
	}
	gap := make([]byte, x.end-from.lastEnd)
	n, _ := f.ReadAt(gap, from.lastEnd)
	return n < len(gap) || len(bytes.Trim(gap, "\r\n")) > 0
}

// pause yields the page when it is full, in the middle of the mbox r.
func (w *walk) pause(f io.ReaderAt, r *record, old []int64) (bool, error) {
	if w.full() {
		sum, err := digest(f, r.swept)
		if err != nil {
			return true, err
		}
		r.sum, r.partial, r.old = sum, true, old
	}
	return w.room(r), nil
}

// dropBefore reports the old messages before the offset at as gone, and forgets one
// that stood there: it is listed again.
func (w *walk) dropBefore(e *entry, link string, old []int64, at int64) []int64 {
	for len(old) > 0 && old[0] <= at {
		if old[0] < at {
			w.page.Gone = append(w.page.Gone, messageKey(e.slot, link, old[0]))
		}
		old = old[1:]
	}
	return old
}

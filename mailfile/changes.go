package mailfile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"mailsweep/sweeper"
)

// Changes lists what has changed in a folder since the cursor; see the package
// comment for how it tells. A cursor that cannot be read counts as none.
func (s *Source) Changes(ctx context.Context, f sweeper.Folder, since sweeper.Cursor) iter.Seq2[sweeper.Page, error] {
	return func(yield func(sweeper.Page, error) bool) {
		p, ok := s.placeOf(ctx, f.Key)
		if !ok {
			yield(sweeper.Page{}, cmp.Or(ctx.Err(), fmt.Errorf("a folder of %s that is in none of the sources", f.Mailbox)))
			return
		}
		w := &walk{s: s, ctx: ctx, folder: f, place: p, yield: yield, began: time.Now(), head: make([]byte, headSize)}
		entries, err := s.listFolder(p)
		if err != nil {
			// What cannot be listed is not gone. The cursor stays as it is, and no page
			// is Done: that would end a Reset that has not seen everything.
			yield(sweeper.Page{}, fault(w.ref(), err))
			return
		}
		m, err := decodeManifest(since)
		if err != nil {
			m = manifest{}
			w.page.Reset = !w.narrowed(entries)
		}
		w.run(entries, m)
	}
}

// listFolder gives the files of a folder; none when it is no longer there.
func (s *Source) listFolder(p place) ([]entry, error) {
	entries, err := s.list(p)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if s.leave != nil {
		entries = slices.DeleteFunc(entries, func(e entry) bool { return s.leave(filepath.Join(p.dir(), e.name)) })
	}
	return entries, err
}

// Size implements [sweeper.Sizer]: the bytes of all files in the folders that are
// listed. It opens no file.
func (s *Source) Size(ctx context.Context) (total int64) {
	for m, err := range s.Mailboxes(ctx) {
		if err != nil {
			continue // the sweep will tell
		}
		for f, err := range s.Folders(ctx, m) {
			if err != nil {
				continue
			}
			if p, ok := s.placeOf(ctx, f.Key); ok {
				entries, _ := s.listFolder(p)
				for i := range entries {
					total += entries[i].size
				}
			}
		}
	}
	return total
}

// walk goes through one folder.
type walk struct {
	s      *Source
	ctx    context.Context
	folder sweeper.Folder
	place  place
	yield  func(sweeper.Page, error) bool
	began  time.Time
	head   []byte // room for the beginning of a file

	page  sweeper.Page
	bytes int64 // of mail in page
	// covered are the bytes of the files that the walk has behind it; of the file
	// that it is in the middle of, those listed. told of them was by earlier pages.
	covered, told int64
	bound         bound
	enc           encoder // records of this walk, up to the file at
	at            string
	rest          []record // of the walk before, those not yet met
}

// bound is when a page is full.
type bound struct {
	items int
	bytes int64
}

// boundFor makes pages a sixty-fourth of what may come, so that the cursors, which
// grow with the folder, cost little beside the mail; but never so small that
// commits cost more than mail, nor so large that an interrupt costs much.
func boundFor(entries []entry) bound {
	items, bytes := int64(len(entries)), int64(0)
	for _, e := range entries {
		bytes += e.size
	}
	const typical = 4 << 10 // bytes of a message in an mbox
	items = max(items, bytes/typical)
	return bound{
		items: int(min(max(items/64, 64), 16<<10)),
		bytes: min(max(bytes/64, 16<<20), 128<<20),
	}
}

// run merges the files that are there with the records of those that were, both
// sorted by slot.
func (w *walk) run(entries []entry, m manifest) {
	w.bound = boundFor(entries)
	passed := m.passed()
	for i := range passed {
		w.enc.add(&m.records[i])
	}
	w.rest = m.records[passed:]
	if m.mid {
		w.at = m.at
		middle := len(w.rest) > 0 && w.rest[0].name == m.at
		done := sort.Search(len(entries), func(i int) bool {
			return entries[i].slot > m.at || middle && entries[i].slot == m.at
		})
		for i := range entries[:done] {
			w.covered += entries[i].size
		}
		entries = entries[done:]
	}
	for i := range entries {
		e := &entries[i]
		if !w.vanish(func(r *record) bool { return r.name < e.slot }) || !w.room(nil) {
			return
		}
		var old *record
		if len(w.rest) > 0 && w.rest[0].name == e.slot {
			old, w.rest = &w.rest[0], w.rest[1:]
		}
		before := w.covered
		r, ok := w.file(e, old)
		if !ok {
			return
		}
		w.covered = before + e.size
		if r != nil {
			w.enc.add(r)
		}
		w.at = e.slot
	}
	if !w.vanish(func(*record) bool { return true }) {
		return
	}
	w.page.Next = cursor(false, "", w.enc.buf)
	w.page.Done = true
	w.order()
	w.page.Covers = w.covered - w.told
	w.yield(w.page, nil)
}

// vanish reports the messages of leading records that no file was met for.
func (w *walk) vanish(gone func(*record) bool) bool {
	for len(w.rest) > 0 && gone(&w.rest[0]) {
		r := &w.rest[0]
		offsets := known(r)
		for len(offsets) > 0 {
			if len(w.page.Gone) >= w.bound.items {
				// The record stays, with what is still to be reported.
				if r.kind == mbox {
					r.offsets, r.old, r.partial = offsets, nil, false
				}
				if !w.flush(nil) {
					return false
				}
			}
			w.page.Gone = append(w.page.Gone, messageKey(r.name, r.link, offsets[0]))
			offsets = offsets[1:]
		}
		w.rest = w.rest[1:]
	}
	return true
}

// room yields the page when it is full. in is the record of the mbox that the
// walk is in the middle of, nil between files.
func (w *walk) room(in *record) bool {
	if err := w.ctx.Err(); err != nil {
		w.yield(sweeper.Page{}, err)
		return false
	}
	return !w.full() || w.flush(in)
}

func (w *walk) full() bool {
	return len(w.page.Messages)+len(w.page.Skips) >= w.bound.items ||
		len(w.page.Gone) >= w.bound.items || w.bytes >= w.bound.bytes
}

func (w *walk) flush(in *record) bool {
	enc := encoder{buf: append([]byte(nil), w.enc.buf...), prev: w.enc.prev}
	at := w.at
	if in != nil {
		enc.add(in)
		at = in.name
	}
	for i := range w.rest {
		enc.add(&w.rest[i])
	}
	w.page.Next = cursor(true, at, enc.buf)
	w.page.Covers, w.told = w.covered-w.told, w.covered
	w.order()
	page := w.page
	w.page, w.bytes = sweeper.Page{}, 0
	if !w.yield(page, nil) {
		return false
	}
	if err := w.ctx.Err(); err != nil {
		w.yield(sweeper.Page{}, err)
		return false
	}
	return true
}

// order sorts what people are shown of the page by name: the walk goes by digests. The
// messages of an mbox stay in its order.
func (w *walk) order() {
	byFile := func(a, b sweeper.Ref) int {
		x, _ := cutOffset(path.Base(a.ID)) // the names in new and cur begin with a time
		y, _ := cutOffset(path.Base(b.ID))
		return strings.Compare(x, y)
	}
	slices.SortStableFunc(w.page.Messages, func(a, b sweeper.Message) int { return byFile(a.Ref, b.Ref) })
	slices.SortStableFunc(w.page.Skips, func(a, b sweeper.Skip) int { return byFile(a.Ref, b.Ref) })
}

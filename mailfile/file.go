package mailfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// file looks at one file. It returns its new record, nil to forget it, and false
// when the walk is over.
func (w *walk) file(e *entry, old *record) (*record, bool) {
	asMessage, asMbox := w.matches(e)
	if !asMessage && !asMbox {
		return old, true // as if unseen
	}
	if e.skip != nil {
		if e.skip.Reason == decode.Unreadable && e.inode == 0 {
			w.skip(e, e.skip) // nothing is known of it: look again the next time
			return old, true
		}
		return w.fruitless(e, old, e.stat, *e.skip), true
	}
	if old != nil && old.stat == e.stat && !old.racy && !old.partial && old.link == e.link {
		return old, true
	}
	f, st, err := w.openEntry(e)
	if errors.Is(err, fs.ErrNotExist) {
		return old, true // moved or deleted since it was listed: the next walk knows
	}
	if err != nil {
		return old, w.unreadable(e, err)
	}
	defer f.Close()
	if old != nil && old.link != e.link {
		w.gone(old, nowhere) // the link leads to another file now
		old = nil
	}
	r, ok, err := w.open(mindful{w.ctx, f}, e, old, st, asMessage, asMbox)
	if err != nil {
		return old, w.unreadable(e, err)
	}
	return r, ok
}

// mindful is a file whose reading ends with a context: to see the end of a message
// may take gigabytes.
type mindful struct {
	ctx context.Context
	r   io.ReaderAt
}

func (m mindful) ReadAt(p []byte, off int64) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	return m.r.ReadAt(p, off)
}

// unreadable reports a file that gave an error, or ends the walk when that may pass.
func (w *walk) unreadable(e *entry, err error) bool {
	if passing(err) {
		w.yield(sweeper.Page{}, fmt.Errorf("reading %s: %w", w.id(e, -1), err))
		return false
	}
	w.skip(e, &decode.Skip{Reason: decode.Unreadable, Detail: complaint(err)})
	return true
}

// open tells what an opened file is, and lists what is new in it.
func (w *walk) open(f io.ReaderAt, e *entry, old *record, st stat, asMessage, asMbox bool) (*record, bool, error) {
	if old != nil && old.racy && old.stat == st && !old.partial {
		if sum, err := digest(f, old.summed()); err != nil || sum == old.sum {
			same := *old
			same.racy = st.racy(w.began)
			return &same, true, err
		}
	}
	e.stat = st
	r := &record{name: e.slot, link: e.link, stat: st, racy: st.racy(w.began)}
	if from, ok := resumes(f, st, old); ok {
		if !asMbox {
			return old, true, nil
		}
		r.kind = mbox
		return w.mbox(f, e, r, from)
	}
	v, err := judge(f, st.size, e.name, w.place.delivers(e.name), w.head)
	if err != nil {
		return nil, true, err
	}
	switch {
	case v.kind == mbox && !asMbox, v.kind == message && !asMessage:
		return old, true, nil
	case v.kind == mbox:
		r.kind = mbox
		return w.mbox(f, e, r, resumption{at: v.start, old: known(old)})
	case v.kind == other:
		return w.fruitless(e, old, st, decode.Skip{Reason: v.reason, Detail: v.detail}), true, nil
	}
	r.kind, r.start = message, v.start
	if r.racy {
		if r.sum, err = digest(f, r.summed()); err != nil {
			return nil, true, err
		}
	}
	w.gone(old, r.start)
	w.add(e, extent{max(v.start, 0), st.size}, r.start, false)
	return r, true, nil
}

// known are all messages that a record stands for.
func known(r *record) []int64 {
	if r == nil {
		return nil
	}
	return slices.Concat(r.messages(), r.old)
}

// nowhere is the offset of no message.
const nowhere = -2

// gone reports the messages of a record as gone, but for the one at the offset but.
func (w *walk) gone(r *record, but int64) {
	for _, o := range known(r) {
		if o != but {
			w.page.Gone = append(w.page.Gone, messageKey(r.name, r.link, o))
		}
	}
}

// fruitless records a file that holds no mail to be read, and reports it unless that was
// done before.
func (w *walk) fruitless(e *entry, old *record, st stat, s decode.Skip) *record {
	r := &record{name: e.slot, link: e.link, stat: st, kind: other, reason: s.Reason, detail: s.Detail}
	if old != nil && old.kind == other && old.stat == st && old.reason == s.Reason && old.detail == s.Detail {
		return r
	}
	w.gone(old, nowhere)
	w.skip(e, &s)
	return r
}

func (w *walk) skip(e *entry, s *decode.Skip) {
	ref := w.ref()
	ref.Key = messageKey(e.slot, e.link, -1)
	ref.ID = w.id(e, -1)
	w.page.Skips = append(w.page.Skips, sweeper.Skip{Ref: ref, Skip: *s})
}

// matches reports whether e is to be looked at, should it be a message or an mbox.
func (w *walk) matches(e *entry) (asMessage, asMbox bool) {
	match := w.s.match
	if match == nil {
		return true, true
	}
	return match(w.folder.Mailbox, w.folder.Name), match(w.place.mboxNames(e.name))
}

// narrowed reports whether some of the files may be left out of the walk.
func (w *walk) narrowed(entries []entry) bool {
	for i := range entries {
		if asMessage, asMbox := w.matches(&entries[i]); !asMessage || !asMbox {
			return true
		}
	}
	return false
}

func (w *walk) path(e *entry) string { return filepath.Join(w.place.dir(), e.name) }

func (w *walk) ref() sweeper.Ref {
	return sweeper.Ref{
		Source: SourceName, Mailbox: w.folder.Mailbox, Folder: w.folder.Name, FolderKey: w.folder.Key,
	}
}

// id is the path of a message's file below the root, and its offset.
func (w *walk) id(e *entry, offset int64) string {
	return withOffset(w.place.idOf(e.name), offset)
}

// add lists a message: the bytes x of the file e. offset is that of its separator.
func (w *walk) add(e *entry, x extent, offset int64, inMbox bool) {
	it := w.s.item(w.place, e, w.ref())
	it.extent, it.whole = x, !inMbox
	it.ref.Key = messageKey(e.slot, e.link, offset)
	if inMbox {
		it.ref.ID = w.id(e, offset)
		it.ref.Mailbox, it.ref.Folder = w.place.mboxNames(e.name)
	} else {
		it.ref.ID = w.id(e, -1)
	}
	w.page.Messages = append(w.page.Messages, it.message())
	w.bytes += x.end - x.start
	w.covered += x.end - x.start
}

// openEntry opens a file. One that was moved within a Maildir since it was listed
// is found again.
func (w *walk) openEntry(e *entry) (f *os.File, st stat, err error) {
	f, st, err = openFile(w.path(e))
	if w.place.delivers(e.name) {
		defer func() { st.ctime = 0 }()
	}
	if errors.Is(err, fs.ErrNotExist) && w.place.delivers(e.name) {
		if path, ok := findUnique(w.place.path, uniqueName(filepath.Base(e.name))); ok {
			return openFile(path)
		}
	}
	return f, st, err
}

package mailfile

import (
	"context"
	"errors"
	"path"
	"path/filepath"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// Message finds a message again by the Key of its Ref: it looks through the folder for
// the file with that digest. A message of a folder that this Source does not have,
// because it was made of other roots, is looked for in all folders.
func (s *Source) Message(ctx context.Context, ref sweeper.Ref) (*sweeper.Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	key, offset := cutOffset(ref.Key)
	p, e, err := s.find(ctx, ref, key)
	if err != nil {
		return nil, err
	}
	it := s.item(p, e, ref)
	if offset >= 0 {
		err = it.measure(e.name, offset)
	}
	if errors.Is(err, errChanged) {
		return nil, skipped(ref, decode.Gone, "")
	}
	if err != nil {
		return nil, fault(ref, err)
	}
	m := it.message()
	return &m, nil
}

// find gives the place and the entry of the file with a key.
func (s *Source) find(ctx context.Context, ref sweeper.Ref, key string) (place, *entry, error) {
	p, ok := s.placeOf(ctx, ref.FolderKey)
	if ok {
		e, err := s.lookFor(p, ref, key)
		return p, e, err
	}
	for p := range s.all(ctx) {
		e, err := s.lookFor(p, ref, key)
		var skip *sweeper.Skip
		if err == nil || !errors.As(err, &skip) {
			return p, e, err
		}
	}
	if err := ctx.Err(); err != nil {
		return p, nil, err
	}
	return p, nil, skipped(ref, decode.Gone, "")
}

// lookFor gives the entry of the file with a key in p. The name that the Ref shows is
// tried first: it is right unless something in it was masked, or it is in a Maildir.
func (s *Source) lookFor(p place, ref sweeper.Ref, key string) (*entry, error) {
	id, _ := cutOffset(ref.ID)
	if name := path.Base(id); keyOf(filepath.Join(p.dir(), name)) == key {
		if e, ok := s.look(p.dir(), name, digestOf(filepath.Join(p.dir(), name))); ok && e.err == nil && e.skip == nil {
			return &e, nil
		}
	}
	entries, err := s.listFolder(p)
	if err != nil {
		return nil, fault(ref, err)
	}
	for i := range entries {
		e := &entries[i]
		if messageKey(e.slot, e.link, -1) == key && e.skip == nil {
			return e, nil
		}
	}
	return nil, skipped(ref, decode.Gone, "")
}

// measure finds out what the message at offset is: all of its file, or, in an mbox, from
// where to where it goes.
func (it *item) measure(name string, offset int64) error {
	f, st, err := openFile(it.path)
	if err != nil {
		return err
	}
	defer f.Close()
	it.stat = st
	v, err := judge(f, st.size, name, it.unique != "", make([]byte, headSize))
	if err != nil {
		return err
	}
	if v.kind == message && v.start == offset {
		it.start = offset
		return nil
	}
	it.whole = false
	sc := newScanner(f, offset, st.size)
	if offset >= st.size || offset > lookbehind && !sc.separatorAt(offset) {
		return errChanged
	}
	it.extent, _ = sc.next()
	return sc.err
}

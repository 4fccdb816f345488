package sweeper

import (
	"context"
	"errors"
	"fmt"
)

// lost makes what the store holds of folders that are no longer there gone. A folder
// that a Source does not list may be deleted, but also left out or out of reach: the
// Source is asked about each.
func (w *work) lost(ctx context.Context, sources []Source) error {
	memory, ok := w.Store.(Rememberer)
	if !ok {
		return nil
	}
	var unlisted []Folder
	for f, err := range memory.Folders(ctx) {
		if err != nil {
			return &fatalError{err}
		}
		if _, ok := w.listed.Load(idOf(f)); !ok {
			unlisted = append(unlisted, f)
		}
	}
	for _, src := range sources {
		witness, ok := src.(Witness)
		if !ok {
			continue
		}
		for _, f := range unlisted {
			gone, err := witness.Lost(ctx, f)
			if err == nil && gone {
				err = w.empty(ctx, f)
			}
			var fatal *fatalError
			switch {
			case errors.As(err, &fatal), ctx.Err() != nil:
				return err
			case err != nil:
				w.tally.fail(fmt.Errorf("look for %s: %w", f, err))
			}
		}
	}
	return nil
}

// empty commits a walk of the whole folder in which nothing was seen. It leaves no
// cursor: should the folder come again, it is read from its beginning.
func (w *work) empty(ctx context.Context, f Folder) error {
	scope := w.scope(f)
	since, _, err := w.Store.Cursor(ctx, scope)
	if err != nil {
		return &fatalError{err}
	}
	err = w.commit(ctx, PageResult{Run: w.run, Folder: f, Scope: scope, Since: since, Reset: true, Done: true})
	if errors.Is(err, ErrStale) {
		return nil // another sweep is at work on it
	}
	return err
}

// folderID is a folder's identity over all sources.
type folderID struct{ source, key string }

func idOf(f Folder) folderID { return folderID{f.Source, f.Key} }

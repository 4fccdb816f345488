package sweeper

import (
	"cmp"
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// staleTries is how often a folder is taken up anew when another process keeps
// moving its cursor.
const staleTries = 8

// folder brings one folder up to date. When another sweep moved the cursor, it
// goes on from there: the cursor is the queue.
func (w *work) folder(ctx context.Context, src Source, f Folder) error {
	w.tally.folder()
	scope := w.scope(f)
	again := w.Again
	for try := 1; ; try++ {
		since, reread, err := w.Store.Cursor(ctx, scope)
		if err != nil {
			return &fatalError{err}
		}
		if reread && try == 1 {
			w.tally.reread()
		}
		if again {
			since = nil
		}
		again = false
		if err = w.pass(ctx, src, f, scope, since); !errors.Is(err, ErrStale) {
			return err
		}
		w.Log.Info("another sweep is at work on a folder; going on from its cursor")
		if try == staleTries {
			return err
		}
	}
}

// page is a page whose messages are being searched.
type page struct {
	result  PageResult
	covers  int64
	work    *errgroup.Group
	release func()
}

// pass walks the folder once. Pages are committed in order; while one is being
// committed, the messages of the next are searched already.
func (w *work) pass(ctx context.Context, src Source, f Folder, scope Scope, since Cursor) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pages := make(chan page, 1)
	var reader errgroup.Group
	reader.Go(func() error {
		defer close(pages)
		return w.read(ctx, src, f, scope, since, pages)
	})
	var failed error
	for p := range pages { // to the end, so that no search outlives the pass
		err := p.work.Wait()
		if err == nil && failed == nil {
			p.result.compact()
			err = w.commit(ctx, p.result)
			w.Progress.Covered.Add(p.covers)
		}
		p.release()
		if failed != nil {
			continue
		}
		if err != nil {
			failed = err
			stop()
		}
	}
	if err := reader.Wait(); failed == nil {
		failed = err
	}
	return failed
}

// read asks for pages and starts the search of their messages, as fast as slots
// and memory allow.
func (w *work) read(ctx context.Context, src Source, f Folder, scope Scope, since Cursor, pages chan<- page) error {
	shown, err := w.maskFolder(ctx, f)
	if err != nil {
		return err
	}
	var loose []Skip // met between pages; they go with the next one
	send := func(p page) error {
		select {
		case pages <- p:
			since = p.result.Next
			return nil
		case <-ctx.Done():
			_ = p.work.Wait()
			p.release()
			return ctx.Err()
		}
	}
	err = each(ctx, src.Changes(ctx, f, since), func(pg Page) error {
		p := page{covers: pg.Covers, release: pg.Release, result: PageResult{
			Run: w.run, Folder: shown, Scope: scope, Since: since, Next: pg.Next,
			Reset: pg.Reset, Done: pg.Done, Gone: pg.Gone, Skips: append(loose, pg.Skips...),
			Messages: make([]MessageResult, len(pg.Messages)),
		}}
		loose = nil
		if p.release == nil {
			p.release = func() {}
		}
		if err := w.maskSkips(ctx, p.result.Skips); err != nil {
			p.release()
			return err
		}
		if err := w.start(ctx, &p, pg.Messages); err != nil {
			p.release()
			return err
		}
		return send(p)
	}, func(s *Skip) error { loose = append(loose, *s); return nil })
	if err == nil {
		err = w.maskSkips(ctx, loose)
	}
	if err == nil && len(loose) > 0 {
		err = send(page{work: new(errgroup.Group), release: func() {}, result: PageResult{
			Run: w.run, Folder: shown, Scope: scope, Since: since, Next: since, Skips: loose,
		}})
	}
	return err
}

// start searches the messages of p, each in its own goroutine and into its own slot.
// Those that must be fetched first wait for it without keeping the others.
func (w *work) start(ctx context.Context, p *page, messages []Message) error {
	p.work, ctx = errgroup.WithContext(ctx)
	results := p.result.Messages
	for i, m := range messages {
		if m.Fetch != nil {
			p.work.Go(func() (err error) {
				results[i], err = w.fetched(ctx, m)
				return err
			})
			continue
		}
		done, err := w.room(ctx, m.Size)
		if err != nil {
			return cmp.Or(p.work.Wait(), err) // a message's error is why there was no waiting
		}
		p.work.Go(func() (err error) {
			defer done()
			results[i], err = w.message(ctx, m)
			return err
		})
	}
	return nil
}

// room waits for a worker, and for memory for a message of that size.
func (w *work) room(ctx context.Context, size int64) (done func(), err error) {
	need := min(reading*max(size, 4<<10), w.Memory)
	if err := w.bytes.Acquire(ctx, need); err != nil {
		return nil, err
	}
	if err := w.slots.Acquire(ctx, 1); err != nil {
		w.bytes.Release(need)
		return nil, err
	}
	return func() { w.slots.Release(1); w.bytes.Release(need) }, nil
}

// fetched searches a message after what it needs was brought from afar.
func (w *work) fetched(ctx context.Context, m Message) (MessageResult, error) {
	if m.Release != nil {
		defer m.Release()
	}
	size, err := m.Fetch(ctx)
	var skip *Skip
	if errors.As(err, &skip) {
		return w.unread(ctx, m.Ref, skip.Skip)
	}
	if err != nil {
		return MessageResult{}, err
	}
	m.Size = size
	done, err := w.room(ctx, size)
	if err != nil {
		return MessageResult{}, err
	}
	defer done()
	return w.message(ctx, m)
}

// compact drops the slots of messages that were outside the window.
func (p *PageResult) compact() {
	kept := p.Messages[:0]
	for _, m := range p.Messages {
		if m.Ref.Key != "" {
			kept = append(kept, m)
		}
	}
	p.Messages = kept
}

// commit writes the page, then tells it.
func (w *work) commit(ctx context.Context, p PageResult) error {
	c, err := w.Store.Commit(ctx, p)
	switch {
	case errors.Is(err, ErrStale), err != nil && ctx.Err() != nil:
		return err
	case err != nil:
		return &fatalError{err}
	case c.Repeated:
		return nil
	}
	if err := w.tally.page(p, c); err != nil {
		return &fatalError{err}
	}
	return nil
}

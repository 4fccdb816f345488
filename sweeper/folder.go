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
	result PageResult
	covers int64
	work   *errgroup.Group
}

// pass walks the folder once. Pages are committed in order; while one is being
// committed, the messages of the next are searched already.
func (w *work) pass(ctx context.Context, src Source, f Folder, scope Scope, since Cursor) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	pages := make(chan page, 1)
	reader := make(chan error, 1)
	go func() {
		err := w.read(ctx, src, f, scope, since, pages)
		close(pages)
		reader <- err
	}()
	var failed error
	for p := range pages { // to the end, so that no search outlives the pass
		err := p.work.Wait()
		if failed != nil {
			continue
		}
		if err == nil {
			p.result.compact()
			err = w.commit(ctx, p.result)
			w.Progress.Covered.Add(p.covers)
		}
		if err != nil {
			failed = err
			stop()
		}
	}
	if err := <-reader; failed == nil {
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
			return ctx.Err()
		}
	}
	err = each(ctx, src.Changes(ctx, f, since), func(pg Page) error {
		p := page{covers: pg.Covers, result: PageResult{
			Run: w.run, Folder: shown, Scope: scope, Since: since, Next: pg.Next,
			Reset: pg.Reset, Done: pg.Done, Gone: pg.Gone, Skips: append(loose, pg.Skips...),
			Messages: make([]MessageResult, len(pg.Messages)),
		}}
		loose = nil
		if err := w.maskSkips(ctx, p.result.Skips); err != nil {
			return err
		}
		if err := w.start(ctx, &p, pg.Messages); err != nil {
			return err
		}
		return send(p)
	}, func(s *Skip) error { loose = append(loose, *s); return nil })
	if err == nil {
		err = w.maskSkips(ctx, loose)
	}
	if err == nil && len(loose) > 0 {
		err = send(page{work: new(errgroup.Group), result: PageResult{
			Run: w.run, Folder: shown, Scope: scope, Since: since, Next: since, Skips: loose,
		}})
	}
	return err
}

// start searches the messages of p, each in its own goroutine and into its own slot.
func (w *work) start(ctx context.Context, p *page, messages []Message) error {
	p.work, ctx = errgroup.WithContext(ctx)
	results := p.result.Messages
	for i := range messages {
		need := min(reading*max(messages[i].Size, 4<<10), w.Memory)
		if err := w.bytes.Acquire(ctx, need); err != nil {
			return cmp.Or(p.work.Wait(), err) // a message's error is why there was no waiting
		}
		if err := w.slots.Acquire(ctx, 1); err != nil {
			w.bytes.Release(need)
			return cmp.Or(p.work.Wait(), err)
		}
		p.work.Go(func() error {
			defer w.bytes.Release(need)
			defer w.slots.Release(1)
			var err error
			results[i], err = w.message(ctx, messages[i])
			return err
		})
	}
	return nil
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

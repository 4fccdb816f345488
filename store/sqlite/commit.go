package sqlite

import (
	"context"
	"fmt"
	"time"

	"mailsweep/sweeper"
)

// Commit implements [sweeper.Store]. The source of all that a page brings is that of its
// scope, and so is the folder's key, but of messages that name another.
func (db *DB) Commit(ctx context.Context, p sweeper.PageResult) (c sweeper.Committed, err error) {
	c.New = make([][]bool, len(p.Messages))
	for i, m := range p.Messages {
		c.New[i] = make([]bool, len(m.Findings))
	}
	w := &page{PageResult: p, now: db.now(), touched: map[string]bool{}, left: map[string]bool{}}
	w.since, w.next = hashCursors(p) // before the database is held: they can be large
	err = db.write(ctx, func(ctx context.Context, t *tx) error {
		w.tx = t
		if err := w.begin(ctx); err != nil {
			return err
		}
		if w.step == stale {
			return sweeper.ErrStale
		}
		if w.step == repeated {
			c.Repeated = true
			return nil
		}
		if err := w.commit(ctx, c.New); err != nil {
			return err
		}
		c.Settled, err = w.settled(ctx)
		return err
	})
	if err != nil {
		return sweeper.Committed{}, fmt.Errorf("commit a page of %s: %w", p.Folder, err)
	}
	return c, nil
}

// page is one page being written.
type page struct {
	*tx
	sweeper.PageResult
	now         time.Time
	since, next string // the hashes of the page's cursors
	run         int64
	step        step
	pos         position
	// touched are the exposures whose findings have changed; true where the
	// exposure may no longer say what they say.
	touched map[string]bool
	left    map[string]bool // exposures that a finding has left for another
	// resighted are the new findings: what was rotated may be in use again.
	resighted []sight
}

// begin finds out what the page is to its folder. Nothing is written yet.
func (w *page) begin(ctx context.Context) error {
	found, err := w.row(ctx, runSeq, []any{w.Run}, &w.run)
	if err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("there is no run %q: begin one first", w.Run)
	}
	if w.pos, err = w.position(ctx, w.Scope); err != nil {
		return err
	}
	w.step = w.stepFrom(w.pos)
	if w.step == anew {
		w.pos.resetting = false // a walk that was not finished never will be
	}
	if w.Reset && (w.step == onward || w.step == anew) {
		w.pos.resetting = true
		_, err = w.row(ctx, lastGeneration, []any{w.Scope.Source, w.Scope.FolderKey}, &w.pos.generation)
		w.pos.generation++
	}
	return err
}

// commit writes the page. What is gone comes first: a message that is also in the
// page is there.
func (w *page) commit(ctx context.Context, isNew [][]bool) error {
	if err := w.markGone(ctx); err != nil {
		return err
	}
	if err := w.messages(ctx, isNew); err != nil {
		return err
	}
	if err := w.refresh(ctx); err != nil {
		return err
	}
	if err := w.reopen(ctx); err != nil {
		return err
	}
	if err := w.folderSkips(ctx); err != nil {
		return err
	}
	if err := w.cover(ctx); err != nil {
		return err
	}
	if w.step == aside {
		return nil
	}
	if w.Done {
		if err := w.finish(ctx); err != nil {
			return err
		}
	}
	return w.move(ctx)
}

// finish ends the walk: what a walk of the whole folder did not see is gone, and
// the cursors of other rules and decoders have served their time.
func (w *page) finish(ctx context.Context) error {
	if w.pos.resetting {
		if err := w.markUnseen(ctx); err != nil {
			return err
		}
		w.pos.resetting = false
	}
	if _, err := w.exec(ctx, dropMailboxSkips, w.Scope.Source, w.Folder.Mailbox, w.run); err != nil {
		return err
	}
	scope := scopeArgs(w.Scope)
	if _, err := w.exec(ctx, dropOtherDigests, scope...); err != nil {
		return err
	}
	_, err := w.exec(ctx, dropOldWindows, scope[:4]...)
	return err
}

const coverRun = `UPDATE runs SET messages = messages + ?, parts = parts + ?, bytes = bytes + ? WHERE seq = ?`

// cover adds to what the run has searched, so that it is known of a run that is
// killed, too.
func (w *page) cover(ctx context.Context) error {
	if len(w.Messages) == 0 {
		return nil
	}
	parts, bytes := 0, int64(0)
	for _, m := range w.Messages {
		parts += m.Parts
		bytes += m.Bytes
	}
	_, err := w.exec(ctx, coverRun, len(w.Messages), parts, bytes, w.run)
	return err
}

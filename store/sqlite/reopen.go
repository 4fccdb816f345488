package sqlite

import (
	"context"
	"fmt"
	"time"

	"mailsweep/store"
	"mailsweep/sweeper"
)

// sight is a new finding of an exposure, in mail that was received then, "" when unknown.
type sight struct{ exposure, received string }

// reopen opens again what was rotated before mail came that has it: either it was not
// rotated, or the new one was mailed, too. Mail without a date may be as late.
func (w *page) reopen(ctx context.Context) error {
	var e store.Entry
	for _, s := range w.resighted {
		all, err := w.ownerships(ctx, s.exposure)
		if err != nil {
			return err
		}
		changed := false
		for _, o := range all {
			if o.State != sweeper.Rotated && o.State != sweeper.Closed || s.received != "" && s.received <= timeText(o.Since) {
				continue
			}
			if e.Actor == "" {
				if _, err := w.row(ctx, `SELECT actor, case_ref FROM runs WHERE seq = ?`, []any{w.run}, &e.Actor, &e.Case); err != nil {
					return err
				}
			}
			from := o.State
			o.Reason = fmt.Sprintf("seen in mail received at %s, after it was rotated", s.received)
			if s.received == "" {
				o.Reason = "seen in mail without a date, after it was rotated"
			}
			now := textTime(timeText(w.now))
			o.State, o.Since, o.Opened, o.Due, o.Until, o.Actor = sweeper.Reopened, now, now, time.Time{}, time.Time{}, e.Actor
			if err := w.putOwnership(ctx, o); err != nil {
				return err
			}
			if err := w.logState(ctx, o, from, w.Run, e.Case, now); err != nil {
				return err
			}
			changed = true
		}
		if changed {
			if err := w.settle(ctx, s.exposure); err != nil {
				return err
			}
		}
	}
	return nil
}

package sqlite

import (
	"context"
	"fmt"
	"time"

	"mailsweep/notify"
	"mailsweep/sweeper"
)

// Approve implements [notify.Outbox].
func (db *DB) Approve(ctx context.Context, id, actor string, second bool) error {
	return db.onNotice(ctx, id, "approve", func(ctx context.Context, t *tx, now time.Time) error {
		n, seq, err := t.noticeAt(ctx, id, notify.Planned)
		if err != nil {
			return err
		}
		if second && n.PlannedBy == actor {
			return notify.ErrSamePerson
		}
		if _, err := t.exec(ctx, `UPDATE notices SET stage = 'approved', approved = ?, approved_by = ? WHERE seq = ?`, timeText(now), actor, seq); err != nil {
			return err
		}
		return t.logNotice(ctx, n, "notice approved", actor, "", now)
	})
}

// Start implements [notify.Outbox].
func (db *DB) Start(ctx context.Context, id, messageID string) (n notify.Notice, err error) {
	err = db.onNotice(ctx, id, "begin to send", func(ctx context.Context, t *tx, now time.Time) error {
		var seq int64
		if n, seq, err = t.noticeAt(ctx, id, notify.Approved); err != nil {
			return err
		}
		n.Stage, n.MessageID, n.Attempted = notify.Sending, messageID, now
		_, err := t.exec(ctx, `UPDATE notices SET stage = 'sending', message_id = ?, attempted = ? WHERE seq = ?`, messageID, timeText(now), seq)
		return err
	})
	return n, err
}

// Finish implements [notify.Outbox].
func (db *DB) Finish(ctx context.Context, id string, o notify.Outcome) error {
	return db.onNotice(ctx, id, "finish", func(ctx context.Context, t *tx, now time.Time) error {
		n, seq, err := t.noticeAt(ctx, id, notify.Sending, notify.Doubted)
		if err != nil {
			return err
		}
		if o.At.IsZero() {
			o.At = now
		}
		if _, err := t.exec(ctx, `UPDATE notices SET stage = ?, receipt = ?, settled = ? WHERE seq = ?`, string(o.Stage), o.Receipt, timeText(o.At), seq); err != nil {
			return err
		}
		switch o.Stage {
		case notify.Sent:
			if err := t.told(ctx, n, o.At, o.Actor, now); err != nil {
				return err
			}
		case notify.Failed:
			if err := t.untold(ctx, seq); err != nil {
				return err
			}
		case notify.Doubted:
		default:
			return fmt.Errorf("%q is no way to finish", o.Stage)
		}
		return t.logNotice(ctx, n, "notice "+string(o.Stage), o.Actor, o.Receipt, now)
	})
}

// told makes the exposures of a notice notified, where nobody was told before.
func (t *tx) told(ctx context.Context, n notify.Notice, at time.Time, actor string, now time.Time) error {
	for _, i := range n.Items {
		all, err := t.ownerships(ctx, i.Exposure)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.Owner != n.Owner.ID || o.State != sweeper.Open && o.State != sweeper.Reopened {
				continue
			}
			from := o.State
			o.State, o.Since, o.Actor, o.Reason = sweeper.Notified, at, actor, "told by "+n.ID
			if o.Due.IsZero() {
				o.Due = i.Due
			}
			if err := t.putOwnership(ctx, o); err != nil {
				return err
			}
			if err := t.logState(ctx, o, from, "", "", now); err != nil {
				return err
			}
		}
		if err := t.settle(ctx, i.Exposure); err != nil {
			return err
		}
	}
	return nil
}

// untold lets the exposures of a notice be planned again in the same round.
func (t *tx) untold(ctx context.Context, seq int64) error {
	_, err := t.exec(ctx, `UPDATE notice_items SET live = 0 WHERE notice = ?`, seq)
	return err
}

// Cancel implements [notify.Outbox].
func (db *DB) Cancel(ctx context.Context, id, actor, reason string) error {
	return db.onNotice(ctx, id, "cancel", func(ctx context.Context, t *tx, now time.Time) error {
		n, seq, err := t.noticeAt(ctx, id, notify.Planned, notify.Approved, notify.Failed)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE notices SET stage = 'cancelled', receipt = ?, settled = ? WHERE seq = ?`, reason, timeText(now), seq); err != nil {
			return err
		}
		if err := t.untold(ctx, seq); err != nil {
			return err
		}
		return t.logNotice(ctx, n, "notice cancelled", actor, reason, now)
	})
}

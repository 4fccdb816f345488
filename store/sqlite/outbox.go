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
	from := []notify.Stage{notify.Sending, notify.Doubted}
	if o.Stage == notify.Failed {
		from = append(from, notify.Sent)
	}
	return db.onNotice(ctx, id, "finish", func(ctx context.Context, t *tx, now time.Time) error {
		n, seq, err := t.noticeAt(ctx, id, from...)
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
			err = t.told(ctx, n, o.At, o.Actor, now)
		case notify.Failed:
			if err = t.untold(ctx, seq); err == nil && n.Stage == notify.Sent {
				err = t.unsay(ctx, n, o.Actor, now)
			}
		case notify.Doubted:
		case notify.Approved:
			_, err = t.exec(ctx, `UPDATE notices SET settled = '' WHERE seq = ?`, seq)
		default:
			return fmt.Errorf("%q is no way to finish", o.Stage)
		}
		if err != nil {
			return err
		}
		action := "notice " + string(o.Stage)
		if o.Stage == notify.Approved {
			action = "notice not sent"
		}
		return t.logNotice(ctx, n, action, o.Actor, o.Receipt, now)
	})
}

// told makes the exposures of a notice notified, where nobody was told before.
func (t *tx) told(ctx context.Context, n notify.Notice, at time.Time, actor string, now time.Time) error {
	return t.eachOwned(ctx, n, func(o *sweeper.Ownership, i notify.Item) bool {
		if o.State != sweeper.Open && o.State != sweeper.Reopened {
			return false
		}
		o.State, o.Since, o.Actor, o.Reason = sweeper.Notified, at, actor, "told by "+n.ID
		if o.Due.IsZero() {
			o.Due = i.Due
		}
		return true
	}, now)
}

// unsay opens the exposures of a notice that came back, where nothing was said since.
func (t *tx) unsay(ctx context.Context, n notify.Notice, actor string, now time.Time) error {
	return t.eachOwned(ctx, n, func(o *sweeper.Ownership, _ notify.Item) bool {
		if o.State != sweeper.Notified || o.Reason != "told by "+n.ID {
			return false
		}
		o.State, o.Since, o.Due, o.Actor, o.Reason = sweeper.Open, now, time.Time{}, actor, n.ID+" came back"
		return true
	}, now)
}

// eachOwned changes what the owner of a notice has to do about its exposures.
func (t *tx) eachOwned(ctx context.Context, n notify.Notice, change func(*sweeper.Ownership, notify.Item) bool, now time.Time) error {
	for _, i := range n.Items {
		all, err := t.ownerships(ctx, i.Exposure)
		if err != nil {
			return err
		}
		for _, o := range all {
			from := o.State
			if o.Owner != n.Owner.ID || !change(&o, i) {
				continue
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

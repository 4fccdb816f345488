package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"mailsweep/notify"
	"mailsweep/store"
)

var _ notify.Outbox = (*DB)(nil)

const listNotices = `
	SELECT n.id, n.owner, n.name, n.audience, n.addresses, n.language, n.manager, n.occasion, n.channel, n.stage, n.due,
		n.planned, n.planned_by, n.approved, n.approved_by, n.message_id, n.attempted, n.settled, n.receipt,
		(SELECT json_group_array(json_array(i.exposure, i.round, i.due)) FROM
			(SELECT exposure, round, due FROM notice_items WHERE notice = n.seq ORDER BY exposure) i)
	FROM notices n`

// Notices implements [notify.Outbox]. It streams, as Findings does.
func (db *DB) Notices(ctx context.Context, f notify.NoticeFilter) iter.Seq2[notify.Notice, error] {
	return list(ctx, db, func(context.Context) (query, error) {
		w := &where{}
		oneOf(w, "n.id", f.IDs)
		if f.Owner != "" {
			w.and("n.owner = ?", f.Owner)
		}
		oneOf(w, "n.stage", f.Stages)
		return w.query(listNotices, "n.seq", 0), nil
	}, scanNotice)
}

func scanNotice(rows *sql.Rows) (n notify.Notice, err error) {
	var to, due, planned, approved, attempted, settled, items string
	o := &n.Owner
	err = rows.Scan(&n.ID, &o.ID, &o.Name, &o.Audience, &to, &o.Language, &o.Manager, &n.Occasion, &n.Channel, &n.Stage, &due,
		&planned, &n.PlannedBy, &approved, &n.ApprovedBy, &n.MessageID, &attempted, &settled, &n.Receipt, &items)
	if err != nil {
		return n, err
	}
	n.Due, n.Planned, n.Approved, n.Attempted, n.Settled = textTime(due), textTime(planned), textTime(approved), textTime(attempted), textTime(settled)
	if o.To, err = textList(to); err != nil {
		return n, err
	}
	n.Items, err = textItems(items)
	return n, err
}

// textItems reads what json_group_array wrote.
func textItems(s string) (items []notify.Item, err error) {
	var raw [][3]any
	if err := json.Unmarshal([]byte(s), &raw); err != nil {
		return nil, err
	}
	for _, r := range raw {
		exposure, _ := r[0].(string)
		round, _ := r[1].(float64)
		due, _ := r[2].(string)
		items = append(items, notify.Item{Exposure: exposure, Round: int(round), Due: textTime(due)})
	}
	return items, nil
}

// Tellings implements [notify.Outbox].
func (db *DB) Tellings(ctx context.Context) iter.Seq2[notify.Telling, error] {
	return list(ctx, db, func(context.Context) (query, error) {
		return query{text: `SELECT i.exposure, i.owner, i.round, n.occasion, n.stage, n.settled
			FROM notice_items i CROSS JOIN notices n ON n.seq = i.notice WHERE i.live = 1`}, nil
	}, func(rows *sql.Rows) (t notify.Telling, err error) {
		var settled string
		err = rows.Scan(&t.Exposure, &t.Owner, &t.Round, &t.Occasion, &t.Stage, &settled)
		t.Settled = textTime(settled)
		return t, err
	})
}

const insertNotice = `
	INSERT INTO notices (id, owner, name, audience, addresses, language, manager, occasion, channel, stage, due, planned, planned_by)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?, ?)`

const insertItem = `INSERT INTO notice_items (notice, exposure, owner, round, due) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

// Plan implements [notify.Outbox].
func (db *DB) Plan(ctx context.Context, all []notify.Notice) (added []notify.Notice, err error) {
	err = db.write(ctx, func(ctx context.Context, t *tx) error {
		now := textTime(timeText(db.now()))
		for _, n := range all {
			n.Stage, n.Planned = notify.Planned, now
			n, err := t.plan(ctx, n)
			if err != nil {
				return err
			}
			if len(n.Items) > 0 {
				added = append(added, n)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("plan notices: %w", err)
	}
	return added, nil
}

func (t *tx) plan(ctx context.Context, n notify.Notice) (notify.Notice, error) {
	o := n.Owner
	seq, err := t.insert(ctx, insertNotice, n.ID, o.ID, o.Name, string(o.Audience), listText(o.To), o.Language, o.Manager,
		string(n.Occasion), n.Channel, timeText(n.Due), timeText(n.Planned), n.PlannedBy)
	if err != nil {
		return n, err
	}
	var items []notify.Item
	for _, i := range n.Items {
		isNew, err := t.change(ctx, insertItem, seq, i.Exposure, o.ID, i.Round, timeText(i.Due))
		if err != nil {
			return n, err
		}
		if isNew {
			items = append(items, i)
		}
	}
	n.Items = items
	if len(items) == 0 {
		_, err := t.exec(ctx, `DELETE FROM notices WHERE seq = ?`, seq)
		return n, err
	}
	return n, t.logNotice(ctx, n, "notice planned", n.PlannedBy, "", n.Planned)
}

// logNotice writes what became of a notice into the log: whom it is for, not where to.
func (t *tx) logNotice(ctx context.Context, n notify.Notice, action, actor, detail string, now time.Time) error {
	exposures := []string{}
	for _, i := range n.Items {
		exposures = append(exposures, i.Exposure)
	}
	text, err := json.Marshal(struct {
		Notice    string          `json:"notice"`
		Owner     string          `json:"owner"`
		Occasion  notify.Occasion `json:"occasion"`
		Channel   string          `json:"channel"`
		Exposures []string        `json:"exposures"`
		Detail    string          `json:"detail,omitempty"`
	}{n.ID, n.Owner.ID, n.Occasion, n.Channel, exposures, detail})
	if err != nil {
		return err
	}
	_, err = t.append(ctx, store.Entry{Actor: actor, Action: action, Detail: text}, now)
	return err
}

// noticeAt is a notice in a stage that allows what is to be done; [notify.ErrStage]
// when it is in another, [store.ErrNotFound] when there is none.
func (t *tx) noticeAt(ctx context.Context, id string, stages ...notify.Stage) (n notify.Notice, seq int64, err error) {
	found, err := t.row(ctx, `SELECT seq FROM notices WHERE id = ?`, []any{id}, &seq)
	if err != nil {
		return n, 0, err
	}
	if !found {
		return n, 0, store.ErrNotFound
	}
	rows, err := t.query(ctx, listNotices+` WHERE n.seq = ?`, seq)
	if err != nil {
		return n, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if n, err = scanNotice(rows); err != nil {
			return n, 0, err
		}
	}
	for _, s := range stages {
		if n.Stage == s {
			return n, seq, rows.Err()
		}
	}
	return n, 0, fmt.Errorf("%w: it is %s", notify.ErrStage, n.Stage)
}

// onNotice changes one notice, in a transaction that outlives a loss of power: a notice
// that was sent must not be forgotten.
func (db *DB) onNotice(ctx context.Context, id, what string, do func(ctx context.Context, t *tx, now time.Time) error) error {
	err := db.durably(ctx, func() error {
		return db.write(ctx, func(ctx context.Context, t *tx) error { return do(ctx, t, textTime(timeText(db.now()))) })
	})
	if err != nil {
		return fmt.Errorf("%s notice %s: %w", what, id, err)
	}
	return nil
}

// durably makes commits wait for the disk (sqlite.org/pragma.html#pragma_synchronous: with
// a write-ahead log, NORMAL may lose the last ones with the power). There is one
// connection that writes: other commits wait too, meanwhile.
func (db *DB) durably(ctx context.Context, do func() error) error {
	if db.writer == nil {
		return do()
	}
	if _, err := db.writer.ExecContext(ctx, "PRAGMA synchronous = FULL"); err != nil {
		return explain(err, db.path)
	}
	err := do()
	_, back := db.writer.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = NORMAL")
	return errors.Join(err, back)
}

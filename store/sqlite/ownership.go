package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"mailsweep/store"
	"mailsweep/sweeper"
)

const listOwnerships = `SELECT o.exposure, o.owner, o.state, o.since, o.opened, o.due, o.until, o.reason, o.actor, o.route FROM ownerships o`

// Ownerships lists who has to do what, by exposure and owner. It streams, as Findings
// does. An exposure that nobody owns and of which nothing was said is not in it.
func (db *DB) Ownerships(ctx context.Context, f store.OwnershipFilter) iter.Seq2[sweeper.Ownership, error] {
	return list(ctx, db, func(context.Context) (query, error) {
		return ownershipWhere(f).query(listOwnerships, "o.exposure, o.owner", 0), nil
	}, scanOwnership)
}

// ownershipWhere is what f asks of an ownership o.
func ownershipWhere(f store.OwnershipFilter) *where {
	w := &where{}
	if f.Exposure != "" {
		w.and("o.exposure = ?", f.Exposure)
	}
	if f.Owner != "" {
		w.and("o.owner = ?", f.Owner)
	}
	oneOf(w, "o.state", f.States)
	if !f.Overdue.IsZero() {
		w.and("o.due <> '' AND o.due < ?", timeText(f.Overdue))
		oneOf(w, "o.state", sweeper.Unsettled())
	}
	return w
}

func scanOwnership(rows *sql.Rows) (o sweeper.Ownership, err error) {
	var since, opened, due, until string
	err = rows.Scan(&o.Exposure, &o.Owner, &o.State, &since, &opened, &due, &until, &o.Reason, &o.Actor, &o.Route)
	o.Since, o.Opened, o.Due, o.Until = textTime(since), textTime(opened), textTime(due), textTime(until)
	return o, err
}

// ownerships are those of one exposure, within a transaction.
func (t *tx) ownerships(ctx context.Context, exposure string) (all []sweeper.Ownership, err error) {
	rows, err := t.query(ctx, ownershipsOf, exposure)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		o, err := scanOwnership(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, rows.Err()
}

const ownershipsOf = listOwnerships + ` WHERE o.exposure = ? ORDER BY o.owner`

const putOwnership = `
	INSERT INTO ownerships (exposure, owner, state, since, opened, due, until, reason, actor, route) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (exposure, owner) DO UPDATE SET state = excluded.state, since = excluded.since, opened = excluded.opened, due = excluded.due,
		until = excluded.until, reason = excluded.reason, actor = excluded.actor, route = excluded.route`

func (t *tx) putOwnership(ctx context.Context, o sweeper.Ownership) error {
	_, err := t.exec(ctx, putOwnership, o.Exposure, o.Owner, string(o.State), timeText(o.Since), timeText(o.Opened), timeText(o.Due), timeText(o.Until), o.Reason, o.Actor, o.Route)
	return err
}

// settle makes the exposure's state that of the least settled of its owners.
func (t *tx) settle(ctx context.Context, exposure string) error {
	all, err := t.ownerships(ctx, exposure)
	if err != nil {
		return err
	}
	var states []sweeper.State
	for _, o := range all {
		states = append(states, o.State)
	}
	_, err = t.exec(ctx, setState, string(sweeper.LeastSettled(states)), exposure)
	return err
}

const setState = `UPDATE exposures SET state = ? WHERE id = ?`

// settled are the exposures of the page, known before, that are settled.
func (w *page) settled(ctx context.Context) (all map[string]bool, err error) {
	for exposure, known := range w.touched {
		var s sweeper.State
		if !known {
			continue
		}
		if _, err := w.row(ctx, stateOf, []any{exposure}, &s); err != nil {
			return nil, err
		}
		if s.Settled() {
			if all == nil {
				all = map[string]bool{}
			}
			all[exposure] = true
		}
	}
	return all, nil
}

const stateOf = `SELECT state FROM exposures WHERE id = ?`

// said is the detail of a log entry about a state.
type said struct {
	Exposure string        `json:"exposure"`
	Owner    string        `json:"owner"`
	From     sweeper.State `json:"from"`
	To       sweeper.State `json:"to"`
	Reason   string        `json:"reason,omitempty"`
	Since    string        `json:"since,omitempty"`
	Due      string        `json:"due,omitempty"`
	Until    string        `json:"until,omitempty"`
}

func (t *tx) logState(ctx context.Context, o sweeper.Ownership, from sweeper.State, run, why string, now time.Time) error {
	detail, err := json.Marshal(said{o.Exposure, o.Owner, from, o.State, o.Reason, timeText(o.Since), timeText(o.Due), timeText(o.Until)})
	if err != nil {
		return err
	}
	_, err = t.append(ctx, store.Entry{Actor: o.Actor, Action: "state", Run: run, Case: why, Detail: detail}, now)
	return err
}

// SetState changes the state of an exposure for one of its owners or for all, and writes
// it into the log. Nothing is changed when one of them cannot become so
// ([sweeper.State.CanBecome]), or when the exposure or the owner is not there
// ([store.ErrNotFound]).
func (db *DB) SetState(ctx context.Context, c store.Change) error {
	err := db.write(ctx, func(ctx context.Context, t *tx) error {
		now := textTime(timeText(db.now()))
		all, err := t.owned(ctx, c.Exposure, now)
		if err != nil {
			return err
		}
		changed := false
		for _, o := range all {
			if c.Owner != "" && o.Owner != c.Owner {
				continue
			}
			from := o.State
			if err := from.CanBecome(c.To); err != nil {
				return err
			}
			o.State, o.Since, o.Until, o.Reason, o.Actor = c.To, now, c.Until, c.Reason, c.Actor
			if c.To == sweeper.Open {
				o.Opened, o.Due = now, time.Time{}
			}
			if !c.At.IsZero() {
				o.Since = c.At
			}
			if !c.Due.IsZero() {
				o.Due = c.Due
			}
			if err := t.putOwnership(ctx, o); err != nil {
				return err
			}
			if err := t.logState(ctx, o, from, "", c.Case, now); err != nil {
				return err
			}
			changed = true
		}
		if !changed {
			return fmt.Errorf("owner %q: %w", c.Owner, store.ErrNotFound)
		}
		return t.settle(ctx, c.Exposure)
	})
	if err != nil {
		return fmt.Errorf("set the state of exposure %s: %w", c.Exposure, err)
	}
	return nil
}

// owned are the ownerships of an exposure that there is; nobody's when nobody owns it.
func (t *tx) owned(ctx context.Context, exposure string, now time.Time) ([]sweeper.Ownership, error) {
	var id string
	found, err := t.row(ctx, `SELECT id FROM exposures WHERE id = ?`, []any{exposure}, &id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, store.ErrNotFound
	}
	all, err := t.ownerships(ctx, exposure)
	if len(all) == 0 {
		all = []sweeper.Ownership{{Exposure: exposure, State: sweeper.Open, Since: now, Opened: now}}
	}
	return all, err
}

// Assign gives an exposure to its owners, and reports whether that changed anything. What
// was said of it while nobody owned it holds for each of them. Who owned it before and is
// not among them keeps it if they were told; else it is theirs no more.
func (db *DB) Assign(ctx context.Context, a store.Assignment) (changed bool, err error) {
	err = db.write(ctx, func(ctx context.Context, t *tx) error {
		changed, err = t.assign(ctx, a, textTime(timeText(db.now())))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("give exposure %s to its owners: %w", a.Exposure, err)
	}
	return changed, nil
}

func (t *tx) assign(ctx context.Context, a store.Assignment, now time.Time) (changed bool, err error) {
	had, err := t.owned(ctx, a.Exposure, now)
	if err != nil {
		return false, err
	}
	from := sweeper.Ownership{Exposure: a.Exposure, State: sweeper.Open, Since: now, Opened: now}
	var before []string
	for _, o := range had {
		switch {
		case o.Owner == "":
			from = o
		default:
			before = append(before, o.Owner)
		}
		leaves := o.Owner == "" && len(a.Owners) > 0 || o.Owner != "" && o.State == sweeper.Open && !slices.Contains(a.Owners, o.Owner)
		if leaves {
			gone, err := t.change(ctx, `DELETE FROM ownerships WHERE exposure = ? AND owner = ?`, a.Exposure, o.Owner)
			if err != nil {
				return false, err
			}
			changed = changed || gone
		}
	}
	for _, owner := range a.Owners {
		if slices.Contains(before, owner) {
			continue
		}
		o := from
		o.Owner, o.Route = owner, a.Route
		if o.Actor == "" {
			o.Actor = a.Actor
		}
		if err := t.putOwnership(ctx, o); err != nil {
			return false, err
		}
		changed = true
	}
	if !changed {
		return false, nil
	}
	detail, err := json.Marshal(struct {
		Exposure string   `json:"exposure"`
		Owners   []string `json:"owners"`
		Before   []string `json:"before"`
		Route    string   `json:"route"`
	}{a.Exposure, append([]string{}, a.Owners...), append([]string{}, before...), a.Route})
	if err != nil {
		return false, err
	}
	if _, err := t.append(ctx, store.Entry{Actor: a.Actor, Action: "assign", Case: a.Case, Detail: detail}, now); err != nil {
		return false, err
	}
	return true, t.settle(ctx, a.Exposure)
}

// Lapse opens again what was accepted until a day that has come, and gives how many.
func (db *DB) Lapse(ctx context.Context, now time.Time, actor string) (n int, err error) {
	err = db.write(ctx, func(ctx context.Context, t *tx) error {
		rows, err := t.query(ctx, listOwnerships+` WHERE o.state = 'accepted' AND o.until <> '' AND o.until <= ?`, timeText(now))
		if err != nil {
			return err
		}
		defer rows.Close()
		var all []sweeper.Ownership
		for rows.Next() {
			o, err := scanOwnership(rows)
			if err != nil {
				return err
			}
			all = append(all, o)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		n = len(all)
		for _, o := range all {
			from := o.State
			o.Reason = "the risk was accepted until " + o.Until.UTC().Format(time.DateOnly)
			o.State, o.Since, o.Opened, o.Due, o.Until, o.Actor = sweeper.Open, textTime(timeText(now)), textTime(timeText(now)), time.Time{}, time.Time{}, actor
			if err := t.putOwnership(ctx, o); err != nil {
				return err
			}
			if err := t.logState(ctx, o, from, "", "", now); err != nil {
				return err
			}
			if err := t.settle(ctx, o.Exposure); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

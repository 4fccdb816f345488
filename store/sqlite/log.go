package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"mailsweep/store"
)

const lastEntry = `SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1`

const insertEntry = `
	INSERT INTO log (seq, time, actor, action, run, case_ref, detail, prev, hash)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

// append adds an entry to the log and gives it back as it stands there. Seq, Time, Prev
// and Hash of e are not looked at; no Detail is "{}". It holds the database for writing, so nobody gets between reading the head and
// writing the next entry.
func (t *tx) append(ctx context.Context, e store.Entry, now time.Time) (store.Entry, error) {
	if len(e.Detail) == 0 {
		e.Detail = json.RawMessage("{}")
	}
	var detail bytes.Buffer
	if err := json.Compact(&detail, e.Detail); err != nil {
		return e, fmt.Errorf("the detail of %q is no JSON: %w", e.Action, err)
	}
	e.Detail = detail.Bytes()
	e.Seq, e.Prev = 0, ""
	if _, err := t.row(ctx, lastEntry, nil, &e.Seq, &e.Prev); err != nil {
		return e, err
	}
	e.Seq++
	e.Time = textTime(timeText(now)) // as it will be read
	e.Hash = e.Sum()
	_, err := t.exec(ctx, insertEntry, e.Seq, timeText(e.Time), e.Actor, e.Action, e.Run, e.Case,
		string(e.Detail), e.Prev, e.Hash)
	return e, err
}

// Entries lists the log from its beginning, as it is stored: see [DB.Verify].
func (db *DB) Entries(ctx context.Context) iter.Seq2[store.Entry, error] {
	return list(ctx, db, func(context.Context) (query, error) {
		return query{text: `SELECT seq, time, actor, action, run, case_ref, detail, prev, hash FROM log ORDER BY seq`}, nil
	}, func(rows *sql.Rows) (e store.Entry, err error) {
		var at, detail string
		err = rows.Scan(&e.Seq, &at, &e.Actor, &e.Action, &e.Run, &e.Case, &detail, &e.Prev, &e.Hash)
		e.Time, e.Detail = textTime(at), json.RawMessage(detail)
		return e, err
	})
}

// Verify checks the chain from its beginning, and that the hashes kept, noted
// elsewhere at earlier times, are in it. An error means that it could not be read;
// what is wrong with the chain is in the Verification. For what it proves see
// [store.Entry].
func (db *DB) Verify(ctx context.Context, kept ...string) (store.Verification, error) {
	v := store.NewVerifier(kept...)
	for e, err := range db.Entries(ctx) {
		if err != nil {
			return v.Result(), err
		}
		v.Add(e)
	}
	return v.Result(), nil
}

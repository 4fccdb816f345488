package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"mailsweep/store"
	"mailsweep/sweeper"
)

const runSeq = `SELECT seq FROM runs WHERE id = ?`

const insertRun = `
	INSERT INTO runs (id, started, actor, case_ref, version, digest, sources, filters)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

// Begin implements [sweeper.Store]. Ids sort by the time at which runs started.
func (db *DB) Begin(ctx context.Context, r sweeper.Run) (id string, err error) {
	if r.Started.IsZero() {
		r.Started = db.now()
	}
	if id, err = newRunID(r.Started); err != nil {
		return "", err
	}
	err = db.write(ctx, func(ctx context.Context, t *tx) error {
		_, err := t.exec(ctx, insertRun, id, timeText(r.Started), r.Actor, r.Case, r.Version, r.Digest,
			listText(r.Sources), mapText(r.Filters))
		if err != nil {
			return err
		}
		detail, err := json.Marshal(struct {
			Version string          `json:"version"`
			Digest  string          `json:"digest"`
			Sources json.RawMessage `json:"sources"`
			Filters json.RawMessage `json:"filters"`
		}{r.Version, r.Digest, json.RawMessage(listText(r.Sources)), json.RawMessage(mapText(r.Filters))})
		if err != nil {
			return err
		}
		_, err = t.append(ctx, store.Entry{Actor: r.Actor, Action: "run begin", Run: id, Case: r.Case, Detail: detail}, db.now())
		return err
	})
	if err != nil {
		return "", fmt.Errorf("begin a run: %w", err)
	}
	return id, nil
}

func newRunID(started time.Time) (string, error) {
	var b [4]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return started.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(b[:]), nil
}

// End implements [sweeper.Store]. A run ends once.
func (db *DB) End(ctx context.Context, id string, s sweeper.Summary) error {
	err := db.write(ctx, func(ctx context.Context, t *tx) error {
		e := store.Entry{Action: "run end", Run: id}
		var ended string
		found, err := t.row(ctx, `SELECT actor, case_ref, ended FROM runs WHERE id = ?`, []any{id}, &e.Actor, &e.Case, &ended)
		switch {
		case err != nil:
			return err
		case !found:
			return fmt.Errorf("there is no run %q", id)
		case ended != "":
			return fmt.Errorf("run %s has ended already", id)
		}
		if e.Detail, err = json.Marshal(s); err != nil {
			return err
		}
		now := db.now()
		if _, err := t.exec(ctx, `UPDATE runs SET ended = ?, summary = ? WHERE id = ?`, timeText(now), string(e.Detail), id); err != nil {
			return err
		}
		_, err = t.append(ctx, e, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("end a run: %w", err)
	}
	return nil
}

// Runs lists the runs, the latest first.
func (db *DB) Runs(ctx context.Context) iter.Seq2[store.Run, error] {
	return list(ctx, db, func(context.Context) (query, error) {
		return query{text: `
			SELECT id, started, ended, actor, case_ref, version, digest, sources, filters, messages, parts, bytes, summary
			FROM runs ORDER BY seq DESC`}, nil
	}, scanRun)
}

func scanRun(rows *sql.Rows) (r store.Run, err error) {
	var started, ended, sources, filters, text string
	so := &r.Summary // what was searched so far
	err = rows.Scan(&r.ID, &started, &ended, &r.Actor, &r.Case, &r.Version, &r.Digest, &sources, &filters,
		&so.Messages, &so.Parts, &so.Bytes, &text)
	if err != nil {
		return r, err
	}
	r.Started, r.Ended = textTime(started), textTime(ended)
	if r.Sources, err = textList(sources); err != nil {
		return r, err
	}
	if r.Filters, err = textMap(filters); err != nil {
		return r, err
	}
	if !r.Ended.IsZero() {
		r.Summary = sweeper.Summary{}
		err = json.Unmarshal([]byte(text), &r.Summary)
	}
	r.Summary.Run = r.ID
	return r, err
}

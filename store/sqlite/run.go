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
		if e.Detail, err = json.Marshal(summaryOf(s)); err != nil {
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
	var so summary // what was searched so far
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
	if r.Ended.IsZero() {
		r.Summary, err = so.sweeper(r.ID)
		return r, err
	}
	var s summary
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return r, err
	}
	r.Summary, err = s.sweeper(r.ID)
	return r, err
}

// summary is a [sweeper.Summary] in the words of the wire. Confidences are names.
type summary struct {
	Outcome       sweeper.Outcome `json:"outcome"`
	Mailboxes     int             `json:"mailboxes"`
	Folders       int             `json:"folders"`
	Messages      int             `json:"messages"`
	Parts         int             `json:"parts"`
	Bytes         int64           `json:"bytes"`
	Findings      int             `json:"findings"`
	NewFindings   int             `json:"new_findings"`
	Exposures     int             `json:"exposures"`
	ByConfidence  map[string]int  `json:"exposures_by_confidence,omitempty"`
	Skips         int             `json:"skips"`
	SkipsByReason map[string]int  `json:"skips_by_reason,omitempty"`
	Reread        int             `json:"folders_read_again"`
	Seconds       float64         `json:"seconds"`
}

func summaryOf(s sweeper.Summary) summary {
	byConfidence := map[string]int{}
	for c, n := range s.ByConfidence {
		byConfidence[c.String()] = n
	}
	return summary{s.Outcome, s.Mailboxes, s.Folders, s.Messages, s.Parts, s.Bytes, s.Findings, s.NewFindings,
		s.Exposures, byConfidence, s.Skips, s.SkipsByReason, s.Reread, s.Seconds}
}

func (s summary) sweeper(run string) (sweeper.Summary, error) {
	var byConfidence map[sweeper.Confidence]int
	for name, n := range s.ByConfidence {
		c, err := sweeper.ParseConfidence(name)
		if err != nil {
			return sweeper.Summary{}, err
		}
		if byConfidence == nil {
			byConfidence = map[sweeper.Confidence]int{}
		}
		byConfidence[c] = n
	}
	return sweeper.Summary{Run: run, Outcome: s.Outcome, Mailboxes: s.Mailboxes, Folders: s.Folders,
		Messages: s.Messages, Parts: s.Parts, Bytes: s.Bytes, Findings: s.Findings, NewFindings: s.NewFindings,
		Exposures: s.Exposures, ByConfidence: byConfidence, Skips: s.Skips, SkipsByReason: s.SkipsByReason,
		Reread: s.Reread, Seconds: s.Seconds}, nil
}

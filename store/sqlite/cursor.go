package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"

	"mailsweep/sweeper"
)

// Cursor implements [sweeper.Store].
func (db *DB) Cursor(ctx context.Context, s sweeper.Scope) (c sweeper.Cursor, reread bool, err error) {
	err = db.reader.QueryRowContext(ctx, `
		SELECT v.value FROM cursors c JOIN cursor_values v ON v.cursor = c.id
		WHERE c.source = ? AND c.folder_key = ? AND c.since = ? AND c.until = ? AND c.digest = ?`, scopeArgs(s)...).
		Scan((*[]byte)(&c))
	if err == nil {
		return c, false, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, false, explain(err, db.path)
	}
	err = db.reader.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM cursors
			WHERE source = ? AND folder_key = ? AND since = ? AND until = ? AND digest <> ? AND sha256 <> '')`, scopeArgs(s)...).
		Scan(&reread)
	return nil, reread, explain(err, db.path)
}

func scopeArgs(s sweeper.Scope) []any {
	return []any{s.Source, s.FolderKey, timeText(s.Window.Since), timeText(s.Window.Until), s.Digest}
}

// position is where a folder's sweep stands, and what a page does to it.
type position struct {
	id         int64 // of the row in cursors; 0 before there is one
	sha256     string
	generation int64
	resetting  bool
	newestRun  int64
}

// step is what a page is to its folder.
type step int

const (
	stale    step = iota // the folder has moved since the page was read
	repeated             // the page is there already
	onward               // the page follows where the folder stands
	anew                 // the folder is begun over, on purpose
	aside                // no step: something to note about the folder
)

// stepFrom tells what the page is to a folder that stands at pos.
//
// A page that was read from the very beginning (Since nil) begins a folder over that
// has been swept before: so mail is read again on purpose (--again). But only when
// the folder has not moved since the page's run began. Otherwise another process is
// at work on the folder: two that meet a new folder at once both begin at nil, and
// the slower must not undo what the faster has done. The rule comes before that of
// the repeated page, because a folder that did not change may well come to the same
// cursor when it is read again. Reset is not asked for: a walk that was narrowed to
// some of the folder's mail has none. A page that leads nowhere begins nothing.
func (w *page) stepFrom(pos position) step {
	switch {
	case w.next == "" && !w.Reset && !w.Done:
		return aside
	case w.since == pos.sha256:
		return onward
	case w.since == "" && (w.next != "" || w.Reset) && pos.newestRun < w.run:
		return anew
	case w.next == pos.sha256:
		return repeated
	}
	return stale
}

// hashCursors hashes the page's two cursors, equal ones once: they can be large.
func hashCursors(p sweeper.PageResult) (since, next string) {
	since = hashCursor(p.Since)
	if bytes.Equal(p.Since, p.Next) {
		return since, since
	}
	return since, hashCursor(p.Next)
}

// hashCursor is "" for the beginning.
func hashCursor(c sweeper.Cursor) string {
	if len(c) == 0 {
		return ""
	}
	sum := sha256.Sum256(c)
	return hex.EncodeToString(sum[:])
}

const findCursor = `
	SELECT id, sha256, generation, resetting, newest_run FROM cursors
	WHERE source = ? AND folder_key = ? AND since = ? AND until = ? AND digest = ?`

func (t *tx) position(ctx context.Context, s sweeper.Scope) (pos position, err error) {
	found, err := t.row(ctx, findCursor, scopeArgs(s), &pos.id, &pos.sha256, &pos.generation, &pos.resetting, &pos.newestRun)
	if err == nil && !found {
		_, err = t.row(ctx, lastGeneration, []any{s.Source, s.FolderKey}, &pos.generation)
	}
	return pos, err
}

const lastGeneration = `SELECT coalesce(max(generation), 0) FROM cursors WHERE source = ? AND folder_key = ?`

const moveCursor = `
	INSERT INTO cursors (source, folder_key, since, until, digest, sha256, generation, resetting, run, newest_run)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT max(seq) FROM runs))
	ON CONFLICT DO UPDATE SET sha256 = excluded.sha256, generation = excluded.generation,
		resetting = excluded.resetting, run = excluded.run, newest_run = excluded.newest_run
	RETURNING id`

const setCursorValue = `
	INSERT INTO cursor_values (cursor, value) VALUES (?, ?)
	ON CONFLICT DO UPDATE SET value = excluded.value`

const dropCursorValue = `DELETE FROM cursor_values WHERE cursor = ?`

// move puts the folder's cursor where the page ends. The value is only written when
// it has changed: it can be large.
func (w *page) move(ctx context.Context) error {
	if w.pos.id == 0 && w.next == "" && !w.Reset {
		return nil // a folder without a cursor stays one
	}
	var id int64
	args := append(scopeArgs(w.Scope), w.next, w.pos.generation, w.pos.resetting, w.run)
	if _, err := w.row(ctx, moveCursor, args, &id); err != nil {
		return err
	}
	if w.next == w.pos.sha256 {
		return nil
	}
	if w.next == "" {
		_, err := w.exec(ctx, dropCursorValue, id)
		return err
	}
	_, err := w.exec(ctx, setCursorValue, id, []byte(w.Next))
	return err
}

const dropOtherDigests = `
	DELETE FROM cursors
	WHERE source = ? AND folder_key = ? AND since = ? AND until = ? AND digest <> ?`

// A window that moves with the clock ("the last seven days") is another scope each
// time. Of the windows of a folder the latest four keep their cursors.
const dropOldWindows = `
	DELETE FROM cursors WHERE id IN (
		SELECT id FROM cursors WHERE source = ?1 AND folder_key = ?2 AND (since <> '' OR until <> '')
		ORDER BY newest_run DESC, id DESC LIMIT -1 OFFSET 4)
	AND NOT (since = ?3 AND until = ?4)`

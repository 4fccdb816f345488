package sqlite

import (
	"context"

	"mailsweep/sweeper"
)

// A page of a run shows the mail as it was after the run had begun. What another folder
// had said before that is over: it need not have heard of a message that came and left
// between two looks. What a folder said since may be newer than the page, or older.
const leaveEarlier = `DELETE FROM places WHERE message = ? AND folder_key <> ? AND newest_run < ?`

const inOthers = `SELECT EXISTS (SELECT 1 FROM places WHERE message = ? AND folder_key <> ?)`

const putPlace = `
	INSERT INTO places (message, source, folder_key, folder, generation, newest_run)
	VALUES (?, ?, ?, ?, ?, (SELECT max(seq) FROM runs))
	ON CONFLICT DO UPDATE SET folder = excluded.folder, generation = max(generation, excluded.generation),
		newest_run = excluded.newest_run`

// folderOf is the folder that a message lies in: the page's, unless its Ref names another.
func (w *page) folderOf(r sweeper.Ref) string {
	if r.FolderKey == "" {
		return w.Scope.FolderKey
	}
	return r.FolderKey
}

// place notes that the message lies in a folder. doubt says that another folder holds
// it too, and that nobody knows yet which of the two was read last. A message that was
// met outside of its folder's walks is there as if the latest one that was begun had
// seen it.
func (w *page) place(ctx context.Context, message int64, r sweeper.Ref) (doubt bool, err error) {
	key, generation := w.folderOf(r), w.pos.generation
	if key != w.Scope.FolderKey {
		if _, err := w.row(ctx, lastGeneration, []any{w.Scope.Source, key}, &generation); err != nil {
			return false, err
		}
	}
	if _, err := w.exec(ctx, leaveEarlier, message, key, w.run); err != nil {
		return false, err
	}
	if _, err := w.exec(ctx, putPlace, message, w.Scope.Source, key, r.Folder, generation); err != nil {
		return false, err
	}
	_, err = w.row(ctx, inOthers, []any{message, key}, &doubt)
	return doubt, err
}

const leaveFolder = `
	DELETE FROM places
	WHERE message = (SELECT id FROM messages WHERE source = ?1 AND key = ?2) AND folder_key = ?3
	RETURNING message`

// markGone takes what has left the folder out of it.
func (w *page) markGone(ctx context.Context) error {
	for _, key := range w.Gone {
		if err := w.leave(ctx, leaveFolder, w.Scope.Source, key, w.Scope.FolderKey); err != nil {
			return err
		}
	}
	return nil
}

// Mail outside of the scope's window was listed by the source but is no part of the
// page: that it was not seen says nothing.
const leaveUnseen = `
	DELETE FROM places
	WHERE source = ?1 AND folder_key = ?2 AND generation < ?3
	AND EXISTS (SELECT 1 FROM messages WHERE id = message
		AND (received = '' OR received >= ?4 AND (?5 = '' OR received < ?5)))
	RETURNING message`

// markUnseen takes what a walk of the whole folder has not seen out of it.
func (w *page) markUnseen(ctx context.Context) error {
	err := w.leave(ctx, leaveUnseen, w.Scope.Source, w.Scope.FolderKey, w.pos.generation,
		timeText(w.Scope.Window.Since), timeText(w.Scope.Window.Until))
	if err != nil {
		return err
	}
	_, err = w.exec(ctx, dropUnseenSkips, w.Scope.Source, w.Scope.FolderKey, w.pos.generation)
	return err
}

const markGone = `UPDATE messages SET gone = 1 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM places WHERE message = ?1)`

const showElsewhere = `
	UPDATE messages SET (folder, folder_key) =
		(SELECT folder, folder_key FROM places WHERE message = ?1 ORDER BY newest_run DESC LIMIT 1)
	WHERE id = ?1 AND gone = 0`

// leave takes messages out of places, which a query does that returns them. What lies
// nowhere then is gone; what lies elsewhere is shown there.
func (w *page) leave(ctx context.Context, query string, args ...any) error {
	left, err := w.ids(ctx, query, args...)
	if err != nil {
		return err
	}
	for _, message := range left {
		if _, err := w.exec(ctx, markGone, message); err != nil {
			return err
		}
		if _, err := w.exec(ctx, showElsewhere, message); err != nil {
			return err
		}
	}
	return nil
}

func (w *page) ids(ctx context.Context, query string, args ...any) (list []int64, err error) {
	rows, err := w.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	return list, rows.Err()
}

package sqlite

import (
	"context"
	"database/sql"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

const messageSkips = `SELECT id, part, reason, detail FROM skips WHERE message = ?`

const insertMessageSkip = `
	INSERT INTO skips (message, part, reason, detail, source, mailbox, folder, folder_key, generation, first_run, last_run)
	VALUES (?, ?, ?, ?, '', '', '', '', 0, ?5, ?5)
	ON CONFLICT DO NOTHING`

const sawSkip = `UPDATE skips SET last_run = max(last_run, ?) WHERE id = ?`

const dropSkip = `DELETE FROM skips WHERE id = ?`

// messageSkips makes skips those of the message: the ones it has keep their first
// run, the others go, unless it is in doubt whether they are not the later ones. A
// message that was not stored before has none.
func (w *page) messageSkips(ctx context.Context, message int64, stored, doubt bool, skips []sweeper.Skip) error {
	var old map[decode.Skip]int64
	var err error
	if stored {
		if old, err = w.storedSkips(ctx, message); err != nil {
			return err
		}
	}
	for _, s := range skips {
		id, ok := old[s.Skip]
		if ok {
			_, err = w.exec(ctx, sawSkip, w.run, id)
		} else {
			_, err = w.exec(ctx, insertMessageSkip, message, s.Path, string(s.Reason), s.Detail, w.run)
		}
		if err != nil {
			return err
		}
	}
	if doubt {
		return nil
	}
	for _, s := range skips {
		delete(old, s.Skip)
	}
	for _, id := range old {
		if _, err := w.exec(ctx, dropSkip, id); err != nil {
			return err
		}
	}
	return nil
}

func (w *page) storedSkips(ctx context.Context, message int64) (map[decode.Skip]int64, error) {
	rows, err := w.query(ctx, messageSkips, message)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	skips := map[decode.Skip]int64{}
	for rows.Next() {
		var s decode.Skip
		var id int64
		if err := rows.Scan(&id, &s.Path, &s.Reason, &s.Detail); err != nil {
			return nil, err
		}
		skips[s] = id
	}
	return skips, rows.Err()
}

const insertFolderSkip = `
	INSERT INTO skips (source, mailbox, folder, folder_key, part, reason, detail, generation, first_run, last_run)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?9, ?9)
	ON CONFLICT DO UPDATE SET generation = max(generation, excluded.generation), last_run = max(last_run, excluded.last_run)`

// folderSkips notes what could not be read of a folder or mailbox as a whole.
func (w *page) folderSkips(ctx context.Context) error {
	for _, s := range w.Skips {
		if s.Ref.Key != "" {
			continue // done, as a message
		}
		mailbox, folder := s.Ref.Mailbox, s.Ref.Folder
		if mailbox == "" {
			mailbox = w.Folder.Mailbox
		}
		if folder == "" {
			folder = w.Folder.Name
		}
		_, err := w.exec(ctx, insertFolderSkip, w.Scope.Source, mailbox, folder, w.Scope.FolderKey,
			s.Path, string(s.Reason), s.Detail, w.pos.generation, w.run)
		if err != nil {
			return err
		}
	}
	return nil
}

// dropUnseenSkips drops what a walk of the whole folder did not meet again.
const dropUnseenSkips = `
	DELETE FROM skips
	WHERE message IS NULL AND source = ? AND folder_key = ? AND folder_key <> '' AND generation < ?`

// dropMailboxSkips drops what earlier runs could not do with the mailbox: one of its
// folders was swept to its end.
const dropMailboxSkips = `
	DELETE FROM skips
	WHERE message IS NULL AND source = ? AND mailbox = ? AND folder_key = '' AND last_run < ?`

const listSkips = `
	SELECT coalesce(m.source, s.source), coalesce(m.mailbox, s.mailbox), coalesce(m.folder, s.folder),
		coalesce(m.folder_key, s.folder_key), coalesce(m.key, ''), coalesce(m.message_id, ''),
		coalesce(m.internet_message_id, ''), coalesce(m.thread, ''), s.part, s.reason, s.detail
	FROM skips s LEFT JOIN messages m ON m.id = s.message`

func scanSkip(rows *sql.Rows) (s sweeper.Skip, err error) {
	r := &s.Ref
	return s, rows.Scan(&r.Source, &r.Mailbox, &r.Folder, &r.FolderKey, &r.Key, &r.ID,
		&r.InternetMessageID, &r.Thread, &s.Path, &s.Reason, &s.Detail)
}

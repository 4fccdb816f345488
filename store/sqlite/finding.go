package sqlite

import (
	"context"
	"database/sql"
	"slices"

	"mailsweep/sweeper"
)

const findFinding = `
	SELECT id, exposure FROM findings
	WHERE message = ? AND rule = ? AND part = ? AND line = ? AND fingerprint = ?`

const insertFinding = `
	INSERT INTO findings (message, rule, part, line, fingerprint, exposure, kind, confidence, reason, severity,
		preview, details, marks, received, first_run, last_run)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?15, ?15)
	ON CONFLICT (message, rule, part, line, fingerprint) DO NOTHING`

const updateFinding = `
	UPDATE findings SET exposure = ?, kind = ?, confidence = ?, reason = ?, severity = ?, preview = ?, details = ?,
		marks = ?, last_run = max(last_run, ?)
	WHERE id = ?`

// finding writes one finding of message m and reports whether it is new. The ref and
// envelope in it are not looked at: they are the message's.
func (w *page) finding(ctx context.Context, m known, f sweeper.Finding) (isNew bool, err error) {
	details := mapText(f.Details)
	if err := w.exposure(ctx, m, f, details); err != nil {
		return false, err
	}
	identity := []any{m.id, f.Rule, f.Part, f.Line, f.Fingerprint}
	values := []any{f.Exposure, string(f.Kind), int(f.Confidence), f.Reason, int(f.Severity), f.Preview, details, listText(f.Marks)}
	if isNew, err = w.change(ctx, insertFinding, slices.Concat(identity, values, []any{m.received, w.run})...); err != nil || isNew {
		if err == nil && w.touched[f.Exposure] { // one that was known
			w.resighted = append(w.resighted, sight{f.Exposure, m.received})
		}
		return isNew, err
	}
	var id int64
	var was string
	if _, err := w.row(ctx, findFinding, identity, &id, &was); err != nil {
		return false, err
	}
	w.touched[f.Exposure] = true
	if was != f.Exposure {
		w.left[was] = true
	}
	_, err = w.exec(ctx, updateFinding, append(values, w.run, id)...)
	return false, err
}

const listFindings = `
	SELECT f.rule, f.kind, f.confidence, f.reason, f.fingerprint, f.preview, f.exposure, f.severity, f.details,
		f.part, f.line, f.first_run, m.source, m.mailbox, m.folder, m.folder_key, m.key, m.message_id,
		m.internet_message_id, m.thread, m.subject, m.sender, m.recipients_to, m.recipients_cc, m.received,
		f.marks, m.authenticated_by, m.author
	FROM findings f CROSS JOIN messages m ON m.id = f.message`

// scanFinding reads a row of listFindings; it is new when run was the first to see it.
func scanFinding(rows *sql.Rows, run int64) (f sweeper.Finding, err error) {
	var details, to, cc, received, marks string
	var firstRun int64
	r := &f.Ref
	err = rows.Scan(&f.Rule, &f.Kind, &f.Confidence, &f.Reason, &f.Fingerprint, &f.Preview, &f.Exposure, &f.Severity, &details,
		&f.Part, &f.Line, &firstRun, &r.Source, &r.Mailbox, &r.Folder, &r.FolderKey, &r.Key, &r.ID,
		&r.InternetMessageID, &r.Thread, &f.Subject, &f.From, &to, &cc, &received,
		&marks, &f.Authentication.By, &f.Authentication.Author)
	if err != nil {
		return f, err
	}
	f.New = firstRun == run
	f.Received = textTime(received)
	if f.Details, err = textMap(details); err != nil {
		return f, err
	}
	if f.To, err = textList(to); err != nil {
		return f, err
	}
	if f.Cc, err = textList(cc); err != nil {
		return f, err
	}
	f.Marks, err = textList(marks)
	return f, err
}

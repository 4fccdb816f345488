package sqlite

import (
	"context"
	"strings"

	"mailsweep/sweeper"
)

// lookUp is how many messages are looked up at once.
const lookUp = 50

var findMessages = `
	SELECT key, id, received, internet_message_id, sender FROM messages
	WHERE source = ? AND key IN (?` + strings.Repeat(", ?", lookUp-1) + `)`

const insertMessage = `
	INSERT INTO messages (source, key, mailbox, folder, folder_key, message_id, internet_message_id, thread,
		subject, sender, recipients_to, recipients_cc, received, authenticated_by, author)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// A message that could not be opened again has no envelope: the one that is known
// stays (?16 says which it is).
const updateMessage = `
	UPDATE messages SET mailbox = ?3, folder = ?4, folder_key = ?5,
		message_id = ?6, internet_message_id = iif(?16 OR ?7 <> '', ?7, internet_message_id),
		thread = iif(?16 OR ?8 <> '', ?8, thread),
		subject = iif(?16, ?9, subject), sender = iif(?16, ?10, sender),
		recipients_to = iif(?16, ?11, recipients_to), recipients_cc = iif(?16, ?12, recipients_cc),
		received = iif(?16, ?13, received), authenticated_by = iif(?16, ?14, authenticated_by),
		author = iif(?16, ?15, author), gone = 0
	WHERE source = ?1 AND key = ?2`

const updateReceived = `UPDATE findings SET received = ? WHERE message = ?`

// forgetMessage drops a message of which there is nothing left to say.
const forgetMessage = `
	DELETE FROM messages WHERE id = ?1
	AND NOT EXISTS (SELECT 1 FROM findings WHERE message = ?1)
	AND NOT EXISTS (SELECT 1 FROM skips WHERE message = ?1)`

// A key that names other mail than it did, such as the place of a message in an
// mbox that was replaced: what stood there is gone, and is history under a key of
// its own, which no source can give.
const retireMessage = `UPDATE messages SET gone = 1, key = key || char(0) || 'was ' || id WHERE id = ?`

const leaveAll = `DELETE FROM places WHERE message = ?`

// known is a message that the store has.
type known struct {
	id                int64
	received          string
	internetMessageID string
	sender            string
}

// isOther reports whether the mail that was read now under m's key is another one.
// Without a Message-ID, mail of another time and another sender is.
func (m known) isOther(r sweeper.MessageResult) bool {
	if m.internetMessageID != "" && r.Ref.InternetMessageID != "" {
		return m.internetMessageID != r.Ref.InternetMessageID
	}
	return m.received != timeText(r.Envelope.Received) && m.sender != r.Envelope.From
}

// messages writes the page's messages, and what the source could not read of it: a
// file that is no mail has a key, as a message has.
func (w *page) messages(ctx context.Context, isNew [][]bool) error {
	results := w.results()
	have, err := w.known(ctx, results)
	if err != nil {
		return err
	}
	for i, r := range results {
		m, stored := have[r.Ref.Key]
		if stored && wasRead(r) && m.isOther(r) {
			if err := w.retire(ctx, m.id); err != nil {
				return err
			}
			delete(have, r.Ref.Key)
			m, stored = known{}, false
		}
		if !stored && len(r.Findings) == 0 && len(r.Skips) == 0 {
			continue
		}
		if m, err = w.message(ctx, r, m); err != nil {
			return err
		}
		have[r.Ref.Key] = m
		doubt, err := w.place(ctx, m.id, r.Ref)
		if err != nil {
			return err
		}
		if err := w.messageSkips(ctx, m.id, stored, doubt, r.Skips); err != nil {
			return err
		}
		for j, f := range r.Findings {
			fresh, err := w.finding(ctx, m, f)
			if err != nil {
				return err
			}
			isNew[i][j] = fresh
		}
		if len(r.Findings) == 0 && len(r.Skips) == 0 {
			if _, err := w.exec(ctx, forgetMessage, m.id); err != nil {
				return err
			}
			delete(have, r.Ref.Key)
		}
	}
	return nil
}

// results are the page's messages, in their order, and after them the skips of the
// folder that have a key, as messages that hold nothing else.
func (w *page) results() []sweeper.MessageResult {
	results := w.Messages
	at := map[string]int{}
	for _, s := range w.Skips {
		key := s.Ref.Key
		if key == "" {
			continue
		}
		if len(at) == 0 { // p.Messages is the caller's
			results = append(make([]sweeper.MessageResult, 0, len(w.Messages)+len(w.Skips)), w.Messages...)
			for i, r := range w.Messages {
				at[r.Ref.Key] = i
			}
		}
		i, ok := at[key]
		if !ok {
			i = len(results)
			at[key] = i
			results = append(results, sweeper.MessageResult{Ref: s.Ref})
		}
		results[i].Skips = append(results[i].Skips[:len(results[i].Skips):len(results[i].Skips)], s)
	}
	return results
}

// known looks the page's messages up. Most of a page has no row at all.
func (w *page) known(ctx context.Context, results []sweeper.MessageResult) (map[string]known, error) {
	have := map[string]known{}
	for start := 0; start < len(results); start += lookUp {
		args := []any{w.Scope.Source}
		for i := range lookUp { // the last one again where there are fewer
			args = append(args, results[min(start+i, len(results)-1)].Ref.Key)
		}
		rows, err := w.query(ctx, findMessages, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var key string
			var m known
			if err := rows.Scan(&key, &m.id, &m.received, &m.internetMessageID, &m.sender); err != nil {
				_ = rows.Close()
				return nil, err
			}
			have[key] = m
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return have, nil
}

// message writes the row of one message; the zero m is one that there is no row of.
func (w *page) message(ctx context.Context, r sweeper.MessageResult, m known) (_ known, err error) {
	e := r.Envelope
	received := timeText(e.Received)
	args := []any{w.Scope.Source, r.Ref.Key, r.Ref.Mailbox, r.Ref.Folder, w.folderOf(r.Ref), r.Ref.ID,
		r.Ref.InternetMessageID, r.Ref.Thread, e.Subject, e.From, listText(e.To), listText(e.Cc), received,
		e.Authentication.By, e.Authentication.Author}
	now := known{m.id, received, r.Ref.InternetMessageID, e.From}
	if m.id == 0 {
		now.id, err = w.insert(ctx, insertMessage, args...)
		return now, err
	}
	read := wasRead(r)
	if _, err := w.exec(ctx, updateMessage, append(args, read)...); err != nil {
		return m, err
	}
	if !read || received == m.received {
		return m, nil
	}
	return now, w.redate(ctx, m.id, received)
}

// retire makes a message history.
func (w *page) retire(ctx context.Context, message int64) error {
	if _, err := w.exec(ctx, retireMessage, message); err != nil {
		return err
	}
	_, err := w.exec(ctx, leaveAll, message)
	return err
}

// wasRead reports whether the mail could be opened: then it says something of itself.
func wasRead(r sweeper.MessageResult) bool {
	e := r.Envelope
	return e.Subject != "" || e.From != "" || len(e.To) > 0 || len(e.Cc) > 0 || !e.Received.IsZero()
}

const exposuresOfMessage = `SELECT DISTINCT exposure FROM findings WHERE message = ?`

// redate gives a message's earlier findings its new time, and their exposures theirs.
func (w *page) redate(ctx context.Context, message int64, received string) error {
	if _, err := w.exec(ctx, updateReceived, received, message); err != nil {
		return err
	}
	rows, err := w.query(ctx, exposuresOfMessage, message)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var exposure string
		if err := rows.Scan(&exposure); err != nil {
			return err
		}
		w.touched[exposure] = true
	}
	return rows.Err()
}

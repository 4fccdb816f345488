package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"mailsweep/store"
)

var errTried = errors.New("it was only tried")

// Forget erases what was asked for, in one transaction, and leaves an entry in the log
// that says that and why. What is erased is overwritten in the file
// (sqlite.org/pragma.html#pragma_secure_delete), and in the write-ahead log as soon as
// nobody reads it. The log itself is not changed: earlier entries name owners.
func (db *DB) Forget(ctx context.Context, f store.Forgetting) (n store.Forgotten, err error) {
	if db.writer == nil {
		return n, trouble(errReadOnly, db.path)
	}
	if _, err := db.writer.ExecContext(ctx, "PRAGMA secure_delete = ON"); err != nil {
		return n, explain(err, db.path)
	}
	err = db.write(ctx, func(ctx context.Context, t *tx) error {
		if n, err = t.forget(ctx, f); err != nil {
			return err
		}
		if f.Try {
			return errTried
		}
		return t.tombstone(ctx, f, n, textTime(timeText(db.now())))
	})
	if _, off := db.writer.ExecContext(context.WithoutCancel(ctx), "PRAGMA secure_delete = OFF"); off != nil && err == nil {
		err = explain(off, db.path)
	}
	if errors.Is(err, errTried) {
		return n, nil
	}
	if err != nil {
		return n, fmt.Errorf("forget: %w", err)
	}
	return n, db.emptyLog(ctx)
}

// emptyLog writes the write-ahead log into the database and cuts it.
func (db *DB) emptyLog(ctx context.Context) error {
	var busy, pages, moved int
	err := db.writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	if err == nil && busy != 0 {
		err = &store.Advised{
			Err:    errors.New("it is forgotten, but another mailsweep is reading, so that the old text is still in the write-ahead log"),
			Advice: "run it again when no other is at work",
		}
	}
	return explain(err, db.path)
}

func (t *tx) forget(ctx context.Context, f store.Forgetting) (n store.Forgotten, err error) {
	w := &where{}
	var either []string
	var args []any
	if mailboxes := (&where{}); len(f.Mailboxes) > 0 || f.Person != "" {
		globs := f.Mailboxes
		if f.Person != "" {
			globs = append(globs[:len(globs):len(globs)], literalGlob(f.Person))
		}
		mailboxes.globs("mailbox", globs)
		either, args = append(either, mailboxes.conditions...), append(args, mailboxes.args...)
		if n.Skips, err = t.count(ctx, "DELETE FROM skips WHERE message IS NULL AND ("+mailboxes.conditions[0]+")", mailboxes.args...); err != nil {
			return n, err
		}
	}
	if !f.Before.IsZero() {
		either, args = append(either, "received <> '' AND received < ?"), append(args, timeText(f.Before))
	}
	w.and("("+strings.Join(either, ") OR (")+")", args...)
	if err := t.forgetMessages(ctx, w, &n); err != nil || f.Person == "" {
		return n, err
	}
	n.Mentions, err = t.forgetPerson(ctx, f.Person)
	return n, err
}

// literalGlob is a glob that only an address itself matches; the database knows no escape
// but a set.
func literalGlob(s string) string {
	return strings.NewReplacer("*", "?").Replace(s) // no address that is in use has one
}

// forgetMessages erases messages with all that is known of them, and the exposures that
// were in no others.
func (t *tx) forgetMessages(ctx context.Context, w *where, n *store.Forgotten) error {
	if _, err := t.exec(ctx, "CREATE TEMP TABLE IF NOT EXISTS going (id INTEGER PRIMARY KEY)"); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM going"); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "INSERT INTO going SELECT id FROM messages"+w.text("WHERE"), w.args...); err != nil {
		return err
	}
	touched, err := t.texts(ctx, "SELECT DISTINCT exposure FROM findings WHERE message IN (SELECT id FROM going)")
	if err != nil {
		return err
	}
	for _, step := range []struct {
		n     *int
		query string
	}{
		{&n.Findings, "DELETE FROM findings WHERE message IN (SELECT id FROM going)"},
		{&n.Skips, "DELETE FROM skips WHERE message IN (SELECT id FROM going)"},
		{&n.Messages, "DELETE FROM messages WHERE id IN (SELECT id FROM going)"},
	} {
		gone, err := t.count(ctx, step.query)
		if err != nil {
			return err
		}
		*step.n += gone
	}
	for _, exposure := range touched {
		gone, err := t.change(ctx, forgetExposure, exposure)
		if err != nil {
			return err
		}
		if gone {
			n.Exposures++
			continue
		}
		if _, err := t.exec(ctx, refreshExposure, exposure, 0); err != nil {
			return err
		}
	}
	return nil
}

// forgotten stands where a person was named.
const forgotten = "[forgotten]"

// forgetPerson takes an address out of what is kept of other people's mail, of what
// secrets say of themselves, and of notices.
func (t *tx) forgetPerson(ctx context.Context, address string) (n int, err error) {
	owner := "person:" + strings.ToLower(address)
	exposures, err := t.texts(ctx, "SELECT exposure FROM ownerships WHERE owner = ?", owner)
	if err != nil {
		return 0, err
	}
	for _, q := range []query{
		{"DELETE FROM ownerships WHERE owner = ?", []any{owner}},
		{"UPDATE notices SET owner = ?1, name = ?1, addresses = '[]', manager = '' WHERE owner = ?2", []any{forgotten, owner}},
		{"UPDATE OR IGNORE notice_items SET owner = ?1 || notice WHERE owner = ?2", []any{forgotten, owner}},
		{"UPDATE notices SET manager = '' WHERE lower(manager) = lower(?)", []any{address}},
		{"UPDATE messages SET author = '' WHERE lower(author) = lower(?)", []any{address}},
	} {
		gone, err := t.count(ctx, q.text, q.args...)
		if err != nil {
			return n, err
		}
		n += gone
	}
	for _, exposure := range exposures {
		if err := t.settle(ctx, exposure); err != nil {
			return n, err
		}
	}
	for _, place := range []struct{ table, column string }{
		{"messages", "sender"}, {"messages", "recipients_to"}, {"messages", "recipients_cc"}, {"messages", "subject"},
		{"findings", "details"}, {"exposures", "details"}, {"notices", "addresses"},
	} {
		changed, err := t.forgetMention(ctx, place.table, place.column, address)
		if err != nil {
			return n, err
		}
		n += changed
	}
	return n, nil
}

// forgetMention takes an address out of one column: all of a sender or a recipient, so
// that no name is left beside it; of other text, the address.
func (t *tx) forgetMention(ctx context.Context, table, column, address string) (n int, err error) {
	like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(address)) + "%"
	texts, err := t.texts(ctx, "SELECT DISTINCT "+column+" FROM "+table+" WHERE lower("+column+") LIKE ? ESCAPE '\\'", like)
	if err != nil {
		return 0, err
	}
	for _, text := range texts {
		changed, err := t.count(ctx, "UPDATE "+table+" SET "+column+" = ? WHERE "+column+" = ?", withoutPerson(column, text, address), text)
		if err != nil {
			return n, err
		}
		n += changed
	}
	return n, nil
}

func withoutPerson(column, text, address string) string {
	switch column {
	case "sender":
		return forgotten
	case "recipients_to", "recipients_cc", "addresses":
		if list, err := textList(text); err == nil {
			for i, one := range list {
				if strings.Contains(strings.ToLower(one), strings.ToLower(address)) {
					list[i] = forgotten
				}
			}
			return listText(list)
		}
	}
	return replaceFold(text, address, forgotten)
}

// replaceFold replaces old in whatever letter case; addresses are ASCII.
func replaceFold(s, old, with string) string {
	var b strings.Builder
	for lower := strings.ToLower(s); ; {
		i := strings.Index(lower, strings.ToLower(old))
		if i < 0 || len(lower) != len(s) {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i] + with)
		s, lower = s[i+len(old):], lower[i+len(old):]
	}
}

// tombstone says in the log what was erased. A person is named by a digest, by which
// whoever knows the address can find the entry.
func (t *tx) tombstone(ctx context.Context, f store.Forgetting, n store.Forgotten, now time.Time) error {
	stone := struct {
		Mailboxes []string        `json:"mailboxes,omitempty"`
		Before    string          `json:"before,omitempty"`
		Person    string          `json:"person_sha256,omitempty"`
		Reason    string          `json:"reason"`
		Forgotten store.Forgotten `json:"forgotten"`
	}{f.Mailboxes, timeText(f.Before), "", f.Reason, n}
	if f.Person != "" {
		sum := sha256.Sum256([]byte(strings.ToLower(f.Person)))
		stone.Person = hex.EncodeToString(sum[:])
	}
	detail, err := json.Marshal(stone)
	if err != nil {
		return err
	}
	_, err = t.append(ctx, store.Entry{Actor: f.Actor, Action: "forget", Case: f.Case, Detail: detail}, now)
	return err
}

func (t *tx) count(ctx context.Context, query string, args ...any) (int, error) {
	res, err := t.exec(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// texts is a column of text.
func (t *tx) texts(ctx context.Context, query string, args ...any) (all []string, err error) {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"mailsweep/store"
)

const (
	keyCheck  = "fingerprint_key_check"
	keptCheck = `SELECT value FROM meta WHERE key = ?`
)

// KeyCheck is the check that CheckKey has kept; "" when there is none yet. It writes
// nothing.
func (db *DB) KeyCheck(ctx context.Context) (check string, err error) {
	err = db.reader.QueryRowContext(ctx, keptCheck, keyCheck).Scan(&check)
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return check, nil
	}
	return "", explain(err, db.path)
}

// CheckKey makes sure that all fingerprints in the database are made with one key.
// check is the key's secret.Key.Check: the first one is kept, another is refused.
func (db *DB) CheckKey(ctx context.Context, check string) error {
	err := db.write(ctx, func(ctx context.Context, t *tx) error {
		var kept string
		found, err := t.row(ctx, keptCheck, []any{keyCheck}, &kept)
		if err != nil {
			return err
		}
		if !found {
			_, err = t.exec(ctx, `INSERT INTO meta (key, value) VALUES (?, ?)`, keyCheck, check)
			return err
		}
		if kept != check {
			return store.ErrOtherKey
		}
		return nil
	})
	if errors.Is(err, store.ErrOtherKey) {
		return trouble(err, db.path)
	}
	return err
}

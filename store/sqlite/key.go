package sqlite

import (
	"context"
	"errors"
)

var errOtherKey = errors.New("it was made with another fingerprint key: its findings could not be told from new ones; " +
	"use the key it was made with (in the configuration directory, or in MAILSWEEP_FINGERPRINT_KEY), or another --db")

// CheckKey makes sure that all fingerprints in the database are made with one key.
// check is the key's secret.Key.Check: the first one is kept, another is refused.
func (db *DB) CheckKey(ctx context.Context, check string) error {
	err := db.write(ctx, func(ctx context.Context, t *tx) error {
		const name = "fingerprint_key_check"
		var kept string
		found, err := t.row(ctx, `SELECT value FROM meta WHERE key = ?`, []any{name}, &kept)
		if err != nil {
			return err
		}
		if !found {
			_, err = t.exec(ctx, `INSERT INTO meta (key, value) VALUES (?, ?)`, name, check)
			return err
		}
		if kept != check {
			return errOtherKey
		}
		return nil
	})
	if errors.Is(err, errOtherKey) {
		return trouble(err, db.path)
	}
	return err
}

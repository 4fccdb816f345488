package sqlite

import (
	"context"
	"errors"

	"mailsweep/store"
)

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
			return store.ErrOtherKey
		}
		return nil
	})
	if errors.Is(err, store.ErrOtherKey) {
		return trouble(err, db.path)
	}
	return err
}

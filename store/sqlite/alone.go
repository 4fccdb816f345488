package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"time"

	"mailsweep/notify"
)

// Alone implements [notify.Outbox]. The lock is that of SQLite on a file of its own
// beside the database: the system takes it away when the process ends, however it ends.
func (db *DB) Alone(ctx context.Context) (release func() error, err error) {
	if db.writer == nil {
		return nil, trouble(errReadOnly, db.path)
	}
	path := db.path + "-sending"
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := createFile(path); err != nil {
			return nil, err
		}
	}
	lock, err := sql.Open("sqlite", dsn(path, "rw", time.Millisecond, "_txlock", "exclusive"))
	if err != nil {
		return nil, explain(err, path)
	}
	tx, err := lock.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		_ = lock.Close()
		if isBusy(err) {
			return nil, notify.ErrBusy
		}
		return nil, explain(err, path)
	}
	return func() error { return errors.Join(tx.Rollback(), lock.Close()) }, nil
}

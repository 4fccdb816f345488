package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"mailsweep/store"
)

// migrations are run in the order of their names, each once. They are never changed
// after a release, and only go forward. A runner of our own and no library: SQLite
// keeps the number of the last one in the file's header (PRAGMA user_version) and
// changes it in the migration's own transaction, which is all that is needed here.
//
//go:embed migrations/*.sql
var migrations embed.FS

// applicationID is set by the first migration: "mswp".
const applicationID = 1836283760

// migrate brings the schema up to date. Processes that do so at once wait for each
// other and see what the first has done.
func migrate(ctx context.Context, db *sql.DB, steps fs.FS) error {
	names, err := fs.Glob(steps, "migrations/*.sql")
	if err != nil {
		return err
	}
	have, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if have > len(names) {
		return &store.Advised{
			Err:    fmt.Errorf("it was made by a newer mailsweep (its schema is version %d, this one knows %d)", have, len(names)),
			Advice: "use that mailsweep, or another --db",
		}
	}
	for n := have; n < len(names); n++ {
		if err := migrateTo(ctx, db, steps, names[n], n+1); err != nil {
			return fmt.Errorf("bring its schema up to date with %s: %w", names[n], err)
		}
	}
	return nil
}

func migrateTo(ctx context.Context, db *sql.DB, steps fs.FS, name string, version int) error {
	text, err := fs.ReadFile(steps, name)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	have, err := schemaVersion(ctx, tx)
	if err != nil || have >= version { // another process was first
		return err
	}
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	return tx.Commit()
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// schemaVersion is the number of the last migration that the database has had. A
// database of another program is refused, never added to.
func schemaVersion(ctx context.Context, q querier) (version int, err error) {
	var application, tables int
	err = q.QueryRowContext(ctx, `SELECT (SELECT user_version FROM pragma_user_version),
		(SELECT application_id FROM pragma_application_id),
		(SELECT count(*) FROM sqlite_schema)`).Scan(&version, &application, &tables)
	if err != nil {
		return 0, err
	}
	if application != applicationID && (tables > 0 || version > 0 || application != 0) {
		return 0, &store.Advised{Err: errors.New("it belongs to another program"), Advice: "choose another file with --db"}
	}
	return version, nil
}

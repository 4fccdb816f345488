package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"

	"mailsweep/store"
	"mailsweep/sweeper"
)

// Findings lists findings, the most severe first, then by the time at which their
// mail was received (unknown first), then as they were first found. It streams: the
// list takes no memory, and shows the database as it stood when it began.
func (db *DB) Findings(ctx context.Context, f store.FindingFilter) iter.Seq2[sweeper.Finding, error] {
	var run int64
	return list(ctx, db, func(ctx context.Context) (q query, err error) {
		if run, err = db.run(ctx, f.Run); err != nil {
			return q, err
		}
		w := findingWhere(f, run)
		if !f.Gone {
			w.and("m.gone = 0")
		}
		if f.New && f.Run != "" {
			w.and("f.first_run = ?", run)
		}
		return w.query(listFindings, "f.severity DESC, f.received, f.id", f.Limit), nil
	}, func(rows *sql.Rows) (sweeper.Finding, error) { return scanFinding(rows, run) })
}

// Exposures lists exposures, the most severe first, then by when the earliest mail
// with them was received (unknown first), then by id. It streams, as Findings does.
func (db *DB) Exposures(ctx context.Context, f store.ExposureFilter) iter.Seq2[sweeper.Exposure, error] {
	return list(ctx, db, func(ctx context.Context) (q query, err error) {
		run, err := db.run(ctx, f.Run)
		if err != nil {
			return q, err
		}
		return exposureWhere(f, run).query(listExposures, "e.severity DESC, e.first_seen, e.id", f.Limit), nil
	}, scanExposure)
}

// Exposure is the one exposure whose id begins so; [store.ErrNotFound] when there is
// none, [store.ErrAmbiguous] when there are several.
func (db *DB) Exposure(ctx context.Context, id string) (sweeper.Exposure, error) {
	var found []sweeper.Exposure
	const some = 4 // to name in the error
	for e, err := range db.Exposures(ctx, store.ExposureFilter{FindingFilter: store.FindingFilter{Exposure: id, Limit: some}}) {
		if err != nil {
			return e, err
		}
		found = append(found, e)
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if len(found) == 0 {
		return sweeper.Exposure{}, fmt.Errorf("exposure %q: %w", id, store.ErrNotFound)
	}
	var ids []string
	for _, e := range found {
		ids = append(ids, e.ID)
	}
	return sweeper.Exposure{}, fmt.Errorf("exposure %q is %w: it could be %s", id, store.ErrAmbiguous, strings.Join(ids, ", "))
}

var _ sweeper.Rememberer = (*DB)(nil)

// Folders implements [sweeper.Rememberer].
func (db *DB) Folders(ctx context.Context) iter.Seq2[sweeper.Folder, error] {
	return list(ctx, db, func(context.Context) (query, error) {
		return query{text: `
			SELECT source, folder_key, max(mailbox), max(folder) FROM (
				SELECT p.source, p.folder_key, m.mailbox, p.folder FROM places p JOIN messages m ON m.id = p.message
				UNION ALL SELECT source, folder_key, mailbox, folder FROM skips WHERE message IS NULL AND folder_key <> '')
			GROUP BY source, folder_key ORDER BY source, folder_key`}, nil
	}, func(rows *sql.Rows) (f sweeper.Folder, err error) {
		err = rows.Scan(&f.Source, &f.Key, &f.Mailbox, &f.Name)
		return f, err
	})
}

// Skips lists what could not be searched, in the order in which it was first met. It
// streams, as Findings does.
func (db *DB) Skips(ctx context.Context, f store.SkipFilter) iter.Seq2[sweeper.Skip, error] {
	return list(ctx, db, func(ctx context.Context) (q query, err error) {
		run, err := db.run(ctx, f.Run)
		if err != nil {
			return q, err
		}
		return skipWhere(f, run).query(listSkips, "s.id", 0), nil
	}, scanSkip)
}

// run is the number of a run, 0 for none.
func (db *DB) run(ctx context.Context, id string) (seq int64, err error) {
	if id == "" {
		return 0, nil
	}
	err = db.reader.QueryRowContext(ctx, runSeq, id).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("run %q: %w", id, store.ErrNotFound)
	}
	return seq, err
}

// list streams the rows of a query. An error ends it.
func list[T any](ctx context.Context, db *DB, ask func(context.Context) (query, error), scan func(*sql.Rows) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := db.each(ctx, ask, func(rows *sql.Rows) (more bool, err error) {
			v, err := scan(rows)
			return err == nil && yield(v, nil), err
		})
		if err != nil {
			if !errors.Is(err, store.ErrNotFound) {
				err = explain(err, db.path)
			}
			var none T
			yield(none, err)
		}
	}
}

// each calls do for the rows of a query, until it wants no more.
func (db *DB) each(ctx context.Context, ask func(context.Context) (query, error), do func(*sql.Rows) (more bool, err error)) error {
	q, err := ask(ctx)
	if err != nil {
		return err
	}
	rows, err := db.reader.QueryContext(ctx, q.text, q.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		// The driver learns of it too, but in its own time.
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err := do(rows); !more || err != nil {
			return err
		}
	}
	return rows.Err()
}

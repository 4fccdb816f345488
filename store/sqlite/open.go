package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"mailsweep/store"
	"mailsweep/sweeper"
)

// Options of [Open]. The zero Options are right for most.
type Options struct {
	// Wait is how long to wait for another process that is writing; 0 is 30 s.
	Wait time.Duration
	// Existing refuses to make a new database, and takes one that cannot be written: for
	// verbs that only list.
	Existing bool
	// Now is the clock of the log; nil is [time.Now].
	Now func() time.Time
}

// DB is an open database. Its methods may be called from many goroutines. Several
// processes may have the same database open.
type DB struct {
	path   string
	now    func() time.Time
	writer *sql.DB // one connection; its transactions begin IMMEDIATE; nil when only lists can be had
	reader *sql.DB // as many as there are lists being read
	// prepared are the writer's statements, by their text.
	prepared map[string]*sql.Stmt
}

var _ sweeper.Store = (*DB)(nil)

// Open opens the database at path, or makes a new one, and brings its schema up to
// date. Errors say what is wrong with the file and what to do; when there is none and
// opts.Existing is set the error is [store.ErrNotFound].
func Open(ctx context.Context, path string, opts Options) (*DB, error) {
	file, err := prepareFile(path, opts.Existing)
	if err != nil {
		return nil, err
	}
	if opts.Wait == 0 {
		opts.Wait = 30 * time.Second
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	db := &DB{path: file, now: opts.Now, prepared: map[string]*sql.Stmt{}}
	err = db.connect(ctx, opts.Wait)
	if err != nil && opts.Existing && unwritable(err) && ctx.Err() == nil {
		_ = db.Close()
		db = &DB{path: file, now: opts.Now}
		err = db.connectReadOnly(ctx, opts)
	}
	if err != nil {
		_ = db.Close()
		return nil, trouble(err, file)
	}
	return db, nil
}

func (db *DB) connect(ctx context.Context, wait time.Duration) (err error) {
	if db.writer, err = sql.Open("sqlite", dsn(db.path, "rw", wait, "_txlock", "immediate", "_synchronous", "NORMAL", "_pragma", "cache_size(-32768)")); err != nil {
		return err
	}
	db.writer.SetMaxOpenConns(1)
	// First of all: another program's database is left as it is.
	if _, err := schemaVersion(ctx, db.writer); err != nil {
		return err
	}
	if err := useWAL(ctx, db.writer, wait); err != nil {
		return err
	}
	if err := migrate(ctx, db.writer, migrations); err != nil {
		return err
	}
	for _, q := range writerQueries() {
		s, err := db.writer.PrepareContext(ctx, q)
		if err != nil {
			return err
		}
		db.prepared[q] = s
	}
	db.reader, err = sql.Open("sqlite", dsn(db.path, "rw", wait, "_query_only", "1", "_pragma", "cache_size(-8192)"))
	return err
}

// Close closes the database. No method may be at work.
func (db *DB) Close() error {
	var errs []error
	for _, s := range db.prepared {
		errs = append(errs, s.Close())
	}
	// The writer last: the last connection of all empties the write-ahead log.
	for _, d := range []*sql.DB{db.reader, db.writer} {
		if d != nil {
			errs = append(errs, d.Close())
		}
	}
	for _, err := range errs {
		if err != nil {
			return explain(err, db.path)
		}
	}
	return nil
}

// Files are the paths of the files that belong to the database, there or not.
// Whoever walks directories in this process must not open them (see the package).
func (db *DB) Files() []string { return filesOf(db.path) }

// dsn names the file, with more parameters in pairs, so that no character of its path means anything to SQLite.
// mode is rw or ro: the file is there already, with the rights it must have. Defensive mode,
// no double-quoted strings and no trust in functions that the schema calls: the
// file may have been in other hands.
func dsn(path, mode string, wait time.Duration, pairs ...string) string {
	q := url.Values{
		"mode":          {mode},
		"_busy_timeout": {fmt.Sprint(max(wait.Milliseconds(), 1))},
		"_foreign_keys": {"1"},
		"_defensive":    {"1"},
		"_dqs":          {"0"},
		"_error_rc":     {"1"},
		"_pragma":       {"trusted_schema(0)", "journal_size_limit(67108864)", "wal_autocheckpoint(4000)"},
	}
	for i := 0; i < len(pairs); i += 2 {
		q.Add(pairs[i], pairs[i+1])
	}
	return fileURI(path) + "?" + q.Encode()
}

// useWAL turns the write-ahead log on. It stays on: the file says so. When several
// processes open a new database at once SQLite does not wait but fails (the change
// needs the file for itself, and waiting could be a deadlock), so this tries again.
func useWAL(ctx context.Context, db *sql.DB, wait time.Duration) error {
	for deadline := time.Now().Add(wait); ; {
		var mode string
		err := db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode)
		switch {
		case err == nil && mode == "wal":
			return nil
		case err == nil:
			return &store.Advised{Err: errors.New("its file system offers no write-ahead log"), Advice: "put it on a local disk"}
		case !isBusy(err) || time.Now().After(deadline):
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

var errNoDatabase = fmt.Errorf("there is no database: %w", store.ErrNotFound)

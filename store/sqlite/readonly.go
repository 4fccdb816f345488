package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// unwritable reports errors that say that a database is there and cannot be written:
// it lies on a read-only file system, or belongs to somebody else.
func unwritable(err error) bool {
	var e *driver.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
			return true
		}
	}
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// connectReadOnly opens a database that cannot be written, for lists. Without a
// write-ahead log it is read as a file that nobody changes: SQLite would make a log
// otherwise, to keep writers away. When there is a log the latest commits are in it, so it
// is never left out: SQLite reads it when -shm is there too. A sweep by somebody who
// can write, begun while a list is read from here, can spoil that list; it does not
// spoil the database.
func (db *DB) connectReadOnly(ctx context.Context, opts Options) (err error) {
	pairs := []string{"_query_only", "1", "_pragma", "cache_size(-8192)"}
	logged := false
	for _, f := range filesOf(db.path)[1:] {
		info, err := os.Stat(f)
		logged = logged || err == nil && info.Size() > 0 && f != db.path+"-shm"
	}
	if !logged {
		pairs = append(pairs, "immutable", "1")
	}
	if db.reader, err = sql.Open("sqlite", dsn(db.path, "ro", opts.Wait, pairs...)); err != nil {
		return err
	}
	have, err := schemaVersion(ctx, db.reader)
	if err != nil && logged && unwritable(err) {
		return fmt.Errorf("it cannot be written here, and its latest commits are in its write-ahead log, which cannot be read so: "+
			"copy it with the files beside it (-wal, -shm) to a directory of yours and name the copy with --db (%w)", err)
	}
	if err != nil {
		return err
	}
	want, err := fs.Glob(migrations, "migrations/*.sql")
	if err == nil && have != len(want) {
		err = fmt.Errorf("its schema is version %d, this mailsweep knows %d, and it cannot be written here: copy it to a directory of yours and name the copy with --db", have, len(want))
	}
	return err
}

// errReadOnly says that only lists can be had.
var errReadOnly = errors.New("it was opened for reading only: it cannot be written")

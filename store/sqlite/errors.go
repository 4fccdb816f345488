package sqlite

import (
	"context"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"mailsweep/store"
)

// explain says what an error of SQLite means for the database at path, and what to
// do next. Errors that are ours already pass as they are.
func explain(err error, path string) error {
	var e *driver.Error
	if !errors.As(err, &e) {
		return err
	}
	what, advice := meaning(e.Code())
	err = fmt.Errorf("the database %s %s (%w)", path, what, err)
	if advice == "" {
		return err
	}
	return &store.Advised{Err: err, Advice: advice}
}

// trouble is explain for a database that cannot be used as it is, whoever says so.
func trouble(err error, path string) error {
	var e *driver.Error
	if errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return explain(err, path)
	}
	return fmt.Errorf("the database %s: %w", path, err)
}

// meaning is what a code says of the database, and what to do, "" when that is not known.
func meaning(code int) (what, advice string) {
	switch code & 0xff { // the rest of the code only tells more of the same
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return "is in use by another mailsweep", "wait until it is done, or give this one another --db"
	case sqlite3.SQLITE_FULL:
		return "cannot grow, its disk is full", "make room there and run again: nothing is lost"
	case sqlite3.SQLITE_READONLY:
		return "cannot be written", "check the rights on the file and its directory, or choose another with --db"
	case sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_CANTOPEN:
		return "cannot be opened", "check the rights on the file and its directory: both must be yours to write"
	case sqlite3.SQLITE_NOTADB:
		return "is not an SQLite database", "choose another file with --db"
	case sqlite3.SQLITE_CORRUPT:
		return "is damaged", "restore a copy of it, or move it away and sweep again"
	case sqlite3.SQLITE_IOERR:
		return "cannot be read or written", "check its disk, and that it is a local one and no network drive"
	case sqlite3.SQLITE_NOMEM:
		return "needs more memory than there is", ""
	case sqlite3.SQLITE_CONSTRAINT:
		return "refuses what it was given, nothing of it was kept", "please report this"
	default:
		return "does not work", ""
	}
}

// isBusy reports whether another process was in the way.
func isBusy(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

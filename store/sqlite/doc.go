// Package sqlite keeps what a sweep remembers in one SQLite file: cursors, findings,
// exposures, skips, runs and the hash-chained log. It implements [sweeper.Store] and
// the lists that the verbs show. The schema, with what each column means, is in
// migrations/.
//
// # The file
//
// A new database is made with mode 0600, in a directory made with mode 0700; one that
// others can read is tightened to 0600 when it is opened, with its -wal and -shm
// files. On Windows the directory's access list decides. The file must be on a local
// disk: SQLite's write-ahead log needs memory shared between processes, which
// network drives do not give.
//
// # Several processes
//
// One writes at a time, the others wait for it, for at most [Options.Wait]; readers
// never wait. A write is one transaction, begun IMMEDIATE, so that what it read is
// still so when it writes. After a kill every commit that was reported is there, and
// nothing of any other; after a power failure (synchronous=NORMAL) the last commits
// may be missing, never half there: the cursor went back with them, and the next run
// does them again.
//
// Nothing else in the process may open and close the file, its -wal or its -shm (see
// [DB.Files]): a close drops all POSIX locks of the process on that file, those of
// SQLite included.
//
// # No secret
//
// The findings that come in hold none, and errors of this package never quote a row.
package sqlite

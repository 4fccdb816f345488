package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// write runs do in one transaction, which holds the database for writing from its
// begin on. When do fails, or ctx ends before the commit, nothing of it is kept.
func (db *DB) write(ctx context.Context, do func(ctx context.Context, t *tx) error) error {
	if db.writer == nil {
		return trouble(errReadOnly, db.path)
	}
	sqltx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return explain(err, db.path)
	}
	defer func() { _ = sqltx.Rollback() }() // does nothing after a commit
	t := &tx{Tx: sqltx, prepared: db.prepared, bound: map[string]*sql.Stmt{}}
	// Within the transaction statements run in microseconds: watching ctx around each
	// would cost more than they do. It is looked at before the commit instead.
	err = do(context.WithoutCancel(ctx), t)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = sqltx.Commit()
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // what failed, failed because database/sql has rolled it back
	}
	return explain(err, db.path)
}

// tx is one transaction of the writer.
type tx struct {
	*sql.Tx
	prepared map[string]*sql.Stmt // the writer's
	bound    map[string]*sql.Stmt // the same, as this transaction's
}

// stmt gives the prepared statement of query, nil when it was not prepared.
func (t *tx) stmt(ctx context.Context, query string) *sql.Stmt {
	s := t.bound[query]
	if s == nil && t.prepared[query] != nil {
		s = t.StmtContext(ctx, t.prepared[query])
		t.bound[query] = s
	}
	return s
}

func (t *tx) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := t.stmt(ctx, query); s != nil {
		return s.ExecContext(ctx, args...)
	}
	return t.ExecContext(ctx, query, args...)
}

func (t *tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := t.stmt(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return t.QueryContext(ctx, query, args...)
}

// row scans the one row of query; found is false when there is none.
func (t *tx) row(ctx context.Context, query string, args []any, into ...any) (found bool, err error) {
	var r *sql.Row
	if s := t.stmt(ctx, query); s != nil {
		r = s.QueryRowContext(ctx, args...)
	} else {
		r = t.QueryRowContext(ctx, query, args...)
	}
	err = r.Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// change is exec for a statement that may find nothing to do.
func (t *tx) change(ctx context.Context, query string, args ...any) (changed bool, err error) {
	res, err := t.exec(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// insert is exec for a single row, whose id it gives.
func (t *tx) insert(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.exec(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// writerQueries are the statements of a commit, prepared once for the life of a DB.
func writerQueries() []string {
	return []string{
		runSeq, findCursor, lastGeneration, moveCursor, setCursorValue, dropCursorValue, dropOtherDigests,
		findMessages, insertMessage, updateMessage, updateReceived, exposuresOfMessage, forgetMessage,
		leaveEarlier, putPlace, inOthers, leaveFolder, leaveUnseen, leaveAll, markGone, showElsewhere,
		dropUnseenSkips, dropMailboxSkips,
		messageSkips, insertMessageSkip, sawSkip, dropSkip, insertFolderSkip,
		findFinding, insertFinding, updateFinding,
		insertExposure, refreshExposure, forgetExposure, ownershipsOf, putOwnership, setState, stateOf,
	}
}

package sqlite

import (
	"context"
	"fmt"
	"io"
	"strings"

	"mailsweep/store"
)

// Hold keeps the database for writing until in ends, and says on out when it has it.
func Hold(ctx context.Context, db *DB, in io.Reader, out io.Writer) error {
	return db.write(ctx, func(context.Context, *tx) error {
		fmt.Fprintln(out, "held")
		_, err := io.Copy(io.Discard, in)
		return err
	})
}

// Exec runs SQL on the writer, as somebody else might with another tool.
func Exec(ctx context.Context, db *DB, sql string, args ...any) error {
	_, err := db.writer.ExecContext(ctx, sql, args...)
	return explain(err, db.path)
}

// Ask reads one value with the reader, or the writer.
func Ask(ctx context.Context, db *DB, writer bool, sql string) (v string, err error) {
	d := db.reader
	if writer {
		d = db.writer
	}
	return v, d.QueryRowContext(ctx, sql).Scan(&v)
}

// Plans are how SQLite reads lists, by their filter's name.
func Plan(ctx context.Context, db *DB, text string, args ...any) (plan string, err error) {
	rows, err := db.reader.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return "", err
		}
		plan += detail + "\n"
	}
	return plan, rows.Err()
}

// ListQueries are the lists without a filter, and with the plainest ones.
func ListQueries() map[string]string {
	lists := map[string]string{}
	for name, f := range map[string]store.FindingFilter{
		"all": {}, "surer": {MinConfidence: 2}, "graver": {MinSeverity: 2}, "in mailboxes": {Mailboxes: []string{"a*"}},
	} {
		w := findingWhere(f, 0)
		lists["findings, "+name] = inline(w.query(listFindings, "f.severity DESC, f.received, f.id", 0))
		w = exposureWhere(store.ExposureFilter{FindingFilter: f}, 0)
		lists["exposures, "+name] = inline(w.query(listExposures, "e.severity DESC, e.first_seen, e.id", 0))
	}
	w := skipWhere(store.SkipFilter{}, 0)
	lists["skips"] = inline(w.query(listSkips, "s.id", 0))
	return lists
}

// inline puts the arguments in: SQLite plans by them as it would by parameters.
func inline(q query) string {
	for _, a := range q.args {
		q.text = strings.Replace(q.text, "?", fmt.Sprintf("'%v'", a), 1)
	}
	return q.text
}

package sqlite

import (
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"mailsweep/sweeper"
)

func TestMigrationsGoForward(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "mailsweep.db")
	db, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	have, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	steps := fstest.MapFS{ // those that are there are not run again
		"migrations/9001_next.sql":  {Data: []byte("ALTER TABLE runs ADD COLUMN extra TEXT; CREATE TABLE more (x INTEGER) STRICT")},
		"migrations/9002_wrong.sql": {Data: []byte("CREATE TABLE third (x INTEGER) STRICT; CREATE TABLE more (x INTEGER)")},
	}
	for _, name := range have {
		steps[name] = &fstest.MapFile{}
	}
	version := func() int {
		t.Helper()
		v, err := schemaVersion(ctx, db.writer)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if err := migrate(ctx, db.writer, steps); err == nil {
		t.Error("a migration that cannot be run was run")
	}
	if got := version(); got != len(have)+1 {
		t.Errorf("after a failure in the second the version is %d, want that of the first", got)
	}
	var n int
	if err := db.reader.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name IN ('more', 'third')").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d of the tables more and third are there, %v; want only more", n, err)
	}
	delete(steps, "migrations/9002_wrong.sql")
	for range 2 {
		if err := migrate(ctx, db.writer, steps); err != nil {
			t.Error(err)
		}
	}
	if _, err := Open(ctx, path, Options{}); err == nil {
		t.Error("a database of a newer version was opened")
	}
}

// A database of the first schema keeps its mail where it was, and what is gone gone.
func TestMailKeepsItsPlace(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "mailsweep.db")
	first, err := migrations.ReadFile("migrations/0001_house.sql")
	if err != nil {
		t.Fatal(err)
	}
	old, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(ctx, old, fstest.MapFS{"migrations/0001_house.sql": {Data: first}}); err != nil {
		t.Fatal(err)
	}
	_, err = old.ExecContext(ctx, `INSERT INTO messages (source, key, mailbox, folder, folder_key, message_id, internet_message_id,
		thread, subject, sender, recipients_to, recipients_cc, received, generation, gone)
		VALUES ('s', 'a', 'ada', 'in', 'f', '', '', '', '', '', '[]', '[]', '', 3, 0),
			('s', 'b', 'ada', 'in', 'f', '', '', '', '', '', '[]', '[]', '', 2, 1)`)
	if err == nil {
		err = old.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	run, err := db.Begin(ctx, sweeper.Run{})
	if err != nil {
		t.Fatal(err)
	}
	there := func() (n int) {
		t.Helper()
		if err := db.reader.QueryRowContext(ctx, `SELECT count(*) FROM messages WHERE gone = 0`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := there(); n != 1 {
		t.Errorf("%d messages are there, want 1", n)
	}
	p := sweeper.PageResult{Run: run, Scope: sweeper.Scope{Source: "s", FolderKey: "f"}, Next: sweeper.Cursor("c"), Done: true, Gone: []string{"a", "b"}}
	if _, err := db.Commit(ctx, p); err != nil {
		t.Fatal(err)
	}
	if n := there(); n != 0 {
		t.Errorf("%d messages are there when all have left, want 0", n)
	}
}

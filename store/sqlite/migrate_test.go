package sqlite

import (
	"path/filepath"
	"testing"
	"testing/fstest"
)

func TestMigrationsGoForward(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "mailsweep.db")
	db, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first, err := migrations.ReadFile("migrations/0001_house.sql")
	if err != nil {
		t.Fatal(err)
	}
	steps := fstest.MapFS{
		"migrations/0001_house.sql": {Data: first},
		"migrations/0002_next.sql":  {Data: []byte("ALTER TABLE runs ADD COLUMN extra TEXT; CREATE TABLE more (x INTEGER) STRICT")},
		"migrations/0003_wrong.sql": {Data: []byte("CREATE TABLE third (x INTEGER) STRICT; CREATE TABLE more (x INTEGER)")},
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
	if got := version(); got != 2 {
		t.Errorf("after a failure in 3 the version is %d, want 2", got)
	}
	var n int
	if err := db.reader.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name IN ('more', 'third')").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d of the tables more and third are there, %v; want only more", n, err)
	}
	delete(steps, "migrations/0003_wrong.sql")
	for range 2 {
		if err := migrate(ctx, db.writer, steps); err != nil {
			t.Error(err)
		}
	}
	if _, err := Open(ctx, path, Options{}); err == nil {
		t.Error("a database of a newer version was opened")
	}
}

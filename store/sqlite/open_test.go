package sqlite_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/store/storetest"
	"mailsweep/sweeper"
)

func TestFilesAreTheirOwnersOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the mode says nothing there")
	}
	dir := filepath.Join(t.TempDir(), "a", "b")
	path := filepath.Join(dir, "mailsweep.db")
	db := open(t, path, sqlite.Options{})
	if _, err := db.Begin(t.Context(), sweeper.Run{}); err != nil { // there is a -wal now
		t.Fatal(err)
	}
	modes := func() (got string) {
		for _, f := range []string{dir, path, path + "-wal", path + "-shm"} {
			info, err := os.Stat(f)
			if err != nil {
				t.Fatal(err)
			}
			got += fmt.Sprintf(" %o", info.Mode().Perm())
		}
		return got
	}
	if got := modes(); got != " 700 600 600 600" {
		t.Errorf("directory and files have the modes%s", got)
	}
	for i, mode := range []fs.FileMode{0o644, 0o666, 0o400} {
		if err := os.Chmod(db.Files()[i], mode); err != nil {
			t.Fatal(err)
		}
	}
	open(t, path, sqlite.Options{Existing: true})
	if got := modes(); got != " 700 600 600 600" {
		t.Errorf("after opening a database that others could read:%s", got)
	}
}

func TestPathsMeanThemselves(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"what?mode=memory", "a#b", "100%25", "with space", "é&=+", "file:x", ":memory:", "-wal", "x.db?_pragma=foreign_keys(0)"} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, "?:") {
			continue // no file is named so there
		}
		db := open(t, name, sqlite.Options{})
		if err := db.CheckKey(t.Context(), name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
		again := open(t, filepath.Join(dir, name), sqlite.Options{Existing: true})
		if err := again.CheckKey(t.Context(), name); err != nil {
			t.Errorf("%q, absolute: %v", name, err)
		}
		for _, writer := range []bool{true, false} {
			if on, err := sqlite.Ask(t.Context(), db, writer, "PRAGMA foreign_keys"); err != nil || on != "1" {
				t.Errorf("%q: foreign_keys is %s, %v", name, on, err)
			}
		}
	}
}

func TestLinkedDatabase(t *testing.T) {
	dir := t.TempDir()
	open(t, filepath.Join(dir, "real.db"), sqlite.Options{})
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink("real.db", link); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	db := open(t, link, sqlite.Options{})
	if got := filepath.Base(db.Files()[1]); got != "real.db-wal" {
		t.Errorf("its write-ahead log is %s, want real.db-wal", got)
	}
}

// What cannot be opened says why and what to do.
func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("file", []byte("x"))
	type attempt struct {
		path string
		opts sqlite.Options
		want string
	}
	for name, c := range map[string]attempt{
		"no path":             {"", sqlite.Options{}, "no path"},
		"a directory":         {dir, sqlite.Options{}, "is a directory: name a file in it"},
		"below a file":        {filepath.Join(file, "x.db"), sqlite.Options{}, "file"},
		"no SQLite":           {write("mail.mbox", []byte(strings.Repeat("From ada@example.com\n", 100))), sqlite.Options{}, "is not an SQLite database"},
		"damaged":             {damaged(t, dir), sqlite.Options{}, "is damaged"},
		"newer":               {other(t, dir, "PRAGMA application_id = 1836283760; PRAGMA user_version = 99"), sqlite.Options{}, "a newer mailsweep (its schema is version 99"},
		"of another program":  {other(t, dir, "CREATE TABLE songs (title TEXT)"), sqlite.Options{}, "belongs to another program"},
		"of another, unnamed": {other(t, dir, "PRAGMA application_id = 7"), sqlite.Options{}, "belongs to another program"},
		"none there":          {filepath.Join(dir, "none.db"), sqlite.Options{Existing: true}, "there is no database"},
	} {
		db, err := sqlite.Open(t.Context(), c.path, c.opts)
		if err == nil {
			_ = db.Close()
			t.Errorf("%s: was opened", name)
		} else if !strings.Contains(err.Error(), c.want) || c.path != "" && !strings.Contains(err.Error(), filepath.Base(c.path)) {
			t.Errorf("%s: %v; want %q and the path in it", name, err, c.want)
		}
	}
	if _, err := sqlite.Open(t.Context(), filepath.Join(dir, "none.db"), sqlite.Options{Existing: true}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "none.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a database was made although Existing was set")
	}
	if runtime.GOOS != "windows" {
		if _, err := sqlite.Open(t.Context(), "/dev/null", sqlite.Options{}); err == nil || !strings.Contains(err.Error(), "is not a file") {
			t.Errorf("a device: %v", err)
		}
	}
}

// other is a database that is not ours.
func other(t *testing.T, dir, statements string) string {
	t.Helper()
	path := filepath.Join(dir, fmt.Sprintf("%x.db", statements))
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	return path
}

// damaged is a database whose pages, but for the first bytes, are noise.
func damaged(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "damaged.db")
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 100; i < len(b); i++ {
		b[i] = byte(i * 7)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What fails later says the same things, and never what was in the row.
func TestErrorsWhileWriting(t *testing.T) {
	for name, c := range map[string]struct{ statement, want string }{
		"disk full": {"PRAGMA max_page_count = 1", "its disk is full"},
		"read only": {"PRAGMA query_only = 1", "cannot be written"},
		"broken by hand": {`CREATE TRIGGER t BEFORE INSERT ON findings BEGIN SELECT RAISE(ABORT, 'no'); END`,
			"refuses what it was given, nothing of it was kept"},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t, filepath.Join(t.TempDir(), "mailsweep.db"), sqlite.Options{})
			run, err := db.Begin(t.Context(), sweeper.Run{})
			if err != nil {
				t.Fatal(err)
			}
			if err := sqlite.Exec(t.Context(), db, c.statement); err != nil {
				t.Fatal(err)
			}
			p := storetest.Page("in", "", "c1")
			for i := range 300 { // more than the free pages of the file hold
				key := fmt.Sprint("key ", i)
				p.Messages = append(p.Messages, storetest.Mail(key, storetest.Token(key)))
			}
			p.Run = run
			_, err = db.Commit(t.Context(), p)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "key 1") {
				t.Errorf("got %v; want %q", err, c.want)
			}
			for f, err := range db.Findings(t.Context(), store.FindingFilter{}) {
				t.Errorf("there is a finding: %v, %v", f.Ref.Key, err)
			}
		})
	}
}

// A page stopped at any of its writes leaves nothing at all.
func TestFaultAtEveryWrite(t *testing.T) {
	for _, table := range []string{"messages", "places", "exposures", "findings", "skips", "cursors", "cursor_values"} {
		t.Run(table, func(t *testing.T) {
			db := open(t, filepath.Join(t.TempDir(), "mailsweep.db"), sqlite.Options{})
			run, err := db.Begin(t.Context(), sweeper.Run{})
			if err != nil {
				t.Fatal(err)
			}
			if err := sqlite.Exec(t.Context(), db, "CREATE TRIGGER fault AFTER INSERT ON "+table+" BEGIN SELECT RAISE(ABORT, 'fault'); END"); err != nil {
				t.Fatal(err)
			}
			p := storetest.Page("in", "", "c1", storetest.Mail("a", storetest.Token("one")))
			p.Run, p.Skips = run, []sweeper.Skip{{}}
			p.Skips[0].Reason = "damaged"
			if _, err := db.Commit(t.Context(), p); err == nil {
				t.Fatal("the fault did not show")
			}
			const count = `SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM exposures) + (SELECT count(*) FROM findings)
				+ (SELECT count(*) FROM skips) + (SELECT count(*) FROM places) + (SELECT count(*) FROM cursors) + (SELECT count(*) FROM cursor_values)`
			if n, err := sqlite.Ask(t.Context(), db, false, count); err != nil || n != "0" {
				t.Errorf("%s rows were left, %v", n, err)
			}
			if err := sqlite.Exec(t.Context(), db, "DROP TRIGGER fault"); err != nil {
				t.Fatal(err)
			}
			c, err := db.Commit(t.Context(), p)
			if err != nil || !c.New[0][0] {
				t.Errorf("after the fault: %+v, %v", c, err)
			}
		})
	}
}

func TestOpenedByManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "mailsweep.db")
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if out, err := process(t, "open", path).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	for range 4 {
		wg.Go(func() {
			db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	open(t, path, sqlite.Options{Existing: true})
}

// A process that writes for too long: who waits is told, or can stop waiting.
func TestHeldByAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mailsweep.db")
	db := open(t, path, sqlite.Options{Wait: 100 * time.Millisecond})
	release := hold(t, process(t, "hold", path))

	_, err := db.Begin(t.Context(), sweeper.Run{})
	if err == nil || !strings.Contains(err.Error(), "is in use by another mailsweep") {
		t.Errorf("writing: %v", err)
	}
	for range db.Runs(t.Context()) { // reading goes on
	}
	open(t, path, sqlite.Options{Wait: 100 * time.Millisecond}) // opening too

	patient := open(t, path, sqlite.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := patient.Begin(ctx, sweeper.Run{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stopped while waiting: %v", err)
	}
	if waited := time.Since(start); waited > 5*time.Second {
		t.Errorf("it took %v to stop waiting", waited)
	}
	go func() {
		time.Sleep(100 * time.Millisecond)
		release()
	}()
	if _, err := patient.Begin(t.Context(), sweeper.Run{}); err != nil {
		t.Errorf("waiting until the other is done: %v", err)
	}
}

// hold starts a process that holds the database, and gives what makes it let go.
func hold(t *testing.T, cmd *exec.Cmd) (release func()) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(release)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	return release
}

// Ctrl-C while the database is opened: an error, and nothing else.
func TestOpenIsCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	for i := range 60 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*200)*time.Microsecond)
		if db, err := sqlite.Open(ctx, path, sqlite.Options{}); err == nil {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
		cancel()
	}
}

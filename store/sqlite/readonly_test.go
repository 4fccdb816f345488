//go:build unix

package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
)

// listAsSomebody is done by a process of its own: root, for whom rights do not count,
// becomes another user there. It prints the actors of the runs.
func listAsSomebody(ctx context.Context, path string) error {
	if os.Geteuid() == 0 {
		if err := syscall.Setuid(65534); err != nil {
			return err
		}
	}
	db, err := sqlite.Open(ctx, path, sqlite.Options{Existing: true})
	if err != nil {
		return err
	}
	for r, err := range db.Runs(ctx) {
		if err != nil {
			return err
		}
		fmt.Println(r.Actor)
	}
	if _, err := db.Begin(ctx, sweeper.Run{}); err == nil {
		return errors.New("a run was begun")
	}
	if err := db.Close(); err != nil {
		return err
	}
	if _, err := sqlite.Open(ctx, path, sqlite.Options{}); err == nil {
		return errors.New("it was opened for writing")
	}
	return nil
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// A database in a directory that cannot be written, as on a mounted image, is listed.
func TestReadOnly(t *testing.T) {
	for name, c := range map[string]struct {
		mode    os.FileMode
		open    bool // by a process that has not written its log back
		without string
		wants   string
	}{
		"closed":               {mode: 0o444},
		"with a log":           {mode: 0o444, open: true},
		"with a log, no index": {mode: 0o444, open: true, without: "-shm", wants: "copy it with the files beside it"},
	} {
		t.Run(name, func(t *testing.T) {
			top := t.TempDir()
			dir := filepath.Join(top, "db")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			chmod(t, filepath.Dir(top), 0o755)
			chmod(t, top, 0o755)
			path := filepath.Join(top, "x.db")
			db := open(t, path, sqlite.Options{})
			if _, err := db.Begin(t.Context(), sweeper.Run{Actor: "a@b"}); err != nil {
				t.Fatal(err)
			}
			if !c.open {
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			for _, suffix := range []string{"", "-wal", "-shm"} { // as a snapshot of the disk has them
				raw, err := os.ReadFile(path + suffix)
				if err != nil || suffix != "" && suffix == c.without {
					continue
				}
				if err := os.WriteFile(filepath.Join(dir, "x.db"+suffix), raw, 0o644); err != nil {
					t.Fatal(err)
				}
				chmod(t, filepath.Join(dir, "x.db"+suffix), c.mode)
			}
			chmod(t, dir, 0o555)
			t.Cleanup(func() { chmod(t, dir, 0o755) })
			out, err := process(t, "list", filepath.Join(dir, "x.db")).CombinedOutput()
			switch {
			case c.wants != "" && (err == nil || !strings.Contains(string(out), c.wants)):
				t.Errorf("opening gives %q, %v, want an error that says %q", out, err, c.wants)
			case c.wants == "" && (err != nil || string(out) != "a@b\n"):
				t.Errorf("listing gives %q, %v, want the one run", out, err)
			}
		})
	}
}

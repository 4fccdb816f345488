package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mailsweep/store/sqlite"
	"mailsweep/sweeper"
)

// somebody makes the file system see another user than root, for whom rights do
// not count.
func somebody(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	if err := syscall.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setfsuid(0); err != nil {
			t.Fatal(err)
		}
	})
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
			somebody(t)
			copied, err := sqlite.Open(t.Context(), filepath.Join(dir, "x.db"), sqlite.Options{Existing: true})
			if c.wants != "" {
				if err == nil || !strings.Contains(err.Error(), c.wants) {
					t.Fatalf("opening gives %v, want an error that says %q", err, c.wants)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer copied.Close()
			runs := 0
			for r, err := range copied.Runs(t.Context()) {
				if runs++; err != nil || r.Actor != "a@b" {
					t.Errorf("run %+v, %v", r, err)
				}
			}
			if runs != 1 {
				t.Errorf("%d runs, want the one", runs)
			}
			if _, err := copied.Begin(t.Context(), sweeper.Run{}); err == nil {
				t.Errorf("a run was begun")
			}
			if _, err := sqlite.Open(t.Context(), filepath.Join(dir, "x.db"), sqlite.Options{}); err == nil {
				t.Error("it was opened for writing")
			}
		})
	}
}

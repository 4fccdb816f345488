package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"mailsweep/store/sqlite"
	"mailsweep/store/storetest"
)

// A test that needs a second process runs the test binary with these set.
const workVar, pathVar = "STORETEST_WORK", "STORETEST_PATH"

func TestMain(m *testing.M) {
	if work := os.Getenv(workVar); work != "" {
		if err := child(context.Background(), work, os.Getenv(pathVar)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(ctx context.Context, work, path string) error {
	if work == "list" {
		return listAsSomebody(ctx, path)
	}
	db, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		return err
	}
	switch work {
	case "open":
	case "hold": // the database for writing, until standard input ends
		err = sqlite.Hold(ctx, db, os.Stdin, os.Stdout)
	default:
		err = storetest.Work(ctx, db, work, os.Stdout)
	}
	if err != nil {
		return err
	}
	return db.Close()
}

// process is this binary, to do some work with the database at path.
func process(t *testing.T, work, path string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), workVar+"="+work, pathVar+"="+path)
	return cmd
}

func TestStore(t *testing.T) {
	storetest.Test(t, func(t *testing.T) func() (storetest.Store, error) {
		path := filepath.Join(t.TempDir(), "new", "mailsweep.db")
		return func() (storetest.Store, error) { return sqlite.Open(t.Context(), path, sqlite.Options{}) }
	})
}

func TestProcesses(t *testing.T) {
	storetest.Processes(t, func(t *testing.T) (func() (storetest.Store, error), func(string) *exec.Cmd) {
		path := filepath.Join(t.TempDir(), "mailsweep.db")
		return func() (storetest.Store, error) { return sqlite.Open(t.Context(), path, sqlite.Options{}) },
			func(work string) *exec.Cmd { return process(t, work, path) }
	})
}

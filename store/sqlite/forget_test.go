package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/store/storetest"
	"mailsweep/sweeper"
)

// TestWhatIsForgottenIsInNoFile: neither in the database nor in the files beside it.
func TestWhatIsForgottenIsInNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	run, err := db.Begin(t.Context(), sweeper.Run{Started: time.Now(), Actor: "ada@here", Version: "test", Digest: "d"})
	if err != nil {
		t.Fatal(err)
	}
	const words = "a-subject-to-be-forgotten"
	for _, name := range []string{"a", "b", "c"} {
		m := storetest.Mail(name, storetest.Token("one"))
		m.Envelope.Subject = words + name
		p := storetest.Page("in"+name, "", "c", m)
		p.Run = run
		if _, err := db.Commit(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if !inFiles(t, path, words) {
		t.Fatal("the test looks for the wrong words")
	}
	n, err := db.Forget(t.Context(), store.Forgetting{Mailboxes: []string{"*"}, Actor: "ada@here", Reason: "x"})
	if err != nil || n.Messages != 3 {
		t.Fatalf("%+v, %v", n, err)
	}
	if inFiles(t, path, words) {
		t.Error("it is still in a file")
	}
}

func inFiles(t *testing.T, path, words string) bool {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(words)) {
			return true
		}
	}
	return false
}

package sqlite_test

import (
	"path/filepath"
	"testing"

	"mailsweep/store/sqlite"
)

// TestKeyCheckOnlyReads: whoever asks ties no database to a key.
func TestKeyCheckOnlyReads(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "x.db"), sqlite.Options{})
	for _, want := range []string{"", "first"} {
		for range 2 {
			if got, err := db.KeyCheck(t.Context()); got != want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		}
		if err := db.CheckKey(t.Context(), "first"); err != nil {
			t.Error(err)
		}
	}
}

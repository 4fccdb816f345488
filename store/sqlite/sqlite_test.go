package sqlite_test

import (
	"path/filepath"
	"testing"

	"mailsweep/store/sqlite"
	"mailsweep/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Test(t, func(t *testing.T) func() (storetest.Store, error) {
		path := filepath.Join(t.TempDir(), "new", "mailsweep.db")
		return func() (storetest.Store, error) { return sqlite.Open(t.Context(), path, sqlite.Options{}) }
	})
}

package detectors

import (
	"os"
	"path/filepath"
	"testing"
)

func newSet(t testing.TB, files ...string) *Set {
	t.Helper()
	s, err := New(Options{RulesFiles: files})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// writeRules writes a rules file and gives its path.
func writeRules(t testing.TB, toml string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(path, []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

package detectors

import "testing"

func newSet(t testing.TB, files ...string) *Set {
	t.Helper()
	s, err := New(Options{RulesFiles: files})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

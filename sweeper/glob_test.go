package sweeper_test

import (
	"testing"

	"mailsweep/sweeper"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"inbox", "Inbox", true}, {"inbox", "Inbox/2024", false}, {"inbox*", "Inbox/2024", true}, {"*2024", "Inbox/2024", true},
		{"?nbox", "Inbox", true}, {"?inbox", "Inbox", false}, {"gelöscht?", "GELÖSCHTE", true}, {"?", "é", true},
		{"a.b", "axb", false}, {"[ab]", "a", false}, {"[ab]", "[AB]", true}, {"a|b", "b", false}, {`\*`, `\x`, true}, {`\Q*\E`, `\qx\e`, true},
		{"a*c", "a\nb\nc", true}, {"", "", true}, {"", "a", false}, {"*", "", true}, {"**", "a", true}, {"a\xff", "aé", true}, {"a\xff", "a", false},
	} {
		if got := sweeper.Glob(c.pattern)(c.name); got != c.want {
			t.Errorf("%q chooses %q: %v", c.pattern, c.name, got)
		}
	}
}

// FuzzGlob: whatever people type is a pattern.
func FuzzGlob(f *testing.F) {
	f.Add("a*?[", "\xff")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		sweeper.Glob(pattern)(name)
		if !sweeper.Glob("*")(name) {
			t.Errorf("%q is not any name", name)
		}
	})
}

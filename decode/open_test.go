package decode

import (
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestTextOf: the short way gives what the long one does.
func TestTextOf(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "password", "\r", "\n", "\r\n", "é", "\xe9", "\x1b$B", "\x00", "\xef\xbb\xbf", "\xff\xfe", "+AGE-", " "})
	rapid.Check(t, func(t *rapid.T) {
		data := []byte(strings.Join(rapid.SliceOf(piece).Draw(t, "pieces"), ""))
		charset := rapid.SampledFrom([]string{"", "utf-8", "us-ascii", "iso-8859-1", "utf-7", "utf-16", "nonsense"}).Draw(t, "charset")
		if got, want := textOf(data, charset), lfText(toUTF8(data, charset)); got != want {
			t.Errorf("%q in %q: %q, want %q", data, charset, got, want)
		}
	})
}

// TestGuessIsNoChance: of two charsets that are as likely, it is always the same.
func TestGuessIsNoChance(t *testing.T) {
	for range 500 {
		if got := guess([]byte(" \xe9+AGE-")); got != " é+AGE-" {
			t.Fatalf("%q", got)
		}
	}
}

// TestLargeBodyIsCopiedOnce: a text of a hundred megabytes costs as much again, not
// more.
func TestLargeBodyIsCopiedOnce(t *testing.T) {
	for name, line := range map[string]string{"ASCII": "nothing to see here\r\n", "UTF-8": "nichts fällt auf\r\n", "LF": "nothing to see here\n"} {
		raw := []byte("Subject: x\n\n" + strings.Repeat(line, 1<<19))
		b := NewBudget(DefaultLimits(), int64(len(raw)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(t.Context(), MIME(t.Context(), raw, b), b)
		runtime.ReadMemStats(&after)
		if ratio := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(raw)); err != nil || ratio > 1.1 {
			t.Errorf("%s: %.2f times its size allocated, error %v", name, ratio, err)
		}
	}
}

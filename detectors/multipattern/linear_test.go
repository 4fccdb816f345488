package multipattern

import (
	"strings"
	"testing"
)

// TestPatternsReadEachByteAFewTimes: what the patterns themselves are given grows with the
// text, where a match once begun never dies in the automaton, and where all is matches.
func TestPatternsReadEachByteAFewTimes(t *testing.T) {
	block := "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xt\n", 3) + "-----END PRIVATE KEY-----\n"
	for _, x := range []struct{ pattern, unit string }{
		{`(?i)-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[\s\S-]{64,}?KEY(?: BLOCK)?-----`, block},
		{`(?i)-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[\s\S-]{64,}?KEY(?: BLOCK)?-----`, "-----BEGIN PRIVATE KEY-----"},
		{`(?i)key\s?=\s?([\w.-]{10,150})(?:\s|$)`, "key=aB3dE6gH9jK2 "},
	} {
		s := newSet(t, x.pattern)
		text := strings.Repeat(x.unit, 256<<10/len(x.unit))
		trace := Trace{}
		found, err := s.Trace(t.Context(), text, nil, nil, &trace)
		if err != nil || len(found) < 1000 {
			t.Fatalf("%d matches of %.20q, %v", len(found), x.unit, err)
		}
		// 128 bytes and more are tried from each match on.
		if ran := trace.Searches[0].Ran; ran > 20*len(text) {
			t.Errorf("%.20q: the pattern read %d bytes of a text of %d", x.unit, ran, len(text))
		}
	}
}

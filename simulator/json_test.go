package simulator

import (
	"encoding/json"
	"strings"
	"testing"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "a\"b\\c\r\n\t\x00\x1f", "Grüße 😊", "\xff\xfe bad", strings.Repeat("x", 7) + "\"", strings.Repeat("é", 9) + "\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if want := strings.ToValidUTF8(s, "\uFFFD"); got != want {
			t.Fatalf("%q became %q", want, got)
		}
	})
}

func FuzzFilter(f *testing.F) {
	f.Add("a eq 'b' and (c in ('d','e''f') or not startswith(g,'h'))")
	f.Add("((((")
	f.Fuzz(func(t *testing.T, s string) {
		parsed, err := parseFilter(s)
		if err == nil {
			parsed.paths()
			parsed.holds(func(string) (any, bool) { return "x", true })
		}
	})
}

func FuzzDeltaToken(f *testing.F) {
	f.Add((&deltaToken{generation: 1, folder: "x"}).encode())
	f.Fuzz(func(t *testing.T, s string) { decodeDeltaToken(s) })
}

func FuzzPathAndExpand(f *testing.F) {
	f.Add("users/a/mailFolders('x')/messages/delta()")
	f.Add("attachments($select=id;$expand=microsoft.graph.itemattachment/item($expand=a))")
	f.Fuzz(func(t *testing.T, s string) {
		splitPath(s)
		parseExpand(s)
		parsePrefer([]string{s})
	})
}

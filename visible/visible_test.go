package visible

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain text, 100 %", "plain text, 100 %"},
		{"", ""},
		{"Gr\u00fc\u00dfe \u65e5\u672c\u8a9e \u05e9\u05dc\u05d5\u05dd \u0928\u092e\u0938\u094d\u0924\u0947", "Gr\u00fc\u00dfe \u65e5\u672c\u8a9e \u05e9\u05dc\u05d5\u05dd \u0928\u092e\u0938\u094d\u0924\u0947"},
		{"a\x1b[2Jb", `a\x1b[2Jb`},
		{"a\r\n\tb\x00\x7f", `a\r\n\tb\x00\x7f`},
		{"\u009b31m\u0085", `\x9b31m\x85`},
		{"\u202eexe.fdp\u202c", `\u202eexe.fdp\u202c`},
		{"\u2066a\u2069\u200e\u061c", `\u2066a\u2069\u200e\u061c`},
		{"pass\u200bword\u00ad\ufeff", `pass\u200bword\xad\ufeff`},
		{"line\u2028para\u2029", `line\u2028para\u2029`},
		{"\u3164\u115f\u034f\U000e0041\U000e01ef", `\u3164\u115f\u034f\U000e0041\U000e01ef`},
		{"\ue000\U0010ffff", `\ue000\U0010ffff`},
		{"\u26a0\ufe0f hot", "\u26a0\ufe0f hot"},
		{"a\ufe0fb", `a\ufe0fb`},
		{"\xffa\xc0\x80", "\ufffda\ufffd\ufffd"},
		{"a\u00a0b\u3000c", "a\u00a0b\u3000c"},
		{`C:\x1b`, `C:\x1b`},
	} {
		if got := Text(c.in); got != c.want {
			t.Errorf("Text(%+q) = %+q, want %+q", c.in, got, c.want)
		}
	}
}

// bad are runes that no output for people may hold.
func bad(r rune) bool {
	return r == 0xfffe || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

func TestVisibleHoldsNothingUnsafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := wild().Draw(t, "in")
		out := Text(in)
		if !utf8.ValidString(out) {
			t.Fatalf("%+q is no UTF-8", out)
		}
		if i := strings.IndexFunc(out, bad); i >= 0 {
			t.Fatalf("%+q has %+q", out, out[i:])
		}
		if Text(out) != out {
			t.Fatalf("%+q changes when it is made visible again", out)
		}
	})
}

// wild is any text: hostile pieces, any rune, bytes that are no UTF-8.
func wild() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.SampledFrom([]string{
			"=", "+", "-", "@", "\t", "\r", "\n", " ", ";", ",", "\"", "'", "\uff1d", "\u00a0", "\ufeff", "\u202e", "\x1b[", "\u2028",
			"<", "&", "]", "(", "{", "\\", "\xff", "word", "\U000e0041", "\x00", "\x7f", "|", "\u200d",
		})), func(s []string) string { return strings.Join(s, "") }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	)
}

package decode

import (
	"strings"
	"testing"
	"unicode/utf16"
)

func utf16LE(s string) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

// TestMixedLog reads logs that programs of two minds have written to.
func TestMixedLog(t *testing.T) {
	const a, b = "one ghp_fakeToken12\r\n", "two ghp_fakeToken34 für パス\r\n"
	for name, tt := range map[string]struct{ in, want string }{
		"ASCII, then UTF-16":            {a + utf16LE(b), "one ghp_fakeToken12\ntwo ghp_fakeToken34 für パス\n"},
		"UTF-16 with mark, then ASCII":  {"\xff\xfe" + utf16LE(b) + a, "two ghp_fakeToken34 für パス\none ghp_fakeToken12\n"},
		"to and fro":                    {a + utf16LE(b) + a + a + utf16LE(b+b) + "end\n", "one ghp_fakeToken12\ntwo ghp_fakeToken34 für パス\none ghp_fakeToken12\none ghp_fakeToken12\ntwo ghp_fakeToken34 für パス\ntwo ghp_fakeToken34 für パス\nend\n"},
		"within a line":                 {"one " + utf16LE("ghp_fakeToken34\r\n") + a, "one ghp_fakeToken34\none ghp_fakeToken12\n"},
		"a mark in the middle":          {a + "\xff\xfe" + utf16LE(b), "one ghp_fakeToken12\ntwo ghp_fakeToken34 für パス\n"},
		"8-bit lines":                   {"für\xc3\xa9 one\n" + utf16LE(b), "füré one\ntwo ghp_fakeToken34 für パス\n"},
		"UTF-16 alone":                  {"\xff\xfe" + utf16LE(strings.Repeat(b, 5)), strings.Repeat("two ghp_fakeToken34 für パス\n", 5)},
		"Chinese in UTF-16, with marks": {"\xff\xfe" + utf16LE("密码在上面\n字字字字字字字字字字字字\n上上上\n"), "密码在上面\n字字字字字字字字字字字字\n上上上\n"},
	} {
		for _, file := range []string{"a.log", "a.bin"} {
			r := attached(file, []byte(tt.in))
			if got := bodies(r)["2/"+file]; got != tt.want {
				t.Errorf("%s, %s: %q, skips %v", name, file, got, r.Skips)
			}
		}
	}
}

func TestMixedNoBinary(t *testing.T) {
	for _, in := range []string{
		"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8\x00\x00\x00" + strings.Repeat("\x00\x01\x02\x03\xff\xfe\x80", 100),
		strings.Repeat("\x00\x00\x00\x07abcd", 100), "\x00", "a\x00", "a\x00b\x00",
	} {
		if text, ok := mixedText([]byte(in)); ok {
			t.Errorf("%q taken for %q", in, text)
		}
	}
}

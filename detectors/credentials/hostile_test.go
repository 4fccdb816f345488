package credentials

import (
	"fmt"
	"strings"
	"testing"
)

// FuzzRead: whatever a mail says, reading it ends, and what is found stands there.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"password: x", "pw \"", "password '", "user/password: a/b", "ID\tPASSWORD\nab\tcdefgh1", "x is the password", "Password (", "password\n> \u00a0x1y2z3",
		"пароль: Sokol-7", "http://x/?password=", "same password as your login", "password [", "\u00a0password\u00a0\u00a0", "password: \xff\xfe", "passwords: a1b2c3, d4e5f6,",
	} {
		f.Add("Your password", s)
	}
	f.Fuzz(func(t *testing.T, subject, text string) {
		for _, x := range read(t, text) {
			if x.Start < 0 || x.End > len(text) || x.Start >= x.End || !strings.Contains(text, x.Value) {
				t.Errorf("%+v in %q", x, text)
			}
		}
		if _, err := ReadUnder(t.Context(), subject, text); err != nil {
			t.Error(err)
		}
	})
}

// BenchmarkHostile are texts made to be slow.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range map[string]string{
		"labels": "password ", "labels on a line": "password: ", "values": "password: a1b2c3d4 ", "lines": "password: a1b2c3d4\n", "tables": "ID\tPASSWORD\n", "pairs": "user/password: a/b1c2d3e4 ",
	} {
		for _, n := range []int{1 << 14, 1 << 16} {
			b.Run(fmt.Sprint(name, "/", n>>10, "KB"), func(b *testing.B) {
				text := strings.Repeat(unit, n/len(unit))
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					read(b, text)
				}
			})
		}
	}
}

package credentials

import (
	"strings"
	"testing"
)

// FuzzRead: no text breaks the reader, and what it finds stands where it says.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"password \"", "pw '", "login/password: a/", "Password:\n\"", "user\tpassword\na\t", "http://a/?password=", "password (", "passwords: a, ",
		"Password: «x", "パスワード：\u3000", "password is\n>\n> \u00a0", "x is the password", "the password is the same as your login", "password *",
		"User\tPassword\nann\tKestrel-9\nbob\tHeron-77\n", "kestrel  login\nheron  password\n", "pw\u00a0\u00a0", "\x00pw: \xff\xfe",
	} {
		f.Add(seed)
	}
	r, err := NewReader()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		all, err := r.Read(t.Context(), text, &counts{})
		if err != nil {
			t.Fatal(err)
		}
		under, err := r.ReadUnder(t.Context(), "Your password", text)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range append(all, under...) {
			if found.Start < 0 || found.End > len(text) || found.Start > found.End || !strings.Contains(text[found.Start:found.End], found.Value) {
				t.Errorf("%q at %d to %d of %q", found.Value, found.Start, found.End, text)
			}
		}
	})
}

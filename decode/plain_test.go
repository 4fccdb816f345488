package decode

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFlowed(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		delSp    bool
		want     string
	}{
		{"joined", "one \ntwo\nthree\n", false, "one two\nthree\n"},
		{"token over a soft end", "fake_to \nken\n", true, "fake_token\n"},
		{"three lines", "a \nb \nc\n", true, "abc\n"},
		{"quoted", "> a \n> b\n>> c\n", false, "> a b\n>> c\n"},
		{"depth changes after a soft end", "> a \nb\n", false, "> a \nb\n"},
		{"stuffed", " From x\n  two\n", false, "From x\n two\n"},
		{"signature", "bye \n-- \nme\n", false, "bye \n-- \nme\n"},
		{"soft at the end", "a ", false, "a "},
		{"no line end", "a \nb", false, "a b"},
		{"blank lines", "a\n\n\nb\n", false, "a\n\n\nb\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := joinFlowed(tt.in, tt.delSp); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestEncodedAllTheSame reads text that is encoded although no header says so.
func TestEncodedAllTheSame(t *testing.T) {
	b64 := strings.Repeat("ZmFrZV9zZWNyZXQgZmFrZV9zZWNyZXQgZmFrZV9zZWNyZXQgZmFrZV9zZWNy\n", 3)
	for _, tt := range []struct {
		name, body string
		want       []string
	}{
		{"quoted-printable", "fake=5Fsec=\nret f=C3=BCr alle\n", []string{"1: fake=5Fsec=\nret f=C3=BCr alle", "1!quoted-printable: fake_secret für alle"}},
		{"equals signs", "a=1\nurl?x=2F=\nc=C3\n", []string{"1: a=1\nurl?x=2F=\nc=C3"}},
		{"base64", b64, []string{"1: " + strings.TrimSpace(b64), "1!base64: " + strings.Repeat("fake_secret fake_secret fake_secret fake_secr", 3)}},
		{"one long word", "ZmFrZV9zZWNyZXQgZmFrZV9zZWNyZXQgZmFrZV9zZWNyZXQgZmFrZV9zZWNy\n", []string{"1: ZmFrZV9zZWNyZXQgZmFrZV9zZWNyZXQgZmFrZV9zZWNyZXQgZmFrZV9zZWNy"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mailBodies(t, "Subject: x\n\n"+tt.body)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestUUFiles(t *testing.T) {
	text := strings.Join([]string{
		"Begin here:", "begin 644 my file.txt", "#0V%T", "`", "end", "between",
		"begin-base64 600 b.txt", "aGVsbG8=", "====", "begin 644 is no file", "begin 999 nor this", "#0V%T", "begin", "",
	}, "\n")
	files, rest := uuFiles(text)
	want := []uuFile{{name: "my file.txt", data: []byte("Cat")}, {name: "b.txt", data: []byte("hello")}}
	if diff := cmp.Diff(want, files, cmp.AllowUnexported(uuFile{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	wantRest := "Begin here:\nbegin 644 my file.txt\n\n\nend\nbetween\nbegin-base64 600 b.txt\n\n\nbegin 644 is no file\nbegin 999 nor this\n#0V%T\nbegin\n"
	if rest != wantRest {
		t.Errorf("rest %q, want %q", rest, wantRest)
	}
	if strings.Count(rest, "\n") != strings.Count(text, "\n") {
		t.Error("line numbers have moved")
	}
}

// TestUUDamage reads what mail programs leave of uuencoded lines.
func TestUUDamage(t *testing.T) {
	for _, tt := range []struct{ name, in, data, damage string }{
		{"spaces stripped", "begin 644 a\n\"0V$\nend\n", "Ca", ""},
		{"check characters", "begin 644 a\n#0V%TXY\nend\n", "Cat", ""},
		{"no end", "begin 644 a\n#0V%T\n", "Cat", "uuencoded file ends early"},
		{"prose within", "begin 644 a\n#0V%T\nand so on, for ever\n", "Cat", "uuencoded file ends early"},
		{"CRLF", "begin 644 a\r\n#0V%T\r\n`\r\nend\r\n", "Cat", ""},
	} {
		files, _ := uuFiles(tt.in)
		if len(files) != 1 || string(files[0].data) != tt.data || files[0].damage != tt.damage {
			t.Errorf("%s: %+v", tt.name, files)
		}
	}
}

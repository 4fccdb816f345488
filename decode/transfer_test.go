package decode

import (
	"strings"
	"testing"
)

func TestTransfer(t *testing.T) {
	for _, tt := range []struct{ name, cte, body, want, foreign, damage string }{
		{"none", "", "a=b", "a=b", "", ""},
		{"names as they are met", "'BASE64' (yes);", "aGVsbG8=", "hello", "", ""},
		{"base64 in lines", "base64", "aGVs\r\nbG8=\r\n", "hello", "", ""},
		{"no padding", "base64", "aGVsbG8", "hello", "", ""},
		{"two pieces", "base64", "aGVsbG8=\naGVsbG8=", "hellohello", "", ""},
		{"stray bytes", "base64", "aGVsbG8gdG*hlcmU=", "hello there", "", "stray bytes in base64"},
		{"junk after the padding", "base64", "aGVsbG8= ignored", "hello", "ignored", ""},
		{"footer", "base64", "aGVsbG8=\n____________\nOur mailing list\n", "hello", "____________\nOur mailing list", ""},
		{"not base64", "base64", "?plain, text!", "?plain, text!", "", "not base64, as it says"},
		{"quoted-printable", "quoted-printable", "a=3Db=20=\n c=e9=C3=\r\n=A9", "a=b  c\xe9\xc3\xa9", "", ""},
		{"space after a soft end", "quoted-printable", "a= \t\nb", "ab", "", ""},
		{"ends soft", "QUOTED-PRINTABLE", "a=", "a", "", ""},
		{"bad escapes", "quoted-printable", "a=x b==3D", "a=x b==", "", "bad quoted-printable"},
		{"uuencode", "x-uuencode", "begin 644 a\n#0V%T\n`\nend\n", "Cat", "begin 644 a\n\n\nend", ""},
		{"unknown", "rot13", "uryyb", "uryyb", "", "unknown transfer encoding"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := decodeTransfer(tt.cte, []byte(tt.body))
			if got := string(c.data); got != tt.want || strings.TrimSpace(string(c.foreign)) != tt.foreign || c.damage != tt.damage {
				t.Errorf("got %q, foreign %q, damage %q; want %q, %q, %q", got, c.foreign, c.damage, tt.want, tt.foreign, tt.damage)
			}
		})
	}
}

package detectors

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/zricethezav/gitleaks/v8/detect/codec"
)

// FuzzEncodings: what is undone, and where, is what gitleaks' decoder undoes.
func FuzzEncodings(f *testing.F) {
	b64 := base64.StdEncoding.EncodeToString([]byte("password is hunter2"))
	for _, seed := range []string{
		"", "plain words", b64, "x " + b64 + "==", "k=" + strings.TrimRight(b64, "="), "%61%62", "100% of it", `\u0061\\u0062`, "U+0061 U+0062 ",
		hex.EncodeToString([]byte("0123456789abcdefgh")), strings.Repeat("f", 40), strings.Repeat("61", 20) + "xyz0123456789abcdefABCDEF", "%%61", "\\u00e9\\U0061",
		strings.Repeat("-", 80), "GGGGGGGGGGGGGGG61616161616161616161616161616161", "a%20" + b64 + "%20\n%41" + b64, "xU+0041 U+0042\nU+0043", b64 + "U+0041 ",
		`\\\u0041\u00zz`, "%41%4", "%C3%A9 %41", "U+D800 ", strings.Repeat("31", 16) + "%31",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		want, segments := codec.NewDecoder().Decode(body, nil)
		l := layer{text: body}
		got, ok := l.decode()
		if !ok {
			got.text = body
		}
		if got.text != want || len(got.segments) != len(segments) {
			t.Errorf("%d of %d encoded parts, %q instead of %q", len(got.segments), len(segments), got.text, want)
		}
	})
}

func TestEncodedCommand(t *testing.T) {
	var wide []byte
	for _, u := range utf16.Encode([]rune("$t = '" + npmToken + "'; Invoke-Thing")) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	got := search(t, newSet(t), texts("run this:\npowershell -EncodedCommand "+base64.StdEncoding.EncodeToString(wide)+"\n"))
	if len(got) != 1 || got[0].Secret.Reveal() != npmToken || got[0].Line != 2 || !strings.HasSuffix(got[0].Reason, "found after decoding") {
		t.Errorf("found %+v", got)
	}
}

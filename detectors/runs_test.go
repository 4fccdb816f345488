package detectors

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/zricethezav/gitleaks/v8/detect/codec"
)

// FuzzMayDecode: where we say that nothing is encoded, gitleaks' decoder finds nothing.
func FuzzMayDecode(f *testing.F) {
	b64 := base64.StdEncoding.EncodeToString([]byte("password is hunter2"))
	for _, seed := range []string{
		"", "plain words", b64, "x " + b64 + "==", "k=" + strings.TrimRight(b64, "="), "%61%62", "100% of it", `\u0061\\u0062`, "U+0061 U+0062 ",
		hex.EncodeToString([]byte("0123456789abcdefgh")), strings.Repeat("f", 40), strings.Repeat("61", 20) + "xyz0123456789abcdefABCDEF", "%%61", "\\u00e9\\U0061",
		strings.Repeat("-", 80), "GGGGGGGGGGGGGGG61616161616161616161616161616161",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if mayDecode(body) {
			return
		}
		if _, segments := codec.NewDecoder().Decode(body, nil); len(segments) > 0 {
			t.Errorf("%d encoded parts are passed over in %q", len(segments), body)
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

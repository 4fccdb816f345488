package decode

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParameterWords: whatever a type or a disposition says is searched once.
func TestParameterWords(t *testing.T) {
	const token = "fake_AbC123dEf456GhI789jKl012"
	for _, tt := range []struct {
		header string
		want   string // of 1.MIME, "" for no such text
		name   string
	}{
		{`Content-Type: text/plain; charset=utf-8; name="a.txt"` + "\n" + `Content-Disposition: attachment; filename="a.txt"; size=12; creation-date="Tue, 4 Mar 2025 10:15:30 +0100"`, "", "a.txt"},
		{`Content-Type: text/plain; name="` + token + `.txt"` + "\n" + `Content-Disposition: attachment; filename="a.txt"`, "name: " + token + ".txt", "a.txt"},
		{`Content-Disposition: attachment; filename*=utf-8''a.txt; filename="` + token + `"`, "filename: " + token, "a.txt"},
		{`Content-Disposition: attachment; filename=a.txt; filename=` + token, "filename: " + token, "a.txt"},
		{`Content-Type: text/plain; x-key*0*=utf-8''fake%5FAbC123dEf; x-key*1=456GhI789jKl012`, "x-key: " + token, ""},
		{`Content-Type: text/plain; x-key="=?utf-8?b?ZmFrZV9BYkMxMjNkRWY0NTZHaEk3ODlqS2wwMTI=?="`, "x-key: " + token, ""},
		{`Content-Type: ` + token, "content-type: " + token, ""},
		{`Content-Type: text/` + token, "content-type: text/" + token, ""},
		{`Content-Disposition: ` + token, "content-disposition: " + token, ""},
		{`Content-Type: text/plain; charset=` + token, "charset: " + token, ""},
		{`Content-Type: text/plain; boundary=` + token, "", ""},
	} {
		for _, top := range []bool{true, false} {
			raw := tt.header + "\nSubject: x\n\nhello\n"
			if !top {
				raw = multipart("mixed", "b", tt.header+"\n\nhello")
			}
			m, res := decodeRaw(t, []byte(raw))
			got := bodies(res)["1.MIME"]
			if diff := cmp.Diff(tt.want, strings.TrimSpace(got)); diff != "" {
				t.Errorf("%s\n%s", tt.header, diff)
			}
			if last := m.Parts[len(m.Parts)-1]; last.Name != tt.name {
				t.Errorf("%s: name %q", tt.header, last.Name)
			}
		}
	}
	if got := mailBodies(t, "Content-Type: multipart/mixed; boundary=b; x-key="+token+"\n\n--b\n\none\n--b--\n"); !cmp.Equal(got, []string{"MIME: x-key: " + token, "1: one"}) {
		t.Errorf("%q", got)
	}
}

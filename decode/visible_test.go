package decode

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUnseenCharacters: a token is whole wherever it stands, and lines stay where they are.
func TestUnseenCharacters(t *testing.T) {
	const split = "gh\u200bp_fa\u00adke\u2060To\u202eken\u202c\ufeff1\u200d2"
	const want = "ghp_fakeToken12"
	for name, tt := range map[string]struct{ raw, path, body string }{
		"plain text": {"Content-Type: text/plain; charset=utf-8\n\none\n\ntoken " + split + "\n", "1", "one\n\ntoken " + want + "\n"},
		"subject":    {"Subject: " + split + "\n\nx\n", "subject", want},
		"word":       {"Subject: =?utf-8?q?" + strings.NewReplacer("\u200b", "=E2=80=8B", "_", "=5F").Replace(split) + "?=\n\nx\n", "subject", want},
		"field":      {"X-Key: " + split + "\n\nx\n", "x-key", "x-key: " + want},
		"file name":  {"Content-Disposition: attachment; filename=\"" + split + ".txt\"\n\nx\n", "1/" + want + ".txt", want + ".txt"},
		"spaces":     {"Content-Type: text/plain; charset=utf-8\n\n-----BEGIN\u00a0RSA\u2009PRIVATE\u3000KEY-----\n", "1", "-----BEGIN RSA PRIVATE KEY-----\n"},
		"separators": {"Content-Type: text/plain; charset=utf-8\n\na\u2028b\u0085c\nd", "1", "a b c\nd"},
	} {
		_, res := decodeRaw(t, []byte(tt.raw))
		found := false
		for _, text := range res.Texts {
			found = found || text.Path == tt.path && text.Body == tt.body
		}
		if !found {
			t.Errorf("%s: no %q at %s in %+v", name, tt.body, tt.path, res.Texts)
		}
	}
	docx := attached("a.docx", wordOf("<w:p><w:r><w:t>gh\u200b</w:t></w:r><w:r><w:t>p_fa\u00adkeToken12</w:t></w:r></w:p>"))
	wantBodies(t, docx, map[string]string{"2/a.docx!word/document.xml": want + "\n"})
	xlsx := attached("a.xlsx", officeOf("xl/worksheets/sheet1.xml", "<worksheet><row><c t=\"str\"><v>"+split+"</v></c></row></worksheet>"))
	wantBodies(t, xlsx, map[string]string{"2/a.xlsx!xl/worksheets/sheet1.xml": want + "\n"})
	zip := attached("a.zip", zipOf(stored{split + ".txt", []byte("x")}))
	if diff := cmp.Diff(map[string]string{"2/a.zip!" + want + ".txt": want + ".txt"}, ofView(zip, Head)); diff != "" {
		t.Error(diff)
	}
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "plain": "plain", "Paßwort für パスワード": "Paßwort für パスワード", "\u200b": "", "\u200bx\u200b": "x", "a\u00a0b": "a b", "é\u200b\u200bé": "éé",
		"\xff\u200b": "\xff", "\xe2\x80": "\xe2\x80",
	} {
		if got := visible(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

package decode

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMailGoldens decodes the mails of testdata/mail and compares all of the
// result with the .golden next to each.
func TestMailGoldens(t *testing.T) {
	mails, _ := filepath.Glob("testdata/mail/*.*")
	for _, path := range mails {
		if strings.HasSuffix(path, ".golden") {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			m, res := decodeRaw(t, readFile(t, path))
			got := []byte(showMail(m, res))
			golden := path + ".golden"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(readFile(t, golden)), string(got)); diff != "" {
				t.Errorf("run go test -update and look at the difference (-want +got):\n%s", diff)
			}
		})
	}
}

func showMail(m Mail, res Result) string {
	var b strings.Builder
	h := m.Header
	fmt.Fprintf(&b, "from %s\nto %q\ncc %q\nsubject %s\nid %s\nthread %s\n", h.From, h.To, h.Cc, h.Subject, h.InternetMessageID, h.Thread)
	if !h.Received.IsZero() {
		fmt.Fprintf(&b, "received %s\n", h.Received.Format("2006-01-02T15:04:05Z07:00"))
	}
	for _, t := range res.Texts {
		fmt.Fprintf(&b, "\n=== %s %q %s\n%s\n", [...]string{"body", "head", "markup"}[t.View], t.Path, t.Name, strings.TrimSuffix(t.Body, "\n"))
	}
	for _, s := range res.Skips {
		fmt.Fprintf(&b, "\nskip %s\n", s.Error())
	}
	return b.String()
}

package detectors

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// TestCorporaSamples: what gitleaks finds on its own rules' samples, we find too,
// with the same rule and the same secret, but for the differences listed here.
func TestCorporaSamples(t *testing.T) {
	dir := os.Getenv("MAILSWEEP_CORPORA")
	if dir == "" {
		t.Skip("MAILSWEEP_CORPORA names no directory: no labelled samples to compare with")
	}
	f, err := os.Open(filepath.Join(dir, "secrets-dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := newSet(t)
	total, same := 0, 0
	other := map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var row struct {
			Text, Set string
			Gitleaks  []struct{ Rule, Secret string }
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Set != "gitleaks" {
			continue
		}
		got, err := s.Detect(t.Context(), sweeper.Mail{Texts: []decode.Text{{Path: "1", Body: row.Text}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range row.Gitleaks {
			total++
			switch difference(want.Rule, want.Secret, got) {
			case "":
				same++
			default:
				other[want.Rule+": "+difference(want.Rule, want.Secret, got)]++
			}
		}
	}
	t.Logf("%d of %d as gitleaks finds them", same, total)
	for _, k := range slices.Sorted(maps.Keys(other)) {
		t.Logf("%5d %s", other[k], k)
	}
	if same*1000 < total*985 {
		t.Errorf("only %d of %d samples are found as gitleaks finds them", same, total)
	}
}

// difference says how our candidates differ from what gitleaks found.
func difference(rule, secret string, got []sweeper.Candidate) string {
	out := "not found"
	for _, c := range got {
		switch found := c.Secret.Reveal(); {
		case c.Rule == rule && found == secret:
			return ""
		case c.Rule == rule && strings.Contains(secret, found):
			out = "the same place, with less around the secret"
		case c.Rule == rule && strings.Contains(found, secret):
			out = "the same place, with more of the secret"
		case c.Rule == rule && out == "not found":
			out = "the same rule, another secret"
		case out == "not found" && (strings.Contains(found, secret) || strings.Contains(secret, found)):
			out = "found as " + c.Rule
		}
	}
	return out
}

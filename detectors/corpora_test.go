package detectors

import (
	"bufio"
	"encoding/base64"
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
	total := 0
	differences := map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var row struct {
			Text     string
			Gitleaks []struct{ Rule, Secret string }
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		got, err := s.Detect(t.Context(), sweeper.Mail{Texts: []decode.Text{{Path: "1", Body: row.Text}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range row.Gitleaks {
			total++
			if d := difference(want.Rule, want.Secret, got); d != "" {
				differences[want.Rule+": "+d]++
			}
		}
	}
	same := total
	for _, d := range slices.Sorted(maps.Keys(differences)) {
		same -= differences[d]
		t.Logf("%5d %s", differences[d], d)
		if !meant(d) {
			t.Errorf("%d samples of gitleaks: %s", differences[d], d)
		}
	}
	t.Logf("%d of %d exactly as gitleaks finds them", same, total)
}

// meant are the differences that there are for a reason.
func meant(d string) bool {
	rule, what, _ := strings.Cut(d, ": ")
	switch rule {
	case "generic-api-key": // gives way to a rule that knows the token; loses the full stop
		return strings.HasPrefix(what, "found as ") || what == "the same place, with less around the secret"
	case "curl-auth-header", "curl-auth-user", "sidekiq-sensitive-url": // the password alone
		return what == "the same place, with less around the secret" || what == "the same rule, another secret" || what == "found as basic-authorization"
	case "aws-access-token": // one credential, and its id a detail of it
		return what == "told with its secret"
	case "jwt-base64": // the token that it decodes to, not the name of its first claim
		return what == "the same rule, another secret"
	case "microsoft-teams-webhook", "aws-amazon-bedrock-api-key-short-lived": // the whole, not its first group
		return what == "the same place, with more of the secret"
	}
	return false
}

// difference says how our candidates differ from what gitleaks found.
func difference(rule, secret string, got []sweeper.Candidate) string {
	out := "not found"
	decoded, _ := base64.RawStdEncoding.DecodeString(secret)
	for _, c := range got {
		if c.Details["key_id"] == secret {
			return "told with its secret"
		}
		switch found := c.Secret.Reveal(); {
		case c.Rule == rule && found == secret:
			return ""
		case c.Rule == rule && strings.Contains(secret, found):
			out = "the same place, with less around the secret"
		case c.Rule == rule && strings.Contains(found, secret):
			out = "the same place, with more of the secret"
		case found == secret || strings.Contains(string(decoded), found):
			out = "found as " + c.Rule
		case c.Rule == rule && out == "not found":
			out = "the same rule, another secret"
		case out == "not found" && (strings.Contains(found, secret) || strings.Contains(secret, found)):
			out = "found as " + c.Rule
		}
	}
	return out
}

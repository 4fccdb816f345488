package detectors

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// What detection must reach on mail that was labelled by hand.
const (
	wantRecall    = 0.95
	wantDistinct  = 0.95
	wantPrecision = 0.95
)

func corpora(t testing.TB) string {
	dir := os.Getenv("MAILSWEEP_CORPORA")
	if dir == "" {
		t.Skip("MAILSWEEP_CORPORA names no directory: there is no labelled mail to score")
	}
	return dir
}

// TestTruthOfCorpora scores real mail. Values are masked unless MAILSWEEP_TRUTH_SHOW=1:
// they are real people's.
func TestTruthOfCorpora(t *testing.T) {
	dir := corpora(t)
	s := newScore(t)
	for _, row := range rows[labelledMail](t, filepath.Join(dir, "truth-dev.jsonl")) {
		s.mail(t, filepath.Join(dir, "mail"), row)
	}
	s.tell(t)
	found, all := s.distinct()
	if s.recall() < wantRecall || share(found, all) < wantDistinct || s.precision() < wantPrecision {
		t.Errorf("below the goal of %.2f, %.2f and %.2f", wantRecall, wantDistinct, wantPrecision)
	}
}

// labelledRow is a row of other scanners' tests, or of code read by people. A positive
// without a secret is right when anything is found in it.
type labelledRow struct {
	Text, Label, Set, Secret string
	Hint                     string   `json:"rule_hint"`
	Secrets                  []string `json:"secrets"`
}

// TestTruthOfRows scores the rows that people labelled, by set and kind: the share of
// positives whose own secret is found at least likely, and of negatives in which
// anything is. What gitleaks' generators made is another test's: it says nothing of
// quality. MAILSWEEP_TRUTH_ROWS names a set, or a set and a kind, whose misses and false
// alarms are listed.
func TestTruthOfRows(t *testing.T) {
	all := rows[labelledRow](t, filepath.Join(corpora(t), "secrets-dev.jsonl"))
	s := newSet(t)
	type tally struct{ found, positives, alarmed, negatives int }
	sums := map[string]*tally{}
	for _, row := range all {
		if row.Set == "gitleaks" || row.Set == "2ms" {
			continue
		}
		rule := row.foundBy(t, s)
		hit := rule != ""
		if show := os.Getenv("MAILSWEEP_TRUTH_ROWS"); hit != (row.Label == "positive") && (show == row.Set || show == row.Set+" "+row.Hint) {
			t.Logf("%s, %s: %s %q in %.300q", row.Label, row.Hint, rule, row.Secret, row.Text)
		}
		for _, key := range []string{row.Set, row.Set + " " + cmp.Or(row.Hint, "?")} {
			n := sums[key]
			if n == nil {
				n = new(tally)
				sums[key] = n
			}
			if row.Label == "positive" {
				n.positives++
				n.found += btoi(hit)
			} else {
				n.negatives++
				n.alarmed += btoi(hit)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		n := sums[key]
		if strings.Contains(key, " ") && n.positives+n.negatives < 20 {
			continue
		}
		t.Logf("%-45s positives found %.3f (%d of %d), negatives alarmed %.3f (%d of %d)", key,
			share(n.found, n.positives), n.found, n.positives, 1-share(n.negatives-n.alarmed, n.negatives), n.alarmed, n.negatives)
	}
}

// foundBy is the rule that finds a positive's own secret, or anything in a negative; ""
// when none does.
func (row labelledRow) foundBy(t testing.TB, s *Set) string {
	found, err := s.Detect(t.Context(), sweeper.Mail{Texts: []decode.Text{{Path: "1", Body: row.Text}}})
	if err != nil {
		t.Fatal(err)
	}
	own := row.Secrets
	if row.Secret != "" {
		own = append(own, row.Secret)
	}
	i := slices.IndexFunc(found, func(c sweeper.Candidate) bool {
		return c.Confidence >= sweeper.Likely && (row.Label != "positive" || len(own) == 0 || slices.ContainsFunc(own, func(o string) bool {
			v, seen := c.Secret.Reveal(), c.Seen.Reveal()
			return strings.Contains(v, o) || strings.Contains(o, v) || strings.Contains(seen, o)
		}))
	})
	if i < 0 {
		return ""
	}
	return found[i].Rule
}

package detectors

import (
	"bufio"
	"cmp"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// row is a labelled text of another scanner's tests or of a hand-labelled set.
type row struct {
	Set, Label, Text, Secret string
	Hint                     string `json:"rule_hint"`
}

// score is what was found of a set's rows.
type score struct {
	rows, found int
	missed      map[string]int // by hint: positives not found, or negatives found
}

// TestRows scores the labelled rows: of the positives, the share whose own secret is
// found, confirmed or likely; of the negatives, the share whose own value is. A row
// that tells no secret counts when anything is found in it. MAILSWEEP_ROWS_SHOW names a
// set, with "+" or "-" behind it, whose misses are printed.
func TestRows(t *testing.T) {
	dir := os.Getenv("MAILSWEEP_CORPORA")
	if dir == "" {
		t.Skip("MAILSWEEP_CORPORA names no directory: no labelled rows to score")
	}
	f, err := os.Open(filepath.Join(dir, "secrets-dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := newSet(t)
	scores := map[string]*score{}
	show := os.Getenv("MAILSWEEP_ROWS_SHOW")
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if r.Set == "gitleaks" || r.Set == "2ms" {
			continue // made from the rules: see TestCorporaSamples
		}
		got, err := detectRow(t, s, r)
		if err != nil {
			t.Fatal(err)
		}
		key := r.Set + map[string]string{"positive": " +", "negative": " -"}[r.Label]
		if scores[key] == nil {
			scores[key] = &score{missed: map[string]int{}}
		}
		sc, rule := scores[key], r.foundBy(got)
		sc.rows++
		if rule != "" {
			sc.found++
		}
		if (rule != "") != (r.Label == "positive") {
			sc.missed[r.Hint]++
			if show == strings.ReplaceAll(key, " ", "") {
				t.Logf("%s [%s] %.200q | %s", r.Hint, rule, r.Text, r.Secret)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(scores)) {
		sc := scores[key]
		t.Logf("%-22s %5d of %5d  %.3f  %s", key, sc.found, sc.rows, float64(sc.found)/float64(sc.rows), sc.worst(12))
	}
}

// foundBy is the rule that found the row's own secret, "" when none did.
func (r row) foundBy(got []sweeper.Candidate) string {
	for _, c := range got {
		v := c.Secret.Reveal()
		same := r.Secret == "" || v == r.Secret || strings.Contains(r.Secret, v) && 2*len(v) >= len(r.Secret) ||
			c.Seen.Reveal() != "" && strings.Contains(c.Seen.Reveal(), r.Secret)
		if c.Confidence != sweeper.Review && same {
			return c.Rule
		}
	}
	return ""
}

// worst lists the hints with the most rows that went wrong.
func (s score) worst(n int) string {
	hints := slices.SortedFunc(maps.Keys(s.missed), func(a, b string) int {
		return cmp.Or(s.missed[b]-s.missed[a], cmp.Compare(a, b))
	})
	var out []string
	for _, h := range hints[:min(n, len(hints))] {
		out = append(out, h+"="+strconv.Itoa(s.missed[h]))
	}
	return strings.Join(out, ", ")
}

// detectRow fails the test, and goes on, where the detectors panic.
func detectRow(t *testing.T, s *Set, r row) (got []sweeper.Candidate, err error) {
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: %v", r.Hint, p)
		}
	}()
	return s.Detect(t.Context(), sweeper.Mail{Texts: []decode.Text{{Path: "1", Body: r.Text}}})
}

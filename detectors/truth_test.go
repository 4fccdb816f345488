package detectors

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailsweep/decode"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

// The measure of detection: mails that were read and labelled by hand. A mail labelled
// "credential" or "none" says all that a responder must see in it (required), and what
// is welcome besides. What is found at least likely and is none of its values is false;
// mails labelled "unsure" do not count. A sighting is one value in one mail.

// labelledMail is a row of a truth file.
type labelledMail struct {
	Path   string          `json:"path"` // below the directory of the mails
	Label  string          `json:"label"`
	Values []labelledValue `json:"values"`
	Note   string          `json:"note"`
	// Known says why the mail's values are not found yet; only our own set has any.
	Known string `json:"known,omitempty"`
}

type labelledValue struct {
	Value    string `json:"value"`
	Kind     string `json:"kind"`
	Required bool   `json:"required"`
}

// score adds up over mails.
type score struct {
	set               *Set
	kinds             map[string]*[2]int             // of required sightings: found, all
	tiers             map[sweeper.Confidence]*[2]int // of findings: right, false
	found             map[string]bool                // required values, and whether any sighting was found
	lines             []string                       // misses and false ones
	all               [2]int                         // sightings found, required
	right             int                            // findings at least likely that are right
	false             int                            // and that are not
	welcome, welcomed int                            // values that are not required: all, and found in any tier
}

func newScore(t testing.TB) *score {
	return &score{set: newSet(t), kinds: map[string]*[2]int{}, tiers: map[sweeper.Confidence]*[2]int{}, found: map[string]bool{}}
}

// masked shows a value of somebody's mail, unless whoever runs the test asked for it.
func masked(value string) string {
	if os.Getenv("MAILSWEEP_TRUTH_SHOW") == "1" {
		return fmt.Sprintf("%q", value)
	}
	return secret.Preview(secret.New(value), "")
}

// mail scores one mail, read as a sweep reads it.
func (s *score) mail(t testing.TB, dir string, row labelledMail) (missed, wrong int) {
	t.Helper()
	if row.Label == "unsure" {
		return 0, 0
	}
	raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(row.Path)))
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]sweeper.Confidence{}
	rules := map[string]string{}
	for _, c := range detectMIME(t, s.set, raw) {
		v := c.Secret.Reveal()
		if c.Confidence > values[v] {
			values[v], rules[v] = c.Confidence, c.Rule
		}
	}
	for _, v := range row.Values {
		tier := values[v.Value]
		if !v.Required {
			s.welcome++
			s.welcomed += btoi(tier >= sweeper.Review)
			continue
		}
		hit := tier >= sweeper.Likely
		s.count(v, hit)
		if !hit {
			missed++
			s.note("missed  %s: %s (%s), found at: %s", row.Path, masked(v.Value), v.Kind, cmp.Or(fmt.Sprint(tier), "nowhere"))
		}
	}
	for _, v := range slices.Sorted(maps.Keys(values)) {
		known := slices.ContainsFunc(row.Values, func(l labelledValue) bool { return l.Value == v })
		tier := s.tiers[values[v]]
		if tier == nil {
			tier = new([2]int)
			s.tiers[values[v]] = tier
		}
		tier[btoi(!known)]++
		switch {
		case values[v] < sweeper.Likely:
		case known:
			s.right++
		default:
			wrong++
			s.false++
			s.note("false   %s: %s (%s, %v)", row.Path, masked(v), rules[v], values[v])
		}
	}
	return missed, wrong
}

func (s *score) count(v labelledValue, hit bool) {
	k := s.kinds[v.Kind]
	if k == nil {
		k = new([2]int)
		s.kinds[v.Kind] = k
	}
	k[1]++
	s.all[1]++
	k[0] += btoi(hit)
	s.all[0] += btoi(hit)
	s.found[v.Value] = s.found[v.Value] || hit
}

func (s *score) note(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// share is a part of a whole; of nothing, all.
func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

func (s *score) recall() float64    { return share(s.all[0], s.all[1]) }
func (s *score) precision() float64 { return share(s.right, s.right+s.false) }

func (s *score) distinct() (found, all int) {
	for _, hit := range s.found {
		found += btoi(hit)
	}
	return found, len(s.found)
}

// tell writes the result.
func (s *score) tell(t testing.TB) {
	slices.Sort(s.lines)
	for _, l := range s.lines {
		t.Log(l)
	}
	for _, k := range slices.Sorted(maps.Keys(s.kinds)) {
		t.Logf("kind %-20s recall %.3f (%d of %d)", k, share(s.kinds[k][0], s.kinds[k][1]), s.kinds[k][0], s.kinds[k][1])
	}
	for _, tier := range slices.Backward(slices.Sorted(maps.Keys(s.tiers))) {
		n := s.tiers[tier]
		t.Logf("tier %-20v precision %.3f (%d of %d)", tier, share(n[0], n[0]+n[1]), n[0], n[0]+n[1])
	}
	found, all := s.distinct()
	t.Logf("welcome values found in any tier: %d of %d", s.welcomed, s.welcome)
	t.Logf("sightings: recall %.3f (%d of %d); distinct values: recall %.3f (%d of %d); precision %.3f (%d of %d)",
		s.recall(), s.all[0], s.all[1], share(found, all), found, all, s.precision(), s.right, s.right+s.false)
}

// detectMIME reads a raw mail as a sweep does.
func detectMIME(t testing.TB, s *Set, raw []byte) []sweeper.Candidate {
	t.Helper()
	b := decode.NewBudget(decode.DefaultLimits(), int64(len(raw)))
	mail := decode.MIME(t.Context(), raw, b)
	d, err := decode.Decode(t.Context(), mail, b)
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Detect(t.Context(), sweeper.Mail{Header: mail.Header, Texts: d.Texts, Files: d.Files})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// rows reads JSON Lines.
func rows[R any](t testing.TB, path string) (all []R) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var row R
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, row)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTruth: of our own mails, each with invented people and secrets, everything is
// found and nothing else, but for the misses that are known.
func TestTruth(t *testing.T) {
	dir := filepath.Join("..", "testdata", "truth")
	all := rows[labelledMail](t, filepath.Join(dir, "answers.jsonl"))
	mails, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil || len(mails) != len(all) {
		t.Errorf("%d mails and %d answers, %v", len(mails), len(all), err)
	}
	s := newScore(t)
	for _, row := range all {
		if row.Known != "" {
			if missed, wrong := newScore(t).mail(t, dir, row); missed+wrong == 0 {
				t.Errorf("%s is right now: take its \"known\" away", row.Path)
			}
			t.Logf("known miss  %s: %s", row.Path, row.Known)
			continue
		}
		s.mail(t, dir, row)
	}
	s.tell(t)
	if s.recall() < 1 || s.precision() < 1 {
		t.Errorf("recall %.3f, precision %.3f: both must be 1", s.recall(), s.precision())
	}
}

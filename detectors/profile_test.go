package detectors_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mailsweep/detectors"
)

// TestProfileCounts: what each rule did over several mails is added up.
func TestProfileCounts(t *testing.T) {
	s := withRules(t, "[extend]\nuseDefault = false\n[[rules]]\nid = \"badge\"\nregex = '''badge-([a-z0-9]{8})\\b'''\nkeywords = [\"badge\"]\nentropy = 2\n"+
		"[[rules]]\nid = \"phone\"\nregex = '''[0-9]{3}-[0-9]{3}'''\nkeywords = [\"phone\"]\n")
	var p detectors.Profile
	for _, text := range []string{"badge-x7kq2m9z", "badge-aaaaaaaa badge-x7", "nothing", "phone 123-456"} {
		if err := s.Profile(t.Context(), mailOf("1", "", text), &p); err != nil {
			t.Fatal(err)
		}
	}
	if p.Texts != 4 || p.Bytes != 57 || p.Time <= 0 {
		t.Errorf("%d texts, %d bytes, %v", p.Texts, p.Bytes, p.Time)
	}
	byRule := cmpopts.SortSlices(func(a, b detectors.RuleCost) bool { return a.Rule < b.Rule })
	if d := cmp.Diff([]detectors.RuleCost{
		{Rule: "badge", Texts: 2, Anchors: 3, Windows: 2, Read: 19, Ran: 29, Matches: 2, Kept: 1},
		{Rule: "phone", Texts: 1, Windows: 1, Ran: 13, Matches: 1, Kept: 1},
	}, p.Rules(), byRule, cmpopts.IgnoreFields(detectors.RuleCost{}, "Time", "PatternTime")); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	all := p.Rules()
	if all[0].Time < all[1].Time {
		t.Error("the costliest rule is not the first")
	}
}

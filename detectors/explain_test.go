package detectors_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailsweep/decode"
	"mailsweep/detectors"
	"mailsweep/detectors/detectorstest"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

// kept lists what an explanation says was found.
func kept(x detectors.Explained) (list []string) {
	for _, e := range x.Rules {
		for _, m := range e.Matches {
			if m.Kept {
				list = append(list, fmt.Sprintf("%s %s:%d %s %s", e.Rule, e.Path, m.Line, m.Preview, m.Reason))
			}
		}
	}
	return list
}

// TestExplainAgreesWithDetect: what is explained as found is what is found, in the
// samples of all rules, each by itself and all in one text.
func TestExplainAgreesWithDetect(t *testing.T) {
	s, all := samples(t)
	var mails []sweeper.Mail
	var together strings.Builder
	for _, sample := range all {
		mails = append(mails, mailOf("2/"+sample.Name, sample.Name, "Hello,\n"+sample.Text+"\nregards\n"))
		together.WriteString(sample.Text + "\n\n")
	}
	mails = append(mails, mailOf("2/all", "", together.String()), sweeper.Mail{Files: []decode.File{
		{Path: "2/a.p12", Name: "a.p12", Kind: decode.PKCS12, Data: []byte("made up")},
	}})
	for i, m := range mails {
		want, err := s.Detect(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		got, x, err := s.Explain(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(told(want), told(got)); d != "" {
			t.Errorf("mail %d: explaining finds something else (-detect +explain)\n%s", i, d)
		}
		if len(want) == 0 {
			t.Errorf("mail %d: nothing found", i)
		}
		words := strings.Join(slices.Sorted(slices.Values(kept(x))), "\n")
		if d := cmp.Diff(strings.Join(slices.Sorted(slices.Values(told(got))), "\n"), words); d != "" {
			t.Errorf("mail %d: explained is something else (-found +explained)\n%s", i, d)
		}
	}
}

// TestExplanationHoldsNoSecret: neither what is found nor what is dropped is in any word
// of it, in whatever text it stands.
func TestExplanationHoldsNoSecret(t *testing.T) {
	s, all := samples(t)
	var together strings.Builder
	for _, sample := range all {
		together.WriteString(sample.Text + "\n\n")
		together.WriteString(nearMiss(sample) + "\n\n")
	}
	_, x, err := s.Explain(t.Context(), mailOf("2/all", "", together.String()))
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprintf("%+v", x.Rules)
	for _, sample := range all {
		for line := range strings.Lines(sample.Secret) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "-----") || len(line) < 8 {
				continue
			}
			if strings.Contains(said, line) {
				t.Errorf("the secret of %s is told", sample.Rule)
			}
			if half := line[len(line)/2:]; len(half) >= 8 && strings.Contains(said, half) {
				t.Errorf("half of the secret of %s is told", sample.Rule)
			}
		}
	}
}

// TestWordsInSecretsAreNotTold: that a password has "key" in it is nobody's business.
func TestWordsInSecretsAreNotTold(t *testing.T) {
	s := withRules(t, "[extend]\nuseDefault = false\n[[rules]]\nid = \"door\"\nregex = '''(?:door|key)[:a-z]* (\\S{8,})'''\nkeywords = [\"key\", \"door\"]\n")
	_, x, err := s.Explain(t.Context(), mailOf("2", "", "door: mondoorkey7Zq9 and npm"))
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Rules) != 1 || len(x.Rules[0].Keywords) != 1 || len(x.Rules[0].Anchors) != 1 || x.Rules[0].AnchorCount < 2 {
		t.Fatalf("told %+v", x.Rules)
	}
	if e := x.Rules[0].Windows[0].Excerpt; strings.Contains(e, "key") || strings.Count(e, "door") != 1 {
		t.Errorf("excerpt %q", e)
	}
}

// nearMiss is the sample with the last character of its secret gone.
func nearMiss(sample detectorstest.Sample) string {
	if len(sample.Secret) < 2 {
		return ""
	}
	return strings.ReplaceAll(sample.Text, sample.Secret, sample.Secret[:len(sample.Secret)-1])
}

// TestExplainSaysWhyNot: each check tells what it failed at, with figures.
func TestExplainSaysWhyNot(t *testing.T) {
	s := withRules(t, `
[[rules]]
id = "badge"
regex = '''badge-([a-z0-9]{8})\b'''
keywords = ["badge"]
entropy = 2
[[rules.allowlists]]
description = "samples"
regexes = ['''^sample''']
[[rules.allowlists]]
stopwords = ["hidden"]

[[rules]]
id = "pair"
regex = '''pair-([a-z0-9]{8})\b'''
keywords = ["pair"]
[[rules.required]]
id = "badge"
withinLines = 1

[[rules]]
id = "generic-badge"
regex = '''badge-(k[a-z0-9]{7})\b'''
keywords = ["badge"]

[[rules]]
id = "config-only"
regex = '''conf-([a-z0-9]{8})\b'''
path = '''\.conf$'''
keywords = ["conf-"]

[[rules]]
id = "gated"
regex = '''badge-[0-9]+'''
keywords = ["number"]

[[rules]]
id = "scanned"
regex = '''[0-9]{7}x'''
keywords = ["serial"]

[[allowlists]]
paths = ['''known\.txt$''']
`)
	for text, want := range map[string]string{
		"badge-aaaaaaab":         "badge entropy 0.54 bits, and the rule wants more than 2",
		"badge-sampleq7":         "badge passed over by the rule's allowlist 1 (samples: 1 pattern for the secret)",
		"badge-hiddenq7":         "badge passed over by the rule's allowlist 2 (1 stop word)",
		"pair-x7kq2m9z":          "pair the rule requires a match of badge near by",
		"badge-k7xq2m9z":         "generic-badge gave way to badge at the same place",
		"conf-x7kq2m9z":          "config-only the rule is for files of other names: \\.conf$",
		"the badge":              "badge a keyword is there, but no anchor that a match could go on from",
		"badge-x7kq":             "badge 4 bytes were read round its anchors, and nowhere could a match come to its end",
		"badge-12345678":         "gated an anchor is there, but none of its keywords",
		"badge-x7kq2m9z_":        "badge the regex was run and did not match",
		"serial 1234567":         "scanned the regex was run and did not match",
		"YmFkZ2UtazdqcTJtOXo4eA": "",
	} {
		_, x, err := s.Explain(t.Context(), mailOf("2", "", text))
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, e := range x.Rules {
			said = append(said, strings.TrimSpace(e.Rule+" "+e.Verdict))
			for _, m := range e.Matches {
				said = append(said, e.Rule+" "+m.Reason)
			}
		}
		if all := strings.Join(said, "\n"); !strings.Contains(all+"\n", want+"\n") {
			t.Errorf("%s: said\n%s\nwant %s", text, all, want)
		}
	}
	_, x, err := s.Explain(t.Context(), mailOf("2/known.txt", "known.txt", "badge-x7kq2m9z"))
	if err != nil || len(x.Rules) != 1 || !strings.Contains(x.Rules[0].Verdict, "not searched: passed over") {
		t.Errorf("a file that is passed over: %+v, %v", x.Rules, err)
	}
}

// TestExplainedPlaces: words, windows and matches are named by line and column.
func TestExplainedPlaces(t *testing.T) {
	s := withRules(t, "[[rules]]\nid = \"badge\"\nregex = '''badge-([a-z0-9]{8})\\b'''\nkeywords = [\"badge\"]\n")
	_, x, err := s.Explain(t.Context(), mailOf("2", "", "Zoë,\n\nä badge-x7kq2m9z here"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]detectors.Explanation{{
		Rule: "badge", Path: "2",
		Keywords: []detectors.Place{{Word: "badge", Line: 3, Column: 3, Start: 10, End: 15}},
		Anchors:  []detectors.Place{{Word: "badge-", Line: 3, Column: 3, Start: 10, End: 16}}, AnchorCount: 1,
		Windows:     []detectors.Window{{Place: detectors.Place{Line: 3, Column: 2, Start: 9, End: 25}, Excerpt: " badge-*** "}},
		WindowCount: 1,
		Matches: []detectors.Match{{
			Place: detectors.Place{Line: 3, Column: 9, Start: 16, End: 24}, Preview: "…", Kept: true,
			Confidence: sweeper.Likely, Reason: "matches the form of badge",
		}},
	}}, x.Rules); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func mailOf(path, name, body string) sweeper.Mail {
	return sweeper.Mail{Texts: []decode.Text{{Path: path, Name: name, Body: body}}}
}

func withRules(t *testing.T, toml string) *detectors.Set {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rules.toml")
	if err := os.WriteFile(path, []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := detectors.New(detectors.Options{RulesFiles: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// told lists candidates as kept does.
func told(found []sweeper.Candidate) (list []string) {
	for _, c := range found {
		list = append(list, fmt.Sprintf("%s %s:%d %s %s", c.Rule, c.Path, c.Line, secret.Preview(c.Secret, c.Prefix), c.Reason))
	}
	return list
}

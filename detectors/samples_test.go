package detectors_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailsweep/decode"
	"mailsweep/detectors"
	"mailsweep/detectors/detectorstest"
	"mailsweep/sweeper"
)

func samples(t testing.TB) (*detectors.Set, []detectorstest.Sample) {
	t.Helper()
	s, err := detectors.New(detectors.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := detectorstest.Samples(s, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s, all
}

// find reports whether rule finds secret in the text, and on which line.
func find(t testing.TB, s *detectors.Set, sample detectorstest.Sample, body string) (line, times int) {
	t.Helper()
	found, err := s.Detect(t.Context(), sweeper.Mail{
		Texts: []decode.Text{{Path: "2/" + sample.Name, Name: sample.Name, Body: body}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found {
		if c.Rule == sample.Rule && c.Secret.Reveal() == sample.Secret {
			line = c.Line
			times++
		}
	}
	return line, times
}

func TestEveryRuleFindsItsSample(t *testing.T) {
	_, all := samples(t)
	// pkcs12-file is the only rule of gitleaks' 222 without a pattern.
	if len(all) < 221 {
		t.Errorf("only %d rules have a sample", len(all))
	}
}

// TestPunctuation: 151 of gitleaks' rules lose a token before the punctuation
// of prose.
func TestPunctuation(t *testing.T) {
	s, all := samples(t)
	after := []string{
		".", ". Please", ".\n", ",", ", and", ")", ").", "<", "</b>", "&nbsp;", "\u00a0", "”", "“", "]", "|", " |", "*",
		">", "…", "!", "?", "'", "\"", ";", "`", "’", "»", "\u200b", "}", "&scope=all", " – ", "–", "\\n", "\t", "。",
	}
	// lines are of files that have nothing behind the password, which may be anything.
	lines := []string{"netrc-password", "pgpass-password", "cisco-plain-password"}
	for _, sample := range all {
		if sample.Rule == "curl-auth-header" || slices.Contains(lines, sample.Rule) || strings.Contains(sample.Text, "\n") {
			continue // ends with a URL or a frame, not with the token
		}
		for _, delimiter := range after {
			if _, times := find(t, s, sample, "Hello,\n"+sample.Text+delimiter); times != 1 {
				t.Errorf("%s before %q: found %d times", sample.Rule, delimiter, times)
			}
		}
	}
}

func TestLinesCountFromOne(t *testing.T) {
	s, all := samples(t)
	for _, sample := range all {
		before := strings.Count(sample.Text[:max(0, strings.Index(sample.Text, sample.Secret))], "\n")
		switch sample.Rule {
		case "putty-private-key":
			before = 0 // a key is where its block begins
		case "kubernetes-secret-yaml":
			before = 5 // in base64
		}
		for _, lead := range []int{0, 1, 7} {
			body := strings.Repeat("Hello,\n", lead) + sample.Text + "\nregards\n"
			line, times := find(t, s, sample, body)
			if times != 1 || line != lead+before+1 {
				t.Errorf("%s after %d lines: found %d times, on line %d, want %d", sample.Rule, lead, times, line, lead+before+1)
			}
		}
	}
}

// TestSamplesInLargeText: a secret is found once wherever it stands in a text
// that is searched in pieces, at their cuts as well.
func TestSamplesInLargeText(t *testing.T) {
	s, all := samples(t)
	for i, sample := range all {
		if i%80 != 0 && sample.Rule != "private-key" {
			continue
		}
		for _, at := range []int{200 << 10, 256<<10 - 20, 256 << 10, 256<<10 - 32<<10 - 10, 300 << 10} {
			filler := strings.Repeat("nothing to see, ", 1+at/16)[:at]
			if _, times := find(t, s, sample, filler+"\n"+sample.Text+"\n"+strings.Repeat("more of it\n", 12_000)); times != 1 {
				t.Errorf("%s at %d: found %d times", sample.Rule, at, times)
			}
		}
	}
}

func ExampleSet_Detect() {
	s, err := detectors.New(detectors.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	found, _ := s.Detect(context.Background(), sweeper.Mail{Texts: []decode.Text{{Path: "1", Body: "the token is npm_" + "x7Kq2mZp9Lw4Rt8Yv3Bn6Hc1Jd5Fs029E3Bt."}}})
	for _, c := range found {
		fmt.Println(c.Rule, c.Line, c.Confidence, c.Secret)
	}
	// Output: npm-access-token 1 confirmed [redacted]
}

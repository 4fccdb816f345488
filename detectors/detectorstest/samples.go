// Package detectorstest makes a sample of every rule: a line of text, or a few,
// with a secret that the rule finds. All of them are made up from the rules'
// own patterns and a seed; none was ever valid.
package detectorstest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"mailsweep/decode"
	"mailsweep/detectors"
	"mailsweep/sweeper"
)

// Sample is a text and what is to be found in it.
type Sample struct {
	Rule string
	// Name is the file name that the rule wants, "" when it wants none.
	Name string
	// Text holds the secret, in words that the rule wants beside it. It ends
	// without a line end.
	Text string
	// Secret is the canonical secret: what [sweeper.Candidate.Secret] must hold.
	Secret string
}

// tries is how many texts are made for a rule before it is given up: random
// values may have too little entropy or contain a stop word.
const tries = 100

// Samples gives a sample of every rule of s that reads texts, in the order of
// the rules. The same seed gives the same samples.
func Samples(s *detectors.Set, seed uint64) ([]Sample, error) {
	var out []Sample
	for i, r := range s.Rules() {
		if r.Regex == "" {
			continue // knows files by their name or content
		}
		rnd := rand.New(rand.NewPCG(seed, uint64(i)))
		sample, err := sampleOf(s, r, rnd)
		if err != nil {
			return nil, err
		}
		out = append(out, sample)
	}
	return out, nil
}

func sampleOf(s *detectors.Set, r detectors.Rule, rnd *rand.Rand) (Sample, error) {
	for range tries {
		sample, err := draw(r, rnd)
		if err != nil {
			return sample, err
		}
		if sample.foundBy(s) {
			return sample, nil
		}
	}
	return Sample{}, fmt.Errorf("rule %s: none of %d texts made from its pattern is found by it", r.ID, tries)
}

func draw(r detectors.Rule, rnd *rand.Rand) (Sample, error) {
	sample := Sample{Rule: r.ID, Name: names[r.ID]}
	if write, ok := byHand[r.ID]; ok {
		sample.Text, sample.Secret = write(rnd)
		return sample, nil
	}
	text, secret, err := generate(r.Regex, r.SecretGroup, rnd)
	if err != nil {
		return sample, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	sample.Text, sample.Secret = withKeyword(text, r.Keywords), secret
	return sample, nil
}

// withKeyword puts a keyword before texts that have none of the rule's: a few
// rules want it anywhere in the text.
func withKeyword(text string, keywords []string) string {
	for _, k := range keywords {
		if strings.Contains(strings.ToLower(text), strings.ToLower(k)) {
			return text
		}
	}
	if len(keywords) == 0 {
		return text
	}
	return keywords[len(keywords)-1] + " " + text
}

func (sample Sample) foundBy(s *detectors.Set) bool {
	found, err := s.Detect(context.Background(), sweeper.Mail{
		Texts: []decode.Text{{Path: "1/" + sample.Name, Name: sample.Name, Body: sample.Text}},
	})
	if err != nil {
		return false
	}
	for _, c := range found {
		if c.Rule == sample.Rule && c.Secret.Reveal() == sample.Secret {
			return true
		}
	}
	return false
}

// names are file names for the rules that look at them.
var names = map[string]string{
	"freemius-secret-key":    "freemius.php",
	"hashicorp-tf-password":  "main.tf",
	"kubernetes-secret-yaml": "secret.yaml",
	"nuget-config-password":  "nuget.config",
}

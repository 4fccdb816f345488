package detectors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"

	"mailsweep/sweeper"
)

// Rule describes one rule, for people.
type Rule struct {
	ID          string
	Description string
	Kind        sweeper.Kind // of most of its secrets; a generic rule's depend on their label
	Keywords    []string     // one of them must be in the text; none means every text is tried
	Regex       string       // as written; endings are widened for prose, see widen.go
	Path        string
	Entropy     float64 // bits for each character that a secret must exceed; 0 asks nothing
	SecretGroup int     // 0 is gitleaks' choice: the first group that matched, else all
	Origin      string  // "gitleaks 8.30.1", "mailsweep", or the path of a rules file
	Line        int     // in that file, from 1
	Source      string  // SHA-256 of that file, in hexadecimal
	// Search is how the regex is looked for.
	Search Search
	// Anchors are the words of which every match holds one, and at which it is looked
	// for; none when Search is not AtAnchors.
	Anchors []string
	// Longest is how many characters a match can have; -1 when there is no bound.
	Longest int
	// Allowlists say in words what the rule's own allowlists pass over.
	Allowlists []string
	Required   []string // ids of rules that must match near by
}

// Search is how a rule is looked for.
type Search string

const (
	// AtAnchors reads a text only near certain words.
	AtAnchors Search = "anchors"
	// Scanned reads every text that has one of the keywords from its first byte on.
	Scanned Search = "scanned"
	// ByFile looks at files: their names, or what they are.
	ByFile Search = "file"
)

// Rules lists the rules in force, by id.
func (s *Set) Rules() []Rule {
	out := make([]Rule, 0, len(s.rules))
	for _, r := range s.rules {
		d := Rule{
			ID: r.spec.ID, Description: r.spec.Description, Kind: r.kindOf("", ""),
			Keywords: slices.Clone(r.spec.Keywords), Regex: r.spec.Regex, Path: r.spec.Path,
			Entropy: r.spec.Entropy, SecretGroup: r.spec.SecretGroup,
			Origin: r.spec.origin, Line: r.spec.line, Source: r.spec.source,
			Search: r.search(), Anchors: slices.Clone(r.anchors),
		}
		_, d.Longest = width(r.spec.pattern())
		for _, a := range slices.Concat(r.allow, r.byLine) {
			d.Allowlists = append(d.Allowlists, inWords(a))
		}
		for _, q := range r.spec.Required {
			d.Required = append(d.Required, q.ID)
		}
		out = append(out, d)
	}
	return out
}

func (r *rule) search() Search {
	switch {
	case r.regex == nil:
		return ByFile
	case len(r.anchors) == 0:
		return Scanned
	}
	return AtAnchors
}

// inWords describes an allowlist: by its description, and by what it has. What it
// says is of the rules, never of the mail.
func inWords(a *allowlist) string {
	target := a.RegexTarget
	if target == "" {
		target = "secret"
	}
	var has []string
	count := func(n int, one, many string) {
		switch {
		case n == 1:
			has = append(has, "1 "+one)
		case n > 1:
			has = append(has, fmt.Sprintf("%d %s", n, many))
		}
	}
	count(len(a.Regexes), "pattern for the "+target, "patterns for the "+target)
	count(len(a.StopWords), "stop word", "stop words")
	count(len(a.Paths), "path", "paths")
	with := ", "
	if a.MatchCondition == config.AllowlistMatchAnd {
		with = " and "
	}
	words := strings.Join(has, with)
	if a.Description != "" {
		words = a.Description + ": " + words
	}
	return words
}

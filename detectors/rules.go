package detectors

import (
	"slices"

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
}

// Rules lists the rules in force, by id.
func (s *Set) Rules() []Rule {
	out := make([]Rule, 0, len(s.rules))
	for _, r := range s.rules {
		out = append(out, Rule{
			ID: r.spec.ID, Description: r.spec.Description, Kind: r.kindOf("", ""),
			Keywords: slices.Clone(r.spec.Keywords), Regex: r.spec.Regex, Path: r.spec.Path,
			Entropy: r.spec.Entropy, SecretGroup: r.spec.SecretGroup, Origin: r.spec.origin, Line: r.spec.line,
		})
	}
	return out
}

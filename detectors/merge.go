package detectors

import (
	"fmt"
	"slices"
)

// merge lays a user's file over the rules so far.
//
// A rule that states what to look for (regex or path) takes the place of the one
// with its id; one that does not amends it, as in gitleaks: what it states
// counts, its keywords and allowlists are added. gitleaks' own extend is not
// used: its depth counter is never set back, and from the third load on it
// quietly leaves one rule.
func (s *ruleSet) merge(f *ruleFile) (warnings []string, err error) {
	if use := f.Extend.UseDefault; use != nil && !*use {
		*s = ruleSet{}
	}
	for _, id := range f.Extend.DisabledRules {
		i := s.index(id)
		if i < 0 {
			warnings = append(warnings, fmt.Sprintf("%s:%d: disabledRules names %q, which is no rule", f.name, f.pos.line("extend.disabledrules"), id))
			continue
		}
		s.rules = slices.Delete(s.rules, i, i+1)
	}
	for _, r := range f.Rules {
		i := s.index(r.ID)
		switch {
		case i < 0 && r.Regex == "" && r.Path == "":
			return warnings, &RuleError{
				File: f.name, Line: r.line, Rule: r.ID, Problem: "has neither regex nor path, and there is no rule of this id to amend",
			}
		case i < 0:
			s.rules = append(s.rules, r)
		case r.Regex == "" && r.Path == "":
			s.rules[i] = amend(s.rules[i], r)
		default:
			s.rules[i] = r
		}
	}
	return warnings, s.allow(f)
}

// amend changes base by what r states. The rule is the user's from then on.
func amend(base, r ruleSpec) ruleSpec {
	if r.Description != "" {
		base.Description = r.Description
	}
	if r.Entropy != 0 {
		base.Entropy = r.Entropy
	}
	if r.SecretGroup != 0 {
		base.SecretGroup = r.SecretGroup
	}
	base.Keywords = append(slices.Clone(base.Keywords), r.Keywords...)
	base.Allowlists = append(slices.Clone(base.allowlists()), r.allowlists()...)
	base.AllowList = nil
	base.Required = append(slices.Clone(base.Required), r.Required...)
	base.SkipReport = base.SkipReport || r.SkipReport
	base.origin, base.source, base.line, base.lines = r.origin, r.source, r.line, r.lines
	return base
}

// allow adds the file's global allowlists, those with targetRules to the rules
// that they name.
func (s *ruleSet) allow(f *ruleFile) error {
	for _, a := range f.allowlists() {
		if len(a.TargetRules) == 0 {
			s.global = append(s.global, a)
			continue
		}
		for _, id := range a.TargetRules {
			i := s.index(id)
			if i < 0 {
				return &RuleError{
					File: f.name, Line: a.line, Rule: id,
					Problem: "an allowlist names it in targetRules, but there is no such rule",
				}
			}
			s.rules[i].Allowlists = append(slices.Clone(s.rules[i].allowlists()), a)
			s.rules[i].AllowList = nil
		}
	}
	return nil
}

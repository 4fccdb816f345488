package detectors

import (
	"slices"
	"strings"
)

// combine keeps of the hits in a layer of a body of rules that require others those that have them near
// by, and drops what is not to be reported by itself (gitleaks' composite rules:
// detect.Detector.processRequiredRules).
func combine(hits []hit, places []int, text, body string) []hit {
	if !slices.ContainsFunc(hits, func(h hit) bool { return len(h.rule.spec.Required) > 0 || h.rule.required || h.rule.spec.SkipReport }) {
		return hits
	}
	low := strings.ToLower(text)
	var kept []hit
	for i, h := range hits {
		if why := incomplete(i, hits, places, low, body); why.check == "" {
			kept = append(kept, h)
		} else {
			h.fate.drop(why)
		}
	}
	return kept
}

// incomplete says why a hit is not to be reported: what its rule requires is not near,
// or it is there only for another rule.
func incomplete(i int, hits []hit, places []int, low, body string) drop {
	r := hits[i].rule
	if r.spec.SkipReport {
		return drop{check: unreported}
	}
	// A rule that others require is looked for without its keywords.
	if r.required && len(r.spec.Keywords) > 0 &&
		!slices.ContainsFunc(r.spec.Keywords, func(k string) bool { return strings.Contains(low, strings.ToLower(k)) }) {
		return drop{check: noKeyword}
	}
	for _, q := range r.spec.Required {
		if !slices.ContainsFunc(index(hits), func(k int) bool {
			return hits[k].rule.spec.ID == q.ID && q.near(body, places[i], places[k])
		}) {
			return drop{check: required, by: q.ID}
		}
	}
	return drop{}
}

func index(hits []hit) []int {
	all := make([]int, len(hits))
	for i := range all {
		all[i] = i
	}
	return all
}

// near reports whether two places are as near to each other as the rule asks.
func (q requiredSpec) near(body string, a, b int) bool {
	if q.WithinLines != nil && strings.Count(body[min(a, b):max(a, b)], "\n") > *q.WithinLines {
		return false
	}
	return q.WithinColumns == nil || max(column(body, a)-column(body, b), column(body, b)-column(body, a)) <= *q.WithinColumns
}

// column counts as gitleaks does: from 1 on the first line, from 2 on the others.
func column(body string, at int) int {
	if i := strings.LastIndexByte(body[:at], '\n'); i >= 0 {
		return at - i + 1
	}
	return at + 1
}

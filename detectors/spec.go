package detectors

import (
	"cmp"
	"regexp/syntax"
	"slices"
	"strconv"
)

// ruleSpec is one rule as it stands in a TOML file, in gitleaks' words
// (README of gitleaks v8, "Configuration"), not yet compiled.
type ruleSpec struct {
	ID          string
	Description string
	Path        string
	Regex       string
	SecretGroup int
	Entropy     float64
	Keywords    []string
	Tags        []string // read, not used: mail findings have no tags
	SkipReport  bool
	AllowList   *allowSpec // the older spelling of one Allowlists entry
	Allowlists  []allowSpec
	Required    []requiredSpec

	origin string         // "gitleaks 8.30.1", "mailsweep", or the path of a user's file
	source string         // SHA-256 of that file, in hexadecimal
	line   int            // of its table in that file
	lines  map[string]int // of its keys, in lower case
}

// allowSpec says what a rule, or all rules, must not report.
type allowSpec struct {
	Description string
	TargetRules []string // of the global ones: only for these rules
	Condition   string
	Commits     []string // read, not used: mail has no commits
	Paths       []string
	RegexTarget string
	Regexes     []string
	StopWords   []string

	origin string
	line   int
	lines  map[string]int
}

// requiredSpec names a second rule that must match near by.
type requiredSpec struct {
	ID            string
	WithinLines   *int
	WithinColumns *int
}

// ruleFile is one TOML file.
type ruleFile struct {
	Title       string
	Description string
	MinVersion  string
	Extend      extendSpec
	Rules       []ruleSpec
	AllowList   *allowSpec // the older spelling of one Allowlists entry
	Allowlists  []allowSpec

	name string
	pos  positions
}

type extendSpec struct {
	Path          string
	URL           string
	UseDefault    *bool // nil means true here: see [Options]
	DisabledRules []string
}

// ruleSet is what several files come to when they are merged.
type ruleSet struct {
	rules []ruleSpec
	// global allowlists hold for every rule.
	global []allowSpec
}

func (s *ruleSet) index(id string) int {
	return slices.IndexFunc(s.rules, func(r ruleSpec) bool { return r.ID == id })
}

func (s *ruleSet) sort() {
	slices.SortFunc(s.rules, func(a, b ruleSpec) int { return cmp.Compare(a.ID, b.ID) })
}

// allowlists gives the entries under both spellings.
func (r *ruleSpec) allowlists() []allowSpec { return bothSpellings(r.AllowList, r.Allowlists) }

func (f *ruleFile) allowlists() []allowSpec { return bothSpellings(f.AllowList, f.Allowlists) }

func bothSpellings(one *allowSpec, many []allowSpec) []allowSpec {
	if one == nil {
		return many
	}
	return append(slices.Clone(many), *one)
}

// requiredLine is the line of a [[rules.required]], 0 when it is not known.
func (r *ruleSpec) requiredLine(i int) int { return r.lines["required."+strconv.Itoa(i)] }

// pattern is the parsed regex, nil when there is none or it does not parse.
func (r *ruleSpec) pattern() *syntax.Regexp {
	re, err := syntax.Parse(r.Regex, syntax.Perl)
	if err != nil || r.Regex == "" {
		return nil
	}
	return re
}

package detectors

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"
)

const (
	// gitleaksVersion is that of the module in go.mod; a test compares them.
	gitleaksVersion = "8.30.1"
	gitleaksOrigin  = "gitleaks " + gitleaksVersion
	ownOrigin       = "mailsweep"
	// minGitleaksRules is how many rules that version has. Fewer means that they
	// were lost on the way, not that there are fewer secrets.
	minGitleaksRules = 222
)

//go:embed rules/*.toml
var ownRules embed.FS

// builtin are gitleaks' default rules, mended for mail, and ours.
func builtin() (*ruleSet, error) {
	theirs, err := parseRules(gitleaksOrigin, []byte(config.DefaultConfig))
	if err != nil {
		return nil, err
	}
	ours, err := ownFiles()
	if err != nil {
		return nil, err
	}
	s := &ruleSet{}
	own := 0
	for _, f := range append([]*ruleFile{theirs}, ours...) {
		if _, err := s.merge(f); err != nil {
			return nil, err
		}
		own += len(f.Rules)
	}
	own -= len(theirs.Rules)
	s.rules = append(s.rules, ruleSpec{
		ID: labelledPassword, Description: "A password as people write it: behind a word for a password, in a table, told in a sentence",
		origin: ownOrigin, line: 1,
	})
	if len(s.rules) < minGitleaksRules+own {
		return nil, fmt.Errorf("only %d of gitleaks' %d rules could be read: refusing to search with a part of them",
			len(s.rules)-own, minGitleaksRules)
	}
	for i := range s.rules {
		mend(&s.rules[i])
	}
	s.global = slices.DeleteFunc(s.global, hidesByPath)
	for i := range s.global {
		mendAllowlist(&s.global[i])
	}
	return s, nil
}

// ownFiles are our rules, by topic. Each is in one file only: what two state, the
// second would take the place of.
func ownFiles() (all []*ruleFile, err error) {
	names, err := ownRules.ReadDir("rules")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := ownRules.ReadFile("rules/" + name.Name())
		if err != nil {
			return nil, err
		}
		f, err := parseRules(ownOrigin, data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name.Name(), err)
		}
		all = append(all, f)
	}
	return all, nil
}

// The default rules were made for source code. What follows is where that harms
// a search of mail; each change is shown necessary by a test.

// mendAllowlist takes away paths, which in mail are chosen by the sender: the
// default list passes over .docx, .xlsx, .pdf, .png, lock files and node_modules.
// It also repairs an alternation without brackets, (?i)^true|false|null$, which
// passes over every secret that contains "false".
func mendAllowlist(a *allowSpec) {
	a.Paths = nil
	a.Regexes = slices.Clone(a.Regexes)
	for i, re := range a.Regexes {
		if re == `(?i)^true|false|null$` {
			a.Regexes[i] = `(?i)^(?:true|false|null)$`
		}
	}
}

// hidesByPath reports an allowlist that says nothing without its paths, or that
// needs them to be true.
func hidesByPath(a allowSpec) bool {
	if len(a.Paths) == 0 {
		return false
	}
	and := strings.EqualFold(a.Condition, "and") || a.Condition == "&&"
	return and || len(a.Regexes)+len(a.StopWords) == 0
}

func mend(r *ruleSpec) {
	r.Allowlists = slices.DeleteFunc(slices.Clone(r.allowlists()), hidesByPath)
	r.AllowList = nil
	for i := range r.Allowlists {
		mendAllowlist(&r.Allowlists[i])
	}
	switch r.ID {
	case "microsoft-teams-webhook", "jwt-base64":
		// gitleaks takes the first group as the secret, whatever it was written
		// for: five characters of a UUID, the name of the first claim. Secrets that
		// have nothing in common would have one fingerprint.
		r.Regex = withoutGroups(r.Regex)
	case "curl-auth-user":
		// Not anchored: "x+" passes over every password that begins with an x.
		for i, re := range r.Allowlists[0].Regexes {
			if strings.HasPrefix(re, `[^:]+:(?:change(?:it|me)|`) {
				r.Allowlists[0].Regexes[i] = `^['"]?` + re + `['"]?$`
			}
		}
	case "aws-amazon-bedrock-api-key-short-lived":
		// The pattern ends with the constant part; every key would be the same one.
		r.Regex += `[A-Za-z0-9+/]*={0,2}`
	}
}

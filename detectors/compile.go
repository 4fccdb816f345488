package detectors

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"

	"mailsweep/detectors/lazydfa"
)

// rule is a compiled rule.
type rule struct {
	spec  ruleSpec
	regex *lazydfa.Regexp // nil when the rule looks at file names only
	path  *lazydfa.Regexp // nil when any file will do
	group int             // of the pattern, that holds the secret; 0 is the whole match
	// details are the groups of our rules that are not the secret but tell of it, by
	// their number: the user, the host. Users' rules have none.
	details map[int]string
	// shapes are those of the pattern and of its groups, by their number.
	shapes []shape
	// byLine are its allowlists that look at a whole line; the engine has the others.
	byLine  []*allowlist
	allow   []*allowlist
	generic bool // gives way to any other rule at the same place
	// anchors are the words at which the pattern is looked for; none means from the
	// first byte of a text on.
	anchors []string
	// required says that another rule requires this one.
	required bool
}

// compiler turns specs into rules, and finds all that is wrong with them.
type compiler struct {
	errs []error
}

func (c *compiler) rule(s ruleSpec) *rule {
	r := &rule{spec: s, generic: strings.Contains(strings.ToLower(s.ID), "generic")}
	if s.Regex != "" {
		r.regex = c.pattern(s, s.lines["regex"], "regex", widen(s.Regex))
	}
	if s.Path != "" {
		r.path = c.pattern(s, s.lines["path"], "path", s.Path)
	}
	if least, _ := width(s.pattern()); r.regex != nil && least == 0 {
		c.fail(s, s.lines["regex"], "regex: matches the empty text, so it would match everywhere", "")
	}
	if r.regex != nil {
		r.group = s.SecretGroup
		if n := r.regex.NumSubexp(); s.SecretGroup < 0 || s.SecretGroup > n {
			c.fail(s, s.lines["secretgroup"], fmt.Sprintf("secretGroup is %d, but regex has %d groups", s.SecretGroup, n), "")
		}
		r.shapes = shapesOf(s.pattern())
		if s.origin == ownOrigin {
			r.details = namedGroups(r.regex)
		}
	}
	for _, a := range s.allowlists() {
		if list := c.allowlist(s, a); list != nil && list.RegexTarget == "line" {
			r.byLine = append(r.byLine, list)
		} else if list != nil {
			r.allow = append(r.allow, list)
		}
	}
	for i, q := range s.Required {
		if strings.TrimSpace(q.ID) == "" {
			c.fail(s, s.requiredLine(i), "[[rules.required]] has no id", "")
		}
	}
	return r
}

// pattern compiles one pattern of a rule; nil after an error.
func (c *compiler) pattern(s ruleSpec, line int, field, pattern string) *lazydfa.Regexp {
	re, err := compile(pattern)
	if err != nil {
		c.fail(s, line, field+": "+problem(err), hint(err))
	}
	return re
}

func compile(pattern string) (*lazydfa.Regexp, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	return lazydfa.New(re), nil
}

// maxQuote is how many characters of a pattern an error repeats: the file and line
// stand before them, and a pattern may be thousands long.
const maxQuote = 80

func problem(err error) string {
	var e *syntax.Error
	if errors.As(err, &e) {
		return e.Code.String() + ": `" + quote(e.Expr) + "`"
	}
	return quote(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
}

func quote(s string) string {
	if runes := []rune(s); len(runes) > maxQuote {
		return string(runes[:maxQuote]) + "…"
	}
	return s
}

// hint explains what Go's regular expressions leave out (github.com/google/re2, "Syntax").
func hint(err error) string {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return ""
	}
	switch {
	case e.Code == syntax.ErrMissingRepeatArgument && strings.HasPrefix(e.Expr, "?"), e.Code == syntax.ErrInvalidPerlOp,
		e.Code == syntax.ErrInvalidNamedCapture && (strings.HasPrefix(e.Expr, "(?<!") || strings.HasPrefix(e.Expr, "(?<=")):
		return "patterns are RE2: there is no lookahead, lookbehind or atomic group"
	case e.Code == syntax.ErrInvalidEscape && e.Expr != "" && strings.ContainsAny(e.Expr, "123456789"):
		return "patterns are RE2: there are no back references"
	case e.Code == syntax.ErrInvalidRepeatSize:
		return "patterns are RE2: a repeat goes up to 1000"
	}
	return ""
}

// allowlist compiles one allowlist of a rule, or a global one when s has no id.
func (c *compiler) allowlist(s ruleSpec, a allowSpec) *allowlist {
	s.origin = cmp.Or(a.origin, s.origin) // it may be of another file than the rule
	at := func(key string) int { return cmp.Or(a.lines[key], a.line) }
	out := &config.Allowlist{Description: a.Description, StopWords: a.StopWords}
	switch strings.ToUpper(a.Condition) {
	case "", "OR", "||":
	case "AND", "&&":
		out.MatchCondition = config.AllowlistMatchAnd
	default:
		c.fail(s, at("condition"), fmt.Sprintf("the allowlist's condition %q is neither \"and\" nor \"or\"", a.Condition), "")
	}
	switch a.RegexTarget {
	case "", "secret":
	case "match", "line":
		out.RegexTarget = a.RegexTarget
	default:
		c.fail(s, at("regextarget"), fmt.Sprintf("the allowlist's regexTarget %q is none of \"secret\", \"match\", \"line\"", a.RegexTarget), "")
	}
	for _, p := range a.Regexes {
		if re := c.pattern(s, at("regexes"), "the allowlist's regexes", p); re != nil {
			out.Regexes = append(out.Regexes, re.Regexp)
		}
	}
	for _, p := range a.Paths {
		if re := c.pattern(s, at("paths"), "the allowlist's paths", p); re != nil {
			out.Paths = append(out.Paths, re.Regexp)
		}
	}
	if len(out.Regexes)+len(out.Paths)+len(out.StopWords) == 0 {
		if len(a.Regexes)+len(a.Paths)+len(a.Commits) == 0 {
			c.fail(s, a.line, "the allowlist is empty", "give it regexes, paths or stopwords")
		}
		return nil // commits only, or patterns that did not compile
	}
	if err := out.Validate(); err != nil {
		c.fail(s, a.line, err.Error(), "")
		return nil
	}
	list, err := newAllowlist(out)
	if err != nil {
		c.fail(s, at("regexes"), "the allowlist's regexes together: "+problem(err), "")
		return nil
	}
	return list
}

// fail records what is wrong, at the line of the key where that is known.
func (c *compiler) fail(s ruleSpec, line int, problem, hint string) {
	c.errs = append(c.errs, &RuleError{
		File: s.origin, Line: cmp.Or(line, s.line), Rule: s.ID, Problem: problem, Hint: hint,
	})
}

// globals compiles the allowlists that hold for every rule.
func (c *compiler) globals(specs *ruleSet) (all, byLine []*allowlist) {
	for _, a := range specs.global {
		list := c.allowlist(ruleSpec{origin: a.origin, line: a.line}, a)
		switch {
		case list == nil:
		case list.RegexTarget == "line":
			byLine = append(byLine, list)
		default:
			all = append(all, list)
		}
	}
	return all, byLine
}

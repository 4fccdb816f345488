package detectors

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// A RuleError is what is wrong with one place of a rules file.
type RuleError struct {
	File    string
	Line    int    // from 1; 0 when it is no single line's fault
	Rule    string // id of the rule, "" when it is no rule's fault
	Problem string
	Hint    string // what to do, "" when the problem says it
}

func (e *RuleError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": ")
	if e.Rule != "" {
		fmt.Fprintf(&b, "rule %q: ", e.Rule)
	}
	b.WriteString(e.Problem)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// parseRules reads a rules file in gitleaks' TOML.
//
// gitleaks itself goes through viper: the global one, a counter that is never
// set back (rules are lost on the third load), and maps without positions. Its
// compiled types are exported, so we read the TOML straight into ours, refuse
// what we do not know, and keep the line of every key.
func parseRules(name string, data []byte) (*ruleFile, error) {
	f := &ruleFile{name: name}
	if err := f.decode(data); err != nil {
		return nil, err
	}
	f.pos = readPositions(data)
	source := sha256.Sum256(data)
	for i := range f.Rules {
		r := &f.Rules[i]
		r.ID = strings.TrimSpace(r.ID)
		r.origin, r.source, r.line = name, hex.EncodeToString(source[:]), f.pos.rule(i)
		r.lines = f.pos.under("rules." + strconv.Itoa(i))
	}
	f.locate()
	return f, f.check()
}

// decode reads the TOML. QUIRK: go-toml 2.2.4 panics at [[rules.allowlists]] with
// no [[rules]] before it.
func (f *ruleFile) decode(data []byte) (err error) {
	defer func() {
		if recover() == nil {
			return
		}
		first := 0
		for name, line := range readPositions(data) {
			if strings.HasPrefix(name, "rules.") && (first == 0 || line < first) {
				first = line
			}
		}
		err = &RuleError{File: f.name, Line: first, Problem: "a part of a rule stands before its [[rules]]"}
	}()
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(f); err != nil {
		return tomlError(f.name, err)
	}
	return nil
}

// tomlError turns the library's errors, which know their line, into ours.
func tomlError(name string, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		var all []error
		for _, e := range strict.Errors {
			line, _ := e.Position()
			all = append(all, &RuleError{
				File: name, Line: line,
				Problem: "unknown key " + strings.Join(e.Key(), "."),
				Hint:    "see the gitleaks README, Configuration, for the keys there are",
			})
		}
		return errors.Join(all...)
	}
	var e *toml.DecodeError
	if errors.As(err, &e) {
		line, _ := e.Position()
		return &RuleError{File: name, Line: line, Problem: strings.TrimPrefix(e.Error(), "toml: ")}
	}
	return &RuleError{File: name, Problem: strings.TrimPrefix(err.Error(), "toml: ")}
}

// check finds what is wrong with a file by itself; what depends on other files
// is found when they are merged.
func (f *ruleFile) check() error {
	var all []error
	if f.Extend.Path != "" || f.Extend.URL != "" {
		all = append(all, &RuleError{
			File: f.name, Line: f.pos.line("extend"), Problem: "[extend] path and url are not supported",
			Hint: "give each file with --rules",
		})
	}
	first := map[string]int{}
	for i := range f.Rules {
		r := &f.Rules[i]
		if r.ID == "" {
			all = append(all, &RuleError{File: f.name, Line: r.line, Problem: "a rule without an id"})
			continue
		}
		if line, twice := first[r.ID]; twice {
			all = append(all, &RuleError{
				File: f.name, Line: r.line, Rule: r.ID,
				Problem: "the id is used twice: first on line " + strconv.Itoa(line),
			})
		}
		first[r.ID] = r.line
		if r.AllowList != nil && len(r.Allowlists) > 0 {
			all = append(all, &RuleError{
				File: f.name, Line: r.line, Rule: r.ID,
				Problem: "has both [rules.allowlist] and [[rules.allowlists]]", Hint: "use the second only",
			})
		}
	}
	if f.AllowList != nil && len(f.Allowlists) > 0 {
		all = append(all, &RuleError{
			File: f.name, Line: f.pos.line("allowlist"),
			Problem: "has both [allowlist] and [[allowlists]]", Hint: "use the second only",
		})
	}
	return errors.Join(all...)
}

// positions holds the line of every table and key of a file, under names such as
// "rules.3.regex" (the fourth rule's) and "rules.3.allowlists.0.regexes". The
// names are in lower case, as gitleaks compares them.
type positions map[string]int

func (p positions) line(name string) int { return p[name] }

// rule is the line of the i-th rule; that of the first when rules are written as
// one inline array.
func (p positions) rule(i int) int {
	if line, ok := p["rules."+strconv.Itoa(i)]; ok {
		return line
	}
	return p["rules"]
}

// under gives the lines of the keys below a name, "regex" for "rules.3.regex".
func (p positions) under(name string) map[string]int {
	out := map[string]int{}
	for k, line := range p {
		if key, ok := strings.CutPrefix(k, name+"."); ok {
			out[key] = line
		}
	}
	return out
}

// locate tells every allowlist its line.
func (f *ruleFile) locate() {
	set := func(a *allowSpec, name string) {
		a.origin, a.line, a.lines = f.name, f.pos[name], f.pos.under(name)
	}
	all := func(one *allowSpec, many []allowSpec, prefix string) {
		if one != nil {
			set(one, prefix+"allowlist")
		}
		for i := range many {
			set(&many[i], prefix+"allowlists."+strconv.Itoa(i))
		}
	}
	all(f.AllowList, f.Allowlists, "")
	for i := range f.Rules {
		all(f.Rules[i].AllowList, f.Rules[i].Allowlists, "rules."+strconv.Itoa(i)+".")
	}
}

// readPositions walks a file that is known to be right.
func readPositions(data []byte) positions {
	pos := positions{}
	var p unstable.Parser
	p.Reset(data)
	table := ""
	count := map[string]int{}
	for p.NextExpression() {
		node := p.Expression()
		var keys []string
		line := 0
		for it := node.Key(); it.Next(); {
			key := it.Node()
			if line == 0 {
				line = p.Shape(key.Raw).Start.Line
			}
			keys = append(keys, strings.ToLower(string(key.Data)))
		}
		switch node.Kind {
		case unstable.ArrayTable:
			table = place(keys, count)
			n := count[table]
			count[table]++
			table += "." + strconv.Itoa(n)
			pos[table] = line
		case unstable.Table:
			table = place(keys, count)
			pos[table] = line
		case unstable.KeyValue:
			pos[strings.TrimPrefix(table+"."+strings.Join(keys, "."), ".")] = line
		}
	}
	return pos
}

// place names a table; a part that is an array means its newest element
// (TOML 1.0, "Array of Tables").
func place(keys []string, count map[string]int) string {
	name := ""
	for i, key := range keys {
		name = strings.TrimPrefix(name+"."+key, ".")
		if n := count[name]; n > 0 && i < len(keys)-1 {
			name += "." + strconv.Itoa(n-1)
		}
	}
	return name
}

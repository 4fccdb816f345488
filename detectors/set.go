// Package detectors turns rules into candidates: what in a mail is a secret, of
// which kind, how sure that is and why.
//
// # Rules
//
// gitleaks' default rules, mended for mail (builtin.go), and our own for what these
// lack (rules/). A file of rules given by the user is in gitleaks' TOML. It adds to
// these unless it says useDefault = false under [extend]; gitleaks itself takes
// the defaults only where useDefault is true. [extend] disabledRules takes rules
// away. A rule that states regex or path takes the place of the one with the same
// id; one that does not amends it. Allowlists, global and of a rule, are
// respected; paths in them are compared with the file's name and with its path
// in the mail. [extend] path and url are refused.
//
// # What it does not do
//
// It does not look at several texts of a mail together, and it tries no secret
// out. "gitleaks:allow" in a mail means nothing.
package detectors

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// engineVersion changes whenever this code may give other candidates for the
// same rules.
const engineVersion = "10"

// Options choose the rules.
type Options struct {
	// RulesFiles are paths of the user's rules, in gitleaks' TOML; later ones are
	// laid over earlier ones.
	RulesFiles []string
}

// Set is a compiled set of rules. It is immutable and safe for concurrent use.
type Set struct {
	rules  []*rule // by id
	names  []*rule // the user's that look at file names only
	engine matcher
	// passwords reads what has no form of its own; nil when its rule is disabled.
	passwords *passwords
	mail      []mailDetector
	digest    string
	warnings  []string
}

var _ sweeper.Detector = (*Set)(nil)

// mailDetector sees a mail as a whole: a label in the subject, the value in the
// body. What it finds is merged with what the rules find.
type mailDetector interface {
	detect(ctx context.Context, m sweeper.Mail) ([]sweeper.Candidate, error)
}

// New compiles the rules. What is wrong with a user's file is a [*RuleError], or
// several of them joined.
func New(opts Options) (*Set, error) {
	specs, err := builtin()
	if err != nil {
		return nil, err
	}
	s := &Set{}
	for _, path := range opts.RulesFiles {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read the rules: %w", err)
		}
		f, err := parseRules(path, data)
		if err != nil {
			return nil, err
		}
		warnings, err := specs.merge(f)
		s.warnings = append(s.warnings, warnings...)
		if err != nil {
			return nil, err
		}
	}
	specs.sort()
	if err := s.compile(specs); err != nil {
		return nil, err
	}
	s.digest, err = digest(specs)
	return s, err
}

func (s *Set) compile(specs *ruleSet) error {
	var c compiler
	var global, globalByLine = c.globals(specs)
	for _, spec := range specs.rules {
		r := c.rule(spec)
		r.byLine = append(r.byLine, globalByLine...)
		for i, q := range spec.Required {
			if q.ID != "" && specs.index(q.ID) < 0 {
				c.fail(spec, spec.requiredLine(i), fmt.Sprintf("requires %q, which is no rule", q.ID), "")
			}
		}
		s.rules = append(s.rules, r)
		if r.regex == nil && r.path != nil && r.spec.origin != gitleaksOrigin && r.spec.origin != ownOrigin {
			s.names = append(s.names, r)
		}
	}
	s.shareLines()
	if len(s.rules) == 0 {
		c.errs = append(c.errs, errors.New("there are no rules: nothing would be found"))
	}
	if err := errors.Join(c.errs...); err != nil {
		return err
	}
	for _, r := range s.rules {
		r.required = slices.ContainsFunc(specs.rules, func(o ruleSpec) bool {
			return slices.ContainsFunc(o.Required, func(q requiredSpec) bool { return q.ID == r.spec.ID })
		})
	}
	if i := slices.IndexFunc(s.rules, func(r *rule) bool { return r.spec.ID == labelledPassword }); i >= 0 {
		s.passwords = &passwords{s.rules[i], global}
	}
	e, err := newEngine(s.rules, global)
	if err != nil {
		return err
	}
	for i, r := range e.rules {
		if r.regex == nil {
			continue // its patterns find words
		}
		r.anchors = e.patterns.Plan(i).Anchors
		if r.spec.origin != gitleaksOrigin && r.spec.origin != ownOrigin {
			s.warnings = append(s.warnings, r.slow(e.patterns.Cost(i))...)
		}
	}
	s.engine = e
	return nil
}

// shareLines makes our generic rules pass over the lines that generic-api-key passes
// over: what was let be under its name is not to come back under theirs.
func (s *Set) shareLines() {
	i := slices.IndexFunc(s.rules, func(r *rule) bool { return r.spec.ID == "generic-api-key" })
	if i < 0 {
		return
	}
	for _, r := range s.rules {
		if r.generic && r.spec.origin == ownOrigin {
			r.byLine = s.rules[i].byLine
		}
	}
}

// Warnings are what is not wrong with the user's rules, but should be known.
func (s *Set) Warnings() []string { return slices.Clone(s.warnings) }

// Digest changes with the rules, gitleaks' version and this package.
func (s *Set) Digest() string { return s.digest }

func digest(specs *ruleSet) (string, error) {
	// The fields that are written are those of the TOML: not where a rule stands.
	b, err := json.Marshal(struct {
		Engine, Gitleaks string
		Rules            []ruleSpec
		Global           []allowSpec
	}{engineVersion, gitleaksVersion, specs.rules, specs.global})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// Detect implements [sweeper.Detector]. Its error is ctx's own.
func (s *Set) Detect(ctx context.Context, m sweeper.Mail) ([]sweeper.Candidate, error) {
	return s.detect(ctx, m, nil)
}

// detect is Detect, with a witness or without.
func (s *Set) detect(ctx context.Context, m sweeper.Mail, w *witness) ([]sweeper.Candidate, error) {
	var out []placed
	err := s.eachText(ctx, m, w, func(i int, t decode.Text, hits []hit, told []told) {
		lines := &lineCounter{body: t.Body}
		for _, p := range told {
			out = append(out, placed{text: i, offset: p.Start, Candidate: p.candidate(t, lines)})
		}
		for _, h := range hits {
			c := newCandidate(h, t, lines)
			if name := loweredBy(c); name != "" {
				m.Suppressed.Add(name)
			}
			out = append(out, placed{text: i, offset: h.start, fate: h.fate, Candidate: c})
		}
	})
	for i, f := range m.Files {
		if c, ok := s.file(f); ok {
			out = append(out, placed{text: len(m.Texts) + i, Candidate: c})
		}
	}
	out = append(out, s.named(m)...)
	for _, d := range s.mail {
		if err != nil {
			break
		}
		var more []sweeper.Candidate
		more, err = d.detect(ctx, m)
		for _, c := range more {
			out = append(out, placed{text: textOf(m, c), Candidate: c})
		}
	}
	out = withoutEchoes(out)
	w.kept(out)
	return order(out), err
}

// eachText scans the texts in their order. It stops with ctx's error, after
// having reported what the text at hand gave until then.
func (s *Set) eachText(ctx context.Context, m sweeper.Mail, w *witness, report func(i int, t decode.Text, hits []hit, told []told)) error {
	announced := false // a word for a password is in the subject
	for i, t := range m.Texts {
		p := piece{body: t.Body, name: t.Name, path: t.Path, seen: w.text(i), suppressed: m.Suppressed}
		found, err := s.engine.match(ctx, p)
		hits := resolve(ctx, found.hits)
		announced = announced || t.View == decode.Head && len(found.words) > 0
		var told []told
		if err == nil && s.passwords != nil && (t.View == decode.Body || strings.HasSuffix(t.Path, "subject")) {
			told, err = s.passwords.read(ctx, p, found.words)
			if announced && len(told) == 0 && err == nil && t.View == decode.Body && t.Name == "" {
				told, err = s.passwords.under(ctx, m, i)
			}
			hits, told = settleTold(hits, told)
		}
		report(i, t, pair(ctx, hits, t.Body), told)
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// placed is a candidate with its place in the mail.
type placed struct {
	sweeper.Candidate
	text   int // index of the text; files come after the texts
	offset int
	fate   *fate // nil but for a witness
}

func textOf(m sweeper.Mail, c sweeper.Candidate) int {
	i := slices.IndexFunc(m.Texts, func(t decode.Text) bool { return t.Path == c.Path && t.View == c.View })
	if i < 0 {
		return len(m.Texts) + len(m.Files)
	}
	return i
}

func order(all []placed) []sweeper.Candidate {
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(
			cmp.Compare(a.text, b.text), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.offset, b.offset),
		)
	})
	out := make([]sweeper.Candidate, len(all))
	for i, p := range all {
		out[i] = p.Candidate
	}
	return out
}

// withoutEchoes drops from the markup of a part what its visible text has too:
// the link behind an address is one sighting, not two.
func withoutEchoes(all []placed) []placed {
	if !slices.ContainsFunc(all, func(p placed) bool { return p.View == decode.Markup }) {
		return all
	}
	type echo struct{ path, rule, secret string }
	seen := map[echo]bool{}
	for _, p := range all {
		if p.View == decode.Body {
			seen[echo{p.Path, p.Rule, p.Secret.Reveal()}] = true
		}
	}
	return slices.DeleteFunc(all, func(p placed) bool {
		gone := p.View == decode.Markup && seen[echo{p.Path, p.Rule, p.Secret.Reveal()}]
		if gone {
			p.fate.drop(drop{check: echoed})
		}
		return gone
	})
}

package detectors

import (
	"strings"

	"mailsweep/decode"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

// newCandidate makes what the pipeline wants of a hit. Nothing in it is a slice of
// the text, which would stay in memory with it: see newHit.
func newCandidate(h hit, t decode.Text, lines *lineCounter) sweeper.Candidate {
	f := refine(h, around(h, t.Body))
	prefix := f.prefix
	if prefix == "" {
		prefix = h.shape.prefix(f.secret)
	}
	c := sweeper.Candidate{
		Rule:    h.rule.spec.ID,
		Kind:    f.kind,
		Secret:  secret.New(f.secret),
		Prefix:  prefix,
		Path:    t.Path,
		View:    t.View,
		Line:    lines.at(h.start + f.offset(h)),
		Details: f.details,
	}
	if c.Kind == "" {
		c.Kind = h.rule.kindOf(h.label(), prefix)
	}
	c.Confidence, c.Reason = grade(h, t.Body, f, prefix)
	return c
}

// around is the match and the rest of its line, within reach.
func around(h hit, body string) string {
	if h.decoded {
		return h.match
	}
	rest := body[h.end:min(len(body), h.end+lineReach)]
	rest, _, _ = strings.Cut(rest, "\n")
	return h.label() + body[h.start:h.end] + rest
}

// label is what stands before the secret in the match: its name, in most rules.
func (h hit) label() string {
	if i := strings.LastIndex(h.match, h.secret); i > 0 {
		return h.match[:i]
	}
	return ""
}

// offset is how far into the matched secret the credential itself begins; a key
// block is named by its first line.
func (f found) offset(h hit) int {
	if f.kind == sweeper.PrivateKey || h.decoded {
		return 0
	}
	return max(0, strings.Index(h.secret, f.secret))
}

// lineCounter tells line numbers, from 1. It remembers where it was, so that many
// places in order cost one walk through the text.
type lineCounter struct {
	body   string
	offset int
	passed int // line ends before offset
}

func (l *lineCounter) at(offset int) int {
	if offset >= l.offset {
		l.passed += strings.Count(l.body[l.offset:offset], "\n")
	} else {
		l.passed -= strings.Count(l.body[offset:l.offset], "\n")
	}
	l.offset = offset
	return 1 + l.passed
}

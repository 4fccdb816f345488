package detectors

import (
	"strings"

	"mailsweep/decode"
	"mailsweep/detectors/lazydfa"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

// newCandidate makes what the pipeline wants of a hit. Nothing in it is a slice of
// the text, which would stay in memory with it: see newHit.
func newCandidate(h hit, t decode.Text, lines *lineCounter) sweeper.Candidate {
	near := around(h, t.Body)
	f := refine(h, near)
	f.analyse(h.rule.spec.ID, near)
	h.pairWith(&f)
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
		Details: f.opened(),
	}
	if seen := h.seen(t.Body, f); seen != f.secret {
		c.Seen = secret.New(strings.Clone(seen))
	}
	if c.Kind == "" {
		c.Kind = h.rule.kindOf(h.label(), prefix)
	}
	c.Confidence, c.Reason = grade(h, t.Body, f, prefix)
	return c
}

// seen is what stands in the text where the secret is.
func (h hit) seen(body string, f found) string {
	switch {
	case h.decoded:
		return body[h.start:h.end]
	case f.seen != "":
		return f.seen
	}
	return h.secret
}

// maxDetail is the length in bytes beyond which a detail is none: no host, user or
// account is that long (RFC 1035 section 2.3.4: 255 for a host).
const maxDetail = 255

// openDetails leaves out what could be a secret itself: see tells.
func openDetails(details map[string]string, secret string) map[string]string {
	for k, v := range details {
		if len(v) > maxDetail || keyLike(v) || tells(v, secret) {
			delete(details, k)
		}
	}
	return details
}

var keyChars = lazydfa.MustCompile(`^[A-Za-z0-9_+/=-]{16,}$`)

// keyLike reports what looks like a key where a name is expected: one long word
// without a dot that changes between letters, digits and cases all the time. A
// name is made of words, years and numbers: between two separators it seldom
// changes at all.
func keyLike(s string) bool {
	if !keyChars.MatchString(s) {
		return false
	}
	changes, last := 0, '-'
	for _, r := range s {
		c := class(r)
		if last != '-' && c != '-' && c != last && (last != 'A' || c != 'a') {
			changes++
		}
		last = c
	}
	return changes*5 >= len(s)
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

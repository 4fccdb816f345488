package detectors

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"

	"mailsweep/detectors/multipattern"
)

// matcher finds what the rules match in a text.
type matcher interface {
	// match returns the hits in no particular order. It may be called from many
	// goroutines. Its error is ctx's; the hits until then come with it.
	match(ctx context.Context, p piece) ([]hit, error)
}

// piece is a text, or a part of one.
type piece struct {
	body string
	name string // of the file that holds it, base name
	path string // within the mail
}

// hit is what one rule matched.
type hit struct {
	rule *rule
	// start and end are the place of the secret in the text, in bytes; of the
	// encoded segment where it was decoded.
	start, end int
	secret     string
	match      string // with its context
	shape      shape
	decoded    bool
	part       bool   // of a longer secret that another rule found: see resolve
	near       string // the line around it; only for rules that look at it
}

// decodeDepth is how often encodings within encodings are undone: base64, hex,
// percent and \u escapes. A Kubernetes secret in a base64 attachment of a script
// needs two.
const decodeDepth = 2

// engine does what gitleaks' detector does (detect.Detector.DetectContext), without
// running every pattern over every text.
type engine struct {
	patterns *multipattern.Set
	rules    []*rule // by the number of their patterns
	global   []*config.Allowlist
	depth    int
}

// newEngine compiles the patterns of the rules that have one; names of files are not
// its concern.
func newEngine(rules []*rule, global []*config.Allowlist) (*engine, error) {
	e := &engine{global: global, depth: decodeDepth}
	var patterns []multipattern.Pattern
	for _, r := range rules {
		if r.regex == nil {
			continue
		}
		p := multipattern.Pattern{Regexp: r.regex, Words: r.spec.Keywords}
		if r.required {
			p.Words = nil // gitleaks runs what another rule requires on every text
		}
		e.rules = append(e.rules, r)
		patterns = append(patterns, p)
	}
	var err error
	e.patterns, err = multipattern.New(patterns)
	if err != nil {
		return nil, fmt.Errorf("compile the rules: %w", err)
	}
	return e, nil
}

// match implements matcher.
func (e *engine) match(ctx context.Context, p piece) ([]hit, error) {
	if pathAllowed(e.global, p) {
		return nil, nil
	}
	l := &layer{text: p.body}
	hits, err := e.matchLayer(ctx, p, l)
	decodes, wide := survey(p.body)
	for depth := 0; decodes && depth < e.depth && err == nil; depth++ {
		if l, decodes = l.decode(); decodes {
			var more []hit
			more, err = e.matchLayer(ctx, p, l)
			hits = append(hits, more...)
		}
	}
	for _, at := range wide {
		if err != nil {
			break
		}
		inner := p
		inner.body, _ = wideText(p.body[at.Start:at.End])
		var more []hit
		more, err = e.match(ctx, inner)
		for _, h := range more {
			h.start, h.end, h.decoded = at.Start, at.End, true
			hits = append(hits, h)
		}
	}
	return hits, err
}

// matchLayer finds what stands in one layer, and in a decoded one, what has decoded
// text in it.
func (e *engine) matchLayer(ctx context.Context, p piece, l *layer) ([]hit, error) {
	found, err := e.patterns.FindAll(ctx, l.text, l.decoded(), nil)
	if len(found) == 0 {
		return nil, err
	}
	var hits []hit
	var places []int // where in the body the match of each hit begins
	for _, m := range found {
		if len(l.segments) > 0 && !l.touches(m.Start, m.End) {
			continue // found before it was decoded
		}
		r := e.rules[m.Pattern]
		if h, ok := e.hit(r, m.Span, p, l); ok {
			hits = append(hits, h)
			places = append(places, l.original(m.Start, m.End).Start)
		}
	}
	return combine(hits, places, l.text, p.body), err
}

// hit makes a hit of a match, unless the rule does not want it.
func (e *engine) hit(r *rule, at multipattern.Span, p piece, l *layer) (hit, bool) {
	// A copy: all that is told of the finding is cut out of it, and a slice of the
	// text would keep the whole text in memory.
	match := strings.Clone(strings.Trim(l.text[at.Start:at.End], "\n"))
	start := at.End - len(strings.TrimLeft(l.text[at.Start:at.End], "\n"))
	from, to, shape := r.secretIn(match)
	secret := match[from:to]
	if secret == "" || r.spec.Entropy != 0 && entropy(secret) <= r.spec.Entropy || !r.wantsPath(p) {
		return hit{}, false
	}
	for _, list := range [][]*config.Allowlist{e.global, r.allow} {
		for _, a := range list {
			target := secret
			if a.RegexTarget == "match" {
				target = match
			}
			if allows(a, target, secret, p) {
				return hit{}, false
			}
		}
	}
	to = r.withoutFullStop(match, from, to)
	h := hit{rule: r, match: match, secret: match[from:to], shape: shape, start: start + from, end: start + to}
	if r.spec.ID == connectionRule {
		h.near = strings.Clone(lineAround(l.text, h.start, h.end))
	}
	if h.allowedByLine(p, l.text) {
		return hit{}, false
	}
	if len(l.segments) > 0 {
		h.decoded = true
		place := l.original(h.start, h.end)
		h.start, h.end = place.Start, place.End
	}
	return h, true
}

// wantsPath reports whether the rule is for files of this name or path, and does not
// pass over them.
func (r *rule) wantsPath(p piece) bool {
	if r.path != nil && !r.path.MatchString(p.name) && (p.path == "" || !r.path.MatchString(p.path)) {
		return false
	}
	return !pathAllowed(r.allow, p)
}

// secretIn is the place of the secret in a match, by the group that gitleaks
// takes, and that group's shape.
func (r *rule) secretIn(match string) (from, to int, s shape) {
	groups := r.regex.FindStringSubmatchIndex(match)
	for i := 1; 2*i+1 < len(groups); i++ {
		from, to := groups[2*i], groups[2*i+1]
		if i == r.group && from >= 0 || r.group == 0 && from >= 0 && to > from && r.details[i] == "" {
			return from, to, r.shapes[i]
		}
	}
	return 0, len(match), r.shapes[0]
}

// withoutFullStop takes the full stop of a sentence off a secret whose pattern
// would allow it to be a part, and does without it just as well. In quotes it is
// meant.
func (r *rule) withoutFullStop(match string, from, to int) int {
	short := strings.TrimRight(match[from:to], ".")
	if short == match[from:to] || short == "" || strings.IndexAny(match[to:], "\"'`") == 0 {
		return to
	}
	end := from + len(short)
	if !r.regex.MatchString(match[:end]) {
		return to
	}
	if f, t, _ := r.secretIn(match[:end]); f != from || t != end {
		return to
	}
	return end
}

// entropy is gitleaks' measure (detect.shannonEntropy): Shannon's, in bits, with
// characters counted and bytes divided by.
func entropy(s string) (bits float64) {
	runes := []rune(s)
	slices.Sort(runes)
	for i := 0; i < len(runes); {
		n := i + 1
		for n < len(runes) && runes[n] == runes[i] {
			n++
		}
		f := float64(n-i) / float64(len(s))
		bits -= f * math.Log2(f)
		i = n
	}
	return bits
}

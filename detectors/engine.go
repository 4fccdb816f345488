package detectors

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"mailsweep/detectors/analysis"
	"mailsweep/detectors/credentials"
	"mailsweep/detectors/multipattern"
	"mailsweep/sweeper"
)

// matcher finds what the rules match in a text.
type matcher interface {
	// match returns the hits in no particular order. It may be called from many
	// goroutines. Its error is ctx's; the hits until then come with it.
	match(ctx context.Context, p piece) (findings, error)
}

// findings are what a text has.
type findings struct {
	hits  []hit
	words []multipattern.Match // those of [credentials.Words]
}

// piece is a text, or a part of one.
type piece struct {
	body string
	name string // of the file that holds it, base name
	path string // within the mail
	seen *witness
	// suppressed counts what is passed over; nil counts nothing.
	suppressed *sweeper.Suppressions
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
	fate       *fate
	// beside is what stands near and says what the secret belongs to; certificates are
	// those of the text, by the hashes of their keys: see pair.
	beside       map[string]string
	certificates map[string]analysis.Facts
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
	global   []*allowlist
	depth    int
	// words is the number of the first pattern of [credentials.Words], -1 when nobody
	// wants them.
	words int
}

// newEngine compiles the patterns of the rules that have one, and those of the words for
// passwords; names of files are not its concern.
func newEngine(rules []*rule, global []*allowlist) (*engine, error) {
	e := &engine{global: global, depth: decodeDepth, words: -1}
	var patterns []multipattern.Pattern
	for _, r := range rules {
		if r.spec.ID == labelledPassword {
			e.words = len(patterns)
			for _, w := range credentials.Words() {
				e.rules, patterns = append(e.rules, r), append(patterns, multipattern.Pattern{Regexp: w})
			}
		}
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
func (e *engine) match(ctx context.Context, p piece) (findings, error) {
	if list := pathAllowed(e.global, p); list != nil {
		p.seen.passedOver(list)
		return findings{}, nil
	}
	trace := p.seen.trace()
	matches, err := e.patterns.Trace(ctx, p.body, nil, nil, trace)
	decodes, wide := survey(p.body)
	if len(matches) == 0 && !decodes && wide == nil && trace == nil {
		return findings{}, err // as in most texts
	}
	l := &layer{text: p.body}
	found := e.matched(p, l, matches, trace)
	for depth := 0; decodes && depth < e.depth && err == nil; depth++ {
		if l, decodes = l.decode(); decodes {
			trace = p.seen.trace()
			matches, err = e.patterns.Trace(ctx, l.text, l.decoded(), nil, trace)
			found.hits = append(found.hits, e.matched(p, l, matches, trace).hits...) // not its words: people do not encode what they write
		}
	}
	for _, at := range wide {
		if err != nil {
			break
		}
		inner := p
		inner.body, _ = wideText(p.body[at.Start:at.End])
		inner.seen = p.seen.inside(at.Start, at.End)
		var more findings
		more, err = e.match(ctx, inner)
		for _, h := range more.hits {
			h.start, h.end, h.decoded = at.Start, at.End, true
			found.hits = append(found.hits, h)
		}
	}
	return found, err
}

// matched makes findings of the matches in one layer, and in a decoded one, of those that
// have decoded text in them.
func (e *engine) matched(p piece, l *layer, matches []multipattern.Match, trace *multipattern.Trace) (out findings) {
	p.seen.layer(e, l, trace)
	if len(matches) == 0 {
		return findings{}
	}
	var places []int // where in the body the match of each hit begins
	var known judgements
	for _, m := range matches {
		if r := e.rules[m.Pattern]; r.regex == nil {
			m.Pattern -= e.words
			out.words = append(out.words, m)
			continue
		}
		h, why := e.hit(e.rules[m.Pattern], m.Span, p, l, &known)
		if h.fate = p.seen.match(m, h, why); why.check == "" {
			out.hits = append(out.hits, h)
			places = append(places, l.original(m.Start, m.End).Start)
		} else if name := why.check.suppresses(); name != "" {
			p.suppressed.Add(name)
		}
	}
	out.hits = combine(out.hits, places, l.text, p.body)
	return out
}

// hit makes a hit of a match, and says why the rule does not want it, if so.
func (e *engine) hit(r *rule, at multipattern.Span, p piece, l *layer, known *judgements) (hit, drop) {
	if len(l.segments) > 0 && !l.touches(at.Start, at.End) {
		return hit{rule: r}, drop{check: foundBefore}
	}
	match := strings.Trim(l.text[at.Start:at.End], "\n")
	start := at.End - len(strings.TrimLeft(l.text[at.Start:at.End], "\n"))
	j := known.of(e, r, match, p)
	h := j.hit
	h.start, h.end = start+j.from, start+j.to
	if j.unwanted.check != "" {
		return h, j.unwanted
	}
	if list := h.allowedByLine(p, l.text, multipattern.Span{Start: at.Start, End: at.Start + len(match)}, known); list != nil {
		return h, drop{check: allowed, list: list}
	}
	if r.spec.ID == connectionRule || r.spec.ID == "crypt-hash" {
		h.near, j.standsFor = known.besides(h, lineAround(l.text, h.start, h.end))
	}
	if j.standsFor.check != "" {
		return h, j.standsFor
	}
	if len(l.segments) > 0 {
		h.decoded = true
		place := l.original(h.start, h.end)
		h.start, h.end = place.Start, place.End
	}
	return h, drop{}
}

// unwanted says why the rule does not want a match, by itself.
func (e *engine) unwanted(h hit, p piece) drop {
	r := h.rule
	if h.secret == "" {
		return drop{check: noSecret}
	}
	if r.spec.Entropy != 0 {
		if bits := entropy(h.secret); bits <= r.spec.Entropy {
			return drop{check: lowEntropy, bits: bits}
		}
	}
	if !r.wantsPath(p) {
		return drop{check: otherFile}
	}
	if list := pathAllowed(r.allow, p); list != nil {
		return drop{check: allowed, list: list}
	}
	for _, lists := range [][]*allowlist{e.global, r.allow} {
		for _, a := range lists {
			target := h.secret
			if a.RegexTarget == "match" {
				target = h.match
			}
			if allows(a, target, h.secret, p) {
				return drop{check: allowed, list: a}
			}
		}
	}
	return drop{}
}

// wantsPath reports whether the rule is for files of this name or path.
func (r *rule) wantsPath(p piece) bool {
	return r.path == nil || r.path.MatchString(p.name) || p.path != "" && r.path.MatchString(p.path)
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

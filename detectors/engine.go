package detectors

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rs/zerolog"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"
	"github.com/zricethezav/gitleaks/v8/logging"
	"github.com/zricethezav/gitleaks/v8/report"
	"github.com/zricethezav/gitleaks/v8/sources"
)

// matcher finds what the rules match in a piece of text of bounded size. This
// file is the only place that runs gitleaks' detector; whatever replaces it
// implements matcher.
type matcher interface {
	// match returns the hits in no particular order. It may be called from many
	// goroutines. It looks at ctx now and then; after ctx has ended, what it
	// returns may not be all.
	match(ctx context.Context, p piece) []hit
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
	part       bool // of a longer secret that another rule found: see resolve
}

// decodeDepth is how often encodings within encodings are undone: base64, hex,
// percent and \u escapes. A Kubernetes secret in a base64 attachment of a script
// needs two.
const decodeDepth = 2

// gitleaks is the detector of that project, with what it keeps in globals left alone.
type gitleaks struct {
	// decoding undoes encodings, plain does not: for texts that have none.
	decoding, plain *detect.Detector
	rules           []*rule
}

// silenceOnce guards the one global of gitleaks that must be set: its logger,
// which goes to standard error and at its finer levels prints secrets. Plain
// assignments of two [New] at once would be a data race.
var silenceOnce sync.Once

// newEngine gives the rules to gitleaks. There they go by a number: with their
// own ids, gitleaks would compare every finding of a rule called "generic" with
// all others, which takes minutes for a hostile text; resolve does it in order
// of place. Allowlists that look at whole lines stay with us too: a line of a
// mail can be half a megabyte, and is read once for each match.
func newEngine(rules []*rule, global []*config.Allowlist) *gitleaks {
	silenceOnce.Do(func() { logging.Logger = zerolog.Nop() })
	cfg := config.Config{Rules: map[string]config.Rule{}, Keywords: map[string]struct{}{}, Allowlists: global}
	keys := map[string]string{}
	for i, r := range rules {
		keys[r.spec.ID] = strconv.Itoa(i)
	}
	for i, r := range rules {
		if r.regex == nil {
			continue // looks at file names only: see names.go
		}
		out := config.Rule{
			RuleID: strconv.Itoa(i), Regex: r.regex, Path: r.path, SecretGroup: r.spec.SecretGroup,
			Entropy: r.spec.Entropy, Allowlists: r.allow, SkipReport: r.spec.SkipReport,
		}
		for _, k := range r.spec.Keywords {
			out.Keywords = append(out.Keywords, strings.ToLower(k))
			cfg.Keywords[strings.ToLower(k)] = struct{}{}
		}
		for _, q := range r.spec.Required {
			out.RequiredRules = append(out.RequiredRules, &config.Required{
				RuleID: keys[q.ID], WithinLines: q.WithinLines, WithinColumns: q.WithinColumns,
			})
		}
		cfg.Rules[out.RuleID] = out
	}
	g := &gitleaks{decoding: detect.NewDetector(cfg), plain: detect.NewDetector(cfg), rules: rules}
	g.decoding.MaxDecodeDepth = decodeDepth
	// The sender of a mail must not be able to hide a line.
	g.decoding.IgnoreGitleaksAllow, g.plain.IgnoreGitleaksAllow = true, true
	return g
}

func (g *gitleaks) match(ctx context.Context, p piece) []hit {
	detector := g.plain
	if mayDecode(p.body) {
		detector = g.decoding
	}
	// gitleaks asks of a path whether either of the two spellings matches: the
	// first is the file's name, the second where it is in the mail.
	found := detector.DetectContext(ctx, detect.Fragment(sources.Fragment{
		Raw: p.body, FilePath: p.name, WindowsFilePath: p.path,
	}))
	if len(found) == 0 {
		return nil
	}
	ends := lineEnds(p.body)
	hits := make([]hit, 0, len(found))
	for _, f := range found {
		i, err := strconv.Atoi(f.RuleID)
		if err != nil || f.StartLine > len(ends) {
			continue
		}
		if h := newHit(g.rules[i], f, p.body, ends); h.secret != "" && !h.allowedByLine(p) {
			hits = append(hits, h)
		}
	}
	return hits
}

// matchWide finds what is in base64 of UTF-16 text.
func matchWide(ctx context.Context, m matcher, p piece) (hits []hit) {
	for from, to := range runs(p.body) {
		text, ok := wideText(p.body[from:to])
		if !ok || ctx.Err() != nil {
			continue
		}
		inner := p
		inner.body = text
		for _, h := range m.match(ctx, inner) {
			h.start, h.end, h.decoded = from, to, true
			hits = append(hits, h)
		}
	}
	return hits
}

// newHit finds the place of a finding. gitleaks tells lines from 0, and columns
// from 1 on the first line and from 2 on the others; Line and Match may or may
// not have lost a line end.
func newHit(r *rule, f report.Finding, body string, ends []int) hit {
	start := f.StartColumn - 1
	if f.StartLine > 0 {
		start += ends[f.StartLine-1]
	}
	// A copy: all that is told of the finding is cut out of it, and a slice of the
	// text would keep the whole text in memory.
	match := strings.Clone(f.Match)
	from, to, shape := r.secretIn(match)
	to = r.withoutFullStop(match, from, to)
	h := hit{rule: r, match: match, secret: match[from:to], shape: shape}
	// We set no tags on rules, so these are of this finding alone: what was decoded.
	h.decoded = slices.ContainsFunc(f.Tags, func(t string) bool { return strings.HasPrefix(t, "decode") })
	if h.decoded {
		h.start, h.end = encodedPlace(body, min(max(start, 0), len(body)), h.secret)
		return h
	}
	for start < len(body) && body[start] == '\n' && !strings.HasPrefix(match, "\n") {
		start++
	}
	h.start, h.end = start+from, start+to
	return h
}

// secretIn is the place of the secret in a match, by the group that gitleaks
// takes, and that group's shape.
func (r *rule) secretIn(match string) (from, to int, s shape) {
	groups := r.regex.FindStringSubmatchIndex(match)
	for i := 1; 2*i+1 < len(groups); i++ {
		from, to := groups[2*i], groups[2*i+1]
		if i == r.group && from >= 0 || r.group == 0 && from >= 0 && to > from {
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

func lineEnds(body string) []int {
	var ends []int
	for i := 0; ; {
		n := strings.IndexByte(body[i:], '\n')
		if n < 0 {
			return ends
		}
		ends = append(ends, i+n)
		i += n + 1
	}
}

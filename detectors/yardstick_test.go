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
	"github.com/zricethezav/gitleaks/v8/regexp"
	"github.com/zricethezav/gitleaks/v8/report"
	"github.com/zricethezav/gitleaks/v8/sources"
)

// yardstick is gitleaks' own detector with our rules: what the engine must find.
type yardstick struct {
	*detect.Detector
	rules []*rule
}

// silence guards the logger of gitleaks, which prints secrets.
var silence = sync.OnceFunc(func() { logging.Logger = zerolog.Nop() })

// newYardstick gives the rules to gitleaks. There they go by a number: with their
// own ids, gitleaks would compare every finding of a rule called "generic" with
// all others; resolve does it in order of place.
func newYardstick(rules []*rule, global []*allowlist) *yardstick {
	cfg := config.Config{Rules: map[string]config.Rule{}, Keywords: map[string]struct{}{}, Allowlists: theirs(global)}
	keys := map[string]string{}
	for i, r := range rules {
		keys[r.spec.ID] = strconv.Itoa(i)
	}
	for i, r := range rules {
		if r.regex == nil {
			continue // looks at file names only: see names.go
		}
		out := config.Rule{
			RuleID: strconv.Itoa(i), Regex: r.onlySecret(), SecretGroup: r.spec.SecretGroup,
			Entropy: r.spec.Entropy, Allowlists: theirs(slices.Concat(r.allow, r.byLine)), SkipReport: r.spec.SkipReport,
		}
		if r.path != nil {
			out.Path = r.path.Regexp
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
	return measure(cfg, rules)
}

// theirs are the lists as gitleaks takes them.
func theirs(lists []*allowlist) (all []*config.Allowlist) {
	for _, a := range lists {
		all = append(all, a.Allowlist)
	}
	return all
}

// measure makes a yardstick of a configuration in which rules go by their number.
func measure(cfg config.Config, rules []*rule) *yardstick {
	silence()
	d := detect.NewDetector(cfg)
	d.MaxDecodeDepth = decodeDepth
	d.IgnoreGitleaksAllow = true
	return &yardstick{d, rules}
}

func (g *yardstick) match(ctx context.Context, p piece) []hit {
	// gitleaks asks of a path whether either of the two spellings matches: the
	// first is the file's name, the second where it is in the mail.
	found := g.DetectContext(ctx, detect.Fragment(sources.Fragment{
		Raw: p.body, FilePath: p.name, WindowsFilePath: p.path,
	}))
	if len(found) == 0 {
		return nil
	}
	ends := lineEnds(p.body)
	hits := make([]hit, 0, len(found))
	for _, f := range found {
		i, err := strconv.Atoi(f.RuleID)
		if err != nil {
			panic(err) // cannot happen: the rules go by their number
		}
		if g.rules[i].regex == nil {
			continue
		}
		h := newHit(g.rules[i], f, p.body, ends)
		if g.rules[i].spec.ID == connectionRule && !h.decoded {
			h.near = lineAround(p.body, h.start, h.end)
		}
		// Of what was decoded, gitleaks does not tell the line: see less.
		if h.secret != "" && (h.standsFor().check == "" || h.decoded && g.rules[i].spec.ID == connectionRule) {
			hits = append(hits, h)
		}
	}
	return hits
}

// onlySecret is the pattern without the groups that hold details: gitleaks takes the
// first group for the secret.
func (r *rule) onlySecret() *regexp.Regexp {
	pattern := r.regex.String()
	for _, name := range r.details {
		pattern = strings.ReplaceAll(pattern, "(?P<"+name+">", "(?:")
	}
	return regexp.MustCompile(pattern)
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
		return h // of what was decoded, gitleaks does not tell the place
	}
	for start < len(body) && body[start] == '\n' && !strings.HasPrefix(match, "\n") {
		start++
	}
	h.start, h.end = start+from, start+to
	return h
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

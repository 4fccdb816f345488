package detectors

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/zricethezav/gitleaks/v8/detect"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// Contrasting holds what the whole of the package finds against gitleaks' DetectString
// with its default configuration, and gives each difference the name of the one in
// differences() that it is.
type Contrasting struct {
	set      *Set
	pristine *engine // with gitleaks' rules as they are
	rules    map[string]*rule
	theirs   *detect.Detector
	// Same counts what both find; Meant, by their names, what one finds.
	Same  int
	Meant map[string]int
}

// NewContrasting compiles both.
func NewContrasting(t testing.TB) *Contrasting {
	t.Helper()
	p := NewPristine(t)
	c := &Contrasting{set: newSet(t), pristine: p.engine, rules: map[string]*rule{}, theirs: Fresh(t), Meant: map[string]int{}}
	for _, r := range p.engine.rules {
		c.rules[r.spec.ID] = r
	}
	return c
}

// sighting is what is found in a text, in each way.
type sighting struct {
	*Contrasting
	body       string
	hits, kept []hit // ours, before and after one is chosen of several at one place
	single     []hit // before halves of one credential were put together
	told       []told
	unmended   []hit // with gitleaks' rules as they are
	theirs     []hit // that DetectString finds
}

// Differ fails the test where a difference has no name.
func (c *Contrasting) Differ(t testing.TB, body string) {
	t.Helper()
	found, err := c.set.Detect(t.Context(), sweeper.Mail{Texts: []decode.Text{{Body: body}}})
	if err != nil {
		t.Fatal(err)
	}
	findings := c.theirs.DetectString(body)
	if len(found)+len(findings) == 0 {
		return
	}
	s := &sighting{Contrasting: c, body: body}
	p := piece{body: body}
	matched, _ := c.set.engine.match(t.Context(), p)
	s.hits = matched.hits
	if s.told, err = c.set.passwords.read(t.Context(), p, matched.words); err != nil {
		t.Fatal(err)
	}
	s.kept, s.told = settleTold(resolve(context.Background(), slices.Clone(s.hits)), s.told)
	s.single = slices.Clone(s.kept)
	s.kept = pair(context.Background(), s.kept, body)
	unmended, _ := c.pristine.match(t.Context(), p)
	s.unmended = unmended.hits
	ends := lineEnds(body)
	exact := map[string]int{}
	for _, f := range findings {
		h := newHit(c.rules[f.RuleID], f, body, ends)
		s.theirs = append(s.theirs, h)
		exact[f.RuleID+" "+f.Secret]++
	}
	var extra []int
	lines := &lineCounter{body: body}
	for i, h := range s.kept {
		cand := newCandidate(h, decode.Text{Body: body}, lines)
		if key := cand.Rule + " " + cand.Secret.Reveal(); exact[key] > 0 {
			exact[key]--
			c.Same++
		} else {
			extra = append(extra, i)
		}
	}
	if len(found) != len(s.kept)+len(s.told) {
		t.Errorf("%d candidates of %d hits and %d told in %.3000q", len(found), len(s.kept), len(s.told), body)
	}
	c.Meant[ownRule] += len(s.told)
	for i, f := range findings {
		if key := f.RuleID + " " + f.Secret; exact[key] > 0 {
			exact[key]--
			c.note(t, s.whyNotOurs(s.theirs[i], f.Secret), "only gitleaks finds "+key, body)
		}
	}
	for _, i := range extra {
		c.note(t, s.whyNotTheirs(s.kept[i]), "only we find "+s.kept[i].String(), body)
	}
}

func (c *Contrasting) note(t testing.TB, name, what, body string) {
	t.Helper()
	if !slices.ContainsFunc(differences(), func(d contrast) bool { return d.name == name }) {
		t.Errorf("%.600s in %.3000q", what, body)
	}
	c.Meant[name]++
}

// at gives the hits of h's rule that overlap it.
func (h hit) at(all []hit) (out []hit) {
	for _, o := range all {
		if o.rule.spec.ID == h.rule.spec.ID && o.start < h.end && h.start < o.end {
			out = append(out, o)
		}
	}
	return out
}

// whyNotOurs explains what gitleaks finds and we do not.
func (s *sighting) whyNotOurs(h hit, secret string) string {
	raw, kept := h.at(s.hits), h.at(s.kept)
	switch {
	case len(raw) == 0:
		return ""
	case len(kept) == 0 && h.rule.generic && slices.ContainsFunc(s.told, func(t told) bool { return t.Start < h.end && h.start < t.End }):
		return asTold
	case len(kept) == 0 && len(h.at(s.single)) > 0:
		return halves
	case len(kept) == 0:
		return givesWay
	}
	return s.otherSecret(h, kept[0], secret)
}

// otherSecret explains two secrets of one rule at one place.
func (s *sighting) otherSecret(theirs, ours hit, secret string) string {
	switch id := theirs.rule.spec.ID; {
	case slices.Contains([]string{"microsoft-teams-webhook", "jwt-base64", "aws-amazon-bedrock-api-key-short-lived"}, id):
		return wholeSecret
	case slices.Contains([]string{"private-key", "curl-auth-header", "curl-auth-user", "sidekiq-sensitive-url", "hashicorp-tf-password", "kubernetes-secret-yaml"}, id):
		return outOfFrame
	case ours.decoded:
		return decoding
	case ours.start == theirs.start && ours.secret == strings.TrimRight(secret, "."):
		return fullStop
	case ours.secret != secret && theirs.rule.regex.String() != ours.rule.regex.String():
		return wideEndings
	}
	return ""
}

// whyNotTheirs explains what we find and gitleaks does not.
func (s *sighting) whyNotTheirs(h hit) string {
	r := s.rules[h.rule.spec.ID]
	switch {
	case r == nil:
		return ownRule
	case h.isWide(s.body):
		return wideDecoding
	case h.decoded:
		return decoding
	}
	for _, f := range h.at(s.theirs) {
		return s.otherSecret(f, h, f.secret)
	}
	if len(h.at(s.unmended)) > 0 {
		switch line := s.matchLines(h); {
		case strings.Contains(line, "gitleaks:allow"):
			return allowComment
		case h.rule.generic && s.givesWayOnLine(h):
			return samePlace
		case r.hiddenByLine(s.body, h):
			return lines
		}
		return ""
	}
	match, from, ok := r.matchAt(s.body, h)
	widened := r.regex.String() != h.rule.regex.String()
	if !ok && widened {
		return wideEndings // the pattern as it was does not match here
	}
	to, end, _ := r.secretIn(match)
	begins := h.start - strings.Index(h.match, h.secret)
	if secret := match[to:end]; secret == h.secret || from != begins {
		for _, a := range slices.Concat(s.pristine.global, r.allow) {
			target := secret
			if a.RegexTarget == "match" {
				target = match
			}
			if allows(a, target, secret, piece{}) {
				return mendedAllow
			}
		}
		if widened && from > begins {
			return wideEndings // the pattern as it was finds no end, and matches behind it
		}
		return ""
	}
	if widened {
		return wideEndings // it matches more, or less, which has another entropy or a stop word
	}
	return ""
}

// matchAt is what the rule's pattern matches over a hit.
func (r *rule) matchAt(body string, h hit) (match string, from int, ok bool) {
	for _, at := range r.regex.FindAllStringIndex(body, -1) {
		if at[0] < h.end && h.start < at[1] {
			return body[at[0]:at[1]], at[0], true
		}
	}
	return "", 0, false
}

// matchLines are the lines that a match is on, as gitleaks sees them.
func (s *sighting) matchLines(h hit) string {
	begin := max(0, h.start-max(0, strings.Index(h.match, h.secret)))
	if !strings.Contains(s.body[begin:], "\n") {
		return s.body // see wholeLine
	}
	h.start = begin
	return wholeLine(s.body, h)
}

// givesWayOnLine reports whether gitleaks drops a generic hit for another on its line
// (detect.filter).
func (s *sighting) givesWayOnLine(h hit) bool {
	return slices.ContainsFunc(s.unmended, func(o hit) bool {
		return !o.rule.generic && strings.Contains(o.secret, h.secret)
	})
}

func (r *rule) hiddenByLine(body string, h hit) bool {
	for _, a := range r.byLine {
		if allows(a, wholeLine(body, h), h.secret, piece{}) || !strings.Contains(body[h.start:], "\n") && allows(a, body, h.secret, piece{}) {
			return true
		}
	}
	return false
}

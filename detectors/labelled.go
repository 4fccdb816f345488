package detectors

import (
	"context"
	"slices"
	"sort"
	"strings"

	"mailsweep/decode"
	"mailsweep/detectors/credentials"
	"mailsweep/detectors/multipattern"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

// labelledPassword is the rule of what package credentials reads: people's passwords,
// which have no form of their own.
const labelledPassword = "labelled-password"

// passwords finds what people write about passwords.
type passwords struct {
	rule   *rule
	global []*allowlist
}

// told is a password with what was written about it.
type told struct{ credentials.Found }

// read reads one text at the words that the engine found. Its error is ctx's; what it
// had read comes with it.
func (d *passwords) read(ctx context.Context, p piece, words []multipattern.Match) ([]told, error) {
	if pathAllowed(d.rule.allow, p) != nil {
		return nil, ctx.Err()
	}
	all, err := credentials.Read(ctx, p.body, words, p.suppressed)
	return d.wanted(all, p), err
}

// wanted leaves out what an allowlist passes over.
func (d *passwords) wanted(all []credentials.Found, p piece) (kept []told) {
	var known judgements
	for _, f := range all {
		h := hit{rule: d.rule, start: f.Start, end: f.End, secret: f.Value}
		allowed := h.allowedByLine(p, p.body, multipattern.Span{Start: f.Start, End: f.End}, &known) != nil
		for _, a := range slices.Concat(d.global, d.rule.allow) {
			allowed = allowed || allows(a, f.Value, f.Value, p)
		}
		if !allowed {
			kept = append(kept, told{f})
		}
	}
	return kept
}

// under reads a body under its subject, when the body itself tells nothing.
func (d *passwords) under(ctx context.Context, m sweeper.Mail, i int) ([]told, error) {
	t := m.Texts[i]
	for _, subject := range m.Texts[:i] {
		if subject.View != decode.Head || !strings.HasSuffix(subject.Path, "subject") {
			continue
		}
		all, err := credentials.ReadUnder(ctx, subject.Body, t.Body)
		return d.wanted(all, piece{body: t.Body, name: t.Name, path: t.Path}), err
	}
	return nil, ctx.Err()
}

// settleTold leaves one of a rule's hit and a told password at the same place: what a
// rule knows by its form is that, and a generic one knows less than what is told.
func settleTold(hits []hit, all []told) ([]hit, []told) {
	if len(hits) == 0 || len(all) == 0 {
		return hits, all
	}
	var known, at reach
	for _, h := range hits {
		if !h.rule.generic {
			known.add(h.start, h.end)
		}
	}
	all = slices.DeleteFunc(all, func(t told) bool { return known.touches(t.Start, t.End) })
	sure := slices.DeleteFunc(slices.Clone(all), func(t told) bool { return !t.Sure })
	slices.SortFunc(sure, func(a, b told) int { return a.Start - b.Start })
	for _, t := range sure {
		at.add(t.Start, t.End)
	}
	hits = slices.DeleteFunc(hits, func(h hit) bool { return h.rule.generic && !h.decoded && at.touches(h.start, h.end) })
	var left reach
	for _, h := range hits {
		left.add(h.start, h.end)
	}
	all = slices.DeleteFunc(all, func(t told) bool { return left.touches(t.Start, t.End) })
	return hits, all
}

// reach are places in the order of their beginnings, each with the furthest end up to it.
type reach struct{ starts, ends []int }

func (r *reach) add(start, end int) {
	if n := len(r.ends); n > 0 {
		end = max(end, r.ends[n-1])
	}
	r.starts, r.ends = append(r.starts, start), append(r.ends, end)
}

// touches reports whether one of the places has text in common with a piece: of those that
// begin before its end, the furthest end is behind its beginning.
func (r *reach) touches(start, end int) bool {
	n := sort.SearchInts(r.starts, end)
	return n > 0 && r.ends[n-1] > start
}

// candidate makes what the pipeline wants of it. Nothing in it is a slice of the text.
func (t told) candidate(in decode.Text, lines *lineCounter) sweeper.Candidate {
	value := strings.Clone(t.Value)
	details := map[string]string{}
	if t.User != "" {
		details["user"] = strings.Clone(t.User)
	}
	if t.Host != "" {
		details["host"] = strings.Clone(t.Host)
	}
	c := sweeper.Candidate{
		Rule: labelledPassword, Kind: sweeper.Password, Secret: secret.New(value),
		Path: in.Path, View: in.View, Line: lines.at(t.Start), Details: t.open(details),
		Confidence: sweeper.Review, Reason: t.Reason,
	}
	if t.Sure {
		c.Confidence = sweeper.Likely
	}
	return c
}

// open leaves out details that tell the password. Where the account is the password,
// the account is not told.
func (t told) open(details map[string]string) map[string]string {
	return openDetails(details, t.Value)
}

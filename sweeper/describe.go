package sweeper

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"mailsweep/decode"
	"mailsweep/secret"
)

// A mail of nothing but tokens must not cost gigabytes: each finding repeats what
// the mail says of itself.
const (
	maxFindings = 1000
	// maxWords are the bytes kept of a subject, a sender, an id, a part's path;
	// RFC 5322 has lines of 998.
	maxWords = 2000
	// maxPeople are the bytes kept of all recipients in To, and of those in Cc.
	maxPeople = 16 << 10
)

// describe turns candidates into findings. From here on there is no secret: what
// was matched is masked in everything that the mail says of itself, by findings
// that are not kept too.
func (s *Sweeper) describe(r *MessageResult, h decode.Header, candidates []Candidate, d decode.Result) {
	w := newWords(candidates)
	r.Parts, r.Bytes = d.Parts, d.Bytes
	r.Ref.ID, r.Ref.Mailbox, r.Ref.Folder = w.masked(r.Ref.ID), w.masked(r.Ref.Mailbox), w.masked(r.Ref.Folder)
	r.Ref.InternetMessageID, r.Ref.Thread = w.kept(r.Ref.InternetMessageID), w.kept(r.Ref.Thread)
	r.Envelope = Envelope{
		Subject: w.kept(h.Subject), From: w.kept(h.From),
		To: w.people(h.To), Cc: w.people(h.Cc), Received: h.Received,
		Authentication: decode.Authentication{By: w.kept(h.Authentication.By), Author: w.kept(h.Authentication.Author)},
	}
	marks := s.marks(d.Texts, candidates)
	seen := make(map[[4]string]bool, len(candidates))
	for _, c := range candidates {
		f := s.finding(c, r, w)
		f.Marks = marks[spot{c.Path, c.View, c.Line}]
		key := [4]string{f.Rule, f.Part, fmt.Sprint(f.Line), f.Fingerprint}
		if !seen[key] {
			seen[key] = true
			r.Findings = append(r.Findings, f)
		}
	}
	if n := len(r.Findings); n > maxFindings {
		r.Findings = surest(r.Findings, maxFindings)
		d.Skips = append(d.Skips, decode.Skip{Reason: decode.TooMany, Detail: fmt.Sprintf("%d findings, of which the surest %d are kept", n, maxFindings)})
	}
	for _, skip := range d.Skips {
		skip.Path, skip.Detail = w.kept(skip.Path), w.kept(skip.Detail)
		r.Skips = append(r.Skips, Skip{Ref: r.Ref, Skip: skip})
	}
}

func (s *Sweeper) finding(c Candidate, r *MessageResult, w *words) Finding {
	f := Finding{
		Rule: c.Rule, Kind: c.Kind, Confidence: c.Confidence, Reason: w.kept(c.Reason),
		Fingerprint: s.Key.Fingerprint(c.Secret), Preview: secret.Preview(c.Secret, c.Prefix),
		Ref: r.Ref, Envelope: r.Envelope,
		Part: w.kept(c.Path), Line: max(c.Line, 1),
	}
	if len(c.Details) > 0 {
		f.Details = make(map[string]string, len(c.Details))
		for k, v := range c.Details {
			f.Details[k] = w.kept(v)
		}
	}
	var why string
	if f.Severity, why = SeverityOf(c.Kind, c.Confidence, c.Details, s.started); why != "" {
		f.Reason += "; " + why
	}
	f.Exposure = ExposureID(f)
	return f
}

// surest are the n findings of the highest confidence, in the order they had.
func surest(all []Finding, n int) []Finding {
	places := make([]int, len(all))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return int(all[b].Confidence - all[a].Confidence) })
	places = places[:n]
	slices.Sort(places)
	list := make([]Finding, n)
	for i, p := range places {
		list[i] = all[p]
	}
	return list
}

// words makes what a mail says of itself fit to keep: masked first, then cut, so
// that no half of a secret is left at the cut.
type words struct {
	mask secret.Masker
	last [2]string // a long text and what was kept of it: a part's path comes many times
}

func newWords(candidates []Candidate) *words {
	var head, all []secret.Value
	for _, c := range candidates {
		if c.View == decode.Head { // a header or a file name: masked however short
			head = append(head, c.Secret, c.Seen)
		}
		all = append(all, c.Secret, c.Seen)
	}
	return &words{mask: secret.NewMasker(head, all)}
}

// masked is a copy: a slice of the mail would keep all of it in memory.
func (w *words) masked(s string) string { return strings.Clone(w.mask.Mask(s)) }

func (w *words) kept(s string) string {
	if s == "" {
		return ""
	}
	if len(s) > maxWords && s == w.last[0] {
		return w.last[1]
	}
	short := w.mask.Mask(s)
	if len(short) > maxWords {
		end := maxWords
		for end > maxWords-utf8.UTFMax && !utf8.RuneStart(short[end]) {
			end--
		}
		short = short[:end] + "…[cut]"
	}
	short = strings.Clone(short)
	if len(s) > maxWords {
		w.last = [2]string{s, short}
	}
	return short
}

// people are as many of list as are kept, the last one saying how many more there were.
func (w *words) people(list []string) []string {
	out := make([]string, 0, len(list))
	size := 0
	for i, s := range list {
		s = w.kept(s)
		if size += len(s); size > maxPeople && i > 0 {
			return append(out, fmt.Sprintf("[%d more, not kept]", len(list)-i))
		}
		out = append(out, s)
	}
	return out
}

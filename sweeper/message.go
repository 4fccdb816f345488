package sweeper

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mailsweep/decode"
	"mailsweep/secret"
)

// message searches one message. A zero result means that it is outside the
// window. An error means that the folder cannot be finished now.
func (w *work) message(ctx context.Context, m Message) (r MessageResult, err error) {
	defer func() {
		// A detector or decoder that panics must not lose the other mail of the
		// night, nor print a stack in which a secret could stand.
		if p := recover(); p != nil {
			w.Log.Error("a decoder or detector broke on a message; see its skip", "panic", fmt.Sprintf("%T", p))
			r, err = w.unread(ctx, m.Ref, decode.Skip{Reason: decode.Damaged, Detail: "internal error while reading it"})
		}
	}()
	if err := ctx.Err(); err != nil {
		return MessageResult{}, err
	}
	budget := decode.NewBudget(w.Limits, sizeOf(m))
	mail, err := m.Open(ctx, budget)
	var skip *Skip
	if errors.As(err, &skip) {
		return w.unread(ctx, m.Ref, skip.Skip)
	}
	if err != nil {
		return MessageResult{}, fmt.Errorf("read %s: %w", m.Ref.ID, err)
	}
	if !w.Window.Contains(mail.Header.Received) {
		w.Progress.Outside.Add(1)
		return MessageResult{}, nil
	}
	if r, err = w.Search(ctx, m.Ref, mail, budget); err != nil {
		return MessageResult{}, fmt.Errorf("search %s: %w", m.Ref.ID, err)
	}
	w.Progress.Messages.Add(1)
	w.Progress.Bytes.Add(max(m.Size, 0))
	return r, nil
}

// unread is the result of a message that could not be searched at all.
func (w *work) unread(ctx context.Context, ref Ref, skip decode.Skip) (MessageResult, error) {
	ref, err := w.maskRef(ctx, ref)
	return MessageResult{Ref: ref, Skips: []Skip{{Ref: ref, Skip: skip}}}, err
}

// Search searches one mail and stores nothing. It needs only Detector, Key and
// Limits. What the budget cut off is a Skip in the result; an error means that
// ctx ended or a part could not be read now.
func (s *Sweeper) Search(ctx context.Context, ref Ref, mail decode.Mail, b *decode.Budget) (MessageResult, error) {
	r := MessageResult{Ref: ref}
	if r.Ref.InternetMessageID == "" {
		r.Ref.InternetMessageID = mail.Header.InternetMessageID
	}
	if r.Ref.Thread == "" {
		r.Ref.Thread = mail.Header.Thread
	}
	d, err := decode.Decode(ctx, mail, b)
	if err != nil {
		return r, err
	}
	candidates, late, err := s.detect(ctx, Mail{Ref: r.Ref, Header: mail.Header, Texts: d.Texts, Files: d.Files})
	if err != nil {
		return r, err
	}
	if late {
		d.Skips = append(d.Skips, decode.Skip{Reason: decode.TimeLimit, Detail: "the detectors did not finish"})
	}
	if len(candidates)+len(d.Skips) > 0 { // else nothing is told of it
		if r.Ref, err = s.maskRef(ctx, r.Ref); err != nil {
			return r, err
		}
	}
	s.describe(&r, mail.Header, candidates, d)
	return r, nil
}

func sizeOf(m Message) int64 {
	if m.Size <= 0 {
		return -1
	}
	return m.Size
}

// detect gives the detectors as much time as the decoders had. late says that it
// was not enough; what was found until then is kept.
func (s *Sweeper) detect(ctx context.Context, m Mail) (found []Candidate, late bool, err error) {
	dctx := ctx
	if s.Limits.Time > 0 {
		var cancel context.CancelFunc
		dctx, cancel = context.WithTimeout(ctx, s.Limits.Time)
		defer cancel()
	}
	found, err = s.Detector.Detect(dctx, m)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return found, true, nil
	}
	return found, false, err
}

// describe turns candidates into findings. From here on there is no secret: what
// was matched is masked in everything that the mail says of itself.
func (s *Sweeper) describe(r *MessageResult, h decode.Header, candidates []Candidate, d decode.Result) {
	if len(candidates) > maxFindings {
		candidates = candidates[:maxFindings]
		d.Skips = append(d.Skips, decode.Skip{Reason: decode.TooMany, Detail: "more findings than are kept of one mail"})
	}
	h.Subject, h.From = cut(h.Subject), cut(h.From)
	m := newMask(candidates)
	r.Parts, r.Bytes = d.Parts, d.Bytes
	r.Ref.ID, r.Ref.Mailbox, r.Ref.Folder = m.clean(r.Ref.ID), m.clean(r.Ref.Mailbox), m.clean(r.Ref.Folder)
	r.Ref.InternetMessageID, r.Ref.Thread = m.clean(r.Ref.InternetMessageID), m.clean(r.Ref.Thread)
	r.Envelope = Envelope{
		Subject: m.clean(h.Subject), From: m.clean(h.From),
		To: m.cleanAll(h.To), Cc: m.cleanAll(h.Cc), Received: h.Received,
	}
	seen := make(map[[4]string]bool, len(candidates))
	for _, c := range candidates {
		f := Finding{
			Rule: c.Rule, Kind: c.Kind, Confidence: c.Confidence, Reason: m.clean(c.Reason),
			Fingerprint: s.Key.Fingerprint(c.Secret), Preview: secret.Preview(c.Secret, c.Prefix),
			Severity: SeverityOf(c.Kind, c.Confidence), Ref: r.Ref, Envelope: r.Envelope,
			Part: m.clean(c.Path), Line: max(c.Line, 1),
		}
		if len(c.Details) > 0 {
			f.Details = make(map[string]string, len(c.Details))
			for k, v := range c.Details {
				f.Details[k] = m.clean(v)
			}
		}
		f.Exposure = ExposureID(f)
		key := [4]string{f.Rule, f.Part, fmt.Sprint(f.Line), f.Fingerprint}
		if !seen[key] {
			seen[key] = true
			r.Findings = append(r.Findings, f)
		}
	}
	for _, skip := range d.Skips {
		skip.Path, skip.Detail = m.clean(skip.Path), m.clean(skip.Detail)
		r.Skips = append(r.Skips, Skip{Ref: r.Ref, Skip: skip})
	}
}

// A mail of nothing but tokens must not cost gigabytes: each finding repeats what
// the mail says of itself.
const (
	maxFindings = 1000
	maxWords    = 2000 // bytes kept of a subject or a sender; RFC 5322 has lines of 998
)

func cut(s string) string {
	if len(s) <= maxWords {
		return s
	}
	return "[cut: too long to keep]"
}

// mask removes from words about a mail what was matched in the mail.
type mask struct {
	head []secret.Value // matched in a header or a file name: masked however short
	all  []secret.Value
}

func newMask(candidates []Candidate) mask {
	var m mask
	for _, c := range candidates {
		seen := []secret.Value{c.Secret, c.Seen}
		if c.View == decode.Head {
			m.head = append(m.head, seen...)
		}
		m.all = append(m.all, seen...)
	}
	return m
}

func (m mask) clean(s string) string {
	if s == "" || len(m.all) == 0 {
		return s
	}
	return secret.Mask(secret.MaskAll(strings.Clone(s), m.head...), m.all...)
}

func (m mask) cleanAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = m.clean(s)
	}
	return out
}

package sweeper

import (
	"context"
	"errors"
	"fmt"

	"mailsweep/decode"
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
	candidates, late, err := s.detect(ctx, Mail{Ref: r.Ref, Header: mail.Header, Texts: d.Texts, Files: d.Files, Suppressed: &r.Suppressed})
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

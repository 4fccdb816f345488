package notify

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Postman sends what is approved, one letter after the other. One postman works for an
// outbox at a time: what another one is sending would look like a crash.
type Postman struct {
	Policy  *Policy
	Outbox  Outbox
	Senders map[string]Sender // by the names of channels
	// Leak is an exposure with its sightings; false when it is not there any more.
	Leak func(ctx context.Context, exposure string) (l Leak, known bool, err error)
	// Pace is the time between two letters of a channel; none where it says nothing.
	Pace  map[string]time.Duration
	Actor string
	Now   func() time.Time
	// Urgent sends in quiet hours, too.
	Urgent bool
	// Tell is called with what became of each notice.
	Tell func(Delivery)

	last   map[string]time.Time // when a channel sent its last letter
	failed map[string]int       // how often in a row it could not
}

// Delivery is what became of a notice, in words.
type Delivery struct {
	Notice Notice
	Stage  Stage
	Detail string
}

const (
	// failuresInARow are after how many letters that could not be sent a channel is left
	// alone: it is the channel, not the letters.
	failuresInARow = 3
	// settleTime is how long is waited for the store and a channel to say what became of
	// a letter when the work is being stopped.
	settleTime = 30 * time.Second
)

// Send sends the approved notices with these ids; all of them when there are none. The
// error is the store's, or that of a context that has ended; what became of letters is
// told.
func (p *Postman) Send(ctx context.Context, ids []string) error {
	p.last, p.failed = map[string]time.Time{}, map[string]int{}
	var all []Notice // not sent while they are listed: sending changes the list
	for n, err := range p.Outbox.Notices(ctx, NoticeFilter{IDs: ids, Stages: []Stage{Approved}}) {
		if err != nil {
			return err
		}
		all = append(all, n)
	}
	for _, n := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.one(ctx, n); err != nil {
			return fmt.Errorf("notice %s: %w", n.ID, err)
		}
	}
	return nil
}

func (p *Postman) one(ctx context.Context, n Notice) error {
	now := p.Now()
	if until := p.Policy.Quiet.Until(now); until.After(now) && !p.Urgent {
		p.tell(n, Approved, "quiet until "+until.Format("Mon 15:04 MST"))
		return nil
	}
	sender := p.Senders[n.Channel]
	switch {
	case sender == nil:
		p.tell(n, Approved, fmt.Sprintf("the channel %q is not set up", n.Channel))
		return nil
	case p.failed[n.Channel] >= failuresInARow:
		p.tell(n, Approved, fmt.Sprintf("the channel %q could not send %d in a row: it is left alone", n.Channel, failuresInARow))
		return nil
	}
	letter, err := p.letter(ctx, n)
	if err != nil {
		return err
	}
	if len(letter.Notice.Secrets) == 0 {
		const why = "nothing in it is open any more"
		if err := p.Outbox.Cancel(ctx, n.ID, p.Actor, why); err != nil && !errors.Is(err, ErrStage) {
			return err
		}
		p.tell(n, Cancelled, why)
		return nil
	}
	if err := p.wait(ctx, n.Channel); err != nil {
		return err
	}
	started, err := p.Outbox.Start(ctx, n.ID, letter.MessageID)
	if errors.Is(err, ErrStage) { // somebody took it back, or has sent it
		return nil
	}
	if err != nil {
		return err
	}
	receipt, err := sender.Send(ctx, letter)
	p.last[n.Channel] = p.Now()
	return p.settle(ctx, started, sender, receipt, err)
}

// letter is what a notice says now: what was rotated since it was planned is not in it.
func (p *Postman) letter(ctx context.Context, n Notice) (Letter, error) {
	leaks := map[string]Leak{}
	for _, i := range n.Items {
		l, known, err := p.Leak(ctx, i.Exposure)
		if err != nil {
			return Letter{}, err
		}
		if known {
			leaks[i.Exposure] = l
		}
	}
	return p.Policy.Letter(n, p.Policy.Content(n, leaks, p.Now()))
}

// Preview is the letter that would be sent now.
func (p *Postman) Preview(ctx context.Context, n Notice) (Letter, error) { return p.letter(ctx, n) }

// wait keeps the pace of a channel.
func (p *Postman) wait(ctx context.Context, channel string) error {
	last := p.last[channel]
	if last.IsZero() {
		return nil
	}
	t := time.NewTimer(last.Add(p.Pace[channel]).Sub(p.Now()))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle writes down what became of a letter, even when the work is being stopped.
func (p *Postman) settle(ctx context.Context, n Notice, s Sender, receipt string, sendErr error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	o := Outcome{Stage: Sent, Receipt: receipt, Actor: p.Actor}
	switch {
	case sendErr == nil:
		p.failed[n.Channel] = 0
	case errors.Is(sendErr, ErrLater):
		o.Stage, o.Receipt = Approved, "not sent yet: "+sendErr.Error()
		p.failed[n.Channel]++
	case errors.Is(sendErr, ErrNotSent):
		o.Stage, o.Receipt = Failed, sendErr.Error()
		p.failed[n.Channel]++
	default:
		o = p.look(ctx, n, s, sendErr.Error())
		p.failed[n.Channel]++
	}
	return p.finish(ctx, n, o)
}

// look asks a channel whether a letter of which nobody knows went out.
func (p *Postman) look(ctx context.Context, n Notice, s Sender, why string) Outcome {
	sent, err := s.Look(ctx, n.MessageID)
	switch {
	case err != nil:
		return Outcome{Stage: Doubted, Receipt: why + "; " + err.Error(), Actor: p.Actor}
	case sent:
		return Outcome{Stage: Sent, Receipt: "found where the channel keeps what it sent, after: " + why, Actor: p.Actor}
	}
	return Outcome{Stage: Approved, Receipt: "it did not go out, after: " + why, Actor: p.Actor}
}

func (p *Postman) finish(ctx context.Context, n Notice, o Outcome) error {
	if err := p.Outbox.Finish(ctx, n.ID, o); err != nil {
		return err
	}
	p.tell(n, o.Stage, o.Receipt)
	return nil
}

func (p *Postman) tell(n Notice, s Stage, detail string) {
	if p.Tell != nil {
		p.Tell(Delivery{n, s, plain(detail)})
	}
}

// Recover settles what an earlier postman left: one that was stopped between sending a
// letter and writing it down. What the channel knows to be sent is sent; what it knows
// not to be is approved, to be sent; what nobody knows is in doubt, and a human says.
func (p *Postman) Recover(ctx context.Context) error {
	var all []Notice
	for n, err := range p.Outbox.Notices(ctx, NoticeFilter{Stages: []Stage{Sending, Doubted}}) {
		if err != nil {
			return err
		}
		all = append(all, n)
	}
	for _, n := range all {
		const stopped = "the work was stopped while it was being sent"
		o := Outcome{Stage: Doubted, Receipt: stopped + fmt.Sprintf("; the channel %q is not set up", n.Channel), Actor: p.Actor}
		if s := p.Senders[n.Channel]; s != nil {
			o = p.look(ctx, n, s, stopped)
		}
		if n.Stage == Doubted && o.Stage == Doubted { // it was told before
			continue
		}
		if err := p.finish(ctx, n, o); err != nil {
			return fmt.Errorf("notice %s: %w", n.ID, err)
		}
	}
	return nil
}

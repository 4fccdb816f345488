package notify

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Outbox keeps notices, so that nobody is told a thing twice and nobody is forgotten. A
// notice is a row before it is a mail:
//
//	planned ▸ approved ▸ sending ▸ sent
//	                        └────▸ in-doubt, failed
//
// Start commits "sending", with the Message-ID, before anything leaves; Finish commits
// the receipt. What is found in "sending" when nobody is sending is a crash between the
// two: it is looked for, or put before a human, never sent again by itself.
//
// It may be used from many goroutines and processes.
type Outbox interface {
	// Plan adds notices. An exposure that the owner was told of in the same round, or
	// is about to be, is left out of them; a notice of which nothing is left is not
	// added. It gives those that were.
	Plan(ctx context.Context, all []Notice) (added []Notice, err error)
	// Notices lists them, the oldest first.
	Notices(ctx context.Context, f NoticeFilter) iter.Seq2[Notice, error]
	// Tellings lists what owners were told and are about to be told, in no particular
	// order; what failed or was cancelled is not among them.
	Tellings(ctx context.Context) iter.Seq2[Telling, error]
	// Approve makes a planned notice approved; [ErrSamePerson] when second asks for
	// somebody else than who planned it, [ErrStage] when it is not planned.
	Approve(ctx context.Context, id, actor string, second bool) error
	// Start makes an approved notice sending and gives it; [ErrStage] when it is not
	// approved: another process has it.
	Start(ctx context.Context, id, messageID string) (Notice, error)
	// Finish says what became of a notice that is sending or in doubt: sent (its exposures
	// become notified, and due), failed (they can be planned again), in doubt, or approved:
	// it did not go out, and may be sent again. One that is sent can still fail: it came
	// back, and what was notified by it is open.
	Finish(ctx context.Context, id string, o Outcome) error
	// Alone makes sure that nobody else sends until it is given back; [ErrBusy] when
	// somebody does. It does not outlive the process.
	Alone(ctx context.Context) (release func() error, err error)
	// Cancel takes back what is not sent: planned, approved or failed.
	Cancel(ctx context.Context, id, actor, reason string) error
}

// ErrStage says that a notice is not in the stage that this needs.
var ErrStage = errors.New("the notice is at another stage")

// ErrSamePerson says that who planned a notice may not approve it.
var ErrSamePerson = errors.New("somebody else than who planned it must approve it")

// ErrBusy says that somebody else is sending.
var ErrBusy = errors.New("another mailsweep is sending notices from this database")

// Telling is that a notice tells an owner of an exposure.
type Telling struct {
	Exposure string
	Owner    string // its id, of the manager in an escalation
	Round    int
	Occasion Occasion
	Stage    Stage
	Settled  time.Time // when it was sent; zero while it is not
}

// NoticeFilter says which are meant: those that match every field that is set.
type NoticeFilter struct {
	IDs    []string
	Owner  string
	Stages []Stage
}

// Outcome is what became of sending a notice.
type Outcome struct {
	Stage   Stage // Sent, Failed, Doubted or Approved
	Receipt string
	At      time.Time
	Actor   string
}

package notify

import (
	"crypto/rand"
	"time"
)

// Stage is how far a notice is.
type Stage string

const (
	Planned   Stage = "planned"
	Approved  Stage = "approved"
	Sending   Stage = "sending" // it may be on its way: see [Outbox]
	Sent      Stage = "sent"
	Doubted   Stage = "in-doubt" // nobody knows whether it went out: a human says
	Failed    Stage = "failed"   // it certainly did not go out
	Cancelled Stage = "cancelled"
)

// Stages are all of them, in their order.
func Stages() []Stage {
	return []Stage{Planned, Approved, Sending, Sent, Doubted, Failed, Cancelled}
}

// Occasion is why an owner is told.
type Occasion string

const (
	First      Occasion = "first"
	Reminder   Occasion = "reminder"
	Escalation Occasion = "escalation" // to the owner's manager
)

// Notice is one digest for one owner: what is told of some exposures in one round.
type Notice struct {
	// ID is the reference that the owner can read back to the published contact.
	ID       string
	Owner    Owner
	Occasion Occasion
	Channel  string
	Stage    Stage
	// Items are the exposures that it tells of.
	Items []Item
	// Due is the earliest day by which something in it is to be rotated.
	Due time.Time

	Planned    time.Time
	PlannedBy  string
	Approved   time.Time
	ApprovedBy string
	// MessageID is that of the mail, known before anything is sent, so that it can be
	// looked for afterwards. Angle brackets included.
	MessageID string
	Attempted time.Time // when it was last begun to be sent
	Settled   time.Time // when it was sent, failed or cancelled
	// Receipt is what the channel said, or what went wrong.
	Receipt string
}

// Item is one exposure in a notice. Round counts how often its owner was told of it,
// this time included: the same exposure, owner and round are told once.
type Item struct {
	Exposure string
	Round    int
	Due      time.Time
}

// referenceLetters are Crockford's base 32, in which no letter is taken for another
// when it is read out.
const referenceLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewReference makes an identity for a notice, such as "N-7F3K-2Q9D": 40 random bits,
// which says nothing of what is in it and cannot be guessed for another one.
func NewReference() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	for i := range b {
		b[i] = referenceLetters[b[i]%32]
	}
	return "N-" + string(b[:4]) + "-" + string(b[4:])
}

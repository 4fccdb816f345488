package notify

import (
	"time"

	"mailsweep/sweeper"
)

// Content is what a notice says, before it is put into words. There is no secret in it,
// no fingerprint, and nothing of a mail that could hold words or a link: see [fit].
type Content struct {
	Organisation Organisation
	Reference    string
	Occasion     Occasion
	Owner        Owner
	Written      time.Time
	Due          time.Time // the earliest of its secrets
	Secrets      []Told    // the most urgent first
}

// Told is one exposure as its owner is told of it.
type Told struct {
	Exposure string // its id: a reference, which says nothing of the secret
	Kind     sweeper.Kind
	Rule     string // of its surest sighting: says what it is
	Severity sweeper.Severity
	Preview  string
	// Details help to find the account: user, host, account, tenant, …
	Details   []Detail
	FirstSeen time.Time // when it was first mailed; zero when no mail says so
	Due       time.Time
	Reopened  bool // seen again after it was said to be rotated
	Mails     []Mail
	More      int // mails beyond those
}

// Detail is something that a secret says of itself.
type Detail struct{ Name, Value string }

// Mail is a mail in which an owner finds a secret: where, not what it says.
type Mail struct {
	Date      time.Time // zero when unknown
	From      string    // an address; "" when unknown, or not fit to be told
	To        []string  // likewise
	MessageID string    // angle brackets included; likewise
	// Mailbox and Folder are those of the first copy; "" for an owner outside.
	Mailbox string
	Folder  string
	Copies  int // further mailboxes that have it
}

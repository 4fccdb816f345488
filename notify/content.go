package notify

import (
	"time"

	"mailsweep/sweeper"
)

// Content is what a notice says, before it is put into words. There is no secret in it
// and no fingerprint; for an owner outside, no text of a mail either.
type Content struct {
	Organisation Organisation
	Reference    string
	Occasion     Occasion
	Owner        Owner
	Written      time.Time
	Due          time.Time // the earliest of its secrets
	Secrets      []Told
}

// Told is one exposure as its owner is told of it.
type Told struct {
	Exposure string // its id: a reference, which says nothing of the secret
	Kind     sweeper.Kind
	Rule     string // of its surest sighting: says what it is
	Severity sweeper.Severity
	Preview  string
	// Details are those that help to find the account: user, host, account, tenant, …
	Details   map[string]string
	FirstSeen time.Time // when it was first mailed
	Due       time.Time
	Expires   time.Time
	Reopened  bool   // seen again after it was said to be rotated
	Guide     string // how to rotate this kind: the name of a page of the guide
	Mails     []Mail
	More      int // mails beyond those
}

// Mail is where an owner finds a secret. For an owner outside, Subject is "" and Mailbox
// is theirs or "".
type Mail struct {
	Date      time.Time
	From, To  string // addresses
	MessageID string
	Mailbox   string
	Folder    string
	Subject   string
	Part      string
}

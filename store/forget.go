package store

import "time"

// Forgetting says what is to be erased: what matches any field that is set.
type Forgetting struct {
	// Mailboxes are globs, as in a [FindingFilter]: all that is known of their mail.
	Mailboxes []string
	// Before erases all that is known of mail received before it; mail without a date
	// stays.
	Before time.Time
	// Person is an address. All that is known of mail in the mailbox of that name is
	// erased; in other mail, the address is.
	Person string
	Reason string
	Actor  string
	Case   string
	// Try says what would be erased, and erases nothing.
	Try bool
}

// Forgotten is how much was erased.
type Forgotten struct {
	Messages int `json:"messages"`
	Findings int `json:"findings"`
	Skips    int `json:"skips"`
	// Exposures are those of which no sighting is left, with their owners' states.
	Exposures int `json:"exposures"`
	// Mentions are places in what is kept, in which a person was named.
	Mentions int `json:"mentions"`
}

package store

import (
	"time"

	"mailsweep/sweeper"
)

// Change sets the state of one exposure.
type Change struct {
	Exposure string
	Owner    string // its id; "" means all of its owners
	To       sweeper.State
	At       time.Time // when it was rotated; zero is now
	Due      time.Time // when it is to be rotated by; zero leaves it
	Until    time.Time // for [sweeper.Accepted]
	Reason   string
	Actor    string
	Case     string
}

// Assignment gives an exposure to its owners.
type Assignment struct {
	Exposure string
	Owners   []string // their ids; none takes it away from those who were not told yet
	Route    string
	Actor    string
	Case     string
}

// OwnershipFilter says which are meant: those that match every field that is set.
type OwnershipFilter struct {
	Exposure string // all of its id
	Owner    string
	States   []sweeper.State
	// Overdue selects those that should have been done by a time.
	Overdue time.Time
}

package sweeper

import "time"

// Ownership is what one owner has to do about one exposure.
type Ownership struct {
	Exposure string
	Owner    string // its id; "" is nobody yet
	State    State
	Since    time.Time // when it came to be so; of a rotation, when it was rotated
	Opened   time.Time // when it came to be the owner's, or was opened again
	Due      time.Time // zero: no day was set
	Until    time.Time // the end of an accepted risk; zero: none
	Reason   string
	Actor    string // who said so
	Route    string // of the policy, that gave it to the owner
}

// Overdue reports whether the owner should have done it by now.
func (o Ownership) Overdue(now time.Time) bool {
	return !o.Due.IsZero() && now.After(o.Due) && !o.State.Settled()
}

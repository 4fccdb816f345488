package store

import (
	"time"

	"mailsweep/sweeper"
)

// Run is a run as a store remembers it.
type Run struct {
	ID string
	sweeper.Run
	// Ended is zero for a run that is still at work, or was killed. Summary is
	// then empty but for the id.
	Ended   time.Time
	Summary sweeper.Summary
}

package store

import (
	"time"

	"mailsweep/sweeper"
)

// Run is a run as a store remembers it.
type Run struct {
	ID string
	sweeper.Run
	// Ended is zero for a run that is still at work, or was killed. Of the Summary
	// only the messages, parts and bytes that were searched are then known.
	Ended   time.Time
	Summary sweeper.Summary
}

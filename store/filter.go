package store

import (
	"time"

	"mailsweep/sweeper"
)

// FindingFilter says which findings are meant: those that match every field that
// is set. The zero filter means all in messages that are still there.
//
// Globs: "*" is any run of characters ("/" too), "?" any one of them, all others are
// themselves; letter case is ignored in ASCII only, unlike in a [sweeper.Glob], because
// databases match them. One glob of a list has to match.
type FindingFilter struct {
	Rules         []string
	Kinds         []sweeper.Kind
	MinConfidence sweeper.Confidence
	MinSeverity   sweeper.Severity
	Mailboxes     []string // globs
	Folders       []string // globs, over the path within the mailbox
	Fingerprint   string   // its beginning, or all of it
	Exposure      string   // its id's beginning, or all of it
	// Received selects by the time at which the mail was received. As in a sweep,
	// mail without a date is always inside.
	Received sweeper.Window
	// Run selects what that run found first or last. What it saw between a first
	// and a last sighting by other runs is not known: a store keeps these two.
	Run string
	// New, with Run, selects what that run was the first to find.
	New bool
	// Gone includes findings in messages that are no longer in their folder.
	Gone bool
	// Limit ends the list; 0 is no limit.
	Limit int
}

// ExposureFilter says which exposures are meant: those with at least one finding
// that matches. Mail that is gone counts too, whatever Gone says: deleting a mail
// does not rotate what was in it. New asks for exposures that the run was the
// first to see, not for new sightings of old ones.
type ExposureFilter struct {
	FindingFilter
	// States selects those in one of these states; none is any.
	States []sweeper.State
	// Owner selects those of one owner, by its id, and Overdue those of which an owner
	// should have settled it by a time. The states are then those of that owner.
	Owner   string
	Overdue time.Time
}

// SkipFilter says which skips are meant; see [FindingFilter] for its fields.
type SkipFilter struct {
	Mailboxes []string
	Folders   []string
	Run       string
	New       bool
	Gone      bool
}

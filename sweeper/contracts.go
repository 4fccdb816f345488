package sweeper

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Source is where mail comes from. Its methods may be called from many goroutines.
//
// Errors mean: a [*Skip] is permanent, is recorded and the sequence goes on after
// it; ctx's own error ends the sequence; any other error means "try again in
// another run" and ends the sequence too. A sequence stops as soon as its
// consumer does. [sweepertest.Source] is the contract in executable form.
type Source interface {
	// Mailboxes lists the mailboxes in a stable order.
	Mailboxes(ctx context.Context) iter.Seq2[Mailbox, error]
	// Folders lists all folders of m, subfolders included, each once.
	Folders(ctx context.Context, m Mailbox) iter.Seq2[Folder, error]
	// Changes lists what has come, changed or gone in f since the cursor; nil
	// lists everything, with Reset unless the walk was narrowed. The same cursor gives the same messages as long as the
	// folder does not change. A cursor of one walk's middle goes on there.
	Changes(ctx context.Context, f Folder, since Cursor) iter.Seq2[Page, error]
	// Message finds one message again. A message that is no longer there is a
	// *Skip with reason "gone".
	Message(ctx context.Context, r Ref) (*Message, error)
}

// ErrStop, wrapped by an error of a Source, says that nothing else of it can be read
// either: the application has no permission, or cannot sign in. The sweep of that
// Source ends.
var ErrStop = errors.New("nothing more can be read here")

// Sizer is a Source that can tell beforehand how many bytes it holds: what the
// Covers of all its pages add up to, about. For a status line; it costs a walk.
type Sizer interface {
	Size(ctx context.Context) int64
}

// Witness is a Source that can tell of a folder that it does not list whether it is
// gone: deleted, renamed, emptied and left to order others. Only what is sure is
// true: a folder of another Source, one that is not asked for in this sweep, or one
// that cannot be looked at now is not gone. An error means "try again".
type Witness interface {
	Lost(ctx context.Context, f Folder) (bool, error)
}

// Detector sees one mail as a whole: a label in the subject, the value in the
// body. Detect may be called from many goroutines. Candidates come in the order
// of the texts, then by line, then by rule. An error means "did not look at all
// of it"; what was found until then is returned with it.
type Detector interface {
	Detect(ctx context.Context, m Mail) ([]Candidate, error)
	// Digest changes whenever the same mail may give other candidates.
	Digest() string
}

// ErrStale says that the cursor has moved since the page was read: another
// process sweeps the same folder.
var ErrStale = errors.New("the folder's cursor has moved: another sweep is at work on it")

// Store remembers. Its methods may be called from many goroutines, and from
// several processes at once.
type Store interface {
	// Begin records the start of a run in the log and gives it an id.
	Begin(ctx context.Context, r Run) (id string, err error)
	// Cursor gives the folder's cursor in this scope, nil when there is none.
	// reread says that there is none only because the digest changed.
	Cursor(ctx context.Context, s Scope) (c Cursor, reread bool, err error)
	// Commit writes a page, all or nothing. A page committed twice counts once: when
	// p.Next is stored and p.Since is not, it is Repeated. ErrStale when p.Since is
	// not the stored cursor; nil is "none stored". One exception: a page with Since
	// nil begins a swept folder over (--again), unless the folder has moved since
	// p.Run began, because then another sweep is at work on it.
	// Pages of one folder come in order, those of two in any: a page that shows a
	// message may come after one, read later, of the folder that it was moved to. So
	// each folder speaks for itself, and a message is gone when no folder holds it. What
	// others said of it before p.Run began is over.
	// When a walk is Done, cursors of other digests for the same window are dropped,
	// and all but the latest few of other windows.
	Commit(ctx context.Context, p PageResult) (Committed, error)
	// End records how the run went. It is called with a context that outlives an
	// interrupt.
	End(ctx context.Context, id string, s Summary) error
}

// Rememberer is a Store that lists the folders, of all sources, in which there is
// anything that is not gone.
type Rememberer interface {
	Folders(ctx context.Context) iter.Seq2[Folder, error]
}

// Scope is what a Cursor is valid for: new rules, new decoders or another window
// mean that old mail is read again.
type Scope struct {
	Source    string
	FolderKey string
	Window    Window
	Digest    string
}

// Window selects mail by the time at which it was received: from Since, before
// Until; zero is open. Mail without a date is always inside.
type Window struct{ Since, Until time.Time }

// Contains reports whether mail received at t is to be searched.
func (w Window) Contains(t time.Time) bool {
	if t.IsZero() {
		return true
	}
	return (w.Since.IsZero() || !t.Before(w.Since)) && (w.Until.IsZero() || t.Before(w.Until))
}

// PageResult is a [Page] after its messages were searched. Messages outside the
// window are not in it; a reset walk makes only messages inside the window gone. A
// key in both Gone and Messages is there. A message whose Ref.FolderKey is not the
// Scope's was met outside of its folder's walks, and is gone when that folder says so. A page with no Next, Reset or Done moves no
// cursor: it only notes what it brings, such as the Skip of a whole mailbox.
type PageResult struct {
	Run    string
	Folder Folder
	Scope  Scope
	// Since is the cursor with which the page was asked for, as the store gave it
	// or as the page before left it.
	Since, Next Cursor
	Reset, Done bool
	Messages    []MessageResult
	Gone        []string
	Skips       []Skip // of the folder itself
}

// MessageResult is one searched message. Its findings and skips replace what the
// store held as skips of it; findings of earlier runs stay, they were sightings.
type MessageResult struct {
	Ref      Ref
	Envelope Envelope
	Findings []Finding
	Skips    []Skip
	Parts    int
	Bytes    int64
	// Suppressed is not stored: it is counted in the run's summary.
	Suppressed Suppressions
}

// Committed says what a commit did. New runs parallel to the findings of the
// page's messages, in their order, one slice per message.
type Committed struct {
	Repeated bool // the page had been committed before; nothing was done
	New      [][]bool
	// Settled are those of the page's exposures that nobody has to do anything about:
	// dismissed, accepted, or rotated before the mail came.
	Settled map[string]bool
}

// Run is one sweep: who ran it and why, with which rules, over what.
type Run struct {
	Started time.Time
	Actor   string // user@host
	Case    string
	Version string
	Digest  string // of rules and decoders, and of an allow-list's text patterns
	Sources []string
	Filters map[string]string // flags that narrowed it, as given
}

// Outcome is how a run ended.
type Outcome string

const (
	Completed   Outcome = "completed"
	Interrupted Outcome = "interrupted"
	Failed      Outcome = "failed"
)

// Event is one thing to tell whoever watches a run or reads a report. Exactly one
// field is set. Events of one page come together, after the page was committed. A
// finding, or a skip of a message, is told once in a run, however often it was met.
type Event struct {
	Finding *Finding
	Allowed *Allowed
	Skip    *Skip
	Summary *Summary // the last one
}

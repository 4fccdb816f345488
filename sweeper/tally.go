package sweeper

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Progress is what a status line shows while a sweep runs. Bytes and messages are
// counted when they were searched, findings and skips when they were committed.
type Progress struct {
	Messages, Bytes, Findings, Skips atomic.Int64
	// Total is the size of the sources, 0 when it is not known; Covered is how much of
	// it lies behind, searched or unchanged.
	Total, Covered atomic.Int64
}

// tally adds up what was committed and tells it, one page at a time.
type tally struct {
	mu       sync.Mutex
	events   func(Event) error
	progress *Progress
	errs     []error
	Count
}

func (t *tally) start(run string, events func(Event) error, p *Progress) {
	t.events, t.progress = events, p
	t.summary.Run = run
}

func (t *tally) mailbox() { t.mu.Lock(); t.summary.Mailboxes++; t.mu.Unlock() }
func (t *tally) folder()  { t.mu.Lock(); t.summary.Folders++; t.mu.Unlock() }
func (t *tally) reread()  { t.mu.Lock(); t.summary.Reread++; t.mu.Unlock() }

func (t *tally) fail(err error) { t.mu.Lock(); t.errs = append(t.errs, err); t.mu.Unlock() }

func (t *tally) failures() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return errors.Join(t.errs...)
}

// page counts and tells a committed page.
func (t *tally) page(p PageResult, c Committed) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range p.Skips {
		if err := t.tell(Event{Skip: &p.Skips[i]}); err != nil {
			return err
		}
	}
	for i, m := range p.Messages {
		t.summary.Messages++
		t.summary.Parts += m.Parts
		t.summary.Bytes += m.Bytes
		for j := range m.Findings {
			f := &m.Findings[j]
			f.New = i < len(c.New) && j < len(c.New[i]) && c.New[i][j]
			if err := t.tell(Event{Finding: f}); err != nil {
				return err
			}
		}
		for j := range m.Skips {
			if err := t.tell(Event{Skip: &m.Skips[j]}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tally) tell(e Event) error {
	t.Add(e)
	if e.Finding != nil {
		t.progress.Findings.Add(1)
	} else {
		t.progress.Skips.Add(1)
	}
	if t.events == nil {
		return nil
	}
	return t.events(e)
}

// finish is the run's summary.
func (t *tally) finish(err error, interrupted bool, took time.Duration) Summary {
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := t.Summary()
	sum.Seconds = took.Seconds()
	switch {
	case interrupted:
		sum.Outcome = Interrupted
	case err == nil:
		sum.Outcome = Completed
	default:
		sum.Outcome = Failed
	}
	return sum
}

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
	Messages, Bytes, Outside, Findings, Skips atomic.Int64
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
	seen     map[string]Confidence // exposures of this run, with their strongest tier
	Summary
}

func (t *tally) start(run string, events func(Event) error, p *Progress) {
	t.events, t.progress = events, p
	t.Run = run
	t.seen = map[string]Confidence{}
	t.SkipsByReason = map[string]int{}
}

func (t *tally) mailbox() { t.mu.Lock(); t.Mailboxes++; t.mu.Unlock() }
func (t *tally) folder()  { t.mu.Lock(); t.Folders++; t.mu.Unlock() }
func (t *tally) reread()  { t.mu.Lock(); t.Reread++; t.mu.Unlock() }

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
		if err := t.skip(&p.Skips[i]); err != nil {
			return err
		}
	}
	for i, m := range p.Messages {
		t.Messages++
		t.Parts += m.Parts
		t.Bytes += m.Bytes
		for j := range m.Findings {
			f := &m.Findings[j]
			f.New = i < len(c.New) && j < len(c.New[i]) && c.New[i][j]
			if err := t.finding(f); err != nil {
				return err
			}
		}
		for j := range m.Skips {
			if err := t.skip(&m.Skips[j]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tally) finding(f *Finding) error {
	t.Findings++
	if f.New {
		t.NewFindings++
	}
	t.seen[f.Exposure] = max(t.seen[f.Exposure], f.Confidence)
	t.progress.Findings.Add(1)
	return t.tell(Event{Finding: f})
}

func (t *tally) skip(s *Skip) error {
	t.Skips++
	t.SkipsByReason[string(s.Reason)]++
	t.progress.Skips.Add(1)
	return t.tell(Event{Skip: s})
}

func (t *tally) tell(e Event) error {
	if t.events == nil {
		return nil
	}
	return t.events(e)
}

func (t *tally) finish(err error, interrupted bool, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Seconds = took.Seconds()
	t.Exposures = len(t.seen)
	t.ByConfidence = map[Confidence]int{}
	for _, c := range t.seen {
		t.ByConfidence[c]++
	}
	switch {
	case interrupted:
		t.Outcome = Interrupted
	case err == nil:
		t.Outcome = Completed
	default:
		t.Outcome = Failed
	}
}

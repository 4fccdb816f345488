package sweeper

import (
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"
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
	allow    Allower
	errs     []error
	told     map[sight]bool
	Count
}

// sight stands for one finding, or one skip, of one message.
type sight [16]byte

// again notes what is told of a message, and reports whether it was told before in this
// run: a folder that had to be begun anew, and a message that was moved meanwhile, come
// twice.
func (t *tally) again(r Ref, what ...string) bool {
	sum := sha256.Sum256([]byte(strings.Join(append(what, r.Source, r.Key), "\x00")))
	s := sight(sum[:16])
	if t.told[s] {
		return true
	}
	if t.told == nil {
		t.told = map[sight]bool{}
	}
	t.told[s] = true
	return false
}

func (t *tally) start(run string, allow Allower, events func(Event) error, p *Progress) {
	t.allow, t.events, t.progress = allow, events, p
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

// page counts and tells a committed page. What was told in this run before is not told
// again.
func (t *tally) page(p PageResult, c Committed) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range p.Skips {
		if err := t.skip(&p.Skips[i]); err != nil {
			return err
		}
	}
	for i, m := range p.Messages {
		t.summary.Messages++
		t.summary.Parts += m.Parts
		t.summary.Bytes += m.Bytes
		for name, n := range m.Suppressed {
			if t.summary.Suppressed == nil {
				t.summary.Suppressed = map[string]int{}
			}
			t.summary.Suppressed[name] += n
		}
		for j := range m.Findings {
			f := &m.Findings[j]
			if t.again(m.Ref, f.Rule, f.Part, strconv.Itoa(f.Line), f.Fingerprint) {
				continue
			}
			f.Settled = c.Settled[f.Exposure]
			f.New = i < len(c.New) && j < len(c.New[i]) && c.New[i][j]
			if err := t.tell(Sighting(t.allow, f)); err != nil {
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

func (t *tally) skip(s *Skip) error {
	if s.Ref.Key != "" && t.again(s.Ref, s.Path, string(s.Reason), s.Detail) {
		return nil
	}
	return t.tell(Event{Skip: s})
}

func (t *tally) tell(e Event) error {
	t.Add(e)
	switch {
	case e.Finding != nil:
		t.progress.Findings.Add(1)
	case e.Skip != nil:
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

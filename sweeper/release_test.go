package sweeper_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// lender is a Source that counts what it lends: pages, and what messages fetch.
type lender struct {
	sweeper.Source
	fetch func(r sweeper.Ref) error

	mu    sync.Mutex
	loans map[string]int // what is lent, less what came back
	lent  int
}

func (l *lender) lend(what string) { l.count(what, 1) }

func (l *lender) count(what string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loans == nil {
		l.loans = map[string]int{}
	}
	l.loans[what] += n
	l.lent += max(n, 0)
}

func (l *lender) Changes(ctx context.Context, f sweeper.Folder, since sweeper.Cursor) iter.Seq2[sweeper.Page, error] {
	return func(yield func(sweeper.Page, error) bool) {
		for p, err := range l.Source.Changes(ctx, f, since) {
			if err == nil {
				page := fmt.Sprintf("page %s %x", f.Name, p.Next)
				l.lend(page)
				p.Release = func() { l.count(page, -1) }
			}
			for i := range p.Messages {
				m := &p.Messages[i]
				m.Fetch = func(context.Context) (int64, error) {
					l.lend("message " + m.Ref.ID)
					return m.Size, l.fetch(m.Ref)
				}
				m.Release = func() { l.count("message "+m.Ref.ID, -1) }
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// TestWhatIsLentComesBack: each page and each fetched message is released once, whatever
// becomes of it.
func TestWhatIsLentComesBack(t *testing.T) {
	broken := errors.New("broken")
	on := func(id string, err error) func(sweeper.Ref) error {
		return func(r sweeper.Ref) error {
			if r.ID == id {
				return err
			}
			return nil
		}
	}
	fine := on("", nil)
	skip := &sweeper.Skip{Skip: decode.Skip{Reason: decode.Unreadable}}
	detect := func(err error) words {
		return words{before: func(_ context.Context, m sweeper.Mail) error {
			if m.Ref.ID != "23" {
				return nil
			}
			if err == nil {
				panic("at the disco")
			}
			return err
		}}
	}
	for name, c := range map[string]struct {
		fetch, open func(sweeper.Ref) error
		detector    sweeper.Detector
		event       error
		cancel      bool
		want        error
	}{
		"all is well":            {},
		"fetching fails":         {fetch: on("23", broken), want: broken},
		"fetching is a skip":     {fetch: on("23", skip)},
		"opening fails":          {open: on("23", broken), want: broken},
		"opening is a skip":      {open: on("23", skip)},
		"a detector fails":       {detector: detect(broken), want: broken},
		"a detector panics":      {detector: detect(nil)},
		"nobody listens":         {event: broken, want: broken},
		"the sweep is stopped":   {cancel: true, want: context.Canceled},
		"the source is at fault": {fetch: on("23", fmt.Errorf("%w: %w", sweeper.ErrStop, broken)), want: sweeper.ErrStop},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			for i := range 60 {
				b.mail.Put("ann", "in", fmt.Sprint(i), raw(fmt.Sprint(i), "hello", "token=secret-value"))
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			l := &lender{Source: b.mail, fetch: fine}
			if c.fetch != nil {
				l.fetch = c.fetch
			}
			if c.detector != nil {
				b.Detector = c.detector
			}
			b.mail.BeforeOpen = c.open
			b.Events = func(e sweeper.Event) error {
				if c.cancel {
					cancel()
				}
				return c.event
			}
			if _, err := b.Sweep(ctx, sweeper.Run{}, l); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if l.lent < 10 {
				t.Errorf("%d loans: the test looks at nothing", l.lent)
			}
			for what, n := range l.loans {
				if n != 0 {
					t.Errorf("%s: %+d", what, n)
				}
			}
		})
	}
}

// TestNothingMoreCanBeRead: what stops one Source leaves the others alone, is no clean run, and
// what it kept from being read is read by the next sweep.
func TestNothingMoreCanBeRead(t *testing.T) {
	b := newBench(t)
	b.Workers, b.mail.PageSize = 1, 2
	other := newBench(t)
	other.mail.Name = "other"
	for i, mailbox := range []string{"ann", "bob", "cy", "dan"} {
		for j := range 6 {
			id := fmt.Sprint(i, j)
			b.mail.Put(mailbox, "in", id, raw(id, "hello", "token=secret-value-"+id))
			other.mail.Put(mailbox, "in", id, raw(id, "hello", "token=other-secret-"+id))
		}
	}
	stop := fmt.Errorf("%w: no permission", sweeper.ErrStop)
	b.mail.BeforePage = func(f sweeper.Folder, pages int) error {
		if f.Mailbox == "bob" && pages == 1 {
			return stop
		}
		if f.Mailbox > "bob" {
			t.Errorf("%s was asked for a page", f)
		}
		return nil
	}
	s, err := b.Sweep(t.Context(), sweeper.Run{}, b.mail, other.mail)
	if !errors.Is(err, sweeper.ErrStop) || s.Outcome != sweeper.Failed {
		t.Errorf("%v, outcome %s", err, s.Outcome)
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 1 {
		t.Errorf("it is said more than once: %v", err)
	}
	if want := 6 + 2 + 4*6; s.Messages != want || s.NewFindings != want {
		t.Errorf("%d messages, %d findings, want %d", s.Messages, s.NewFindings, want)
	}
	for run, err := range b.db.Runs(t.Context()) {
		if err != nil || run.Summary.Outcome != sweeper.Failed {
			t.Errorf("recorded: %+v, %v", run, err)
		}
	}
	b.mail.BeforePage = nil
	rest, err := b.Sweep(t.Context(), sweeper.Run{}, b.mail, other.mail)
	if err != nil || rest.Messages != 4+2*6 || rest.Outcome != sweeper.Completed {
		t.Errorf("the next sweep: %+v, %v", rest, err)
	}
}

package m365

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mailsweep/sweeper"
)

// Estimate is what a first sweep of a selection would cost. Figures that depend on
// what is inside the mail are guesses, and said to be.
type Estimate struct {
	Mailboxes  int   `json:"mailboxes"`
	NotCovered int   `json:"not_covered"` // mailboxes that cannot be read
	Folders    int   `json:"folders"`
	Messages   int64 `json:"messages"`
	// Requests are pages, and attachments of 15 in 100 messages.
	Requests int64 `json:"requests"`
	// Hours follows from the requests, the limits of the service and the time that the
	// requests of the estimate itself took; not from the work on this machine.
	Hours float64 `json:"hours"`
	// AuditRecords is the most that the sweep can leave in the tenant's audit log:
	// MailItemsAccessed, one for each message read and attachment opened. Exchange
	// gathers those of two minutes into one, so it will be fewer.
	AuditRecords int64 `json:"audit_records"`
	// AuditBlind are the mailboxes with more than 1,000 messages: Exchange may stop to
	// log their reading, anybody's, for 24 hours (learn.microsoft.com, "Use
	// MailItemsAccessed to investigate compromised accounts").
	AuditBlind int `json:"audit_blind"`
}

const (
	attachmentShare = 0.15
	auditMost       = 1000
)

// Estimate lists mailboxes and folders, as many mailboxes at once as will be swept at
// once, and reads no mail. In a window of time it asks each folder how many of its
// messages were received in it; of wanted messages it counts the look-ups, and takes
// each for found.
func (s *Source) Estimate(ctx context.Context, atOnce int) (Estimate, error) {
	t := &tally{s: s}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(max(atOnce, 1))
	before := s.c.Requests()
	var listing error
	for m, err := range s.Mailboxes(gctx) {
		var skip *sweeper.Skip
		if errors.As(err, &skip) {
			t.missed()
			continue
		}
		if err != nil {
			listing = err
			break
		}
		group.Go(func() error { return t.mailbox(gctx, m) })
	}
	if err := errors.Join(listing, group.Wait()); err != nil {
		return t.Estimate, err
	}
	e := t.Estimate
	e.Requests += s.c.Requests() - before - t.counted
	e.Hours = max(t.slowest, t.total/time.Duration(max(min(atOnce, e.Mailboxes), 1))).Hours()
	return e, nil
}

// tally is an estimate in the making.
type tally struct {
	s *Source

	mu sync.Mutex
	Estimate
	slowest, total time.Duration
	counted        int64 // requests of the estimate that a sweep does not make
}

func (t *tally) missed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.NotCovered++
}

// mailbox adds what one mailbox takes.
func (t *tally) mailbox(ctx context.Context, m sweeper.Mailbox) error {
	begun := time.Now()
	box, err := t.s.named(ctx, m.Name)
	folders := new(tree)
	if err == nil {
		folders, err = t.s.tree(ctx, box)
	}
	took := time.Since(begun)
	var counted int64
	if err == nil {
		counted, err = t.s.inWindow(ctx, box, folders.all)
	}
	err = t.s.judged(m.Name, err)
	var skip *sweeper.Skip
	if errors.As(err, &skip) {
		t.missed()
		return nil
	}
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Mailboxes++
	t.counted += counted
	took = t.s.cost(&t.Estimate, box, folders.all, took/time.Duration(max(folders.levels, 1)))
	t.slowest, t.total = max(t.slowest, took), t.total+took
	return nil
}

// inWindow replaces the numbers of messages of folders by those of the window, and says how
// many requests that took. A folder that does not tell keeps all its messages.
func (s *Source) inWindow(ctx context.Context, box *mailbox, folders []*folder) (int64, error) {
	w := walk{s: s, mailbox: box}
	if w.everything() || s.ids != nil {
		return 0, nil
	}
	var asked []string
	var of []*folder
	from := ""
	if !s.window.Since.IsZero() {
		from = stamp(s.window.Since)
	}
	q := query{{"$filter", w.restriction(from)}, {"$count", "true"}, {"$top", "1"}, {"$select", "id"}}
	for _, f := range folders {
		if f.items != 0 && (s.match == nil || s.match("", f.name)) {
			asked, of = append(asked, s.c.url(q, "users", box.id, "mailFolders", f.id, "messages")), append(of, f)
		}
	}
	replies, err := s.c.batch(ctx, box.id, asked)
	if err != nil {
		return 0, err
	}
	for i, r := range replies {
		var page struct {
			Count *int `json:"@odata.count"`
		}
		if r.err == nil && json.Unmarshal(r.body, &page) == nil && page.Count != nil {
			of[i].items = *page.Count
		}
	}
	return int64((len(asked) + mostParts - 1) / mostParts), nil
}

// judged is about, for no error too.
func (s *Source) judged(mailbox string, err error) error {
	if err == nil {
		return nil
	}
	return s.about(mailbox, err)
}

// cost adds what one mailbox takes, and gives the time for it.
func (s *Source) cost(e *Estimate, box *mailbox, folders []*folder, latency time.Duration) time.Duration {
	var messages, pages int64
	for _, f := range folders {
		if s.match != nil && !s.match("", f.name) {
			continue
		}
		e.Folders++
		messages += int64(max(f.items, 0))
		pages += int64((max(f.items, 0) + firstPage - 1) / firstPage)
	}
	if s.ids != nil { // looked up a few at a time, in each place
		ids := int64(len(s.ids.of(box)))
		messages, pages = ids, (ids+idsAtOnce-1)/idsAtOnce*int64(1+len(s.hidden))
	}
	files := int64(attachmentShare * float64(messages))
	e.Messages += messages
	e.Requests += pages + files
	e.AuditRecords += messages + files
	if messages > auditMost {
		e.AuditBlind++
	}
	flight := time.Duration(pages+files) * latency / AtOnce
	window := time.Duration(max(pages+files-mailboxMost, 0)) * mailboxPer / mailboxMost
	return max(flight, window)
}

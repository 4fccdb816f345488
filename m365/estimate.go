package m365

import (
	"context"
	"errors"
	"time"

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

// Estimate lists mailboxes and folders, and reads no mail. atOnce is how many
// mailboxes will be read at once.
func (s *Source) Estimate(ctx context.Context, atOnce int) (Estimate, error) {
	var e Estimate
	var slowest, total time.Duration
	begun, before := time.Now(), s.c.Requests()
	for m, err := range s.Mailboxes(ctx) {
		var skip *sweeper.Skip
		if errors.As(err, &skip) {
			e.NotCovered++
			continue
		}
		if err != nil {
			return e, err
		}
		box, err := s.named(ctx, m.Name)
		t := new(tree)
		if err == nil {
			t, err = s.tree(ctx, box)
		}
		if err = s.judged(m.Name, err); errors.As(err, &skip) {
			e.NotCovered++
			continue
		}
		if err != nil {
			return e, err
		}
		e.Mailboxes++
		took := s.cost(&e, t.all, time.Since(begun)/time.Duration(max(s.c.Requests()-before, 1)))
		slowest, total = max(slowest, took), total+took
	}
	e.Requests += s.c.Requests() - before
	e.Hours = max(slowest, total/time.Duration(max(min(atOnce, e.Mailboxes), 1))).Hours()
	return e, nil
}

// judged is about, for no error too.
func (s *Source) judged(mailbox string, err error) error {
	if err == nil {
		return nil
	}
	return s.about(mailbox, err)
}

// cost adds what one mailbox takes, and gives the time for it.
func (s *Source) cost(e *Estimate, folders []*folder, latency time.Duration) time.Duration {
	var messages, pages int64
	for _, f := range folders {
		if s.match != nil && !s.match("", f.name) {
			continue
		}
		e.Folders++
		messages += int64(max(f.items, 0))
		pages += int64((max(f.items, 0) + firstPage - 1) / firstPage)
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

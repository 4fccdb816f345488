package notify

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mailsweep/sweeper"
)

const (
	// mailsTold are the mails told of one secret; an owner needs one to know which it is.
	mailsTold = 20
	// peopleTold are the recipients told of one mail.
	peopleTold = 10
)

// Content says what a notice tells of leaks, by the ids of its items; one that is settled
// by now, or not there any more, is left out.
func (p *Policy) Content(n Notice, leaks map[string]Leak, now time.Time) Content {
	c := Content{Organisation: p.Organisation, Reference: n.ID, Occasion: n.Occasion, Owner: n.Owner, Written: now}
	fit := p.fit(n.Owner)
	for _, i := range n.Items {
		l, ok := leaks[i.Exposure]
		if !ok || l.State.Settled() {
			continue
		}
		t := tell(l, fit)
		t.Due = i.Due
		if c.Due.IsZero() || t.Due.Before(c.Due) {
			c.Due = t.Due
		}
		c.Secrets = append(c.Secrets, t)
	}
	slices.SortStableFunc(c.Secrets, func(a, b Told) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), a.Due.Compare(b.Due), strings.Compare(a.Exposure, b.Exposure))
	})
	return c
}

func tell(l Leak, fit fit) Told {
	t := Told{
		Exposure: l.ID, Kind: l.Kind, Severity: l.Severity, Preview: l.Preview,
		FirstSeen: l.FirstSeen, Reopened: l.State == sweeper.Reopened,
	}
	var surest sweeper.Finding
	for _, f := range l.Sightings {
		if f.Confidence > surest.Confidence {
			surest = f
		}
	}
	t.Rule = surest.Rule
	for _, name := range sortedKeys(l.Details) {
		if v := fit.detail(name, l.Details[name]); v != "" {
			t.Details = append(t.Details, Detail{name, v})
		}
	}
	for _, m := range mails(l.Sightings) {
		if !fit.concerns(m) {
			continue
		}
		if len(t.Mails) == mailsTold {
			t.More++
			continue
		}
		t.Mails = append(t.Mails, fit.mail(m))
	}
	return t
}

// mails are the mails of sightings, each once however many mailboxes have it.
func mails(sightings []sweeper.Finding) (all []Mail) {
	type copies struct {
		at        int
		mailboxes map[string]bool
	}
	known := map[string]copies{}
	for _, f := range sightings {
		key := cmp.Or(f.Ref.InternetMessageID, f.Ref.Source+"\x00"+f.Ref.Key)
		c, there := known[key]
		if !there {
			c = copies{len(all), map[string]bool{}}
			known[key] = c
			all = append(all, Mail{
				Date: f.Received, From: addressOf(f.From), To: recipients(f), MessageID: f.Ref.InternetMessageID,
				Mailbox: f.Ref.Mailbox, Folder: f.Ref.Folder,
			})
		}
		c.mailboxes[f.Ref.Mailbox] = true
		all[c.at].Copies = len(c.mailboxes) - 1
	}
	return all
}

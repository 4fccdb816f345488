package m365

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// within lists the folder's messages that were received in the window, the oldest
// first. Where it can, each page is asked for by the time at which the last one ended,
// not by the service's nextLink: that one counts messages, and loses some when others
// are deleted meanwhile. A filtered delta would end after 5,000 messages
// (learn.microsoft.com, "message: delta").
//
// A finished walk is begun again the next time: mail that was moved into the folder
// since may be older than what was read last.
//
// A message that the service cannot give at all is passed over, with a Skip. That is
// why a folder whose delta fails is read by lists too.
func (w *walk) within(ctx context.Context, at cursor) error {
	if w.empty() {
		return w.give(sweeper.Page{Done: true, Next: cursor{Empty: true}.seal()})
	}
	p := &place{w: w, lists: w.everything(), from: at.From, seen: at.Seen, walked: trail{}}
	if p.from == "" && !w.s.window.Since.IsZero() {
		p.from = stamp(w.s.window.Since)
	}
	for reset := p.lists && p.from == ""; ; reset = false {
		reply, release, err := w.next(ctx, p.ask)
		var page sweeper.Page
		switch {
		case err == nil:
			page = w.pageOf(reply)
			page.Messages = slices.DeleteFunc(page.Messages, func(m sweeper.Message) bool { return slices.Contains(p.seen, m.Ref.Key) })
			page.Release = release
			if page.Done, err = p.pass(reply); err != nil {
				release()
				return err
			}
		case tooLarge(err):
			var next string
			if page, next, err = w.oneByOne(ctx, p.from, p.seen, err); err != nil {
				return w.ended(err)
			}
			p.reach(next, nil)
			w.size.recovered()
		default:
			return w.ended(err)
		}
		page.Reset, page.Next = reset, p.cursor(page.Done)
		if err := w.give(page); err != nil || page.Done {
			return err
		}
	}
}

// place is how far a walk by lists has come.
type place struct {
	w      *walk
	lists  bool     // no window was asked for
	from   string   // what was received before was read,
	seen   []string // and of what was received at it, these keys
	link   string   // of the service, to what follows where the time does not tell
	walked trail
}

// ask gives the address of the next page.
func (p *place) ask(smaller bool) (string, query) {
	if smaller { // a nextLink has its size in it
		p.link = ""
		clear(p.walked)
	}
	if p.link != "" {
		return p.link, query{immutable}
	}
	return p.w.s.c.url(query{
		{"$select", messageFields}, {"$top", strconv.Itoa(p.w.size.n)},
		{"$filter", p.w.restriction(p.from)}, {"$orderby", "receivedDateTime asc"},
	}, "users", p.w.mailbox.id, "mailFolders", p.w.folder, "messages"), query{immutable}
}

// pass goes on behind a page; done says that it was the last.
func (p *place) pass(reply models.MessageCollectionResponseable) (done bool, err error) {
	next := text(reply.GetOdataNextLink())
	last, same := p.w.end(reply)
	if last != "" && last != p.from {
		p.reach(last, same)
		return next == "", nil
	}
	// No further in time: go on where the service would.
	p.link, p.seen = next, append(slices.Clone(p.seen), same...)
	return next == "", p.walked.follow(next)
}

// reach goes on at a later time.
func (p *place) reach(from string, seen []string) {
	p.link, p.from, p.seen = "", from, seen
	clear(p.walked)
}

// cursor is where the walk goes on another time: when it is done, at its beginning.
func (p *place) cursor(done bool) sweeper.Cursor {
	if done {
		return cursor{Size: p.w.size.n}.seal()
	}
	return cursor{Lists: p.lists, From: p.from, Seen: p.seen, Size: p.w.size.n}.seal()
}

// oneByOne reads what was received in one second, the first of which not all has been
// seen, message by message: a page that holds one of them is too much for the service.
// What it cannot give even so is a Skip; why is the error that it gave. next is the
// second after.
func (w *walk) oneByOne(ctx context.Context, from string, seen []string, why error) (page sweeper.Page, next string, err error) {
	link := w.s.c.url(query{
		{"$select", "id,receivedDateTime,internetMessageId,conversationId"}, {"$top", "1000"},
		{"$filter", w.restriction(from)}, {"$orderby", "receivedDateTime asc"},
	}, "users", w.mailbox.id, "mailFolders", w.folder, "messages")
	reply, release, err := w.read(ctx, link, query{immutable})
	if err != nil {
		return page, "", err
	}
	defer release()
	second := time.Time{}
	for _, m := range reply.GetValue() {
		if m == nil || m.GetReceivedDateTime() == nil || slices.Contains(seen, w.mailbox.id+"/"+text(m.GetId())) {
			continue
		}
		at := m.GetReceivedDateTime().Truncate(time.Second)
		if !second.IsZero() && !at.Equal(second) {
			break
		}
		second = at
		if err := w.one(ctx, m, &page); err != nil {
			return page, "", err
		}
	}
	if second.IsZero() {
		return page, "", fmt.Errorf("the service cannot list this folder, not even message by message: %w", why)
	}
	return page, stamp(second.Add(time.Second)), nil
}

// one reads a single message into the page, or what keeps it from being read.
func (w *walk) one(ctx context.Context, m models.Messageable, page *sweeper.Page) error {
	address := w.s.c.url(query{{"$select", messageFields}}, "users", w.mailbox.id, "messages", text(m.GetId()))
	whole, err := get[models.Messageable](ctx, w.s.c, call{mailbox: w.mailbox.id, paged: true}, address, query{immutable}, models.CreateMessageFromDiscriminatorValue)
	var e *Error
	switch {
	case err == nil:
		page.Messages = append(page.Messages, *w.message(whole))
	case errors.As(err, &e) && e.meaning() == vanished: // deleted since it was listed
	case tooLarge(err), errors.As(err, &e) && e.meaning() == unreadable:
		page.Skips = append(page.Skips, sweeper.Skip{
			Ref: sweeper.Ref{
				Source: w.s.name, Mailbox: w.of.Mailbox, Folder: w.of.Name, FolderKey: w.of.Key, Key: w.mailbox.id + "/" + text(m.GetId()),
				ID: text(m.GetId()), InternetMessageID: text(m.GetInternetMessageId()), Thread: text(m.GetConversationId()),
			},
			Skip: decode.Skip{Reason: decode.Unreadable, Detail: "the service cannot give this message: " + err.Error()},
		})
	default:
		return err
	}
	return nil
}

// end is the second in which the last message of a reply was received, and the keys of
// those of the reply that were received in it.
func (w *walk) end(reply models.MessageCollectionResponseable) (last string, keys []string) {
	for _, m := range reply.GetValue() {
		if m == nil || m.GetReceivedDateTime() == nil {
			continue
		}
		if s := stamp(*m.GetReceivedDateTime()); s != last {
			last, keys = s, nil
		}
		keys = append(keys, w.mailbox.id+"/"+text(m.GetId()))
	}
	return last, keys
}

// restriction is the filter of one page. What it filters by comes first in the
// order too, as Exchange demands.
func (w *walk) restriction(from string) string {
	f := "receivedDateTime ge " + from
	if from == "" {
		f = "receivedDateTime ge 1900-01-01T00:00:00Z"
	}
	if until := w.s.window.Until; !until.IsZero() {
		// The filter counts whole seconds; the sweep itself is exact.
		f += " and receivedDateTime lt " + stamp(until.Add(time.Second-1))
	}
	return f
}

// stamp writes a time as Graph's filters take it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

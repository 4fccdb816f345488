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
	from, seen, follow := at.From, at.Seen, ""
	if from == "" && !w.s.window.Since.IsZero() {
		from = stamp(w.s.window.Since)
	}
	lists := w.everything()
	walked := trail{}
	for reset := lists && from == ""; ; {
		link := follow
		if link == "" {
			link = w.s.c.url(query{
				{"$select", messageFields}, {"$top", strconv.Itoa(w.size.n)},
				{"$filter", w.restriction(from)}, {"$orderby", "receivedDateTime asc"},
			}, "users", w.box.id, "mailFolders", w.folder, "messages")
		}
		asked := w.size.n
		page, release, err := w.page(ctx, link, query{immutable})
		switch {
		case err == nil:
		case w.tooLarge(err) && w.size.refused():
			if w.size.n != asked { // a nextLink has its size in it
				follow = ""
				clear(walked)
			}
			continue
		case w.tooLarge(err):
			out, next, err := w.oneByOne(ctx, from, seen, err)
			if err != nil {
				return w.ended(err)
			}
			from, seen = next, nil
			clear(walked)
			out.Reset, out.Next = reset, cursor{Lists: lists, From: from, Size: w.size.n}.seal()
			if err := w.give(out); err != nil {
				return err
			}
			reset, follow = false, ""
			w.size.recovered()
			continue
		default:
			return w.ended(err)
		}
		out := w.pageOf(page)
		out.Messages = slices.DeleteFunc(out.Messages, func(m sweeper.Message) bool { return slices.Contains(seen, m.Ref.Key) })
		last, same := w.end(page)
		next := text(page.GetOdataNextLink())
		out.Release, out.Done, out.Reset = release, next == "", reset
		reset = false
		if last == "" || last == from { // no further in time: go on where the service would
			follow, seen = next, append(slices.Clone(seen), same...)
			if err := walked.follow(next); err != nil {
				release()
				return err
			}
		} else {
			follow, from, seen = "", last, same
			clear(walked)
		}
		out.Next = cursor{Lists: lists, From: from, Seen: seen, Size: w.size.n}.seal()
		if out.Done {
			out.Next = cursor{Size: w.size.n}.seal()
		}
		if err := w.give(out); err != nil || out.Done {
			return err
		}
	}
}

// oneByOne reads what was received in one second, the first of which not all has been
// seen, message by message: a page that holds one of them is too much for the service.
// What it cannot give even so is a Skip; why is the error that it gave. next is the
// second after.
func (w *walk) oneByOne(ctx context.Context, from string, seen []string, why error) (out sweeper.Page, next string, err error) {
	link := w.s.c.url(query{
		{"$select", "id,receivedDateTime,internetMessageId,conversationId"}, {"$top", "1000"},
		{"$filter", w.restriction(from)}, {"$orderby", "receivedDateTime asc"},
	}, "users", w.box.id, "mailFolders", w.folder, "messages")
	page, release, err := w.page(ctx, link, query{immutable})
	if err != nil {
		return out, "", err
	}
	defer release()
	second := time.Time{}
	for _, m := range page.GetValue() {
		if m == nil || m.GetReceivedDateTime() == nil || slices.Contains(seen, w.box.id+"/"+text(m.GetId())) {
			continue
		}
		at := m.GetReceivedDateTime().Truncate(time.Second)
		if !second.IsZero() && !at.Equal(second) {
			break
		}
		second = at
		if err := w.one(ctx, m, &out); err != nil {
			return out, "", err
		}
	}
	if second.IsZero() {
		return out, "", fmt.Errorf("the service cannot list this folder, not even message by message: %w", why)
	}
	return out, stamp(second.Add(time.Second)), nil
}

// one reads a single message into the page, or what keeps it from being read.
func (w *walk) one(ctx context.Context, m models.Messageable, out *sweeper.Page) error {
	address := w.s.c.url(query{{"$select", messageFields}}, "users", w.box.id, "messages", text(m.GetId()))
	whole, err := get[models.Messageable](ctx, w.s.c, call{mailbox: w.box.id, paged: true}, address, query{immutable}, models.CreateMessageFromDiscriminatorValue)
	var e *Error
	switch {
	case err == nil:
		out.Messages = append(out.Messages, *w.message(whole))
	case errors.As(err, &e) && e.meaning() == vanished: // deleted since it was listed
	case w.tooLarge(err), errors.As(err, &e) && e.meaning() == unreadable:
		out.Skips = append(out.Skips, sweeper.Skip{
			Ref: sweeper.Ref{
				Source: w.s.name, Mailbox: w.of.Mailbox, Folder: w.of.Name, FolderKey: w.of.Key, Key: w.box.id + "/" + text(m.GetId()),
				ID: text(m.GetId()), InternetMessageID: text(m.GetInternetMessageId()), Thread: text(m.GetConversationId()),
			},
			Skip: decode.Skip{Reason: decode.Unreadable, Detail: "the service cannot give this message: " + err.Error()},
		})
	default:
		return err
	}
	return nil
}

// end is the second in which the last message of a page was received, and the keys of
// those of the page that were received in it.
func (w *walk) end(page models.MessageCollectionResponseable) (last string, keys []string) {
	for _, m := range page.GetValue() {
		if m == nil || m.GetReceivedDateTime() == nil {
			continue
		}
		if s := stamp(*m.GetReceivedDateTime()); s != last {
			last, keys = s, nil
		}
		keys = append(keys, w.box.id+"/"+text(m.GetId()))
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

package m365

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

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
func (w *walk) within(ctx context.Context, at cursor) error {
	if w.empty() {
		return w.give(sweeper.Page{Done: true, Next: cursor{Empty: true}.seal()})
	}
	from, seen, follow := at.From, at.Seen, ""
	if from == "" && !w.s.window.Since.IsZero() {
		from = stamp(w.s.window.Since)
	}
	for {
		link := follow
		if link == "" {
			link = w.s.c.url(query{
				{"$select", messageFields}, {"$top", strconv.Itoa(w.size.n)},
				{"$filter", w.restriction(from)}, {"$orderby", "receivedDateTime asc"},
			}, "users", w.box.id, "mailFolders", w.folder, "messages")
		}
		page, release, err := w.page(ctx, link, query{immutable})
		switch {
		case err == nil:
		case w.tooLarge(err) && w.size.refused():
			follow = "" // a nextLink has its size in it
			continue
		case w.tooLarge(err):
			return fmt.Errorf("the service cannot list this folder, not even message by message: %w", err)
		default:
			return w.ended(err)
		}
		out := w.pageOf(page)
		out.Messages = slices.DeleteFunc(out.Messages, func(m sweeper.Message) bool { return slices.Contains(seen, m.Ref.Key) })
		last, same := w.end(page)
		next := text(page.GetOdataNextLink())
		out.Release, out.Done = release, next == ""
		if last == "" || last == from { // no further in time: go on where the service would
			follow, seen = next, append(slices.Clone(seen), same...)
		} else {
			follow, from, seen = "", last, same
		}
		out.Next = cursor{From: from, Seen: seen, Size: w.size.n}.seal()
		if out.Done {
			out.Next = cursor{Size: w.size.n}.seal()
		}
		if err := w.give(out); err != nil || out.Done {
			return err
		}
	}
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

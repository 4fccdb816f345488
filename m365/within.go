package m365

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"mailsweep/sweeper"
)

// mostListed is the largest page that a list gives.
const mostListed = 1000

// within lists the folder's messages that were received in the window, the oldest
// first. Each page is asked for by the time at which the last one ended, not by the
// service's nextLink: that one counts messages, and loses some when others are
// deleted meanwhile. A filtered delta would end after 5,000 messages
// (learn.microsoft.com, "message: delta").
//
// A finished walk is begun again the next time: mail that was moved into the folder
// since may be older than what was read last.
func (w *walk) within(ctx context.Context, at cursor) error {
	from := at.From
	if from == "" && !w.s.window.Since.IsZero() {
		from = stamp(w.s.window.Since)
	}
	seen := at.Seen
	if w.empty() {
		return w.give(sweeper.Page{Done: true, Next: cursor{Empty: true}.seal()})
	}
	for top := w.size.n; ; {
		link := w.s.c.url(query{
			{"$select", messageFields}, {"$top", strconv.Itoa(top)},
			{"$filter", w.restriction(from)}, {"$orderby", "receivedDateTime asc"},
		}, "users", w.box.id, "mailFolders", w.folder, "messages")
		page, release, err := w.page(ctx, link, query{immutable})
		if err != nil {
			if w.tooLarge(err) && top > 1 {
				w.size.refused()
				top = max(top/2, 1)
				continue
			}
			if w.tooLarge(err) {
				return fmt.Errorf("the service cannot list this folder, not even message by message: %w", err)
			}
			return w.ended(err)
		}
		full := len(page.GetValue()) >= top
		out := w.pageOf(page)
		out.Messages = slices.DeleteFunc(out.Messages, func(m sweeper.Message) bool { return slices.Contains(seen, m.Ref.Key) })
		last, same := "", []string(nil)
		for _, m := range page.GetValue() {
			if t := m.GetReceivedDateTime(); t != nil {
				if s := stamp(*t); s != last {
					last, same = s, nil
				}
				same = append(same, w.box.id+"/"+text(m.GetId()))
			}
		}
		if full && len(out.Messages) == 0 && last == from {
			// More messages of one second than a page holds.
			release()
			if top >= mostListed {
				return fmt.Errorf("more than %d messages were received at %s: the service cannot list them", mostListed, from)
			}
			top = min(top*2, mostListed)
			continue
		}
		if last == from {
			same = append(slices.Clone(seen), same...)
			slices.Sort(same)
			same = slices.Compact(same)
		}
		out.Release, out.Done = release, !full
		next := cursor{From: last, Seen: same, Size: w.size.n}
		if out.Done {
			next = cursor{Size: w.size.n}
		}
		out.Next = next.seal()
		if err := w.give(out); err != nil || out.Done {
			return err
		}
		from, seen, top = last, same, w.size.n
	}
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

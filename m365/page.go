package m365

import (
	"context"
	"errors"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// next reads the next page of messages. One that is too large for the service is asked for
// again, smaller, as long as a smaller one may come: ask gives its address and headers,
// and is told when the size is no longer the one it asked for before. release gives the
// page's memory back.
func (w *walk) next(ctx context.Context, ask func(smaller bool) (string, query)) (models.MessageCollectionResponseable, func(), error) {
	for smaller := false; ; {
		link, headers := ask(smaller)
		asked := w.size.n
		reply, release, err := w.read(ctx, link, headers)
		if !tooLarge(err) || !w.size.refused() {
			return reply, release, err
		}
		smaller = w.size.n != asked
	}
}

// read reads one page of messages, as it is asked for.
func (w *walk) read(ctx context.Context, link string, headers query) (models.MessageCollectionResponseable, func(), error) {
	guess := w.guess()
	// The reply, and the SDK's tree of it, which takes about three times as much.
	memory := w.s.memory.pages.claim(4 * guess)
	of := call{mailbox: w.mailbox.id, paged: w.s.ids == nil, memory: memory}
	begun := time.Now()
	reply, err := get[models.MessageCollectionResponseable](ctx, w.s.c, of, link, headers, models.CreateMessageCollectionResponseFromDiscriminatorValue)
	if err != nil {
		memory.leave()
		return nil, nil, err
	}
	took := time.Since(begun)
	n, bytes := len(reply.GetValue()), bytesOf(reply)
	w.size.fine()
	if n >= w.size.n {
		w.size.took(took, bytes)
	}
	if n > 0 {
		w.s.mean.Store(max((3*w.s.mean.Load()+bytes/int64(n))/4, 1<<10))
	}
	memory.fit(bytes)
	return reply, memory.leave, nil
}

// guess is about how large the next page will be: as many messages as the folder has,
// of the size that messages had so far.
func (w *walk) guess() int64 {
	n := w.size.n
	w.s.mu.Lock()
	if f := w.mailbox.folders[w.folder]; f != nil {
		if f.items != unknownItems {
			n = min(n, f.items+1)
		}
	}
	w.s.mu.Unlock()
	return int64(n) * w.s.mean.Load()
}

// bytesOf is about what the messages of a reply take once they are ours.
func bytesOf(reply models.MessageCollectionResponseable) int64 {
	n := int64(4 << 10)
	for _, m := range reply.GetValue() {
		n += 1 << 10
		if m == nil {
			continue
		}
		if b := m.GetBody(); b != nil && b.GetContent() != nil {
			n += int64(len(*b.GetContent()))
		}
		for _, h := range m.GetInternetMessageHeaders() {
			if v := h.GetValue(); v != nil {
				n += int64(len(*v))
			}
		}
	}
	return n
}

// tooLarge reports whether a page failed because of its size.
func tooLarge(err error) bool {
	var e *Error
	return errors.Is(err, errCut) || errors.As(err, &e) && e.Status == 504
}

// pageOf turns a page of the service into one of ours. A message that comes twice
// counts as it came last. An entry without etag tells of a read flag only, and says
// nothing that could be searched (microsoft-graph-docs#7776).
func (w *walk) pageOf(reply models.MessageCollectionResponseable) sweeper.Page {
	var page sweeper.Page
	at := map[string]int{} // key to place in all
	var all []entry
	for _, m := range reply.GetValue() {
		if m == nil || text(m.GetId()) == "" {
			page.Skips = append(page.Skips, sweeper.Skip{
				Ref:  sweeper.Ref{Source: w.s.name, Mailbox: w.of.Mailbox, Folder: w.of.Name, FolderKey: w.of.Key},
				Skip: decode.Skip{Reason: decode.Unreadable, Detail: "the service listed a message without an id"},
			})
			continue
		}
		e := entry{key: w.mailbox.id + "/" + text(m.GetId())}
		if _, removed := extra(m, "@removed"); !removed {
			if !whole(m) {
				continue
			}
			e.message = w.message(m)
		}
		if i, twice := at[e.key]; twice {
			all[i] = e
			continue
		}
		at[e.key] = len(all)
		all = append(all, e)
	}
	for _, e := range all {
		if e.message == nil {
			page.Gone = append(page.Gone, e.key)
			continue
		}
		page.Messages = append(page.Messages, *e.message)
	}
	return page
}

type entry struct {
	key     string
	message *sweeper.Message // nil when it is gone
}

// whole reports whether an entry holds a message, and not only a changed flag.
func whole(m models.Messageable) bool {
	_, etag := extra(m, "@odata.etag")
	return etag || m.GetBody() != nil || m.GetReceivedDateTime() != nil || m.GetSubject() != nil
}

package m365

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// messageFields are all that is asked of a message. The body comes with the list: a
// request for each message would cap a mailbox at 16 messages a second. The headers
// are asked for because people and programs write secrets into them too.
const messageFields = "id,parentFolderId,conversationId,internetMessageId,subject,from,sender,toRecipients,ccRecipients," +
	"bccRecipients,replyTo,receivedDateTime,hasAttachments,categories,body,internetMessageHeaders"

// maxResets is how often a walk may have to begin anew.
const maxResets = 3

// Changes implements [sweeper.Source]: by delta, or where the selection is narrowed
// in time, by lists.
func (s *Source) Changes(ctx context.Context, f sweeper.Folder, since sweeper.Cursor) iter.Seq2[sweeper.Page, error] {
	return func(yield func(sweeper.Page, error) bool) {
		at, err := openCursor(since)
		if err != nil {
			yield(sweeper.Page{}, err)
			return
		}
		box, err := s.named(ctx, f.Mailbox)
		if err != nil {
			yield(sweeper.Page{}, s.about(f.Mailbox, err))
			return
		}
		w := &walk{s: s, box: box, of: f, folder: strings.TrimPrefix(f.Key, box.id+"/"), yield: yield, size: newPageSize(cmp.Or(at.Size, s.firstPage))}
		switch {
		case s.ids != nil:
			err = w.listed(ctx, at)
		case w.everything() && !at.Lists:
			err = w.delta(ctx, at)
		default:
			err = w.within(ctx, at)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(sweeper.Page{}, err)
		}
	}
}

// errStopped says that the consumer wants no more.
var errStopped = errors.New("stopped")

// walk is one walk through a folder.
type walk struct {
	s      *Source
	box    *mailbox
	of     sweeper.Folder
	folder string // its id
	yield  func(sweeper.Page, error) bool
	size   *pageSize
}

// delta follows the changes of the folder from a link to the next deltaLink.
func (w *walk) delta(ctx context.Context, at cursor) error {
	if w.empty() && (at.Link == "" || at.Empty) {
		return w.give(sweeper.Page{Reset: !at.Empty, Done: true, Next: cursor{Empty: true}.seal()})
	}
	link, resets := at.Link, 0
	reset, walked := link == "", trail{}
	for {
		if link == "" {
			link = w.s.c.url(query{{"$select", messageFields}}, "users", w.box.id, "mailFolders", w.folder, "messages", "delta")
		}
		page, release, err := w.page(ctx, link, query{immutable, {"Prefer", "odata.maxpagesize=" + strconv.Itoa(w.size.n)}})
		var e *Error
		switch {
		case err == nil:
		case w.tooLarge(err) && w.size.refused():
			continue
		case w.tooLarge(err):
			// One message is too much for the service. Lists can go around it.
			return w.within(ctx, cursor{Lists: true, Size: 1})
		case errors.As(err, &e) && e.meaning() == resync && resets < maxResets:
			w.s.c.log.Info("the service forgot how far a folder was read; reading all of it again")
			link, reset, resets = "", true, resets+1
			continue
		default:
			return w.ended(err)
		}
		next, done := text(page.GetOdataNextLink()), false
		if next == "" {
			next, done = deltaLink(page), true
		}
		if next == "" {
			release()
			return fmt.Errorf("%w: it has no link to what follows", errCut)
		}
		if err := walked.follow(next); err != nil && !done {
			release()
			return err
		}
		out := w.pageOf(page)
		out.Reset, out.Done, out.Release = reset, done, release
		// The host is that of the settings, not of the day on which a link was given.
		out.Next = cursor{Link: strings.TrimPrefix(next, w.s.c.root.String()), Size: w.size.n}.seal()
		if err := w.give(out); err != nil || done {
			return err
		}
		link, reset = next, false
	}
}

// everything reports whether no window of time was asked for.
func (w *walk) everything() bool { return w.s.window.Since.IsZero() && w.s.window.Until.IsZero() }

// empty reports whether the folder had nothing in it when it was listed: then there
// is nothing to ask for.
func (w *walk) empty() bool {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	f := w.box.folders[w.folder]
	return f != nil && f.items == 0
}

// page reads one page of messages. release gives its memory back.
func (w *walk) page(ctx context.Context, link string, headers query) (models.MessageCollectionResponseable, func(), error) {
	guess := w.guess()
	// The reply, and the SDK's tree of it, which takes about three times as much.
	memory := w.s.memory.pages.claim(4 * guess)
	of := call{mailbox: w.box.id, paged: w.s.ids == nil, memory: memory}
	begun := time.Now()
	page, err := get[models.MessageCollectionResponseable](ctx, w.s.c, of, link, headers, models.CreateMessageCollectionResponseFromDiscriminatorValue)
	if err != nil {
		memory.leave()
		return nil, nil, err
	}
	took := time.Since(begun)
	n, bytes := len(page.GetValue()), pageBytes(page)
	w.size.fine()
	if n >= w.size.n {
		w.size.took(took, bytes)
	}
	if n > 0 {
		w.s.mean.Store(max((3*w.s.mean.Load()+bytes/int64(n))/4, 1<<10))
	}
	memory.shrink(bytes)
	return page, memory.leave, nil
}

// guess is about how large the next page will be: as many messages as the folder has,
// of the size that messages had so far.
func (w *walk) guess() int64 {
	n := w.size.n
	w.s.mu.Lock()
	if f := w.box.folders[w.folder]; f != nil {
		if f.items != unknownItems {
			n = min(n, f.items+1)
		}
	}
	w.s.mu.Unlock()
	return int64(n) * w.s.mean.Load()
}

// pageBytes is about what the messages of a page take once they are ours.
func pageBytes(page models.MessageCollectionResponseable) int64 {
	n := int64(4 << 10)
	for _, m := range page.GetValue() {
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
func (w *walk) tooLarge(err error) bool {
	var e *Error
	return errors.Is(err, errCut) || errors.As(err, &e) && e.Status == 504
}

// ended says what the failure of a page means.
func (w *walk) ended(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return w.s.stop(err)
	}
	ref := sweeper.Ref{Source: w.s.name, Mailbox: w.of.Mailbox, Folder: w.of.Name, FolderKey: w.of.Key}
	if skip := w.s.archiveRefused(ref, e); skip != nil {
		return skip
	}
	switch e.meaning() {
	case vanished:
		return &sweeper.Skip{Ref: ref, Skip: decode.Skip{Reason: decode.Gone, Detail: "the folder was deleted while it was swept"}}
	case unreadable:
		return &sweeper.Skip{Ref: ref, Skip: decode.Skip{Reason: decode.Unreadable, Detail: e.Error()}}
	}
	return w.s.about(w.of.Mailbox, err)
}

// pageOf turns a page of the service into one of ours. A message that comes twice
// counts as it came last. An entry without etag tells of a read flag only, and says
// nothing that could be searched (microsoft-graph-docs#7776).
func (w *walk) pageOf(page models.MessageCollectionResponseable) sweeper.Page {
	var out sweeper.Page
	at := map[string]int{} // key to place in all
	var all []entry
	for _, m := range page.GetValue() {
		if m == nil || text(m.GetId()) == "" {
			out.Skips = append(out.Skips, sweeper.Skip{
				Ref:  sweeper.Ref{Source: w.s.name, Mailbox: w.of.Mailbox, Folder: w.of.Name, FolderKey: w.of.Key},
				Skip: decode.Skip{Reason: decode.Unreadable, Detail: "the service listed a message without an id"},
			})
			continue
		}
		e := entry{key: w.box.id + "/" + text(m.GetId())}
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
			out.Gone = append(out.Gone, e.key)
			continue
		}
		out.Messages = append(out.Messages, *e.message)
	}
	return out
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

func deltaLink(page models.MessageCollectionResponseable) string {
	v, _ := extra(page, "@odata.deltaLink")
	s, _ := v.(string)
	return s
}

// give hands a page on.
func (w *walk) give(p sweeper.Page) error {
	if !w.yield(p, nil) {
		return errStopped
	}
	return nil
}

package m365

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

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
		m, err := s.named(ctx, f.Mailbox)
		if err != nil {
			yield(sweeper.Page{}, s.about(f.Mailbox, err))
			return
		}
		w := &walk{s: s, mailbox: m, of: f, folder: strings.TrimPrefix(f.Key, m.id+"/"), yield: yield, size: newPageSize(cmp.Or(at.Size, s.firstPage))}
		switch {
		case s.ids != nil:
			err = w.wanted(ctx, at)
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
	s       *Source
	mailbox *mailbox
	of      sweeper.Folder
	folder  string // its id
	yield   func(sweeper.Page, error) bool
	size    *pageSize
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
			link = w.s.c.url(query{{"$select", messageFields}}, "users", w.mailbox.id, "mailFolders", w.folder, "messages", "delta")
		}
		reply, release, err := w.next(ctx, func(bool) (string, query) {
			return link, query{immutable, {"Prefer", "odata.maxpagesize=" + strconv.Itoa(w.size.n)}}
		})
		var e *Error
		switch {
		case err == nil:
		case tooLarge(err):
			// One message is too much for the service. Lists can go around it.
			return w.within(ctx, cursor{Lists: true, Size: 1})
		case errors.As(err, &e) && e.meaning() == resync && resets < maxResets:
			w.s.c.log.Info("the service forgot how far a folder was read; reading all of it again")
			link, reset, resets = "", true, resets+1
			continue
		default:
			return w.ended(err)
		}
		next, done, err := walked.onward(reply)
		if err != nil {
			release()
			return err
		}
		page := w.pageOf(reply)
		page.Reset, page.Done, page.Release = reset, done, release
		// The host is that of the settings, not of the day on which a link was given.
		page.Next = cursor{Link: strings.TrimPrefix(next, w.s.c.root.String()), Size: w.size.n}.seal()
		if err := w.give(page); err != nil || done {
			return err
		}
		link, reset = next, false
	}
}

// onward is the link at which a delta goes on: after the last page of all, the next time.
func (t trail) onward(reply models.MessageCollectionResponseable) (link string, done bool, err error) {
	if link = text(reply.GetOdataNextLink()); link != "" {
		return link, false, t.follow(link)
	}
	v, _ := extra(reply, "@odata.deltaLink")
	if link, _ = v.(string); link == "" {
		return "", false, fmt.Errorf("%w: it has no link to what follows", errCut)
	}
	return link, true, nil
}

// everything reports whether no window of time was asked for.
func (w *walk) everything() bool { return w.s.window.Since.IsZero() && w.s.window.Until.IsZero() }

// empty reports whether the folder had nothing in it when it was listed: then there
// is nothing to ask for.
func (w *walk) empty() bool {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	f := w.mailbox.folders[w.folder]
	return f != nil && f.items == 0
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

// give hands a page on.
func (w *walk) give(p sweeper.Page) error {
	if !w.yield(p, nil) {
		return errStopped
	}
	return nil
}

package m365

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// of gives the ids to look for in one mailbox, each once.
func (w Wanted) of(m *mailbox) []string {
	if m.owner != nil { // audit records name an archive as they name its owner
		m = m.owner
	}
	ids := slices.Concat(w[strings.ToLower(m.name)], w[strings.ToLower(m.principal)], w[""])
	slices.Sort(ids)
	return slices.Compact(ids)
}

// mailboxes are those that the list names.
func (w Wanted) mailboxes() map[string]bool {
	all := map[string]bool{}
	for name := range w {
		if name != "" {
			all[name] = true
		}
	}
	return all
}

// unlisted is the Skip of a mailbox whose messages are wanted, and that was not chosen.
func (s *Source) unlisted(name string) *sweeper.Skip {
	return &sweeper.Skip{
		Ref:  sweeper.Ref{Source: s.name, Mailbox: name},
		Skip: decode.Skip{Reason: decode.Unreadable, Detail: "messages of this mailbox are wanted, and it is not among the chosen ones"},
	}
}

// idsAtOnce is how many ids one filter may ask for: the service refuses filters of
// much more than a dozen terms.
const idsAtOnce = 10

// listed gives the mailbox as one folder that holds only what is looked for. Its
// cursor belongs to this list of ids.
func (s *Source) listed(m *mailbox, yield func(sweeper.Folder, error) bool) {
	ids := s.ids.of(m)
	if len(ids) == 0 {
		return
	}
	sum := sha256.Sum256([]byte(strings.Join(ids, "\n")))
	yield(sweeper.Folder{Source: s.name, Mailbox: m.name, Key: m.id + "/messages/" + hex.EncodeToString(sum[:8])}, nil)
}

// wanted reads the messages that are looked for, a few at a time.
func (w *walk) wanted(ctx context.Context, at cursor) error {
	ids := w.s.ids.of(w.mailbox)
	for from := min(at.At, len(ids)); ; {
		few := ids[from:min(from+idsAtOnce, len(ids))]
		from += len(few)
		page, err := w.lookFor(ctx, few)
		if err != nil {
			return w.ended(err)
		}
		page.Done, page.Next = from == len(ids), cursor{At: from}.seal()
		if page.Done {
			page.Next = cursor{}.seal() // the next time all are looked for again
		}
		if err := w.give(page); err != nil || page.Done {
			return err
		}
	}
}

// lookFor looks for messages in all ordinary folders at once, then in each folder of
// recoverable items. What is nowhere is a Skip.
func (w *walk) lookFor(ctx context.Context, ids []string) (page sweeper.Page, err error) {
	listings := [][]string{{"users", w.mailbox.id, "messages"}}
	for _, name := range w.s.hidden {
		listings = append(listings, []string{"users", w.mailbox.id, "mailFolders", name, "messages"})
	}
	found := map[string]bool{}
	for i, listing := range listings {
		messages, err := w.find(ctx, ids, listing)
		var e *Error
		if i > 0 && errors.As(err, &e) && e.meaning() == vanished {
			continue // not every mailbox has such a folder
		}
		if err != nil {
			return page, err
		}
		for _, m := range messages {
			found[sameID(m.Ref.InternetMessageID)] = true
			page.Messages = append(page.Messages, m)
		}
	}
	for _, id := range ids {
		// What lies in the primary mailbox is not in the archive: what is in neither is
		// told by the primary.
		if !found[sameID(id)] && w.mailbox.owner == nil {
			page.Skips = append(page.Skips, sweeper.Skip{
				Ref:  sweeper.Ref{Source: w.s.name, Mailbox: w.mailbox.name, FolderKey: w.of.Key, InternetMessageID: id},
				Skip: decode.Skip{Reason: decode.Gone, Detail: w.missing()},
			})
		}
	}
	return page, nil
}

// missing says what it means that a message was not found.
func (w *walk) missing() string {
	if w.s.archives {
		return "the message is not in the primary mailbox (its archive is searched apart)"
	}
	return "the message is not in the mailbox"
}

// sameID makes ids that Exchange takes for one alike: it compares them without case.
func sameID(id string) string { return strings.ToLower(strings.TrimSpace(id)) }

// find reads the messages of some ids in one listing.
func (w *walk) find(ctx context.Context, ids, listing []string) (all []sweeper.Message, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	terms := make([]string, len(ids))
	for i, id := range ids {
		terms[i] = "internetMessageId eq '" + strings.ReplaceAll(id, "'", "''") + "'"
	}
	q := query{{"$select", messageFields}, {"$top", "100"}, {"$filter", strings.Join(terms, " or ")}}
	walked := trail{}
	for link := w.s.c.url(q, listing...); link != ""; {
		if err := walked.follow(link); err != nil {
			return nil, err
		}
		reply, release, err := w.read(ctx, link, query{immutable})
		if err != nil {
			return nil, err
		}
		release() // a handful of messages: whoever waits for more must hold none of it
		parents := parentsOf(reply)
		for _, m := range w.pageOf(reply).Messages {
			w.locate(&m.Ref, parents[m.Ref.ID])
			all = append(all, m)
		}
		link = text(reply.GetOdataNextLink())
	}
	return all, nil
}

// parentsOf are the ids of the folders in which the messages of a reply lie, by the
// messages' ids.
func parentsOf(reply models.MessageCollectionResponseable) map[string]string {
	parents := map[string]string{}
	for _, m := range reply.GetValue() {
		if m != nil {
			parents[text(m.GetId())] = text(m.GetParentFolderId())
		}
	}
	return parents
}

// locate says in which folder a message lies: that one's walks find out when it is gone.
func (w *walk) locate(r *sweeper.Ref, folder string) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	if f := w.mailbox.folders[folder]; f != nil {
		r.Folder, r.FolderKey = f.name, w.mailbox.id+"/"+f.id
	}
}

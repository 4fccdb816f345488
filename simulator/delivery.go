package simulator

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
)

// firstMinute is when mail without a time arrives: the tenant has no clock of its own,
// so that the same calls make the same tenant on every day.
var firstMinute = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

// Deliver puts a message into the mailbox of user, which is an id, UPN or address, and
// returns it as it stands: with ids, change key and times where it had none. FolderID is
// an id or a well-known name; empty, it is the inbox. The bytes of attachments are
// shared with the caller, who must not change them afterwards.
func (t *Tenant) Deliver(user string, m Message) (Message, error) {
	b, err := t.mailboxOf(user)
	if err != nil {
		return Message{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.at(cmp.Or(m.FolderID, "inbox"))
	if f == nil {
		return Message{}, unknownFolder(user, m.FolderID)
	}
	m = *m.clone()
	m.FolderID = f.ID
	if m.ID == "" {
		m.ID = b.newID("AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A", 88)
	}
	if b.messages[m.ID] != nil {
		return Message{}, fmt.Errorf("simulator: the mailbox of %s has a message %q already", user, m.ID)
	}
	b.complete(&m, t.domain)
	b.version++
	b.place(f, &stored{msg: &m, added: b.version, changed: b.version, preview: preview(&m), size: messageSize(&m)})
	delete(b.departed, m.ID)
	return *m.clone(), nil
}

// complete fills what a delivered message must have. The caller holds the lock.
func (b *mailbox) complete(m *Message, domain string) {
	b.serial++
	if m.Received.IsZero() {
		m.Received = cmp.Or(m.Sent, firstMinute.Add(time.Duration(b.serial)*time.Minute))
	}
	m.Sent = cmp.Or(m.Sent, m.Received.Add(-2*time.Second))
	m.Created = cmp.Or(m.Created, m.Received)
	m.Modified = cmp.Or(m.Modified, m.Received)
	m.BodyType = cmp.Or(m.BodyType, "text")
	m.InternetMessageID = cmp.Or(m.InternetMessageID, "<"+guid(b.owner, fmt.Sprint(b.serial))+"@"+domain+">")
	m.ConversationID = cmp.Or(m.ConversationID, opaqueID("AAQkAG", 84, b.tenant, threadTopic(m.Subject)))
	m.ChangeKey = cmp.Or(m.ChangeKey, b.changeKey(b.version+1))
	if m.Sender == (Address{}) {
		m.Sender = m.From
	}
	b.completeAttachments(m, m.ID, m.Received)
}

// completeAttachments fills what attachments must have, and the mails among them. The
// caller holds the lock.
func (b *mailbox) completeAttachments(m *Message, id string, at time.Time) {
	for _, a := range m.Attachments {
		if a.ID == "" {
			a.ID = b.newID(id[:min(len(id), 24)], 64)
		}
		a.Modified = cmp.Or(a.Modified, at)
		if a.Item == nil {
			continue
		}
		item := a.Item
		item.BodyType = cmp.Or(item.BodyType, "text")
		item.Received = cmp.Or(item.Received, item.Sent, at)
		item.Sent = cmp.Or(item.Sent, item.Received)
		item.Created, item.Modified = cmp.Or(item.Created, item.Received), cmp.Or(item.Modified, item.Received)
		if item.Sender == (Address{}) {
			item.Sender = item.From
		}
		b.completeAttachments(item, id, at)
	}
}

// threadTopic is a subject without the prefixes of replies.
func threadTopic(subject string) string {
	for {
		head, rest, found := strings.Cut(subject, ":")
		if !found || len(strings.TrimSpace(head)) > 3 {
			return strings.TrimSpace(subject)
		}
		subject = rest
	}
}

func (b *mailbox) changeKey(version uint64) string {
	key := make([]byte, 30)
	copy(key, "\x09\x00\x00\x00\x16\x00\x00\x00"+b.owner)
	binary.BigEndian.PutUint64(key[22:], version)
	return base64.StdEncoding.EncodeToString(key)
}

// place makes s the state of its message in f. The caller holds the lock and has given
// s the new version.
func (b *mailbox) place(f *folder, s *stored) {
	id := s.msg.ID
	if old := f.members[id]; old != nil && !old.msg.IsRead {
		f.unread--
	}
	if !s.msg.IsRead {
		f.unread++
	}
	s.tag = f.tag
	f.members[id], b.messages[id] = s, s
	if g, left := f.gone[id]; left {
		f.returned[id] = g.added
		delete(f.gone, id)
	}
	f.log = append(f.log, event{version: s.version(), id: id})
	f.sorted, b.all = nil, nil
}

// leave takes a message out of a folder. The caller holds the lock and has raised the version.
func (b *mailbox) leave(f *folder, s *stored, reason string) {
	id := s.msg.ID
	if !s.msg.IsRead {
		f.unread--
	}
	delete(f.members, id)
	f.gone[id] = departure{version: b.version, added: cmp.Or(f.returned[id], s.added), reason: reason}
	f.log = append(f.log, event{version: b.version, id: id})
	f.sorted, b.all = nil, nil
}

// Update changes a message in substance: it gets a new change key and modification time.
// change gets a copy; ids and folder that it sets are ignored.
func (t *Tenant) Update(user, id string, change func(*Message)) error {
	return t.changeMessage(user, id, func(b *mailbox, f *folder, old *stored) error {
		m := old.msg.clone()
		change(m)
		m.ID, m.FolderID = old.msg.ID, old.msg.FolderID
		m.ChangeKey, m.Modified = b.changeKey(b.version), old.msg.Modified.Add(time.Second)
		b.completeAttachments(m, m.ID, m.Modified)
		b.place(f, &stored{msg: m, added: old.added, changed: b.version, read: old.read, preview: preview(m), size: messageSize(m)})
		return nil
	})
}

// MarkRead sets the read flag alone: delta then names only id, isRead and the folder.
func (t *Tenant) MarkRead(user, id string, read bool) error {
	return t.changeMessage(user, id, func(b *mailbox, f *folder, old *stored) error {
		next := *old
		m := *old.msg
		m.IsRead = read
		next.msg, next.read = &m, b.version
		b.place(f, &next)
		return nil
	})
}

// Move puts a message into another folder, by id or well-known name. Its immutable id stays.
func (t *Tenant) Move(user, id, folderID string) error {
	return t.changeMessage(user, id, func(b *mailbox, f *folder, old *stored) error {
		to := b.at(folderID)
		if to == nil {
			return unknownFolder(user, folderID)
		}
		if to == f {
			return nil
		}
		b.leave(f, old, "changed")
		next := *old
		m := *old.msg
		m.FolderID, m.ChangeKey = to.ID, b.changeKey(b.version)
		next.msg, next.added, next.changed = &m, b.version, b.version
		b.place(to, &next)
		return nil
	})
}

// Delete takes a message away for good.
func (t *Tenant) Delete(user, id string) error {
	return t.changeMessage(user, id, func(b *mailbox, f *folder, old *stored) error {
		b.leave(f, old, "deleted")
		delete(b.messages, id)
		b.departed[id] = true
		return nil
	})
}

// changeMessage calls change under the lock with a new version.
func (t *Tenant) changeMessage(user, id string, change func(*mailbox, *folder, *stored) error) error {
	b, err := t.mailboxOf(user)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.messages[id]
	if s == nil {
		return fmt.Errorf("simulator: no message %q in the mailbox of %s", id, user)
	}
	b.version++
	return change(b, b.folders[s.msg.FolderID], s)
}

// Messages are the messages of a mailbox, oldest id first, each a copy whose attachments'
// bytes are shared. An unknown mailbox has none.
func (t *Tenant) Messages(user string) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		b, err := t.mailboxOf(user)
		if err != nil {
			return
		}
		b.mu.RLock()
		list := slices.SortedFunc(maps.Values(b.messages), func(x, y *stored) int {
			return cmp.Or(x.msg.Received.Compare(y.msg.Received), strings.Compare(x.msg.ID, y.msg.ID))
		})
		b.mu.RUnlock()
		for _, s := range list {
			if !yield(*s.msg.clone()) {
				return
			}
		}
	}
}

// clone copies a message so that neither side sees changes of the other; the bytes of
// attachments and MIME are shared.
func (m *Message) clone() *Message {
	c := *m
	c.To, c.Cc, c.Bcc, c.ReplyTo = slices.Clone(m.To), slices.Clone(m.Cc), slices.Clone(m.Bcc), slices.Clone(m.ReplyTo)
	c.Headers, c.Categories = slices.Clone(m.Headers), slices.Clone(m.Categories)
	c.Attachments = slices.Clone(m.Attachments)
	for i, a := range c.Attachments {
		ac := *a
		if a.Item != nil {
			ac.Item = a.Item.clone()
		}
		c.Attachments[i] = &ac
	}
	return &c
}

package sweepertest

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"sync"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// Memory is a Source whose messages lie in memory. Each folder is a log of what
// was put into it and removed; a cursor is a place in the log. The zero value is
// empty and ready; its exported fields are set before its first use.
type Memory struct {
	// Name is the Ref.Source; "memory" when empty.
	Name string
	// PageSize is the number of messages and removals on a page; 10 when 0.
	PageSize int
	// BeforePage is called before each page, with the number of pages that this
	// walk has yielded; its error is yielded in the page's place. After a
	// *sweeper.Skip the walk goes on.
	BeforePage func(f sweeper.Folder, pages int) error
	// BeforeOpen is called when a message is opened; its error is returned.
	BeforeOpen func(r sweeper.Ref) error

	mu      sync.Mutex
	folders map[folderName]*log
}

var (
	_ sweeper.Source  = (*Memory)(nil)
	_ sweeper.Witness = (*Memory)(nil)
)

type folderName struct{ mailbox, folder string }

// log is what happened in a folder. Positions count from 1.
type log struct {
	generation uint64
	events     []event
	last       map[string]int // position of the latest event of each message
}

type event struct {
	id      string
	removed bool
	open    func(ctx context.Context, b *decode.Budget) (decode.Mail, error)
	size    int64
}

// Put puts a message, as it is on the wire, into a folder, which it makes. A
// message of the same id in that folder is replaced.
func (m *Memory) Put(mailbox, folder, id, raw string) {
	m.PutMail(mailbox, folder, id, int64(len(raw)), func(ctx context.Context, b *decode.Budget) (decode.Mail, error) {
		return decode.MIME(ctx, []byte(raw), b), nil
	})
}

// PutMail is Put for a message that open takes apart.
func (m *Memory) PutMail(mailbox, folder, id string, size int64, open func(context.Context, *decode.Budget) (decode.Mail, error)) {
	m.MakeFolder(mailbox, folder)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.folders[folderName{mailbox, folder}].add(event{id: id, size: size, open: open})
}

// Remove removes a message.
func (m *Memory) Remove(mailbox, folder, id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.folders[folderName{mailbox, folder}]; l.there(id) {
		l.add(event{id: id, removed: true})
	}
}

// MakeFolder makes an empty folder, unless it is there.
func (m *Memory) MakeFolder(mailbox, folder string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.folders == nil {
		m.folders = map[folderName]*log{}
	}
	if name := (folderName{mailbox, folder}); m.folders[name] == nil {
		m.folders[name] = &log{last: map[string]int{}}
	}
}

// RemoveFolder removes a folder with all that is in it.
func (m *Memory) RemoveFolder(mailbox, folder string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.folders, folderName{mailbox, folder})
}

// Lost reports whether the folder is not there, or not any more.
func (m *Memory) Lost(_ context.Context, f sweeper.Folder) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return f.Source == m.source() && m.folders[folderName{f.Mailbox, f.Name}] == nil, nil
}

// Expire makes all cursors of a folder worthless: the next walk is a Reset.
func (m *Memory) Expire(mailbox, folder string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.folders[folderName{mailbox, folder}]; l != nil {
		l.generation++
	}
}

func (l *log) add(e event) {
	l.events = append(l.events, e)
	l.last[e.id] = len(l.events)
}

func (l *log) there(id string) bool {
	return l != nil && l.last[id] > 0 && !l.events[l.last[id]-1].removed
}

// Mailboxes lists the mailboxes by name.
func (m *Memory) Mailboxes(ctx context.Context) iter.Seq2[sweeper.Mailbox, error] {
	return func(yield func(sweeper.Mailbox, error) bool) {
		last := ""
		for i, n := range m.names() {
			if i > 0 && n.mailbox == last {
				continue
			}
			last = n.mailbox
			if err := ctx.Err(); err != nil {
				yield(sweeper.Mailbox{}, err)
				return
			}
			if !yield(sweeper.Mailbox{Source: m.source(), Name: n.mailbox}, nil) {
				return
			}
		}
	}
}

// Folders lists the folders of a mailbox by name.
func (m *Memory) Folders(ctx context.Context, of sweeper.Mailbox) iter.Seq2[sweeper.Folder, error] {
	return func(yield func(sweeper.Folder, error) bool) {
		for _, n := range m.names() {
			if n.mailbox != of.Name {
				continue
			}
			if err := ctx.Err(); err != nil {
				yield(sweeper.Folder{}, err)
				return
			}
			f := sweeper.Folder{Source: m.source(), Mailbox: n.mailbox, Name: n.folder, Key: n.mailbox + "/" + n.folder}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// Changes lists what happened in a folder since the cursor.
func (m *Memory) Changes(ctx context.Context, f sweeper.Folder, since sweeper.Cursor) iter.Seq2[sweeper.Page, error] {
	return func(yield func(sweeper.Page, error) bool) {
		for pages := 0; ; pages++ {
			err := ctx.Err()
			if err == nil && m.BeforePage != nil {
				err = m.BeforePage(f, pages)
			}
			if err != nil {
				if _, skip := err.(*sweeper.Skip); !yield(sweeper.Page{}, err) || !skip {
					return
				}
			}
			page := m.page(f, since)
			if !yield(page, nil) || page.Done {
				return
			}
			since = page.Next
		}
	}
}

// page collects one page behind a cursor. What a later event of the same message
// has overtaken is left out.
func (m *Memory) page(f sweeper.Folder, since sweeper.Cursor) sweeper.Page {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.folders[folderName{f.Mailbox, f.Name}]
	if l == nil {
		return sweeper.Page{Next: since, Done: true}
	}
	at, ok := l.position(since)
	page := sweeper.Page{Reset: !ok}
	for room := cmp.Or(m.PageSize, 10); at < len(l.events) && room > 0; at++ {
		e := l.events[at]
		switch {
		case l.last[e.id] != at+1:
			continue
		case e.removed:
			page.Gone = append(page.Gone, key(f, e.id))
		default:
			page.Messages = append(page.Messages, m.message(f, e))
		}
		room--
	}
	page.Done = at == len(l.events)
	page.Next = binary.AppendUvarint(binary.AppendUvarint(nil, l.generation), uint64(at))
	return page
}

// position reads a cursor; false when it is none of this log's.
func (l *log) position(c sweeper.Cursor) (int, bool) {
	generation, n := binary.Uvarint(c)
	if n <= 0 || generation != l.generation {
		return 0, false
	}
	at, k := binary.Uvarint(c[n:])
	if k <= 0 || at > uint64(len(l.events)) {
		return 0, false
	}
	return int(at), true
}

// Message finds a message again.
func (m *Memory) Message(ctx context.Context, r sweeper.Ref) (*sweeper.Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.folders[folderName{r.Mailbox, r.Folder}]
	if !l.there(r.ID) {
		return nil, gone(r)
	}
	f := sweeper.Folder{Source: r.Source, Mailbox: r.Mailbox, Name: r.Folder, Key: r.FolderKey}
	msg := m.message(f, l.events[l.last[r.ID]-1])
	return &msg, nil
}

func (m *Memory) message(f sweeper.Folder, e event) sweeper.Message {
	ref := sweeper.Ref{Source: f.Source, Mailbox: f.Mailbox, Folder: f.Name, FolderKey: f.Key, Key: key(f, e.id), ID: e.id}
	return sweeper.Message{Ref: ref, Size: e.size, Open: func(ctx context.Context, b *decode.Budget) (decode.Mail, error) {
		if m.BeforeOpen != nil {
			if err := m.BeforeOpen(ref); err != nil {
				return decode.Mail{}, err
			}
		}
		if err := ctx.Err(); err != nil {
			return decode.Mail{}, err
		}
		m.mu.Lock()
		there := m.folders[folderName{f.Mailbox, f.Name}].there(e.id)
		m.mu.Unlock()
		if !there {
			return decode.Mail{}, gone(ref)
		}
		return e.open(ctx, b)
	}}
}

func (m *Memory) source() string { return cmp.Or(m.Name, "memory") }

// names are the folders, sorted by mailbox, then by folder.
func (m *Memory) names() []folderName {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []folderName
	for n := range m.folders {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b folderName) int {
		return cmp.Or(cmp.Compare(a.mailbox, b.mailbox), cmp.Compare(a.folder, b.folder))
	})
	return names
}

func key(f sweeper.Folder, id string) string { return fmt.Sprintf("%s/%s", f.Key, id) }

func gone(r sweeper.Ref) *sweeper.Skip {
	return &sweeper.Skip{Ref: r, Skip: decode.Skip{Reason: decode.Gone}}
}

package m365

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// Source is the mail of a tenant. It may be used from many goroutines.
type Source struct {
	c      *Client
	name   string // [sweeper.Ref.Source]
	pick   Selection
	match  func(mailbox, folder string) bool
	window sweeper.Window
	hidden []string // names of the folders of recoverable items to read too
	// archives says to read archive mailboxes beside the others.
	archives bool
	ids      Wanted
	memory   *memory
	// firstPage is the size of a folder's first page.
	firstPage int
	scanWaits []time.Duration
	// mean is about how many bytes of a page one message took lately.
	mean atomic.Int64

	mu    sync.Mutex
	boxes map[string]*mailbox // by the name that people know it by
}

// DefaultMemory bounds pages and attachments in flight, in bytes.
const DefaultMemory = 128 << 20

// SourceOptions say what of the tenant to read.
type SourceOptions struct {
	// Tenant is the id of the tenant; it becomes part of the Source's name.
	Tenant string
	Select Selection
	// Match says which folders to read; nil is all.
	Match func(mailbox, folder string) bool
	// Window, unless it is open on both sides, makes the service list only mail
	// received in it.
	Window sweeper.Window
	// Recoverable are the folders of recoverable items to read beside the others:
	// "deletions", "purges", "versions", "discoveryholds".
	Recoverable []string
	// Archive reads the in-place archives of the selected mailboxes too, as mailboxes of
	// their own. It is experimental: Microsoft does not support it.
	Archive bool
	// Wanted, when not nil, are the only messages to read.
	Wanted Wanted
	// Memory bounds pages and attachments in flight, in bytes; 0 is [DefaultMemory].
	Memory int64
}

// mailbox is one mailbox that was listed.
type mailbox struct {
	id        string // of the user
	name      string
	principal string             // by which audit records name the mailbox
	owner     *mailbox           // of an archive: the primary mailbox
	folders   map[string]*folder // by id
}

// folder is one folder that was listed.
type folder struct {
	id, name string
	items    int
}

// Source opens the tenant's mail.
func (c *Client) Source(o SourceOptions) (*Source, error) {
	hidden, err := recoverable(o.Recoverable)
	if err != nil {
		return nil, err
	}
	if err := o.Select.check(); err != nil {
		return nil, err
	}
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	s := &Source{
		c: c, name: "m365:" + o.Tenant, pick: o.Select, match: o.Match, window: o.Window, hidden: hidden, archives: o.Archive, ids: o.Wanted,
		memory: newMemory(o.Memory), firstPage: firstPage, scanWaits: scanWaits, boxes: map[string]*mailbox{},
	}
	s.mean.Store(8 << 10)
	return s, nil
}

// notCovered is the Skip of a mailbox that cannot be read: it is not covered, and
// must not be taken for clean.
func (s *Source) notCovered(name string, e *Error) *sweeper.Skip {
	detail := "this mailbox is not covered: " + e.Error()
	switch e.Status {
	case 403:
		detail = "this mailbox is not covered: the tenant's policy does not let this application read it (" + e.Error() + ")"
	case 404:
		detail = "this mailbox is not covered: it is missing, without a licence, on-premises or soft-deleted (" + e.Error() + ")"
	}
	return &sweeper.Skip{
		Ref:  sweeper.Ref{Source: s.name, Mailbox: name},
		Skip: decode.Skip{Reason: decode.Unreadable, Detail: detail},
	}
}

// named finds a mailbox that Mailboxes listed before, or asks for it.
func (s *Source) named(ctx context.Context, name string) (*mailbox, error) {
	s.mu.Lock()
	m := s.boxes[name]
	s.mu.Unlock()
	if m != nil {
		return m, nil
	}
	if archival(name) {
		return s.namedArchive(ctx, name)
	}
	u, err := s.c.user(ctx, name)
	if err != nil {
		return nil, err
	}
	return s.know(u), nil
}

// know remembers a mailbox by its name.
func (s *Source) know(u user) *mailbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Two accounts may share an address: each needs a name of its own.
	for _, name := range []string{u.name(), u.principal, u.id} {
		m := s.boxes[name]
		if m == nil {
			m = &mailbox{id: u.id, name: name, principal: u.principal, folders: map[string]*folder{}}
			s.boxes[name] = m
		}
		if m.id == u.id {
			return m
		}
	}
	return &mailbox{id: u.id, name: u.id, principal: u.principal, folders: map[string]*folder{}} // ids are their own names
}

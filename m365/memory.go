package m365

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// memory bounds what is read and not yet searched. Pages and attachments have each
// their own half, so that pages that wait for their attachments never keep these
// from coming.
type memory struct {
	most  int64 // of each half
	pages *semaphore.Weighted
	files *semaphore.Weighted
}

func newMemory(bytes int64) *memory {
	half := max(bytes/2, 1)
	return &memory{most: half, pages: semaphore.NewWeighted(half), files: semaphore.NewWeighted(half)}
}

// page and file make claims, which hold nothing yet.
func (m *memory) page(n int64) *claim { return &claim{half: m.pages, want: min(max(n, 1), m.most)} }
func (m *memory) file(n int64) *claim { return &claim{half: m.files, want: min(max(n, 1), m.most)} }

// claim is memory that one reply will take. The transport enters it when the
// request may be sent, and leaves it when the request has to wait: a mailbox that
// is throttled holds no memory that others need.
type claim struct {
	half *semaphore.Weighted
	want int64

	mu   sync.Mutex
	held int64
}

func (c *claim) enter(ctx context.Context) error {
	if c == nil {
		return nil
	}
	if err := c.half.Acquire(ctx, c.want); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held += c.want
	return nil
}

// leave gives everything back. It may be called more than once, and on nil.
func (c *claim) leave() { c.shrink(0) }

// shrink gives back what is held above n.
func (c *claim) shrink(n int64) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held > n {
		c.half.Release(c.held - n)
		c.held = n
	}
}

package m365

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// memory bounds what is read and not yet searched, in three purses. What holds of
// one may wait for one further down, never for one further up, and takes of each only
// once; and nobody waits for memory who holds a slot of a mailbox (see admit). So
// nothing waits for itself.
type memory struct {
	pages *purse // lists of mail
	lists *purse // attachments that came with their list
	files *purse // attachments that are read by themselves, all of a message together
}

type purse struct {
	most int64
	left *semaphore.Weighted
}

func newMemory(bytes int64) *memory {
	purse := func(share int64) *purse {
		most := max(bytes*share/8, 1)
		return &purse{most, semaphore.NewWeighted(most)}
	}
	return &memory{pages: purse(3), lists: purse(2), files: purse(3)}
}

// claim is a claim for n bytes, or for all there is if n is more. It holds nothing yet.
func (p *purse) claim(n int64) *claim {
	return &claim{from: p.left, want: min(max(n, 1), p.most)}
}

// claim is memory that one reply will take. The transport enters it when the
// request may be sent, and leaves it when the request has to wait: a mailbox that
// is throttled holds no memory that others need.
type claim struct {
	from *semaphore.Weighted
	want int64

	mu   sync.Mutex
	held int64
}

func (c *claim) enter(ctx context.Context) error {
	if c == nil || c.entered() {
		return nil
	}
	if err := c.from.Acquire(ctx, c.want); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held += c.want
	return nil
}

// tryEnter enters if that needs no waiting.
func (c *claim) tryEnter() bool {
	return c == nil || c.entered() || c.grow(c.want)
}

func (c *claim) entered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held > 0
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
		c.from.Release(c.held - n)
		c.held = n
	}
}

// fit holds n bytes from now on, as far as they are there at once. What turned out larger
// than its claim is in memory already: nobody waits for that, but others shall not be
// given the same room.
func (c *claim) fit(n int64) {
	c.shrink(n)
	c.reach(n)
}

// reach grows to n bytes in all, as grow does; what holds as much already has it.
func (c *claim) reach(n int64) bool {
	c.mu.Lock()
	more := n - c.held
	c.mu.Unlock()
	return more <= 0 || c.grow(more)
}

// grow takes n bytes more, if they are there at once: who holds some must not wait
// for others who do.
func (c *claim) grow(n int64) bool {
	if !c.from.TryAcquire(n) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held += n
	return true
}

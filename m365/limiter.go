package m365

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// What the service allows one application, per learn.microsoft.com "Microsoft
// Graph service-specific throttling limits": Outlook gives each mailbox four
// requests at a time and 10,000 in ten minutes; the directory gives a small tenant
// 3,500 units in ten seconds. Ours are a little lower, because the clocks differ
// and other tools may use the same application.
const (
	// AtOnce is how many requests at a time one mailbox answers.
	AtOnce = 4

	mailboxMost    = 9_800
	mailboxPer     = 10 * time.Minute
	directoryMost  = 3_000
	directoryPer   = 10 * time.Second
	directoryUnits = 2 // of one list or get; $select makes it 1, but not always
	// easeSoonest and easeLatest bound how many replies must go well before a mailbox
	// that another program uses too is given one more request at a time.
	easeSoonest = 8
	easeLatest  = 128
	// showsWithin is in how many replies one too many at a time shows.
	showsWithin = 16
)

// limiter keeps the requests of this process within the service's limits: it
// belongs to one [Client] and is used by all that is asked through it. Each mailbox
// waits for itself alone.
type limiter struct {
	mu    sync.Mutex
	boxes map[string]*box // by mailbox; "" is the directory
}

func newLimiter() *limiter { return &limiter{boxes: map[string]*box{}} }

// box gives what one mailbox, or with "" the directory, may still use.
func (l *limiter) box(mailbox string) *box {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.boxes[mailbox]
	if b == nil {
		b = &box{limit: AtOnce, ease: easeSoonest, cost: 1, window: newWindow(mailboxMost, mailboxPer)}
		if mailbox == "" {
			b.cost, b.window = directoryUnits, newWindow(directoryMost, directoryPer)
		}
		l.boxes[mailbox] = b
	}
	return b
}

// box is a queue for the requests to one mailbox: first come, first served, at most
// limit of them at once, none before the fence, and no more than the window allows.
type box struct {
	cost int // of one request, in the window

	mu     sync.Mutex
	limit  int
	busy   int
	queue  []*waiter
	window *window
	fence  time.Time
	well   int  // good replies since the limit changed
	ease   int  // how many of them it takes to go up by one
	raised bool // the last change was upwards
	// porches are where requests wait that want memory of a purse, a few at a time.
	porches map[*semaphore.Weighted]*semaphore.Weighted
}

type waiter struct {
	n     int
	ready chan struct{}
}

// acquire waits until n requests may be sent at once, or as many as the limit
// allows if that is less, and gives that number, which is to be released. The
// window counts n and extra.
func (b *box) acquire(ctx context.Context, n, extra int, now func() time.Time) (int, error) {
	w := &waiter{n: n, ready: make(chan struct{})}
	b.mu.Lock()
	b.queue = append(b.queue, w)
	b.admit()
	b.mu.Unlock()
	select {
	case <-w.ready:
	case <-ctx.Done():
		b.leave(w)
		return 0, ctx.Err()
	}
	for {
		wait := b.wait(n+extra, now())
		if wait <= 0 {
			return w.n, nil
		}
		if err := sleep(ctx, wait); err != nil {
			b.release(w.n)
			return 0, err
		}
	}
}

// admit lets in whoever stands first, as long as there is room. It needs the lock.
func (b *box) admit() {
	for len(b.queue) > 0 {
		w := b.queue[0]
		n := min(w.n, b.limit)
		if b.busy+n > b.limit {
			return
		}
		b.queue = b.queue[1:]
		b.busy += n
		w.n = n
		close(w.ready)
	}
}

// leave takes a waiter whose context ended out of the queue, or gives back what it
// had just been given.
func (b *box) leave(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, q := range b.queue {
		if q == w {
			b.queue = append(b.queue[:i:i], b.queue[i+1:]...)
			b.admit()
			return
		}
	}
	b.busy -= w.n
	b.admit()
}

// giveBack releases n that were let in and not used.
func (b *box) giveBack(n, extra int) {
	b.mu.Lock()
	b.window.untake((n + extra) * b.cost)
	b.mu.Unlock()
	b.release(n)
}

func (b *box) release(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.busy -= n
	b.admit()
}

// wait says how long a request that was let in has to wait; when it is 0, it was
// counted.
func (b *box) wait(n int, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if d := b.fence.Sub(now); d > 0 {
		return d
	}
	return b.window.take(n*b.cost, now)
}

// porch waits until few enough requests of the mailbox wait for memory of a purse.
func (b *box) porch(ctx context.Context, purse *semaphore.Weighted) (leave func(), err error) {
	b.mu.Lock()
	p := b.porches[purse]
	if p == nil {
		if b.porches == nil {
			b.porches = map[*semaphore.Weighted]*semaphore.Weighted{}
		}
		p = semaphore.NewWeighted(AtOnce)
		b.porches[purse] = p
	}
	b.mu.Unlock()
	return func() { p.Release(1) }, p.Acquire(ctx, 1)
}

// fenced reports whether the mailbox is told to wait.
func (b *box) fenced(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fence.After(now)
}

// later keeps all requests of the mailbox back until then.
func (b *box) later(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until.After(b.fence) {
		b.fence = until
	}
}

// crowded notes that the mailbox got too many requests at once although we keep to
// the limit: another program reads it with our application. Waiting does not help
// against that; fewer requests at a time do. A program that stays is met whenever the
// limit goes up again, so that is tried less and less often; one that has gone costs
// little.
func (b *box) crowded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.well >= showsWithin:
		b.ease = easeSoonest
	case b.raised:
		b.ease = min(2*b.ease, easeLatest)
	}
	b.well, b.raised = 0, false
	b.limit = max(b.limit-1, 1)
}

// good notes a reply that was served, and eases the limit after enough of them.
func (b *box) good() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.well++; b.well < b.ease || b.limit == AtOnce {
		return
	}
	b.well, b.raised = 0, true
	b.limit++
	b.admit()
}

// sleep waits, or ends with ctx.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

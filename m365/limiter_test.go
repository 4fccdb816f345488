package m365

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestWindowNeverExceedsTheServices drives a window as fast as it lets through, and
// counts as the service does: no stretch of the window's length may hold more.
func TestWindowNeverExceedsTheServices(t *testing.T) {
	const most, per = 500, 10 * time.Minute
	r := rand.New(rand.NewPCG(1, 2))
	w := newWindow(most, per)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var sent []time.Time
	for len(sent) < 5000 {
		n := 1 + r.IntN(20)
		if wait := w.take(n, now); wait > 0 {
			if wait > per+per/windowParts {
				t.Fatalf("a wait of %v", wait)
			}
			now = now.Add(wait)
			continue
		}
		for range n {
			sent = append(sent, now)
		}
		now = now.Add(time.Duration(r.IntN(3000)) * time.Millisecond)
	}
	for i := range sent {
		if j := i + most; j < len(sent) && sent[j].Sub(sent[i]) < per {
			t.Fatalf("%d requests within %v", most+1, sent[j].Sub(sent[i]))
		}
	}
	took := sent[len(sent)-1].Sub(sent[0])
	if ideal := per * time.Duration(len(sent)/most-1); took > ideal+ideal/6 {
		t.Errorf("%d requests took %v; the service allows %v", len(sent), took, ideal)
	}
}

func TestWindowLetsALargeTakeThroughWhenEmpty(t *testing.T) {
	w := newWindow(10, time.Minute)
	if wait := w.take(20, time.Now()); wait != 0 {
		t.Errorf("it waits %v for what it will never have room for", wait)
	}
}

func TestMailboxHasFourAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newLimiter().box("a")
		var busy, most atomic.Int64
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				n, err := b.acquire(t.Context(), 1, 0, time.Now)
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), busy.Add(1)))
				time.Sleep(time.Second)
				busy.Add(-1)
				b.release(n)
			})
		}
		begun := time.Now()
		all.Wait()
		if most.Load() != AtOnce || time.Since(begun) != 10*time.Second {
			t.Errorf("%d at once, in %v", most.Load(), time.Since(begun))
		}
	})
}

func TestThrottledMailboxWaitsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter()
		l.box("a").later(time.Now().Add(time.Minute))
		begun := time.Now()
		for _, name := range []string{"b", "c", ""} {
			n, _ := l.box(name).acquire(t.Context(), 1, 0, time.Now)
			l.box(name).release(n)
		}
		if d := time.Since(begun); d != 0 {
			t.Errorf("the others waited %v", d)
		}
		if _, err := l.box("a").acquire(t.Context(), 1, 0, time.Now); err != nil || time.Since(begun) != time.Minute {
			t.Errorf("it waited %v, %v", time.Since(begun), err)
		}
	})
}

func TestBatchGetsWhatACrowdedMailboxHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newLimiter().box("a")
		for range 10 {
			b.crowded()
		}
		n, err := b.acquire(t.Context(), AtOnce, 0, time.Now)
		if n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		b.release(n)
		for range easeLatest * (AtOnce - 1) {
			b.good()
		}
		if n, _ := b.acquire(t.Context(), AtOnce, 0, time.Now); n != AtOnce {
			t.Errorf("after much that went well it has %d", n)
		}
	})
}

func TestAcquireEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newLimiter().box("a")
		held, _ := b.acquire(t.Context(), AtOnce, 0, time.Now)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := b.acquire(ctx, 1, 0, time.Now); err == nil {
			t.Fatal("it was let in")
		}
		b.release(held)
		if n, err := b.acquire(t.Context(), AtOnce, 0, time.Now); n != AtOnce || err != nil {
			t.Errorf("a slot was lost: %d, %v", n, err)
		}
	})
}

// Of a program that holds one of the four slots all the time, a hundred requests of ours
// meet few; of one that has gone, nothing is left after a few replies.
func TestAttemptsAtACrowdedMailboxBecomeFewer(t *testing.T) {
	b := newLimiter().box("a")
	met := 0
	for range 1000 {
		if b.limit == AtOnce {
			b.crowded()
			met++
		} else {
			b.good()
		}
	}
	if met < 4 || met > 15 {
		t.Errorf("1,000 requests were refused %d times", met)
	}
	for range easeLatest + showsWithin {
		b.good()
	}
	b.crowded()
	for range easeSoonest {
		b.good()
	}
	if b.limit != AtOnce {
		t.Errorf("long after it has gone, the limit is %d", b.limit)
	}
}

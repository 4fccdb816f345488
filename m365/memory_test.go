package m365

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"mailsweep/decode"
	"mailsweep/simulator"
	"mailsweep/sweeper"
)

// TestLittleMemory: with memory for hardly one reply, and more mailboxes, folders and
// attachments at once than there is room for, nothing waits for itself.
func TestLittleMemory(t *testing.T) {
	w := newTown(t)
	for i := range 6 {
		u := w.person(fmt.Sprint("u", i))
		for j := range 30 {
			size := 10 << 10
			if j%5 == 0 {
				size = 400 << 10
			}
			folder, _ := w.tenant.WellKnown(u.ID, []string{"inbox", "archive", "sentitems"}[j%3])
			w.mail(u, simulator.Message{Subject: fmt.Sprint(j), FolderID: folder.ID, Attachments: []*simulator.Attachment{
				{Name: "a.txt", ContentType: "text/plain", Content: make([]byte, size)}, {Name: "b.txt", ContentType: "text/plain", Content: make([]byte, size)},
				{Name: "m", Item: forwarded(textFile("c.txt"))},
			}})
		}
	}
	client, server := serve(t, w.tenant, simulator.Options{Limits: simulator.DefaultLimits(), Latency: time.Millisecond})
	s := open(t, client, func(o *SourceOptions) { o.Memory = 64 << 10 })
	s.firstPage = 5
	all, _ := folders(t, s)
	var mu sync.Mutex
	var work sync.WaitGroup
	parts := 0
	for _, f := range all {
		work.Go(func() {
			for p, err := range s.Changes(t.Context(), f, nil) {
				if err != nil {
					t.Error(err)
					return
				}
				var page sync.WaitGroup
				for _, m := range p.Messages {
					page.Go(func() {
						n := openAll(t, m)
						mu.Lock()
						parts += n
						mu.Unlock()
					})
				}
				page.Wait()
				if p.Release != nil {
					p.Release()
				}
			}
		})
	}
	work.Wait()
	if parts != 6*30*3 {
		t.Errorf("%d parts", parts)
	}
	for box, n := range server.Stats().MostAtOnce {
		if n > AtOnce {
			t.Errorf("%d at once to %s", n, box)
		}
	}
	if n := server.Stats().Throttled; n > 0 {
		t.Errorf("%d throttled", n)
	}
}

// TestBooks: whatever replies do with their claims, a purse gives out no more than it has,
// gives back no more than was taken, and is full again in the end.
func TestBooks(t *testing.T) {
	for seed := range uint64(200) {
		chance := rand.New(rand.NewPCG(seed, 1))
		p := newMemory(8 * 1000 / 3).pages
		ctx, over := context.WithCancel(t.Context())
		over() // nothing here waits
		var all []*claim
		for step := range 300 {
			if len(all) == 0 || chance.IntN(10) == 0 {
				all = append(all, p.claim(chance.Int64N(2*p.most)-10))
			}
			c, n := all[chance.IntN(len(all))], chance.Int64N(p.most)
			switch chance.IntN(6) {
			case 0:
				_ = c.enter(ctx)
			case 1:
				c.tryEnter()
			case 2:
				c.grow(n)
			case 3:
				c.fit(n)
				if c.held < n && p.left.TryAcquire(n-c.held) {
					t.Fatalf("seed %d, step %d: %d bytes are held of %d, and there was room", seed, step, c.held, n)
				}
			case 4:
				c.shrink(n)
			case 5:
				c.leave()
			}
			var held int64
			for _, c := range all {
				if held += c.held; c.held < 0 {
					t.Fatalf("seed %d, step %d: a claim holds %d bytes", seed, step, c.held)
				}
			}
			if held > p.most || p.left.TryAcquire(p.most-held+1) || !p.left.TryAcquire(p.most-held) {
				t.Fatalf("seed %d, step %d: %d of %d bytes are held, and the purse knows of another number", seed, step, held, p.most)
			}
			p.left.Release(p.most - held)
		}
		for _, c := range all {
			c.leave()
			c.leave()
		}
		if !p.left.TryAcquire(p.most) {
			t.Fatalf("seed %d: not all came back", seed)
		}
	}
}

// TestBooksOfMany: the same, with all at once, who also wait.
func TestBooksOfMany(t *testing.T) {
	p := newMemory(8 * 1000 / 3).pages
	var all sync.WaitGroup
	for i := range uint64(16) {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(i, 2))
			for range 200 {
				c := p.claim(chance.Int64N(2 * p.most))
				if err := c.enter(t.Context()); err != nil {
					t.Error(err)
				}
				c.fit(chance.Int64N(p.most))
				c.grow(chance.Int64N(p.most))
				c.shrink(chance.Int64N(p.most))
				c.leave()
			}
		})
	}
	all.Wait()
	if !p.left.TryAcquire(p.most) {
		t.Error("not all came back")
	}
}

// TestPageLargerThanGuessed: what a page takes is on the books, also where it was thought smaller.
func TestPageLargerThanGuessed(t *testing.T) {
	w := newTown(t)
	u := w.person("ada")
	w.mail(u, simulator.Message{Subject: "s", Body: strings.Repeat("x", 1<<20)})
	client, _ := serve(t, w.tenant, simulator.Options{})
	s := open(t, client, func(o *SourceOptions) { o.Memory = 8 << 20 })
	pages := s.memory.pages
	for p, err := range s.Changes(t.Context(), inbox(t, s), nil) {
		if err != nil {
			t.Fatal(err)
		}
		if pages.left.TryAcquire(pages.most - 1<<20 + 1) {
			t.Fatal("a page of 1 MiB is there, and the books show less")
		}
		p.Release()
		if !pages.left.TryAcquire(pages.most) {
			t.Fatal("not all came back")
		}
		pages.left.Release(pages.most)
	}
}

// openAll fetches a message and counts its parts.
func openAll(t *testing.T, m sweeper.Message) int {
	defer m.Release()
	if _, err := m.Fetch(t.Context()); err != nil {
		t.Error(err)
		return 0
	}
	mail, err := m.Open(t.Context(), decode.NewBudget(decode.DefaultLimits(), -1))
	if err != nil {
		t.Error(err)
	}
	return len(mail.Parts)
}

package m365

import (
	"fmt"
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

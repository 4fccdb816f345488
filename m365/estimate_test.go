package m365

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"mailsweep/simulator"
)

// TestEstimate counts what the selection chooses, and nothing else.
func TestEstimate(t *testing.T) {
	w := newTown(t)
	var since = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"ada", "bob", "cy"} {
		u := w.person(name)
		for i := range 250 { // ten of them in the window
			w.mail(u, simulator.Message{Subject: "s", InternetMessageID: fmt.Sprintf("<%s-%d@contoso.example>", name, i), Received: since.AddDate(0, 0, 10-1-i)})
		}
	}
	w.person("dora", func(u *simulator.User) { u.Mailbox = simulator.Unlicensed })
	wanted := Wanted{"ada@contoso.example": nil}
	for i := range 12 {
		wanted["ada@contoso.example"] = append(wanted["ada@contoso.example"], fmt.Sprintf("<ada-%d@contoso.example>", i))
	}
	for _, c := range []struct {
		name     string
		change   func(*SourceOptions)
		messages int64
		reads    int64 // pages, look-ups and attachments
	}{
		{"everything", func(*SourceOptions) {}, 750, 3*3 + 3*37},
		{"since", func(o *SourceOptions) { o.Window.Since = since }, 30, 3 + 3},
		{"until", func(o *SourceOptions) { o.Window.Until = since }, 720, 3*3 + 3*36},
		{"wanted", func(o *SourceOptions) { o.Wanted = wanted }, 12, 2*2 + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, server := serve(t, w.tenant, simulator.Options{Limits: simulator.DefaultLimits()})
			e, err := open(t, client, c.change).Estimate(t.Context(), 8)
			if err != nil {
				t.Fatal(err)
			}
			if e.Mailboxes != 3 || e.NotCovered != 1 || e.Messages != c.messages {
				t.Errorf("got %+v, want %d messages", e, c.messages)
			}
			// Beside the reads: the directory once, the folders in two requests a mailbox.
			if lists := e.Requests - c.reads; lists < 4 || lists > 12 {
				t.Errorf("%d requests of which %d are reads", e.Requests, c.reads)
			}
			if stats := server.Stats(); stats.Throttled > 0 || stats.Requests-stats.BatchParts > 12 {
				t.Errorf("it took %d requests: %v", stats.Requests, stats.ByRoute)
			}
		})
	}
}

// TestEstimateListsManyAtOnce: as many mailboxes as the sweep would read.
func TestEstimateListsManyAtOnce(t *testing.T) {
	w := newTown(t)
	for i := range 4 {
		w.person(fmt.Sprint("user", i))
	}
	gate := &meeting{want: 4, met: make(chan struct{})}
	client, _ := serve(t, w.tenant, simulator.Options{})
	client.t.base = gate.before(client.t.base)
	if e, err := open(t, client).Estimate(t.Context(), 4); err != nil || e.Mailboxes != 4 {
		t.Errorf("%+v, %v", e, err)
	}
}

// meeting keeps the batches that come until as many are there as are wanted.
type meeting struct {
	mu   sync.Mutex
	want int
	met  chan struct{}
}

func (m *meeting) before(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/$batch") {
			m.mu.Lock()
			if m.want--; m.want == 0 {
				close(m.met)
			}
			m.mu.Unlock()
			select {
			case <-m.met:
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}
		return next.RoundTrip(r)
	})
}

package m365

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailsweep/simulator"
	"mailsweep/sweeper"
)

// TestWindow: the service lists only what was received in it, all of it, also more than
// the 5,000 of a filtered delta, and however many came in one second.
func TestWindow(t *testing.T) {
	w := newTown(t)
	u := w.person("ada")
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	want := map[string]bool{}
	for i := range 5600 {
		at := day.Add(time.Duration(i/150) * time.Hour) // 150 in the same second
		m := w.mail(u, simulator.Message{Subject: fmt.Sprint(i), Received: at})
		if !at.Before(day.Add(2*time.Hour)) && at.Before(day.Add(36*time.Hour)) {
			want[m.ID] = true
		}
	}
	client, server := serve(t, w.tenant, simulator.Options{})
	s := open(t, client, func(o *SourceOptions) {
		o.Window = sweeper.Window{Since: day.Add(2 * time.Hour), Until: day.Add(36 * time.Hour)}
	})
	f := inbox(t, s)
	var have follower
	have.follow(t, s, f)
	if d := cmp.Diff(want, have.have); d != "" || len(have.came) != len(want) || have.reset != 0 {
		t.Errorf("%d messages of %d, %d resets", len(have.came), len(want), have.reset)
	}
	for route := range server.Stats().ByRoute {
		if strings.Contains(route, "delta") {
			t.Errorf("a window is read by %s", route)
		}
	}
}

// TestWindowWhileMailGoes: pages go on from a time, so that a message that is deleted
// from a page before loses none of the pages after.
func TestWindowWhileMailGoes(t *testing.T) {
	w := newTown(t)
	u := w.person("ada")
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var ids []string
	for i := range 400 {
		ids = append(ids, w.mail(u, simulator.Message{Subject: fmt.Sprint(i), Received: day.Add(time.Duration(i) * time.Minute)}).ID)
	}
	client, _ := serve(t, w.tenant, simulator.Options{})
	s := open(t, client, func(o *SourceOptions) { o.Window.Since = day })
	have := map[string]bool{}
	first := true
	for p, err := range s.Changes(t.Context(), inbox(t, s), nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range p.Messages {
			have[m.Ref.ID] = true
		}
		p.Release()
		if first {
			first = false
			for _, id := range ids[:50] {
				if err := w.tenant.Delete(u.ID, id); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if len(have) != 400 {
		t.Errorf("%d messages", len(have))
	}
}

// TestPoisonedMessage: a message that no page can hold costs a request of its own, and
// when the service cannot give it at all, that message and no other, with a Skip.
func TestPoisonedMessage(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		o      simulator.Options
		window sweeper.Window
		have   int
	}{
		{"no page", simulator.Options{Faults: simulator.Faults{MaxBytes: 1 << 19}}, sweeper.Window{}, 60},
		{"no page of a window", simulator.Options{Faults: simulator.Faults{MaxBytes: 1 << 19}}, sweeper.Window{Since: day}, 60},
		{"not at all", simulator.Options{Faults: simulator.Faults{MaxBytes: 1 << 19, Script: []simulator.Scripted{{
			Match: simulator.Match{Route: "/users/{id}/messages/{id}"}, Fault: simulator.GatewayTimeout}}}}, sweeper.Window{}, 59},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTown(t)
			u := w.person("ada")
			for i := range 60 {
				m := simulator.Message{Subject: fmt.Sprint(i), Body: "small", Received: day.Add(time.Duration(i/4) * time.Hour)}
				if i == 32 {
					m.Body = strings.Repeat("x", 1<<20)
				}
				w.mail(u, m)
			}
			client, _ := serve(t, w.tenant, c.o)
			s := open(t, client, func(o *SourceOptions) { o.Window = c.window })
			have, skips, done := map[string]bool{}, 0, false
			for _, p := range pages(t.Context(), t, s, inbox(t, s), nil) {
				if p.Reset {
					clear(have)
				}
				for _, m := range p.Messages {
					have[m.Ref.ID] = true
				}
				skips, done = skips+len(p.Skips), p.Done
			}
			if len(have) != c.have || skips != 60-c.have || !done {
				t.Errorf("%d messages, %d skips, done %v", len(have), skips, done)
			}
		})
	}
}

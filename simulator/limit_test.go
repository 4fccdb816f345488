package simulator

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

func TestFourAtOncePerMailbox(t *testing.T) {
	w := newWorld(t, Options{Limits: Limits{InFlight: 4}, Latency: 50 * time.Millisecond})
	w.tenant.AddUser(User{UserPrincipalName: "bob@contoso.example"})
	statuses := func(n int, users ...string) map[int]int {
		var mu sync.Mutex
		var wg sync.WaitGroup
		got := map[int]int{}
		for i := range n {
			wg.Go(func() {
				res, err := http.Get(w.base + "/v1.0/users/" + users[i%len(users)] + "/mailFolders")
				if err != nil {
					t.Error(err)
					return
				}
				res.Body.Close()
				mu.Lock()
				got[res.StatusCode]++
				mu.Unlock()
			})
		}
		wg.Wait()
		return got
	}
	if got := statuses(4, "ada@contoso.example"); got[200] != 4 {
		t.Errorf("four at once: %v", got)
	}
	if got := statuses(8, "ada@contoso.example", "bob@contoso.example"); got[200] != 8 {
		t.Errorf("four at once for each of two mailboxes: %v", got)
	}
	if got := statuses(10, "ada@contoso.example"); got[429] == 0 || got[200] < 4 {
		t.Errorf("ten at once: %v", got)
	}
	if st := w.server.Stats(); st.MostAtOnce[w.ada.ID] != 4 || st.Throttled == 0 {
		t.Errorf("stats: %v %d", st.MostAtOnce, st.Throttled)
	}
}

// Whoever has read a reply to its end may ask again at once.
func TestAPlaceIsFreeWhenTheReplyIsRead(t *testing.T) {
	w := newWorld(t, Options{Limits: Limits{InFlight: 1}})
	m := w.deliver(20, "inbox")[0]
	for range 200 {
		w.ok(ada + "/messages?$top=20")
		w.ok(ada + "/messages/" + m.ID + "/$value")
	}
}

func TestWindowOfRequests(t *testing.T) {
	clock := &handClock{now: noon}
	w := newWorld(t, Options{Clock: clock, Limits: Limits{Requests: 5, Window: time.Minute}})
	for range 5 {
		w.ok(ada + "/mailFolders")
	}
	a := w.refused(ada+"/mailFolders", 429, "ApplicationThrottled")
	if a.header.Get("Retry-After") == "" || a.message() != "Application is over its RequestRate limit." {
		t.Errorf("%q, Retry-After %q", a.message(), a.header.Get("Retry-After"))
	}
	w.ok("/users") // the directory is another matter
	clock.advance(62 * time.Second)
	w.ok(ada + "/mailFolders")
}

func TestRetryAfterIsEnough(t *testing.T) {
	clock := &handClock{now: noon}
	w := newWorld(t, Options{Clock: clock, Limits: Limits{Requests: 3, Window: time.Minute}})
	for range 3 {
		w.ok(ada + "/mailFolders")
		clock.advance(10 * time.Second)
	}
	for range 3 {
		a := w.get(ada + "/mailFolders")
		if a.status == 200 {
			return
		}
		wait, err := time.ParseDuration(a.header.Get("Retry-After") + "s")
		do(t, err)
		clock.advance(wait)
	}
	t.Error("waiting as told three times did not help")
}

func TestIdentityBucket(t *testing.T) {
	clock := &handClock{now: noon}
	w := newWorld(t, Options{Clock: clock, Limits: Limits{IdentityUnits: 10}})
	for range 5 {
		w.ok("/users")
	}
	a := w.refused("/users", 429, "TooManyRequests")
	if a.header.Get("x-ms-throttle-scope") == "" || a.header.Get("Retry-After") == "" {
		t.Errorf("headers: %v", a.header)
	}
	clock.advance(10 * time.Second)
	for range 10 {
		w.ok("/users?$select=id") // costs one
	}
}

func TestLimitsOfAppsAreApart(t *testing.T) {
	w := newWorld(t, Options{Clock: &handClock{now: noon}, Limits: Limits{Requests: 1}})
	const one, two = "Authorization: Bearer e30.eyJhcHBpZCI6Im9uZSJ9.x", "Authorization: Bearer e30.eyJhcHBpZCI6InR3byJ9.x"
	w.ok(ada+"/mailFolders", one)
	w.ok(ada+"/mailFolders", two)
	w.refused(ada+"/mailFolders", 429, "ApplicationThrottled", one)
}

func TestGlobalLimitAndSilentRefusals(t *testing.T) {
	clock := &handClock{now: noon}
	w := newWorld(t, Options{Clock: clock, Limits: Limits{Global: 3, SilentRetry: 0.5}})
	for range 3 {
		w.ok("/users")
	}
	silent := 0
	for range 10 {
		if w.refused("/users", 429, "TooManyRequests").header.Get("Retry-After") == "" {
			silent++
		}
	}
	if silent != 5 {
		t.Errorf("%d of 10 refusals without Retry-After, want half", silent)
	}
	clock.advance(11 * time.Second)
	w.ok(ada + "/messages")
}

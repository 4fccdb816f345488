package simulator

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestBatch(t *testing.T) {
	w := newWorld(t, Options{Limits: Limits{InFlight: 2}, Latency: 20 * time.Millisecond})
	m := attached(w)
	parts := []string{
		part("a", "GET", ada+"/mailFolders/inbox?$select=displayName", ""),
		part("b", "GET", ada+"/messages/"+m.ID+"/$value", ""),
		part("c", "GET", "/users/nobody@contoso.example", ""),
		part("d", "GET", "/users", `,"dependsOn":["c"]`),
		part("e", "GET", "/users", `,"dependsOn":["a"]`),
	}
	a := w.do("POST", "/$batch", `{"requests":[`+strings.Join(parts, ",")+`]}`)
	if a.status != 200 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	got := map[string]map[string]any{}
	for _, r := range a.json["responses"].([]any) {
		r := r.(map[string]any)
		got[r["id"].(string)] = r
	}
	for id, want := range map[string]float64{"a": 200, "b": 200, "c": 404, "d": 424, "e": 200} {
		if got[id]["status"] != want {
			t.Errorf("part %s: %v, want %v", id, got[id]["status"], want)
		}
	}
	if got["a"]["body"].(map[string]any)["displayName"] != "Inbox" {
		t.Errorf("part a: %v", got["a"])
	}
	if text, ok := got["b"]["body"].(string); !ok || !strings.HasPrefix(text, "RnJvbTog") {
		t.Errorf("part b is not base64: %.60v", got["b"]["body"])
	}
	st := w.server.Stats()
	if st.BatchParts != 5 || st.ByRoute["GET /users/{id}/mailFolders/{id}"] != 1 || st.Writes != 0 {
		t.Errorf("stats: %+v", st)
	}
}

func part(id, method, where, more string) string {
	return fmt.Sprintf(`{"id":%q,"method":%q,"url":%q%s}`, id, method, where, more)
}

func TestBatchPartsAreThrottledAndBatchesRefused(t *testing.T) {
	w := newWorld(t, Options{Limits: Limits{InFlight: 1}, Latency: 20 * time.Millisecond})
	var parts []string
	for i := range 21 {
		parts = append(parts, part(fmt.Sprint(i), "GET", ada+"/mailFolders", ""))
	}
	if a := w.do("POST", "/$batch", `{"requests":[`+strings.Join(parts, ",")+`]}`); a.status != 400 {
		t.Errorf("21 parts: %d", a.status)
	}
	if a := w.do("POST", "/$batch", `{"requests":[`+parts[0]+","+parts[0]+`]}`); a.status != 400 {
		t.Errorf("one id twice: %d", a.status)
	}
	a := w.do("POST", "/$batch", `{"requests":[`+strings.Join(parts[:4], ",")+`]}`)
	throttled := 0
	for _, r := range a.json["responses"].([]any) {
		r := r.(map[string]any)
		if r["status"] == 429.0 && r["headers"].(map[string]any)["Retry-After"] != nil {
			throttled++
		}
	}
	if a.status != 200 || throttled == 0 {
		t.Errorf("%d, %d parts throttled", a.status, throttled)
	}
}

func TestABatchRunsFourPartsAtOnce(t *testing.T) {
	var inside atomic.Int32
	release := make(chan struct{})
	w := newWorld(t, Options{Auth: func(r *http.Request) error {
		if r.Header.Get("X-Part") != "" {
			inside.Add(1)
			<-release
		}
		return nil
	}})
	var parts []string
	for i := range 12 {
		parts = append(parts, part(fmt.Sprint(i), "GET", ada+"/mailFolders", `,"headers":{"X-Part":"1"}`))
	}
	done := make(chan answer)
	go func() { done <- w.do("POST", "/$batch", `{"requests":[`+strings.Join(parts, ",")+`]}`) }()
	for inside.Load() < 4 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(30 * time.Millisecond) // time for a fifth to come in, if one were let in
	if n := inside.Load(); n != 4 {
		t.Errorf("%d parts run at once", n)
	}
	close(release)
	if a := <-done; a.status != 200 || len(a.json["responses"].([]any)) != 12 {
		t.Errorf("%d %.200s", a.status, a.raw)
	}
}

func TestABatchIsNoPartOfABatch(t *testing.T) {
	w := newWorld(t, Options{})
	a := w.do("POST", "/$batch", `{"requests":[{"id":"1","method":"POST","url":"/$batch","body":{"requests":[]},"headers":{"Content-Type":"application/json"}}]}`)
	if s := a.json["responses"].([]any)[0].(map[string]any)["status"]; s != 400.0 {
		t.Errorf("status %v", s)
	}
}

package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"mailsweep/simulator/contract"
)

// world is a small tenant behind a server.
type world struct {
	*testing.T
	tenant *Tenant
	server *Server
	base   string
	ada    User
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newWorld(t *testing.T, o Options) *world {
	t.Helper()
	ten := NewTenant("", "contoso.example")
	w := &world{T: t, tenant: ten, server: NewServer(ten, o)}
	w.ada = ten.AddUser(User{UserPrincipalName: "ada@contoso.example", Mail: "ada@contoso.example", DisplayName: "Ada Byron", AccountEnabled: true})
	hs := httptest.NewServer(contract.Handler(t, w.server))
	t.Cleanup(hs.Close)
	w.base = hs.URL
	return w
}

// deliver gives Ada n messages, a minute apart, into a folder.
func (w *world) deliver(n int, folder string) []Message {
	w.Helper()
	var out []Message
	for i := range n {
		m, err := w.tenant.Deliver(w.ada.ID, Message{FolderID: folder, Subject: fmt.Sprintf("note %d", i), BodyType: "html",
			Body: fmt.Sprintf("<p>body <b>%d</b></p>", i), From: Address{"Bob", "bob@fabrikam.example"}, To: []Address{{"Ada Byron", "ada@contoso.example"}},
			Received: noon.Add(time.Duration(i) * time.Minute)})
		if err != nil {
			w.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

type answer struct {
	status int
	header http.Header
	raw    []byte
	json   map[string]any
}

// do asks; headers are "Name: value". A body is JSON unless they say otherwise.
func (w *world) do(method, where, body string, headers ...string) answer {
	w.Helper()
	if strings.HasPrefix(where, "/") {
		where = w.base + "/v1.0" + where
	}
	req, err := http.NewRequest(method, where, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		req.Header.Add(k, v)
	}
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, raw: raw}
	if len(raw) > 0 && strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &a.json); err != nil {
			w.Fatalf("%s %s: %v in %.200s", method, where, err, raw)
		}
	}
	return a
}

func (w *world) get(where string, headers ...string) answer {
	w.Helper()
	return w.do("GET", where, "", headers...)
}

// ok is get that must succeed.
func (w *world) ok(where string, headers ...string) answer {
	w.Helper()
	a := w.get(where, headers...)
	if a.status != 200 {
		w.Fatalf("GET %s: %d %.300s", where, a.status, a.raw)
	}
	return a
}

func (a answer) value() []map[string]any {
	var out []map[string]any
	list, _ := a.json["value"].([]any)
	for _, v := range list {
		out = append(out, v.(map[string]any))
	}
	return out
}

func (a answer) next() string  { s, _ := a.json["@odata.nextLink"].(string); return s }
func (a answer) delta() string { s, _ := a.json["@odata.deltaLink"].(string); return s }

func (a answer) code() string {
	e, _ := a.json["error"].(map[string]any)
	s, _ := e["code"].(string)
	return s
}

func (a answer) message() string {
	e, _ := a.json["error"].(map[string]any)
	s, _ := e["message"].(string)
	return s
}

func strs(list []map[string]any, name string) []string {
	var out []string
	for _, v := range list {
		s, _ := v[name].(string)
		out = append(out, s)
	}
	return out
}

// round reads a delta from where to its deltaLink.
func (w *world) round(where string, headers ...string) (entries []map[string]any, link string) {
	w.Helper()
	for range 1000 {
		a := w.ok(where, headers...)
		entries = append(entries, a.value()...)
		if a.delta() != "" {
			return entries, a.delta()
		}
		where = a.next()
	}
	w.Fatal("a round of delta that does not end")
	return nil, ""
}

func (w *world) refused(where string, status int, code string, headers ...string) answer {
	w.Helper()
	a := w.get(where, headers...)
	if a.status != status || a.code() != code {
		w.Errorf("GET %s: %d %q %.200s, want %d %q", where, a.status, a.code(), a.raw, status, code)
	}
	return a
}

func q(s string) string { return url.QueryEscape(s) }

const immutable = `Prefer: IdType="ImmutableId"`

package m365

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"mailsweep/decode"
	"mailsweep/simulator"
	"mailsweep/simulator/contract"
	"mailsweep/sweeper"
	"mailsweep/sweeper/sweepertest"
)

const tenantID = "00000000-0000-4000-8000-000000000001"

// serve starts a simulated tenant and connects to it.
func serve(t testing.TB, tenant *simulator.Tenant, o simulator.Options) (*Client, *simulator.Server) {
	t.Helper()
	server := simulator.NewServer(tenant, o)
	listener := httptest.NewServer(contract.Handler(t, server))
	t.Cleanup(listener.Close)
	return connect(t, listener.URL), server
}

// connect makes a client of an endpoint.
func connect(t testing.TB, endpoint string) *Client {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true // the suite looks for goroutines that stay behind
	c, err := New(Options{Endpoint: endpoint, Transport: transport, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// open opens a Source over all mailboxes.
func open(t testing.TB, c *Client, change ...func(*SourceOptions)) *Source {
	t.Helper()
	o := SourceOptions{Tenant: tenantID, Select: Selection{All: true}, Recoverable: []string{"deletions"}}
	for _, f := range change {
		f(&o)
	}
	s, err := c.Source(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// world is a tenant for the conformance suite: one mailbox, in which the suite's
// folders lie below the top.
type world struct {
	tenant  *simulator.Tenant
	client  *Client
	user    simulator.User
	folders map[string]string // by the suite's name
	ids     map[string]string // of messages, by folder and subject
	n       int
}

func newWorld(t *testing.T, endpoint string, serve *atomic.Pointer[simulator.Server]) *world {
	tenant := simulator.NewTenant(tenantID, "contoso.example")
	w := &world{tenant: tenant, folders: map[string]string{}, ids: map[string]string{}}
	w.user = tenant.AddUser(simulator.User{UserPrincipalName: "ada@contoso.example", Mail: "ada@contoso.example", DisplayName: "Ada", UserType: "Member", Purpose: simulator.UserMailbox})
	serve.Store(simulator.NewServer(tenant, simulator.Options{}))
	w.client = connect(t, endpoint)
	return w
}

func (w *world) Source(t *testing.T) sweeper.Source {
	s := open(t, w.client, func(o *SourceOptions) { o.Recoverable = nil })
	s.firstPage = 40 // so that the suite's larger folder has several pages
	t.Cleanup(func() {
		for name, p := range map[string]*purse{"pages": s.memory.pages, "lists": s.memory.lists, "files": s.memory.files} {
			if !p.left.TryAcquire(p.most) {
				t.Errorf("not all memory for %s came back", name)
			}
		}
	})
	return s
}

// attached are the attachments of the nth message: every tenth has a small one, and one
// that does not come with the list.
func attached(n int) []*simulator.Attachment {
	if n%10 != 0 {
		return nil
	}
	return []*simulator.Attachment{
		{Name: "small.txt", ContentType: "text/plain", Content: []byte("small")},
		{Name: "mail", Item: &simulator.Message{Subject: "inner", BodyType: "text", Body: "inner"}},
	}
}

func (w *world) MakeFolder(t *testing.T, name string) {
	f, err := w.tenant.AddFolder(w.user.ID, simulator.Folder{DisplayName: name})
	if err != nil {
		t.Fatal(err)
	}
	w.folders[name] = f.ID
}

func (w *world) Add(t *testing.T, folder string, subjects ...string) {
	for _, s := range subjects {
		w.n++
		m, err := w.tenant.Deliver(w.user.ID, simulator.Message{
			FolderID: w.folders[folder], Subject: s, BodyType: "text", Body: "body of " + s,
			Received: time.Date(2026, 1, 1, 0, 0, w.n, 0, time.UTC), InternetMessageID: fmt.Sprintf("<%d@contoso.example>", w.n),
			Attachments: attached(w.n),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.ids[folder+"\n"+s] = m.ID
	}
}

func (w *world) Replace(t *testing.T, folder, subject, by string) {
	id := w.ids[folder+"\n"+subject]
	if err := w.tenant.Update(w.user.ID, id, func(m *simulator.Message) { m.Subject = by }); err != nil {
		t.Fatal(err)
	}
	delete(w.ids, folder+"\n"+subject)
	w.ids[folder+"\n"+by] = id
}

var _ sweepertest.Mover = (*world)(nil)

func (w *world) Move(t *testing.T, folder, subject, to string) {
	id := w.ids[folder+"\n"+subject]
	if err := w.tenant.Move(w.user.ID, id, w.folders[to]); err != nil {
		t.Fatal(err)
	}
	delete(w.ids, folder+"\n"+subject)
	w.ids[to+"\n"+subject] = id
}

func (w *world) Remove(t *testing.T, folder, subject string) {
	if err := w.tenant.Delete(w.user.ID, w.ids[folder+"\n"+subject]); err != nil {
		t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	// One listener for all worlds: the suite looks for what each leaves behind.
	var current atomic.Pointer[simulator.Server]
	world := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { current.Load().ServeHTTP(w, r) })
	listener := httptest.NewServer(contract.Handler(t, world))
	defer listener.Close()
	sweepertest.Source(t, func(t *testing.T) sweepertest.World { return newWorld(t, listener.URL, &current) })
}

// read opens a message as the pipeline does.
func read(t testing.TB, m sweeper.Message) decode.Result {
	t.Helper()
	if m.Release != nil {
		defer m.Release()
	}
	if m.Fetch != nil {
		var err error
		if m.Size, err = m.Fetch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	b := decode.NewBudget(decode.DefaultLimits(), m.Size)
	mail, err := m.Open(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	r, err := decode.Decode(t.Context(), mail, b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// pages follows a folder to the end.
func pages(ctx context.Context, t testing.TB, s *Source, f sweeper.Folder, since sweeper.Cursor) (all []sweeper.Page) {
	t.Helper()
	for p, err := range s.Changes(ctx, f, since) {
		if err != nil {
			t.Fatal(err)
		}
		if p.Release != nil {
			p.Release()
		}
		all = append(all, p)
	}
	return all
}

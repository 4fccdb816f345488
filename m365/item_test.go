package m365

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailsweep/decode"
	"mailsweep/simulator"
	"mailsweep/simulator/contract"
)

const valueRoute = "GET /users/{id}/messages/{id}/attachments/{id}/$value"

// forwarded is a message that was received, to be attached to another.
func forwarded(files ...*simulator.Attachment) *simulator.Message {
	return &simulator.Message{
		Subject: "inner subject", BodyType: "html", Body: `<p>inner body <a href="https://x.example/?key=in-an-attribute">here</a></p>`,
		From: simulator.Address{Name: "Bob", Address: "bob@fabrikam.example"}, To: []simulator.Address{{Name: "Ada", Address: "ada@contoso.example"}},
		Headers: []simulator.Header{{Name: "X-Deploy-Token", Value: "in-a-header"}}, Attachments: files,
	}
}

// with changes a message.
func with(m *simulator.Message, change func(*simulator.Message)) *simulator.Message {
	change(m)
	return m
}

func textFile(name string) *simulator.Attachment {
	return &simulator.Attachment{Name: name, ContentType: "text/plain", Content: []byte("text of " + name)}
}

// TestAttachedMessages: an attached message that comes whole with the list takes no request of
// its own, any other one; and either way the same is read, with the same paths.
func TestAttachedMessages(t *testing.T) {
	shown := &simulator.Attachment{Name: "pic.txt", ContentType: "text/plain", Inline: true, ContentID: "pic", Content: []byte("text of pic.txt")}
	for name, c := range map[string]struct {
		item *simulator.Message
		bare bool // the service gives no headers with items
		asks int
		want map[string]string // in the texts, by path
	}{
		"a message":                 {item: forwarded(), want: map[string]string{"2/fwd!1": "inner body", "2/fwd!subject": "inner subject", "2/fwd!x-deploy-token": "in-a-header"}},
		"with files":                {item: forwarded(textFile("a.txt"), textFile("b.txt")), want: map[string]string{"2/fwd!3/b.txt": "text of b.txt"}},
		"a draft without headers":   {item: with(forwarded(), func(m *simulator.Message) { m.Headers, m.IsDraft = nil, true }), want: map[string]string{"2/fwd!1": "inner body"}},
		"its headers do not come":   {item: forwarded(), bare: true, asks: 1, want: map[string]string{"2/fwd!x-deploy-token": "in-a-header"}},
		"no body":                   {item: with(forwarded(), func(m *simulator.Message) { m.Body = "" }), asks: 1},
		"a meeting request":         {item: with(forwarded(), func(m *simulator.Message) { m.OData = "#microsoft.graph.eventMessage" }), asks: 1},
		"a message in it":           {item: forwarded(&simulator.Attachment{Name: "deep", Item: forwarded(textFile("a.txt"))}), asks: 1, want: map[string]string{"2/fwd!2!2/a.txt": "text of a.txt"}},
		"a body that shows nothing": {item: with(forwarded(), func(m *simulator.Message) { m.Body += `<img src="cid:lost">` }), asks: 1},
		"a body that shows a file":  {item: with(forwarded(shown), func(m *simulator.Message) { m.Body += `<img src="cid:pic">` }), want: map[string]string{"2/fwd!2/pic.txt": "text of pic.txt"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			w.mail(w.person("ada"), simulator.Message{Subject: "s", Attachments: []*simulator.Attachment{{Name: "fwd", Item: c.item}}})
			client, server := serve(t, w.tenant, simulator.Options{BareItems: c.bare})
			_, r := inboxMail(t, open(t, client))
			if n := server.Stats().ByRoute[valueRoute]; n != c.asks {
				t.Errorf("%d attachments were read by themselves, want %d", n, c.asks)
			}
			got := said(r)
			for path, want := range c.want {
				if !strings.Contains(got[path], want) {
					t.Errorf("%s is %q, want %q in it, of %q", path, got[path], want, got)
				}
			}
			if len(r.Skips) > 0 {
				t.Errorf("skips: %v", r.Skips)
			}
			if strings.Contains(c.item.Body, "cid:pic") {
				return // MIME numbers the body and what it shows 1.1 and 1.2
			}
			client.noExpand.Store(true)
			_, plain := inboxMail(t, open(t, client))
			if d := cmp.Diff(said(plain), said(r)); d != "" {
				t.Errorf("read by itself (-), with the list (+):\n%s", d)
			}
		})
	}
}

// said are the texts by path but for addresses, which MIME writes with quotes.
func said(r decode.Result) map[string]string {
	all := map[string]string{}
	for _, x := range r.Texts {
		all[x.Path] += strings.ReplaceAll(x.Body, `"`, "")
	}
	return all
}

// TestLinkInAttachedMessage: a link in an attached message is told of as any other.
func TestLinkInAttachedMessage(t *testing.T) {
	w := newTown(t)
	link := &simulator.Attachment{Name: "plan.docx", SourceURL: "https://contoso.sharepoint.com/plan.docx"}
	w.mail(w.person("ada"), simulator.Message{Subject: "s", Attachments: []*simulator.Attachment{{Name: "fwd", Item: forwarded(link)}}})
	client, _ := serve(t, w.tenant, simulator.Options{})
	_, r := inboxMail(t, open(t, client))
	if len(r.Skips) != 1 || r.Skips[0].Path != "2/fwd!2/plan.docx" || r.Skips[0].Reason != decode.Unsupported {
		t.Errorf("skips: %v", r.Skips)
	}
}

// TestExpansionFails: what the service does not expand is read without. A refusal is
// remembered, a failure of one message is not.
func TestExpansionFails(t *testing.T) {
	for name, c := range map[string]struct {
		status, asks int
		code         string
	}{
		"refused":              {status: 400, code: "BadRequest", asks: 1},
		"not there":            {status: 501, code: "NotImplemented", asks: 1},
		"one that is damaged":  {status: 500, code: "ErrorCorruptData", asks: 3},
		"fails without a code": {status: 409, asks: 3},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			u := w.person("ada")
			for range 3 {
				w.mail(u, simulator.Message{Subject: "s", Attachments: []*simulator.Attachment{{Name: "fwd", Item: forwarded()}, textFile("a.txt")}})
			}
			var asked atomic.Int32
			listener := httptest.NewServer(contract.Handler(t, simulator.NewServer(w.tenant, simulator.Options{})))
			t.Cleanup(listener.Close)
			client, err := New(Options{Endpoint: listener.URL, Log: slog.New(slog.DiscardHandler), Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				if strings.Contains(r.URL.RawQuery, "itemattachment") {
					asked.Add(1)
					return reply(c.status, graphError(c.code, "no"))()
				}
				return http.DefaultTransport.RoundTrip(r)
			})})
			if err != nil {
				t.Fatal(err)
			}
			s := open(t, client)
			all, _ := folders(t, s)
			read3 := 0
			for _, f := range all {
				for _, p := range pages(t.Context(), t, s, f, nil) {
					for _, m := range p.Messages {
						got := texts(read(t, m))
						if !strings.Contains(got["2/fwd!1"], "inner body") || got["3/a.txt"] != "text of a.txt" {
							t.Errorf("got %q", got)
						}
						read3++
					}
				}
			}
			if int(asked.Load()) != c.asks || read3 != 3 {
				t.Errorf("%d asked to expand, want %d; %d messages", asked.Load(), c.asks, read3)
			}
		})
	}
}

package m365

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	stdmail "net/mail"
	"strings"
	"testing"

	entity "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"

	"mailsweep/notify"
	"mailsweep/notify/mime"
	"mailsweep/notify/notifytest"
	"mailsweep/simulator"
	"mailsweep/simulator/contract"
)

// post is a tenant with a mailbox that notices are sent from, and faults in front of it.
type post struct {
	tenant *simulator.Tenant
	client *Client
	before func(http.RoundTripper, *http.Request) (*http.Response, error)
}

func (p *post) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.before != nil {
		return p.before(http.DefaultTransport, r)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func newPost(t *testing.T) (*post, *Sender) {
	t.Helper()
	p := &post{tenant: simulator.NewTenant(tenantID, "contoso.example")}
	p.tenant.AddUser(simulator.User{UserPrincipalName: "security@contoso.example", Mail: "security@contoso.example", DisplayName: "Security", UserType: "Member", Purpose: simulator.SharedMailbox})
	listener := httptest.NewServer(contract.Handler(t, simulator.NewServer(p.tenant, simulator.Options{})))
	t.Cleanup(listener.Close)
	var err error
	if p.client, err = New(Options{Endpoint: listener.URL, Transport: p}); err != nil {
		t.Fatal(err)
	}
	s, err := NewSender(p.client, mime.From{Address: "security@contoso.example", Name: "Contoso Security"})
	if err != nil {
		t.Fatal(err)
	}
	return p, s
}

func (p *post) arrived(t *testing.T) (all []notifytest.Arrived) {
	t.Helper()
	for _, sent := range p.tenant.Sent() {
		a := notifytest.Arrived{MessageID: sent.Message.InternetMessageID, Subject: sent.Message.Subject}
		for _, to := range sent.Message.To {
			a.To = append(a.To, to.Address)
		}
		m, err := entity.Read(bytes.NewReader(sent.MIME))
		if err != nil {
			t.Fatal(err)
		}
		if list, err := stdmail.ParseAddressList(m.Header.Get("Reply-To")); err == nil {
			a.ReplyTo = list[0].Address
		}
		err = m.Walk(func(_ []int, part *entity.Entity, err error) error {
			if err != nil {
				return err
			}
			kind, _, _ := part.Header.ContentType()
			if !strings.HasPrefix(kind, "text/") {
				return nil
			}
			body, err := io.ReadAll(part.Body)
			switch kind {
			case "text/plain":
				a.Text = string(body)
			case "text/html":
				a.HTML = string(body)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

func (p *post) answer(status int, code string) func(*testing.T) {
	return func(*testing.T) {
		p.before = func(_ http.RoundTripper, r *http.Request) (*http.Response, error) {
			return reply(status, graphError(code, "no"), "Retry-After: 0")()
		}
	}
}

func TestSenderConformance(t *testing.T) {
	notifytest.Test(t, func(t *testing.T) notifytest.Channel {
		p, s := newPost(t)
		return notifytest.Channel{
			Sender: s, Arrived: p.arrived, Refuse: p.answer(400, "ErrorInvalidRecipients"), Busy: p.answer(403, "ErrorAccessDenied"),
			Cut: func(*testing.T) { // the service takes it, and its answer is lost
				p.before = func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
					resp, err := next.RoundTrip(r)
					if err == nil {
						_ = resp.Body.Close()
					}
					return nil, errors.New("connection reset by peer")
				}
			},
		}
	})
}

// TestSentOnce: what may have been taken is not sent again by the retries that reads have;
// what was turned away is.
func TestSentOnce(t *testing.T) {
	p, s := newPost(t)
	for status, code := range map[int]string{500: "UnknownError", 502: "BadGateway", 503: "ServiceUnavailable", 504: "UnknownError"} {
		asked := 0
		p.before = func(http.RoundTripper, *http.Request) (*http.Response, error) {
			asked++
			return reply(status, graphError(code, "no"))()
		}
		_, err := s.Send(t.Context(), notifytest.Letter(1))
		if asked != 1 || err == nil || errors.Is(err, notify.ErrNotSent) || errors.Is(err, notify.ErrLater) {
			t.Errorf("%d: asked %d times: %v", status, asked, err)
		}
	}
	asked := 0
	p.before = func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		if asked++; asked < 3 {
			return reply(429, graphError("ApplicationThrottled", "later"), "Retry-After: 0")()
		}
		return next.RoundTrip(r)
	}
	if _, err := s.Send(t.Context(), notifytest.Letter(1)); err != nil || asked != 3 || len(p.tenant.Sent()) != 1 {
		t.Errorf("throttled: asked %d times, sent %d: %v", asked, len(p.tenant.Sent()), err)
	}
}

package m365

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// service answers requests from a list; after it, everything is well.
type service struct {
	replies []func() (*http.Response, error)
	asked   []*http.Request
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked = append(s.asked, r)
	if len(s.replies) == 0 {
		return reply(200, `{"id":"1","displayName":"Inbox"}`)()
	}
	next := s.replies[0]
	s.replies = s.replies[1:]
	return next()
}

// reply is a reply; header lines follow as "Name: value".
func reply(status int, body string, header ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) {
		h := http.Header{"Content-Type": {"application/json"}}
		for _, l := range header {
			k, v, _ := strings.Cut(l, ": ")
			h.Set(k, v)
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
	}
}

func broken() (*http.Response, error) { return nil, errors.New("connection reset by peer") }

func brokenBody() (*http.Response, error) {
	r, _ := reply(200, "")()
	r.Body, r.ContentLength = io.NopCloser(io.MultiReader(strings.NewReader(`{"id":`), errReader{})), 100
	return r, nil
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// talk makes a client whose service answers so.
func talk(t *testing.T, replies ...func() (*http.Response, error)) (*Client, *service) {
	t.Helper()
	s := &service{replies: replies}
	c, err := New(Options{Endpoint: "http://127.0.0.1:1", Transport: s, Version: "v1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func getFolder(ctx context.Context, c *Client, of call) (models.MailFolderable, error) {
	return get[models.MailFolderable](ctx, c, of, c.url(nil, "users", "u", "mailFolders", "f"), query{immutable}, models.CreateMailFolderFromDiscriminatorValue)
}

func graphError(code, message string) string {
	return fmt.Sprintf(`{"error":{"code":%q,"message":%q,"innerError":{"date":"2026-01-01T00:00:00"}}}`, code, message)
}

// TestRetries: what is worth asking for again is, after the wait that was asked for.
func TestRetries(t *testing.T) {
	date := time.Date(2000, 1, 1, 0, 0, 40, 0, time.UTC).Format(http.TimeFormat) // synctest begins at midnight
	for _, c := range []struct {
		name  string
		reply func() (*http.Response, error)
		least time.Duration
		most  time.Duration
	}{
		{"concurrency", reply(429, graphError("ApplicationThrottled", "Application is over its MailboxConcurrency limit."), "Retry-After: 1"), time.Second, time.Second},
		{"decimal", reply(429, graphError("TooManyRequests", "Please retry again later."), "Retry-After: 2.128"), 2128 * time.Millisecond, 2128 * time.Millisecond},
		{"a date", reply(429, "", "Retry-After: "+date), 40 * time.Second, 40 * time.Second},
		{"no Retry-After", reply(429, graphError("ErrorServerBusy", "")), 1, time.Second},
		{"a huge Retry-After is bounded", reply(429, "", "Retry-After: 99999999"), maxWait, maxWait},
		{"503 without a body", reply(503, "", "Retry-After: 3"), 3 * time.Second, 3 * time.Second},
		{"500 without a message", reply(500, graphError("UnknownError", "")), 1, time.Second},
		{"502 in HTML", reply(502, "<html><h1>Bad Gateway</h1>", "Content-Type: text/html"), 1, time.Second},
		{"504", reply(504, ""), 1, time.Second},
		{"404 without a body", reply(404, ""), 1, time.Second},
		{"401 once", reply(401, graphError("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")), 1, time.Second},
		{"an error without error", reply(500, `{}`), 1, time.Second},
		{"reset", broken, 1, time.Second},
		{"reset in the body", brokenBody, 1, time.Second},
		{"cut off", reply(200, `{"value":[`), 1, time.Second},
		{"nonsense that ends well", reply(200, `{"value":[}`), 0, time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				client, service := talk(t, c.reply)
				f, err := getFolder(t.Context(), client, call{mailbox: "u"})
				if err != nil || text(f.GetDisplayName()) != "Inbox" {
					t.Fatalf("%v, %v", f, err)
				}
				if d := time.Since(begun); d < c.least || d > c.most {
					t.Errorf("it waited %v", d)
				}
				if len(service.asked) != 2 || client.Requests() < 1 {
					t.Errorf("asked %d times", len(service.asked))
				}
				a, b := service.asked[0].Header, service.asked[1].Header
				// A reply that only the parser refuses is asked for anew.
				parsed := strings.HasPrefix(c.name, "nonsense")
				if a.Get("client-request-id") == "" || !parsed && a.Get("client-request-id") != b.Get("client-request-id") {
					t.Error("a retry has another id")
				}
				if got := b.Values("Prefer"); !cmp.Equal(got, []string{`IdType="ImmutableId"`}) {
					t.Errorf("a retry prefers %q", got)
				}
			})
		})
	}
}

// TestErrors is the table of what the service says, and what it means to a sweep.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		status  int
		code    string
		message string
		want    meaning
	}{
		{404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.", notCovered},
		{404, "ErrorInvalidUser", "The requested user 'x' is invalid.", notCovered},
		{404, "ResourceNotFound", "", notCovered},
		{404, "MailboxNotHostedInExchangeOnline", "", notCovered},
		{404, "ErrorNonExistentMailbox", "", notCovered},
		{404, "Request_ResourceNotFound", "Resource 'x' does not exist or one of its queried reference-property objects are not present.", notCovered},
		{404, "ErrorItemNotFound", "The specified object was not found in the store.", vanished},
		{404, "itemNotFound", "", vanished},
		{403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.", notCovered},
		{403, "UnknownError", "", notCovered},
		{403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", forbidden},
		{401, "InvalidAuthenticationToken", "", signIn},
		{401, "UnknownError", "", notCovered},
		{400, "InefficientFilter", "", malformed},
		{400, "ErrorInvalidIdMalformed", "Id is malformed.", malformed},
		{400, "BadRequest", "Badly formed token.", resync},
		{410, "SyncStateNotFound", "The sync state generation is not found; generation=108;[highest=143].", resync},
		{410, "", "", resync},
		{400, "resyncRequired", "", resync},
		{404, "syncStateNotFound", "", resync},
		{400, "SyncStateInvalid", "", resync},
		{500, "ErrorCorruptData", "", unreadable},
		{500, "ErrorInvalidRecipients", "", unreadable},
		{404, "ErrorSyncFolderNotFound", "", vanished},
		{507, "ErrorQuotaExceeded", "", unreadable},
		{500, "ErrorCannotOpenFileAttachment", "", unreadable},
		{500, "UnknownError", "", transient},
		{502, "", "", transient},
		{429, "ApplicationThrottled", "", throttled},
		{503, "ErrorServerBusy", "", throttled},
		{418, "", "", unknown},
	} {
		e := errorOf(&http.Response{StatusCode: c.status, Header: http.Header{}}, []byte(graphError(c.code, c.message)), time.Now())
		if got := e.meaning(); got != c.want {
			t.Errorf("%d %s means %d, want %d", c.status, c.code, got, c.want)
		}
		if e.Error() == "" || strings.ContainsAny(e.Error(), "\n\r\t") {
			t.Errorf("%d %s says %q", c.status, c.code, e.Error())
		}
	}
}

func TestFailuresEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var always []func() (*http.Response, error)
		for range 100 {
			always = append(always, reply(500, graphError("UnknownError", "")))
		}
		c, s := talk(t, always...)
		_, err := getFolder(t.Context(), c, call{mailbox: "u"})
		var e *Error
		if !errors.As(err, &e) || e.Status != 500 || len(s.asked) != maxTries {
			t.Errorf("%v after %d requests", err, len(s.asked))
		}
	})
}

// TestErrorWithoutMessage: the SDK's own error type panics on it.
func TestErrorWithoutMessage(t *testing.T) {
	for _, body := range []string{``, `{}`, `{"error":{}}`, `{"error":null}`, `null`, `[]`, `"x"`, `{"error":{"code":"X"}}`, `{"error":"x"}`} {
		c, _ := talk(t, reply(400, body))
		_, err := getFolder(t.Context(), c, call{mailbox: "u"})
		var e *Error
		if !errors.As(err, &e) || e.Status != 400 || !strings.HasPrefix(err.Error(), "Microsoft Graph answered 400") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestControlCharactersInJSON(t *testing.T) {
	c, _ := talk(t, reply(200, "{\"id\":\"1\",\n\"displayName\":\"In\x01\nbox\"}"))
	f, err := getFolder(t.Context(), c, call{mailbox: "u"})
	if err != nil || text(f.GetDisplayName()) != "In  box" {
		t.Errorf("%v, %v", f, err)
	}
}

// TestPagesAreNotAskedForAgainAtTheSameSize: the caller makes them smaller.
func TestPagesAreNotAskedForAgainAtTheSameSize(t *testing.T) {
	for _, r := range []func() (*http.Response, error){reply(504, ""), reply(200, `{"value":[`), brokenBody} {
		c, s := talk(t, r)
		_, err := getFolder(t.Context(), c, call{mailbox: "u", paged: true})
		if !tooLarge(err) || len(s.asked) != 1 {
			t.Errorf("%v after %d", err, len(s.asked))
		}
	}
}

func TestOtherHostsAreNotAsked(t *testing.T) {
	for _, link := range []string{"http://127.0.0.1:2/v1.0/users", "https://127.0.0.1:1/v1.0/users", "https://graph.microsoft.com.evil.example/v1.0", "http://u:p@evil.example/"} {
		c, s := talk(t)
		_, err := get[models.MailFolderable](t.Context(), c, call{}, link, nil, models.CreateMailFolderFromDiscriminatorValue)
		if !errors.Is(err, errOtherHost) || len(s.asked) != 0 {
			t.Errorf("%s: %v after %d requests", link, err, len(s.asked))
		}
	}
	c, s := talk(t, reply(302, "", "Location: https://evil.example/"))
	if _, err := getFolder(t.Context(), c, call{}); err == nil || len(s.asked) != 1 {
		t.Errorf("a redirect was followed: %v", err)
	}
}

func TestTrusted(t *testing.T) {
	cred := tokens{}
	for _, c := range []struct {
		endpoint string
		cred     azcore.TokenCredential
		ok       bool
	}{
		{"", nil, false}, {"", cred, true}, {"http://127.0.0.1:8080", nil, true}, {"http://[::1]:8080/", cred, true},
		{"http://localhost:1", nil, true}, {"http://10.0.0.1", cred, false}, {"http://graph.microsoft.com", cred, false},
		{"https://proxy.example", nil, false}, {"https://proxy.example", cred, true}, {"nonsense", cred, false}, {"http://127.0.0.1.evil.example", nil, false},
	} {
		if _, err := New(Options{Endpoint: c.endpoint, Credential: c.cred}); (err == nil) != c.ok {
			t.Errorf("%q: %v", c.endpoint, err)
		}
	}
}

// tokens gives a new token each time it is asked.
type tokens struct{ n *atomic.Int64 }

func (t tokens) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: fmt.Sprintf("canary-token-%d", t.n.Add(1)), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// TestTokensAreRenewedAndNotLogged: each request carries what the credential gives
// then, and no log of any level shows it.
func TestTokensAreRenewedAndNotLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		s := &service{replies: []func() (*http.Response, error){reply(401, graphError("InvalidAuthenticationToken", "expired")), reply(503, ""), broken}}
		c, err := New(Options{Endpoint: "http://127.0.0.1:1", Transport: s, Credential: tokens{new(atomic.Int64)},
			Log: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := getFolder(t.Context(), c, call{mailbox: "u"}); err != nil {
			t.Fatal(err)
		}
		for i, r := range s.asked {
			if got, want := r.Header.Get("Authorization"), fmt.Sprintf("Bearer canary-token-%d", i+1); got != want {
				t.Errorf("request %d has %q", i, got)
			}
		}
		if strings.Contains(logged.String(), "canary") || logged.Len() == 0 {
			t.Errorf("logged: %s", logged.String())
		}
	})
}

func TestUserAgentNamesUs(t *testing.T) {
	c, s := talk(t)
	if _, err := getFolder(t.Context(), c, call{}); err != nil {
		t.Fatal(err)
	}
	if got := s.asked[0].Header.Values("User-Agent"); !cmp.Equal(got, []string{"NONISV|mailsweep|mailsweep/1.2.3"}) {
		t.Errorf("%q", got)
	}
}

func TestSignInSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.pem")
	if err := os.WriteFile(bad, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		in   SignIn
		want string
	}{
		{SignIn{}, "nothing says how to sign in"},
		{SignIn{Secret: "s", Managed: true}, "more than one way"},
		{SignIn{Secret: "s"}, "tenant and the application's client id"},
		{SignIn{Tenant: "t", Client: "c", Certificate: filepath.Join(dir, "none")}, "no such file"},
		{SignIn{Tenant: "t", Client: "c", Certificate: bad}, "holds no certificate"},
	} {
		_, err := c.in.Credential()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
}

// TestThrottledMailboxDoesNotStallOthers over a real connection.
func TestThrottledMailboxDoesNotStallOthers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/slow/") {
			w.Header().Set("Retry-After", "600")
			w.WriteHeader(429)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"id":"1"}`)
	}))
	defer server.Close()
	c, err := New(Options{Endpoint: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	slow := make(chan error, 8)
	for range cap(slow) {
		go func() {
			_, err := get[models.MailFolderable](ctx, c, call{mailbox: "slow"}, c.url(nil, "users", "slow", "x"), nil, models.CreateMailFolderFromDiscriminatorValue)
			slow <- err
		}()
	}
	for range 50 {
		if _, err := getFolder(ctx, c, call{mailbox: "u"}); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	for range cap(slow) {
		if err := <-slow; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
}

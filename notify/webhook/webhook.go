// Package webhook is the channel that posts notices to an address, signed as Standard
// Webhooks 1.0.0 says (github.com/standard-webhooks/standard-webhooks, spec). Whoever
// takes them can tell a second one of the same webhook-id, which is the notice's
// reference.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"mailsweep/notify"
	"mailsweep/secret"
	"mailsweep/visible"
)

const (
	// timeout is how long the other side may take (Standard Webhooks advises 15 to 30 s).
	timeout = 30 * time.Second
	// answerRead is how much of an answer is read, and receiptKept how much is kept.
	answerRead, receiptKept = 64 << 10, 200
)

// Sender posts to one address. It may be used from many goroutines.
type Sender struct {
	url    string
	key    secret.Value // decoded
	hidden secret.Masker
	client *http.Client
	now    func() time.Time
}

// Options of [New].
type Options struct {
	// URL is https, or http on this machine.
	URL string
	// Key signs: "whsec_" and 24 to 64 bytes in base64.
	Key secret.Value
	// Transport is nil for [http.DefaultTransport]; Now is nil for [time.Now].
	Transport http.RoundTripper
	Now       func() time.Time
}

var _ notify.Sender = (*Sender)(nil)

// New checks the options. Its errors do not tell the key.
func New(o Options) (*Sender, error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Host == "":
		return nil, errors.New("notices.webhook is no address of a page")
	case u.User != nil:
		return nil, errors.New("notices.webhook has a user or a password in it: what is posted is signed instead")
	case u.Scheme != "https" && !(u.Scheme == "http" && local(u.Hostname())):
		return nil, errors.New("notices.webhook must be an https address: a notice says where credentials are")
	}
	encoded, ok := strings.CutPrefix(o.Key.Reveal(), "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("the webhook's key must be whsec_ and 24 to 64 bytes in base64 (Standard Webhooks)")
	}
	s := &Sender{url: o.URL, key: secret.New(string(key)), hidden: secret.NewMasker(nil, tokens(u)), now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	s.client = &http.Client{
		Transport: o.Transport, Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s, nil
}

// tokens are what may let somebody in of an address: what stands in its path and its
// query. Servers repeat them in their pages ("Cannot POST /…").
func tokens(u *url.URL) (all []secret.Value) {
	parts := strings.FieldsFunc(u.EscapedPath()+"/"+u.Path+"/"+u.RawQuery, func(r rune) bool { return strings.ContainsRune("/&=;", r) })
	for _, values := range u.Query() {
		parts = append(parts, values...)
	}
	for _, p := range parts {
		all = append(all, secret.New(p))
	}
	return all
}

// local reports this machine.
func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Name implements [notify.Sender].
func (*Sender) Name() string { return "webhook" }

// Send posts a letter. An answer of 2xx says that it was taken, one of 429 or 503 that it
// may be taken later, any other of 3xx and 4xx that it never will. After 5xx, and where
// there is no answer, nobody knows.
func (s *Sender) Send(ctx context.Context, l notify.Letter) (receipt string, err error) {
	if err := l.Check(); err != nil {
		return "", err
	}
	body, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("%w: %w", notify.ErrNotSent, err)
	}
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { written.Store(true) }})
	req, err := s.request(ctx, l, body)
	if err != nil {
		return "", fmt.Errorf("%w: %w", notify.ErrNotSent, err)
	}
	res, err := s.client.Do(req)
	if err != nil {
		err = withoutURL(err)
		if !written.Load() {
			return "", fmt.Errorf("%w: %w", notify.ErrLater, err)
		}
		return "", fmt.Errorf("there was no answer: %w", err)
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(res.Body, answerRead)) // the status is what counts
	said := res.Status
	// Masked before it is cut: half a token is not known again.
	words := strings.TrimSpace(s.hidden.Mask(string(answer)))
	if words != "" {
		said += ": " + words[:min(len(words), receiptKept)]
	}
	said = visible.Text(strings.ReplaceAll(said, "\n", " "))
	switch code := res.StatusCode; {
	case code >= 200 && code < 300:
		return said, nil
	case slices.Contains(notTaken, code):
		if after := res.Header.Get("Retry-After"); after != "" {
			said += "; again after " + visible.Text(after[:min(len(after), 40)])
		}
		return "", fmt.Errorf("%w: %s", notify.ErrLater, said)
	case code < 500:
		return "", fmt.Errorf("%w: %s", notify.ErrNotSent, said)
	}
	return "", errors.New(said)
}

// notTaken are answers of who has not taken the request, and will take it later (RFC 9110
// sections 15.5.9 and 15.6.4, RFC 8470, RFC 6585 section 4).
var notTaken = []int{http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusServiceUnavailable}

// request signs "id.timestamp.body" with HMAC-SHA-256.
func (s *Sender) request(ctx context.Context, l notify.Letter, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return nil, withoutURL(err)
	}
	at := strconv.FormatInt(s.now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(s.key.Reveal()))
	fmt.Fprintf(mac, "%s.%s.%s", l.Reference, at, body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "mailsweep")
	req.Header.Set("webhook-id", l.Reference)
	req.Header.Set("webhook-timestamp", at)
	req.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	req.GetBody = nil // it is not sent a second time behind our back
	return req, nil
}

// withoutURL leaves out an address that may have a token in it.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return fmt.Errorf("it cannot be reached: %w", op.Err)
	}
	return err
}

// Look implements [notify.Sender]: what was posted cannot be asked for.
func (*Sender) Look(context.Context, string) (bool, error) { return false, notify.ErrCannotLook }

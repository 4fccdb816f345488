package m365

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// call says what a request is for; it travels in the request's context.
type call struct {
	mailbox string // whose limits it counts against; "" is the directory
	n       int    // how many requests it makes at once; 0 is 1
	extra   int    // how many more it stands for: the rest of a batch
	// paged is set for a page of mail: a page that is too large for the service is
	// not asked for again at the same size.
	paged bool
	// single is set for what must not be done twice: it is asked for again only when it was
	// certainly not done.
	single bool
	// stream is set when the reply is to be read as it comes, by whoever asked.
	stream bool
	// memory is what the reply will take; nil is too little to count. It stays taken
	// when the call succeeds.
	memory *claim
}

type callKey struct{}

func withCall(ctx context.Context, c call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// transport sends requests for the SDK's adapter and for our own streams. It never
// gives a reply with a status of 400 or above: that is an [*Error].
type transport struct {
	base   http.RoundTripper
	root   *url.URL // only its host is ever asked
	agent  string
	cred   azcore.TokenCredential // nil: not signed in
	scope  string
	limits *limiter
	log    *slog.Logger
	now    func() time.Time
	sent   func(call) // counts what is sent
	// answered is when the service last answered anything, in nanoseconds of Unix time;
	// 0 is never.
	answered atomic.Int64
	// told is the answer after which it was said that the network has gone.
	told atomic.Int64
}

// errOtherHost says that a link led away from the configured host. Such a link is
// never followed: it would carry our token there.
var errOtherHost = errors.New("a reply links to another host than the configured one; it was not followed")

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != t.root.Scheme || req.URL.Host != t.root.Host {
		return nil, fmt.Errorf("%w: %s", errOtherHost, line(req.URL.Host, 100))
	}
	c, _ := req.Context().Value(callKey{}).(call)
	c.n = max(c.n, 1)
	body, err := content(req)
	if err != nil {
		return nil, err
	}
	id := requestID()
	box := t.limits.box(c.mailbox)
	var failed, late, refused int
	var out outage
	for {
		resp, err := t.once(req, c, box, body, id)
		if err == nil {
			return resp, nil
		}
		if req.Context().Err() != nil {
			return nil, req.Context().Err()
		}
		var e *Error
		wait := time.Duration(-1)
		switch what := t.judge(err, c, &e); what {
		case throttled:
			if late++; late > maxThrottled {
				return nil, &gaveUp{err}
			}
			wait = cmp.Or(max(e.wait, 0), backoff(late))
			if strings.Contains(strings.ToLower(e.Message), "mailboxconcurrency") {
				box.crowded()
			}
			box.later(t.now().Add(wait))
		case transient:
			if away(err) {
				if err := t.gone(&out, err); err != nil {
					return nil, err
				}
				wait = backoff(out.tries)
				break
			}
			if failed++; failed >= maxTries {
				return nil, &gaveUp{err}
			}
			if wait = backoff(failed); e != nil && e.wait > wait {
				wait = e.wait
			}
		case signIn:
			if refused++; refused > 2 {
				return nil, err
			}
			wait = backoff(refused)
		default:
			return nil, err
		}
		if !away(err) {
			out = outage{}
		}
		level := slog.LevelDebug
		// Seconds without an answer: somebody may be waiting for it.
		if failed == 4 && out.tries == 0 || out.tries == 4 && t.newlyAway() {
			level = slog.LevelWarn
		}
		t.log.Log(req.Context(), level, "asking Microsoft Graph again", "why", err.Error(), "wait", wait.Round(time.Millisecond))
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
	}
}

// gaveUp marks a failure that was asked about often enough.
type gaveUp struct{ err error }

func (e *gaveUp) Error() string { return e.err.Error() }
func (e *gaveUp) Unwrap() error { return e.err }

// judge says what to do about a failure. A failure without a reply is transient:
// the connection broke, or the reply was cut.
func (t *transport) judge(err error, c call, e **Error) meaning {
	if !errors.As(err, e) {
		switch {
		case errors.Is(err, errCut) && c.paged || errors.As(err, new(*signInError)):
			return unknown
		case c.single && !away(err):
			return unknown
		}
		return transient
	}
	switch {
	case c.paged && (*e).Status == http.StatusGatewayTimeout:
		return unknown
	case (*e).Status == http.StatusUnauthorized:
		return signIn // once or twice, whatever else it means
	case c.single && (*e).meaning() == transient:
		return unknown
	}
	return (*e).meaning()
}

// once sends the request one time, within the limits, and reads the reply.
func (t *transport) once(req *http.Request, c call, box *box, body []byte, id string) (*http.Response, error) {
	n, err := t.admit(req.Context(), c, box)
	if err != nil {
		return nil, err
	}
	release := func() { box.release(n) }
	resp, err := t.send(req, body, id)
	if err != nil {
		c.memory.leave()
		release()
		return nil, err
	}
	t.sent(c)
	t.answered.Store(t.now().UnixNano())
	if c.stream && resp.StatusCode < 300 {
		box.good()
		resp.Body = &held{resp.Body, release}
		return resp, nil
	}
	defer release()
	defer resp.Body.Close()
	if resp, err = t.whole(resp, box); err != nil {
		c.memory.leave()
	}
	return resp, err
}

// admit waits for a slot of the mailbox and for memory. Nobody who holds a slot waits for
// memory: whoever has that memory may be waiting for the slot. And memory is asked for
// after the slot, so that a mailbox that is told to wait keeps none from others.
//
// A page has a hundred messages that all want memory, and their mailbox answers four: no
// more than those of a mailbox wait for memory, or most of it would be held by who waits
// for a slot.
func (t *transport) admit(ctx context.Context, c call, box *box) (n int, err error) {
	if c.memory != nil && !c.memory.entered() {
		leave, err := box.porch(ctx, c.memory.from)
		if err != nil {
			return 0, err
		}
		defer leave()
	}
	for {
		n, err = box.acquire(ctx, c.n, c.extra, t.now)
		if err != nil || c.memory.tryEnter() {
			return n, err
		}
		box.giveBack(n, c.extra)
		if err := c.memory.enter(ctx); err != nil {
			return 0, err
		}
		if box.fenced(t.now()) {
			c.memory.leave()
			continue
		}
		if n, err = box.acquire(ctx, c.n, c.extra, t.now); err != nil {
			c.memory.leave()
		}
		return n, err
	}
}

// whole reads a reply to its end, so that what breaks on the way can be asked for
// again, and mends what the SDK's parser does not take.
func (t *transport) whole(resp *http.Response, box *box) (*http.Response, error) {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if resp.StatusCode >= 300 {
		return nil, errorOf(resp, data, t.now())
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCut, err)
	}
	if len(data) > maxReply {
		return nil, fmt.Errorf("%w: it is larger than %d MB", errCut, maxReply>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if bytes.HasPrefix(data, []byte("{")) { // whatever it calls itself
		resp.Header.Set("Content-Type", "application/json")
	}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		blankControls(data)
		if end := bytes.TrimRight(data, " "); len(end) == 0 || end[len(end)-1] != '}' {
			return nil, errCut
		}
	}
	box.good()
	resp.Body = io.NopCloser(bytes.NewReader(data))
	resp.ContentLength = int64(len(data))
	return resp, nil
}

// maxReply bounds a reply that is read as a whole. A page of 1,000 messages whose
// bodies are of ordinary size has 20 MB.
const maxReply = 128 << 20

// errCut says that a reply ended before its end: Exchange has been seen to answer
// 200 with JSON that stops after `"value":[`.
var errCut = errors.New("the reply of Microsoft Graph was cut off")

// blankControls replaces raw control characters, which Exchange passes through from
// mail and JSON forbids inside strings (RFC 8259 section 7), by spaces. Outside of
// strings they are white space or nothing at all.
func blankControls(data []byte) {
	for i, c := range data {
		if c < ' ' {
			data[i] = ' '
		}
	}
}

// send signs the request in and sends it.
func (t *transport) send(req *http.Request, body []byte, id string) (*http.Response, error) {
	r := req.Clone(req.Context())
	r.Header.Set("User-Agent", t.agent)
	r.Header.Set("client-request-id", id)
	if body != nil {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	if t.cred != nil {
		token, err := t.cred.GetToken(req.Context(), policy.TokenRequestOptions{Scopes: []string{t.scope}})
		if err != nil {
			return nil, &signInError{err}
		}
		r.Header.Set("Authorization", "Bearer "+token.Token)
	}
	return t.patiently(r)
}

// silence is how long a reply may pause before it counts as broken.
const silence = 2 * time.Minute

// patiently sends a request, and ends it when its reply stops coming.
func (t *transport) patiently(r *http.Request) (*http.Response, error) {
	ctx, stop := context.WithCancel(r.Context())
	resp, err := t.base.RoundTrip(r.WithContext(ctx))
	if err != nil {
		stop()
		return nil, err
	}
	resp.Body = &watched{ReadCloser: resp.Body, stop: stop, timer: time.AfterFunc(silence, stop)}
	return resp, nil
}

// watched is a body that is given up when nothing comes for a while.
type watched struct {
	io.ReadCloser
	timer *time.Timer
	stop  context.CancelFunc
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.ReadCloser.Read(b)
	w.timer.Reset(silence)
	return n, err
}

func (w *watched) Close() error {
	w.timer.Stop()
	err := w.ReadCloser.Close()
	w.stop()
	return err
}

// greet asks the service's root once, without signing in. Any reply shows that the
// service can be reached, and what time it is there.
func (t *transport) greet(ctx context.Context) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.root.String()+"/v1.0/", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", t.agent)
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	t.sent(call{})
	return resp, resp.Body.Close()
}

// signInError says that no token was to be had.
type signInError struct{ err error }

func (e *signInError) Error() string {
	return "sign in to Microsoft Entra: " + line(e.err.Error(), 600)
}
func (e *signInError) Unwrap() error { return e.err }

// content reads the body of a request, to be able to send it again.
func content(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	defer req.Body.Close()
	return io.ReadAll(req.Body)
}

// requestID is a random UUID (RFC 9562 section 5.4) by which support can find a request.
func requestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// held gives a slot back when a stream was read or closed.
type held struct {
	io.ReadCloser
	release func()
}

func (h *held) Close() error {
	err := h.ReadCloser.Close()
	if h.release != nil {
		h.release()
		h.release = nil
	}
	return err
}

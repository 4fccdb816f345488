package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Server answers for a tenant as Microsoft Graph does, under /v1.0 and /beta. Several
// servers may share a tenant; each has its own limits and faults. Safe for use by many
// goroutines.
type Server struct {
	tenant   *Tenant
	options  Options
	clock    Clock
	routes   []route
	counters counters
	limits   limiter
	chance   chance
	requests atomic.Uint64
	queries  auditQueries
	buffers  sync.Pool // of *[]byte
}

// NewServer makes a server of a tenant. It needs no closing.
func NewServer(t *Tenant, o Options) *Server {
	s := &Server{tenant: t, options: o, clock: o.Clock, routes: routes()}
	if s.clock == nil {
		s.clock = NewClock(time.Now(), 1)
	}
	s.counters.stats = newStats()
	s.counters.flying = map[string]int{}
	s.limits = newLimiter(o.Limits, s.clock)
	s.chance = newChance(o.Faults, o.Seed)
	return s
}

// maxRequest is how much of a request is read: sendMail takes 4 MB, a batch the same.
const maxRequest = 4 << 20

// anonymousApp is the application of a token that does not name one.
const anonymousApp = "5f1b6b0c-5a1f-4f0b-9d3a-0c5e7f9a1b2d"

// ServeHTTP answers one request. A fault that breaks the connection panics with
// http.ErrAbortHandler, which net/http expects.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := s.newCall(r)
	c.readBody(r)
	out, done := s.answer(r, c)
	s.wait(r.Context(), s.options.Latency)
	s.send(w, c, out, done)
}

// readBody reads what the request sends; what is wrong with it is told once the route is known.
func (c *call) readBody(r *http.Request) {
	data, err := io.ReadAll(io.LimitReader(r.Body, maxRequest+1))
	c.body = data
	switch {
	case err != nil:
		c.unread = c.badRequest("The request body could not be read.")
	case len(data) > maxRequest:
		c.unread = c.fail(413, "RequestEntityTooLarge", "The request is over the 4 MB that a request may have.")
	}
}

// newCall takes a request apart; what is wrong with it is found by answer.
func (s *Server) newCall(r *http.Request) *call {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	c := &call{s: s, method: r.Method, root: scheme + "://" + r.Host, path: r.URL.EscapedPath(),
		query: r.URL.RawQuery, header: r.Header, app: appOf(r.Header, s.options.AppID)}
	c.request = s.requestID()
	c.prefer = parsePrefer(r.Header.Values("Prefer"))
	return c
}

func (s *Server) requestID() string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(s.options.Seed), s.requests.Add(1))
}

// answer does the call: sign-in, limits, faults, then the tenant's answer. done must be
// called when the mailbox is free again; the caller does that before the last byte.
func (s *Server) answer(r *http.Request, c *call) (out *reply, done func()) {
	done = func() {}
	if out = c.resolve(); out == nil {
		out = c.unread
	}
	if out == nil && s.options.Auth != nil {
		if err := s.options.Auth(r); err != nil {
			out = c.fail(401, "InvalidAuthenticationToken", err.Error()).set("WWW-Authenticate", `Bearer realm="", error="invalid_token"`)
		}
	}
	if out == nil {
		done, out = s.admit(c)
	}
	if out == nil {
		out = s.perform(c)
	}
	s.counters.request(c, out)
	return out, done
}

// resolve finds route, user and mailbox; the reply is of a call that cannot be answered.
func (c *call) resolve() *reply {
	version, rest, _ := strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
	c.version = "/" + strings.ToLower(version)
	if c.version != "/v1.0" && c.version != "/beta" {
		return c.fail(400, "BadRequest", "Invalid version: "+version)
	}
	segments, ok := splitPath(rest)
	params, err := parseQuery(c.query)
	if !ok || err != nil {
		return c.badRequest("The request URI is malformed.")
	}
	c.params = params
	if len(segments) > 0 && strings.EqualFold(segments[0], "me") {
		return c.badRequest("/me request is only valid with delegated authentication flow.")
	}
	var known bool
	c.route, c.ids, known = c.s.match(c.method, segments)
	switch {
	case c.route == nil && known:
		return c.fail(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	case c.route == nil && c.method != http.MethodGet && c.method != http.MethodHead:
		return c.fail(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	case c.route == nil:
		last := ""
		if len(segments) > 0 {
			last = segments[len(segments)-1]
		}
		return c.fail(404, "UnknownError", "Resource not found for the segment '"+last+"'.")
	}
	if strings.HasPrefix(c.route.template, "/users/{id}") {
		c.user, c.box = c.s.tenant.find(c.ids[0])
	}
	return nil
}

// perform makes the reply of a call that was let in. What a fault had its hand in names
// it, so that nobody takes it for what Graph would say.
func (s *Server) perform(c *call) *reply {
	c.fault = s.chance.pick(c)
	out := c.instead()
	if out == nil {
		out = c.unreachable()
	}
	if out == nil {
		out = c.spoil(c.route.answer(c))
	}
	if c.fault == "" {
		return out
	}
	s.counters.fault(c.fault)
	return out.set(faultHeader, string(c.fault))
}

// unreachable is the answer for a mailbox that cannot be read.
func (c *call) unreachable() *reply {
	if c.route.area != exchange {
		return nil
	}
	if c.user == nil {
		return c.fail(404, "ErrorInvalidUser", "The requested user '"+c.ids[0]+"' is invalid.")
	}
	switch c.user.Mailbox {
	case OutOfScope:
		return c.fail(403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.")
	case Reachable:
		return nil
	default:
		return c.fail(404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.")
	}
}

// send writes a reply. The mailbox is freed before the last byte, so that whoever has
// read all of a reply may ask at once.
func (s *Server) send(w http.ResponseWriter, c *call, out *reply, done func()) {
	length := out.body.length()
	s.counters.sent(length)
	if out.broken && length == 0 {
		done()
		panic(http.ErrAbortHandler)
	}
	c.headers(w.Header(), out)
	if out.broken {
		w.Header().Set("Content-Length", strconv.FormatInt(length*2, 10))
	} else {
		w.Header().Set("Content-Length", strconv.FormatInt(length, 10))
	}
	w.WriteHeader(out.status)
	whole, last := out.body.holdBack()
	var to io.Writer = w
	if out.slow {
		to = &dripping{w: w, wait: func() { s.wait(context.Background(), 20*time.Millisecond) }}
	}
	_, err := whole.WriteTo(to)
	done()
	if err == nil {
		_, err = w.Write(last)
	}
	if out.spare != nil {
		s.buffers.Put(&out.spare)
	}
	if err == nil && out.broken {
		err = errors.Join(http.NewResponseController(w).Flush(), io.ErrUnexpectedEOF)
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}

// holdBack splits off the last byte of a body.
func (b body) holdBack() (body, []byte) {
	for i := len(b) - 1; i >= 0; i-- {
		p := b[i]
		if p.coding != plain {
			break
		}
		if n := len(p.data); n > 0 {
			head := append(append(body{}, b[:i]...), piece{data: p.data[:n-1]})
			return head, p.data[n-1:]
		}
	}
	return b, nil
}

// wait passes a time of the server's clock.
func (s *Server) wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(time.Duration(float64(d) / s.clock.Speed()))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// dripping writes in small pieces with pauses.
type dripping struct {
	w    http.ResponseWriter
	wait func()
}

func (d *dripping) Write(p []byte) (int, error) {
	const pauses = 8
	step := len(p)/pauses + 1
	for n := 0; n < len(p); n += step {
		if _, err := d.w.Write(p[n:min(n+step, len(p))]); err != nil {
			return n, err
		}
		if err := http.NewResponseController(d.w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return n, err
		}
		d.wait()
	}
	return len(p), nil
}

package contract

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// Reporter is told of what breaks the contract: a *testing.T, or a log.
type Reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// Handler answers with next and reports each request and each reply that breaks the
// contract. A request that next refuses (400 to 499, no fault) was meant to be bad or
// is reported by whoever expected an answer: only its reply is checked. Replies with
// [FaultHeader] are not checked, nor are connections that next breaks off.
func Handler(to Reporter, next http.Handler) http.Handler {
	c, err := Load()
	if err != nil {
		to.Errorf("%v", err)
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to.Helper()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "the body could not be read", http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		seen := &recorder{ResponseWriter: w}
		next.ServeHTTP(seen, r)
		for _, err := range c.exchange(r, body, seen) {
			to.Errorf("%v", err)
		}
	})
}

// exchange checks a request and the reply to it.
func (c *Contract) exchange(r *http.Request, body []byte, seen *recorder) []error {
	status, header := max(seen.status, http.StatusOK), seen.Header() // nothing written is 200
	var out []error
	refused := status >= 400 && status < 500 && status != http.StatusTooManyRequests && header.Get(FaultHeader) == ""
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err := c.Request(r); err != nil && !refused {
		out = append(out, err)
	}
	if err := c.Reply(r.Method, r.URL.EscapedPath(), status, header, seen.body.Bytes()); err != nil {
		out = append(out, err)
	}
	if strings.HasSuffix(r.URL.Path, "/$batch") && status == http.StatusOK && header.Get(FaultHeader) == "" {
		if err := c.Batch(body, seen.body.Bytes()); err != nil {
			out = append(out, err)
		}
	}
	return out
}

// recorder keeps a copy of a reply. Of what is no JSON it keeps the beginning only.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

const rawKept = 1 << 10

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	kept := p
	if !strings.HasPrefix(r.Header().Get("Content-Type"), "application/json") {
		kept = p[:min(len(p), max(0, rawKept-r.body.Len()))]
	}
	r.body.Write(kept)
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Flush sends what was written so far.
func (r *recorder) Flush() {
	if f, ok := r.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

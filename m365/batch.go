package m365

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// mostParts is how many requests one batch may hold (learn.microsoft.com, "Combine
// multiple HTTP requests using JSON batching").
const mostParts = 20

// part is the reply to one request of a batch.
type part struct {
	body []byte
	err  error
}

// batch asks for several resources of one mailbox, in as few requests as the service
// allows, and gives the replies in the same order. Parts that fail for now are asked
// for again, each by itself.
func (c *Client) batch(ctx context.Context, mailbox string, addresses []string) ([]part, error) {
	all := make([]part, len(addresses))
	for at := 0; at < len(addresses); at += mostParts {
		end := min(at+mostParts, len(addresses))
		if err := c.batched(ctx, mailbox, addresses[at:end], all[at:end]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

type batchRequest struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

func (c *Client) batched(ctx context.Context, mailbox string, addresses []string, out []part) error {
	if len(addresses) == 1 {
		out[0] = c.single(ctx, mailbox, addresses[0])
		return ctx.Err()
	}
	root := c.url(nil)
	var requests struct {
		Requests []batchRequest `json:"requests"`
	}
	for i, a := range addresses {
		requests.Requests = append(requests.Requests, batchRequest{
			ID: strconv.Itoa(i), Method: http.MethodGet, URL: strings.TrimPrefix(a, root),
			Headers: map[string]string{immutable[0]: immutable[1], "Accept": "application/json"},
		})
	}
	body, err := json.Marshal(requests)
	if err != nil {
		return err
	}
	// The service works on four parts at a time, and counts each part.
	of := call{mailbox: mailbox, n: AtOnce, extra: len(addresses) - AtOnce}
	req, err := http.NewRequestWithContext(withCall(ctx, of), http.MethodPost, root+"/$batch", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	answered := make([]bool, len(out))
	resp, err := c.http.Do(req)
	var in *signInError
	switch {
	case err == nil:
		defer resp.Body.Close()
		c.parts(resp.Body, out, answered)
	case ctx.Err() != nil || errors.As(err, &in):
		return clean(ctx, err)
	}
	for i, ok := range answered {
		if !ok {
			out[i] = c.single(ctx, mailbox, addresses[i])
		}
	}
	return ctx.Err()
}

// parts takes the replies of a batch that say something final; the others are asked for
// again by themselves.
func (c *Client) parts(body io.Reader, out []part, answered []bool) {
	var reply struct {
		Responses []struct {
			ID      any
			Status  int
			Headers map[string]any
			Body    json.RawMessage
		}
	}
	if err := json.NewDecoder(body).Decode(&reply); err != nil {
		return
	}
	for _, r := range reply.Responses {
		i, err := strconv.Atoi(fmt.Sprint(r.ID))
		if err != nil || i < 0 || i >= len(out) || answered[i] {
			continue
		}
		switch {
		case r.Status >= 300:
			e := errorOf(&http.Response{StatusCode: r.Status, Header: headerOf(r.Headers)}, r.Body, c.t.now())
			switch e.meaning() {
			case notCovered, vanished, unreadable, forbidden:
				out[i].err, answered[i] = e, true
			}
		case bytes.HasPrefix(bytes.TrimSpace(r.Body), []byte("{")):
			out[i].body, answered[i] = r.Body, true
		}
	}
}

// single asks for one resource by itself.
func (c *Client) single(ctx context.Context, mailbox, address string) part {
	req, err := http.NewRequestWithContext(withCall(ctx, call{mailbox: mailbox}), http.MethodGet, address, nil)
	if err != nil {
		return part{err: err}
	}
	req.Header.Set(immutable[0], immutable[1])
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return part{err: clean(ctx, err)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return part{body, err}
}

func headerOf(m map[string]any) http.Header {
	h := http.Header{}
	for k, v := range m {
		h.Set(k, fmt.Sprint(v))
	}
	return h
}

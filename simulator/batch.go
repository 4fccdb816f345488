package simulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
)

const (
	maxBatch      = 20 // parts of a batch
	batchAbreast  = 4  // parts that run at once, whatever their mailboxes
	batchPartJSON = "application/json"
)

type batchPart struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`

	done chan struct{} // closed when out is there
	out  *reply
	call *call
}

// batch runs up to 20 calls, four at a time. Replies come last part first: no client may
// rely on their order.
func (c *call) batch() *reply {
	var in struct {
		Requests []*batchPart `json:"requests"`
	}
	if err := json.Unmarshal(c.body, &in); err != nil {
		return c.badRequest("Invalid batch payload format.")
	}
	if c.part {
		return c.badRequest("A batch cannot be part of a batch.")
	}
	if bad := c.checkBatch(in.Requests); bad != nil {
		return bad
	}
	byID := map[string]*batchPart{}
	for _, p := range in.Requests {
		p.done = make(chan struct{})
		byID[p.ID] = p
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, batchAbreast)
	for _, p := range in.Requests {
		wg.Go(func() { c.runPart(p, byID, slots) })
	}
	wg.Wait()
	w := newWriter(4096)
	w.open('{')
	w.array("responses")
	for i := len(in.Requests) - 1; i >= 0; i-- {
		w.element('{')
		in.Requests[i].write(w)
		w.close('}')
	}
	w.close(']')
	w.close('}')
	return c.json(w)
}

// checkBatch refuses too many parts, ids that are not unique, and dependencies on
// anything but an earlier part.
func (c *call) checkBatch(parts []*batchPart) *reply {
	if len(parts) > maxBatch {
		return c.badRequest("Number of batch request steps exceeds the maximum value of 20.")
	}
	seen := map[string]bool{}
	for _, p := range parts {
		switch {
		case p == nil || p.ID == "" || p.Method == "" || p.URL == "":
			return c.badRequest("Invalid batch payload format.")
		case seen[p.ID]:
			return c.badRequest("Request Ids must be unique in a batch: '" + p.ID + "'.")
		}
		for _, d := range p.DependsOn {
			if !seen[d] {
				return c.badRequest("The dependsOn of request '" + p.ID + "' does not name an earlier request.")
			}
		}
		seen[p.ID] = true
	}
	return nil
}

// runPart waits for what the part depends on, then for a slot.
func (c *call) runPart(p *batchPart, byID map[string]*batchPart, slots chan struct{}) {
	defer close(p.done)
	failed := false
	for _, d := range p.DependsOn {
		<-byID[d].done
		failed = failed || byID[d].out.status >= 400
	}
	p.call = c.partCall(p)
	if failed {
		p.call.resolve() // for the count: what it finds wrong does not matter any more
		p.out = p.call.fail(424, "FailedDependency", "The request failed because a request that it depends on failed.")
		c.s.counters.request(p.call, p.out)
		return
	}
	slots <- struct{}{}
	defer func() { <-slots }()
	r := &http.Request{Method: p.call.method, Header: p.call.header}
	out, done := c.s.answer(r, p.call)
	c.s.wait(r.Context(), c.s.options.Latency)
	done()
	p.out = out
}

// partCall is the call of a part: relative to the version of the batch, signed in as the batch.
func (c *call) partCall(p *batchPart) *call {
	path, query, _ := strings.Cut(p.URL, "?")
	path = c.version + "/" + strings.TrimLeft(path, "/")
	header := http.Header{"Authorization": c.header["Authorization"]}
	for k, v := range p.Headers {
		header.Set(k, v)
	}
	sub := &call{s: c.s, method: strings.ToUpper(p.Method), root: c.root, path: path, query: query, header: header,
		app: c.app, request: c.s.requestID(), part: true, prefer: parsePrefer(header.Values("Prefer"))}
	sub.body = p.Body
	var text string
	if json.Unmarshal(p.Body, &text) == nil { // a body that is not JSON comes as base64 in a string
		sub.body = []byte(text)
	}
	return sub
}

// write tells the reply of a part; a body that is not JSON stands in base64.
func (p *batchPart) write(w *writer) {
	w.string("id", p.ID)
	w.int("status", int64(p.out.status))
	w.object("headers")
	for _, k := range slices.Sorted(maps.Keys(p.out.header)) {
		w.string(k, p.out.header[k])
	}
	if p.out.kind != "" {
		kind := p.out.kind
		if strings.HasPrefix(kind, batchPartJSON) {
			kind = batchPartJSON
		}
		w.string("Content-Type", kind)
	}
	w.close('}')
	switch {
	case p.out.kind == "":
		w.null("body")
	case strings.HasPrefix(p.out.kind, batchPartJSON):
		w.name("body")
		for _, piece := range p.out.body {
			w.splice(piece)
		}
	default:
		w.bytes("body", p.out.body.flat())
	}
}

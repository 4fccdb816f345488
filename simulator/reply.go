package simulator

import (
	"net/http"
	"strings"
)

// reply is an answer before it is sent.
type reply struct {
	status  int
	header  map[string]string
	kind    string // Content-Type; "" without a body
	body    body
	entries int  // of a page of a collection; -1 for all else
	broken  bool // the connection is cut after the body
	slow    bool
	spare   []byte // a buffer that is free once the reply is sent
}

const jsonType = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

func empty(status int) *reply { return &reply{status: status, entries: -1} }

// json is a reply of what w wrote.
func (c *call) json(w *writer) *reply {
	return &reply{status: 200, kind: jsonType, body: w.body(), entries: -1}
}

func (c *call) page(w *writer, entries int) *reply {
	r := c.json(w)
	r.entries = entries
	if w.pooled && len(w.done) == 1 {
		r.spare = w.buf
	}
	return r
}

func (r *reply) set(name, value string) *reply {
	if r.header == nil {
		r.header = map[string]string{}
	}
	r.header[name] = value
	return r
}

// fail is an error as Graph tells it.
func (c *call) fail(status int, code, message string) *reply {
	w := newWriter(512)
	w.open('{')
	w.object("error")
	w.string("code", code)
	w.string("message", message)
	c.inner(w)
	w.close('}')
	w.close('}')
	r := c.json(w)
	r.status = status
	return r
}

// inner writes innerError, which names the request.
func (c *call) inner(w *writer) {
	w.object("innerError")
	w.string("date", c.s.clock.Now().UTC().Format("2006-01-02T15:04:05"))
	w.string("request-id", c.request)
	w.string("client-request-id", c.clientRequest())
	w.close('}')
}

func (c *call) clientRequest() string {
	if id := c.header.Get("client-request-id"); id != "" {
		return id
	}
	return c.request
}

func (c *call) badRequest(message string) *reply { return c.fail(400, "BadRequest", message) }

func (c *call) noProperty(name, of string) *reply {
	return c.badRequest("Parsing OData Select and Expand failed: Could not find a property named '" + name + "' on type 'microsoft.graph." + of + "'.")
}

func (c *call) badFilter(why string) *reply {
	return c.badRequest("Invalid filter clause: " + why)
}

func (c *call) inefficient() *reply {
	return c.fail(400, "InefficientFilter", "The restriction or sort order is too complex for this operation.")
}

// noItem is the answer for an id that names nothing: malformed when it cannot be one.
func (c *call) noItem(id string, was bool) *reply {
	if !was && !looksLikeID(id) {
		return c.fail(400, "ErrorInvalidIdMalformed", "Id is malformed.")
	}
	return c.fail(404, "ErrorItemNotFound", "The specified object was not found in the store.")
}

func looksLikeID(id string) bool {
	if len(id) < 20 {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_=+/", r))
	}) < 0
}

func (c *call) noObject(id string) *reply {
	return c.fail(404, "Request_ResourceNotFound", "Resource '"+id+"' does not exist or one of its queried reference-property objects are not present.")
}

// headers are those that every reply of the call has.
func (c *call) headers(h http.Header, r *reply) {
	if r.kind != "" {
		h.Set("Content-Type", r.kind)
	}
	for k, v := range r.header {
		h.Set(k, v)
	}
	h["request-id"] = []string{c.request}
	h["client-request-id"] = []string{c.clientRequest()}
	h["x-ms-ags-diagnostic"] = []string{`{"ServerInfo":{"DataCenter":"Simulated","Slice":"E","Ring":"5","ScaleUnit":"001","RoleInstance":"SIM0001"}}`}
	if (c.prefer.text || c.prefer.html) && r.status == 200 && c.route != nil && c.route.area == exchange {
		kind := "text"
		if c.prefer.html {
			kind = "html"
		}
		h.Set("Preference-Applied", `outlook.body-content-type="`+kind+`"`)
	}
}

package simulator

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// call is one request as those who answer it see it: taken apart, its mailbox found.
type call struct {
	s       *Server
	method  string
	root    string // "http://host": where links point
	version string // "/v1.0" or "/beta"
	path    string // escaped, with the version
	query   string // as it came
	params  url.Values
	header  http.Header
	body    []byte
	unread  *reply // the answer to a body that cannot be taken
	app     string
	request string // id of the request

	route *route
	ids   []string // what stands for {id}, in order
	user  *User    // of mail routes and of /users/{id}, when known
	box   *mailbox

	prefer preferences
	fault  Fault
	part   bool // of a batch
}

// preferences are the headers "Prefer", all lines together.
type preferences struct {
	text, html, immutable bool
	pageSize              int // 0: none
}

func parsePrefer(lines []string) preferences {
	var p preferences
	for p0 := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(p0), "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch strings.TrimSpace(strings.ToLower(name)) {
		case "outlook.body-content-type":
			p.text, p.html = strings.ToLower(value) == "text", strings.ToLower(value) == "html"
		case "idtype":
			p.immutable = strings.ToLower(value) == "immutableid"
		case "odata.maxpagesize", "maxpagesize":
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				p.pageSize = n
			}
		}
	}
	return p
}

// parseQuery reads a query. System options may come without their "$", as Graph has it.
func parseQuery(raw string) (url.Values, error) {
	in, err := url.ParseQuery(raw)
	if err != nil {
		return nil, err
	}
	out := url.Values{}
	for k, v := range in {
		bare := strings.ToLower(strings.TrimPrefix(k, "$"))
		switch bare {
		case "select", "filter", "top", "skip", "orderby", "expand", "search", "count", "skiptoken", "deltatoken":
			out["$"+bare] = append(out["$"+bare], v...)
		default:
			out[strings.ToLower(k)] = v
		}
	}
	return out, nil
}

// option is a query option, "" when it is absent.
func (c *call) option(name string) string { return strings.Join(c.params[name], ",") }

func (c *call) flag(name string) bool { return strings.EqualFold(c.params.Get(name), "true") }

// pageSize is how many entries a page may have: $top, then odata.maxpagesize, then
// standard. The reply is of a $top that is no number above zero.
func (c *call) pageSize(standard, most int) (int, *reply) {
	n := standard
	if c.prefer.pageSize > 0 {
		n = c.prefer.pageSize
	}
	if v := c.option("$top"); v != "" {
		top, err := strconv.Atoi(v)
		if err != nil || top < 1 {
			return 0, c.fail(400, "BadRequest", "Invalid value '"+v+"' for $top query option found. The $top query option requires a positive integer value.")
		}
		n = top
	}
	return min(n, most), nil
}

// skip is the option $skip.
func (c *call) skip() (int, *reply) {
	v := c.option("$skip")
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return 0, c.fail(400, "BadRequest", "Invalid value '"+v+"' for $skip query option found. The $skip query option requires a non-negative integer value.")
	}
	return n, nil
}

// nextLink is this request with another $skip (or other option), in the form that
// Outlook gives: names and values escaped with lower-case digits, "+" for a space.
func (c *call) nextLink(option, value string) string {
	var sb strings.Builder
	sb.WriteString(c.linkRoot() + c.path)
	sep := byte('?')
	add := func(name, value string) {
		sb.WriteByte(sep)
		sb.WriteString(lowerEscapes(url.QueryEscape(name)) + "=" + lowerEscapes(url.QueryEscape(value)))
		sep = '&'
	}
	for pair := range strings.SplitSeq(c.query, "&") {
		k, v, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(k)
		val, err2 := url.QueryUnescape(v)
		if err1 != nil || err2 != nil || name == "" || strings.EqualFold(strings.TrimPrefix(name, "$"), option[1:]) {
			continue
		}
		add(name, val)
	}
	add(option, value)
	return sb.String()
}

// lowerEscapes turns %2C into %2c.
func lowerEscapes(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out := []byte(s)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i+1:], strings.ToLower(s[i+1:i+3]))
			i += 2
		}
	}
	return string(out)
}

// tokenLink is this call without options but a token: nextLink and deltaLink of delta.
func (c *call) tokenLink(name, token string) string {
	return c.linkRoot() + c.path + "?" + name + "=" + token
}

func (c *call) linkRoot() string {
	if c.fault == ForeignLink {
		return "https://graph.elsewhere.example"
	}
	return c.root
}

// context is the value of @odata.context for what is described after $metadata#.
func (c *call) context(of string) string { return c.root + c.version + "/$metadata#" + of }

// inContext is an id as contexts quote it.
func inContext(id string) string { return "('" + url.QueryEscape(id) + "')" }

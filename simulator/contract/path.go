package contract

import (
	"fmt"
	"net/url"
	"strings"
)

// path is one path of the contract.
type path struct {
	template string
	segments []string // "" takes any key
	pathItem
}

func newPath(template string, item pathItem) path {
	p := path{template: template, pathItem: item}
	for s := range strings.SplitSeq(strings.Trim(template, "/"), "/") {
		if strings.HasPrefix(s, "{") {
			s = ""
		}
		p.segments = append(p.segments, plainName(s))
	}
	return p
}

func (p path) keys() int {
	n := 0
	for _, s := range p.segments {
		if s == "" {
			n++
		}
	}
	return n
}

// plainName is a segment without what may be left out: the namespace of functions and
// actions, and the parentheses of those without parameters.
func plainName(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(s, "microsoft.graph."), "()")
}

func (p path) matches(segments []string) bool {
	if len(segments) != len(p.segments) {
		return false
	}
	for i, s := range p.segments {
		if s == "" && segments[i] == "" || s != "" && s != segments[i] {
			return false
		}
	}
	return true
}

func (p path) operation(method string) *operation {
	switch method {
	case "GET":
		return p.Get
	case "POST":
		return p.Post
	}
	return nil
}

// find finds the operation of a path as it is sent, escaped, with or without version.
func (c *Contract) find(method, escaped string) (string, *operation, error) {
	segments, err := split(escaped)
	if err != nil {
		return "", nil, err
	}
	for _, p := range c.paths {
		if !p.matches(segments) {
			continue
		}
		op := p.operation(method)
		if op == nil {
			return "", nil, fmt.Errorf("the contract has no %s of %s", method, p.template)
		}
		return p.template, op, nil
	}
	return "", nil, fmt.Errorf("the contract has no path %s", strings.Join(segments, "/"))
}

// split takes a path apart. A key in parentheses, as in mailFolders('x') and
// servicePrincipals(appId='x'), becomes a segment of its own; a folder that is named
// through its parents stands alone, as its id says enough; /me stands for a user.
func split(escaped string) ([]string, error) {
	escaped = strings.Trim(escaped, "/")
	for _, version := range []string{"v1.0", "beta"} {
		if rest, ok := strings.CutPrefix(escaped, version+"/"); ok {
			escaped = rest
		}
	}
	var out []string
	for part := range strings.SplitSeq(escaped, "/") {
		s, err := url.PathUnescape(part)
		if err != nil {
			return nil, fmt.Errorf("the path has a bad escape: %w", err)
		}
		name, key, keyed := strings.Cut(s, "(")
		if key, closed := strings.CutSuffix(key, "')"); keyed && closed {
			_, key, _ = strings.Cut(key, "'")
			out = append(out, plainName(name), key)
		} else {
			out = append(out, plainName(s))
		}
		if n := len(out); n > 3 && out[n-4] == "mailFolders" && out[n-2] == "childFolders" {
			out = append(out[:n-3], out[n-1]) // mailFolders/a/childFolders/b is mailFolders/b
		}
	}
	if out[0] == "me" {
		out = append([]string{"users", "me"}, out[1:]...)
	}
	return out, nil
}

// options are the query options that an operation takes.
func (c *Contract) options(op *operation, template string) map[string]bool {
	out := map[string]bool{}
	for _, p := range op.Parameters {
		if p.Ref != "" {
			p = c.shared.Components.Parameters[typeName(p.Ref)]
		}
		if p.In == "query" {
			out[p.Name] = true
		}
	}
	// Links to further pages carry tokens that no document lists.
	if op.Pageable != nil || out["$top"] || strings.HasSuffix(template, "/records") {
		out["$skiptoken"] = true
	}
	if strings.HasSuffix(template, ".delta()") {
		out["$deltatoken"] = true
	}
	return out
}

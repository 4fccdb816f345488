package contract

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Request checks that the contract has the path and method of a request, its query
// options, the properties that it selects, and the shape of its body. The body stays
// readable. An error names the path.
func (c *Contract) Request(r *http.Request) error {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return fmt.Errorf("contract: request %s %s: reading the body: %w", r.Method, r.URL.Path, err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if err := c.request(r.Method, r.URL, r.Header, body); err != nil {
		return fmt.Errorf("contract: request %s %s: %w", r.Method, r.URL.Path, err)
	}
	return nil
}

func (c *Contract) request(method string, u *url.URL, header http.Header, body []byte) error {
	template, op, err := c.find(method, u.EscapedPath())
	if err != nil {
		return err
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return fmt.Errorf("the query cannot be read: %w", err)
	}
	if err := c.checkQuery(template, op, query); err != nil {
		return err
	}
	if op.RequestBody == nil {
		if len(body) > 0 {
			return fmt.Errorf("a body, where the contract has none")
		}
		return nil
	}
	return c.requestBody(op, header, body)
}

func (c *Contract) checkQuery(template string, op *operation, query url.Values) error {
	known := c.options(op, template)
	for _, name := range slices.Sorted(maps.Keys(query)) {
		switch {
		case !known[name]:
			return fmt.Errorf("the contract has no query option %s for %s", name, template)
		case len(query[name]) > 1:
			return fmt.Errorf("the query option %s stands twice", name)
		}
	}
	if s := query.Get("$select"); s != "" {
		return c.checkSelect(op, s)
	}
	return nil
}

// checkSelect holds that what is selected exists; a property of a derived type needs
// the type before it: microsoft.graph.fileAttachment/contentId.
func (c *Contract) checkSelect(op *operation, selected string) error {
	name := c.elementType(op)
	if name == "" {
		return nil
	}
	for item := range strings.SplitSeq(selected, ",") {
		item, of := strings.TrimSpace(item), name
		if cast, rest, found := strings.Cut(item, "/"); found && c.types[cast] != nil {
			if !c.derives(cast, name) {
				return fmt.Errorf("$select: %s does not derive from %s", cast, name)
			}
			item, of = rest, cast
		}
		property, _, _ := strings.Cut(item, "/")
		if property != "*" && !c.selectable(of, property) {
			return fmt.Errorf("$select: the contract has no property %q in %s", property, of)
		}
	}
	return nil
}

// selectable says whether a type has a property. A manager or a member is a
// directoryObject, of which Graph selects what users and groups have.
func (c *Contract) selectable(of, property string) bool {
	t := c.types[of]
	if t.open || t.properties[property] != nil {
		return true
	}
	return of == "microsoft.graph.directoryObject" &&
		(c.selectable("microsoft.graph.user", property) || c.selectable("microsoft.graph.group", property))
}

// elementType is the type of the entities that an operation answers with, "" for none.
func (c *Contract) elementType(op *operation) string {
	content, err := c.success(op, http.StatusOK)
	if err != nil || content["application/json"].Schema == nil {
		return ""
	}
	s := content["application/json"].Schema
	if s.Ref != "" {
		if named := c.shared.Components.Schemas[typeName(s.Ref)]; named.Properties["value"] == nil {
			return typeName(s.Ref)
		} else {
			s = named
		}
	}
	if v := s.Properties["value"]; v != nil && v.Items != nil && v.Items.Ref != "" {
		return typeName(v.Items.Ref)
	}
	return ""
}

func (c *Contract) requestBody(op *operation, header http.Header, body []byte) error {
	content := op.RequestBody.content(c.shared.Components.RequestBodies)
	if strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		// sendMail takes MIME as base64, which the document does not say.
		if _, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(body))); err != nil {
			return fmt.Errorf("MIME must be sent as base64: %w", err)
		}
		return nil
	}
	m, ok := content["application/json"]
	if !ok || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		return fmt.Errorf("a body of Content-Type %q, which the contract does not take", header.Get("Content-Type"))
	}
	v, err := decode(body)
	if err != nil {
		return err
	}
	lax := *c
	lax.asked = true
	return lax.check(c.parameters(m.Schema, v), v, "", false)
}

// parameters is the schema with the names of an action's parameters as they were sent:
// the document writes Message, the documentation message, and Graph takes both.
func (c *Contract) parameters(s *schema, v any) *schema {
	object, ok := v.(map[string]any)
	if !ok || s.Ref != "" || len(s.Required) > 0 {
		return s
	}
	out := *s
	out.Properties = map[string]*schema{}
	for name, p := range s.Properties {
		for sent := range object {
			if strings.EqualFold(sent, name) {
				name = sent
			}
		}
		out.Properties[name] = p
	}
	return &out
}

package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// FaultHeader marks a reply that misbehaves on purpose: its value names the fault. Such
// a reply is not checked.
const FaultHeader = "X-Simulator-Fault"

// Reply checks one reply to a request of method and path, which may carry a query. An
// error names the path and, as a JSON pointer, the place. A faulted reply passes.
func (c *Contract) Reply(method, path string, status int, header http.Header, body []byte) error {
	if header.Get(FaultHeader) != "" {
		return nil
	}
	path, _, _ = strings.Cut(path, "?")
	if err := c.reply(method, path, status, header, body); err != nil {
		return fmt.Errorf("contract: reply %d to %s %s: %w", status, method, path, err)
	}
	return nil
}

func (c *Contract) reply(method, path string, status int, header http.Header, body []byte) error {
	if status >= 400 {
		return c.errorReply(status, header, body)
	}
	template, op, err := c.find(method, path)
	if err != nil {
		return err
	}
	want, err := c.success(op, status)
	if err != nil {
		return err
	}
	if want == nil {
		if len(body) > 0 {
			return fmt.Errorf("a body of %d bytes, where the contract has none", len(body))
		}
		return nil
	}
	m, ok := want["application/json"]
	if !ok {
		return checkRaw(want, header, body)
	}
	if !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		return fmt.Errorf("Content-Type %q, where the contract wants application/json", header.Get("Content-Type"))
	}
	v, err := decode(body)
	if err != nil {
		return err
	}
	if err := c.checkBody(m.Schema, v); err != nil {
		return err
	}
	if strings.HasSuffix(template, ".delta()") {
		return checkLinks(v)
	}
	return nil
}

// success is what a reply of that status holds; nil means an empty body.
func (c *Contract) success(op *operation, status int) (map[string]media, error) {
	for _, key := range []string{fmt.Sprint(status), "2XX"} {
		if r, ok := op.Responses[key]; ok && status/100 == 2 {
			content := r.content(c.shared.Components.Responses)
			if status == http.StatusNoContent {
				content = nil
			}
			return content, nil
		}
	}
	return nil, fmt.Errorf("the contract has no reply of this status")
}

// checkBody checks a reply, whose outermost object may say more of itself than the
// objects in it: collections must have their value array.
func (c *Contract) checkBody(s *schema, v any) error {
	resolved := s
	if s.Ref != "" {
		resolved = c.shared.Components.Schemas[typeName(s.Ref)]
	}
	if resolved == nil || resolved.Properties["value"] == nil {
		if v == nil {
			return broken("", "null, where the contract wants %s", typeName(s.Ref))
		}
		return c.check(s, v, "", false)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return wrongType("", "a collection", v)
	}
	if _, ok := object["value"]; !ok {
		return broken("", "a collection without its value array")
	}
	return c.checkObject(&entityType{properties: resolved.Properties}, nil, v, "")
}

// checkLinks holds that a page of delta ends in exactly one link: on, or done.
func checkLinks(v any) error {
	object, _ := v.(map[string]any)
	_, next := object["@odata.nextLink"]
	_, done := object["@odata.deltaLink"]
	if next == done {
		return broken("", "a page of delta wants either @odata.nextLink or @odata.deltaLink")
	}
	return nil
}

// checkRaw checks a reply that is no JSON: bytes, or a number as text.
func checkRaw(want map[string]media, header http.Header, body []byte) error {
	if m, ok := want["text/plain"]; ok && m.Schema != nil && typeName(m.Schema.Ref) == "ODataCountResponse" {
		text := strings.TrimPrefix(string(body), "\ufeff")
		return checkInteger("int32", json.Number(text), "")
	}
	if strings.HasPrefix(header.Get("Content-Type"), "application/json") && bytes.HasPrefix(body, []byte(`{"@odata`)) {
		return fmt.Errorf("JSON, where the contract wants the bytes themselves")
	}
	return nil
}

// errorReply checks an error. Graph sends some without a body and some without a
// message, and gateways before it HTML; an object it must be otherwise, with a code.
func (c *Contract) errorReply(status int, header http.Header, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	if status >= 502 && strings.HasPrefix(header.Get("Content-Type"), "text/html") {
		return nil // of a gateway in between
	}
	if !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		return fmt.Errorf("an error of the Content-Type %q, where the contract wants application/json", header.Get("Content-Type"))
	}
	v, err := decode(body)
	if err != nil {
		return err
	}
	object, _ := v.(map[string]any)
	inner, ok := object["error"].(map[string]any)
	if !ok || len(object) != 1 {
		return broken("", "an error must be an object with error alone")
	}
	if code, ok := inner["code"].(string); !ok || code == "" {
		return broken("/error/code", "an error must have a code")
	}
	for _, name := range sortedKeys(inner) {
		at := "/error/" + escapePointer(name)
		switch name {
		case "code", "message", "target":
			if _, ok := inner[name].(string); !ok && (name != "target" || inner[name] != nil) {
				return wrongType(at, "a string", inner[name])
			}
		case "innerError", "innererror":
			if _, ok := inner[name].(map[string]any); !ok {
				return wrongType(at, "an object", inner[name])
			}
		case "details":
			if err := c.check(&schema{Type: "array", Items: &schema{Ref: "microsoft.graph.ODataErrors.ErrorDetails"}}, inner[name], at, false); err != nil {
				return err
			}
		default:
			return broken(at, "the contract has no property of this name in an error")
		}
	}
	return nil
}

// decode reads exactly one JSON value, with numbers as they stand and no name twice.
func decode(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	v, err := decodeValue(dec, "")
	if err != nil {
		return nil, fmt.Errorf("the body is no JSON: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("the body goes on after the JSON")
	}
	return v, nil
}

func decodeValue(dec *json.Decoder, at string) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := decodeValue(dec, at+"/"+fmt.Sprint(len(list)))
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := dec.Token()
		return list, err
	case json.Delim('{'):
		return decodeObject(dec, at)
	}
	return token, nil
}

func decodeObject(dec *json.Decoder, at string) (any, error) {
	object := map[string]any{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, broken(at, "a name that is no string")
		}
		if _, twice := object[name]; twice {
			return nil, broken(at+"/"+escapePointer(name), "this name stands twice")
		}
		if object[name], err = decodeValue(dec, at+"/"+escapePointer(name)); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return object, err
}

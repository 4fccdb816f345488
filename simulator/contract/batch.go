package contract

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

type batchRequest struct {
	Requests []struct {
		ID      string            `json:"id"`
		Method  string            `json:"method"`
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body"`
	} `json:"requests"`
}

type batchReply struct {
	Responses []struct {
		ID      string            `json:"id"`
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    json.RawMessage   `json:"body"`
	} `json:"responses"`
}

// Batch checks the parts of a $batch singly: each request, and each reply by the request
// of its id. The order of replies is free; each request must have exactly one.
func (c *Contract) Batch(request, reply []byte) error {
	var asked batchRequest
	if err := json.Unmarshal(request, &asked); err != nil {
		return fmt.Errorf("contract: $batch: the request is no JSON: %w", err)
	}
	var told batchReply
	if err := json.Unmarshal(reply, &told); err != nil {
		return fmt.Errorf("contract: $batch: the reply is no JSON: %w", err)
	}
	if len(asked.Requests) != len(told.Responses) {
		return fmt.Errorf("contract: $batch: %d replies to %d requests", len(told.Responses), len(asked.Requests))
	}
	answered := map[string]bool{}
	for _, q := range asked.Requests {
		u, err := url.Parse(q.URL)
		if err != nil || u.IsAbs() {
			return fmt.Errorf("contract: $batch: the address of part %q is not relative", q.ID)
		}
		if err := c.request(q.Method, u, headers(q.Headers), q.Body); err != nil {
			return fmt.Errorf("contract: $batch: part %q: request %s %s: %w", q.ID, q.Method, u.Path, err)
		}
		for _, r := range told.Responses {
			if r.ID != q.ID || answered[r.ID] {
				continue
			}
			answered[r.ID] = true
			body, err := partBody(r.Headers, r.Body)
			if err != nil {
				return fmt.Errorf("contract: $batch: part %q: %w", q.ID, err)
			}
			if err := c.Reply(q.Method, u.EscapedPath(), r.Status, headers(r.Headers), body); err != nil {
				return fmt.Errorf("$batch: part %q: %w", q.ID, err)
			}
		}
		if !answered[q.ID] {
			return fmt.Errorf("contract: $batch: part %q has no reply", q.ID)
		}
	}
	return nil
}

// partBody is the body of a part as it would be sent alone. What is no JSON stands there
// as a string of base64.
func partBody(header map[string]string, body json.RawMessage) ([]byte, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || string(body) == "null" {
		return nil, nil
	}
	if body[0] != '"' || strings.HasPrefix(headers(header).Get("Content-Type"), "application/json") {
		return body, nil
	}
	var text string
	if err := json.Unmarshal(body, &text); err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("a body that is no JSON must be base64: %w", err)
	}
	return raw, nil
}

func headers(m map[string]string) http.Header {
	h := http.Header{}
	for k, v := range m {
		h.Set(k, v)
	}
	return h
}

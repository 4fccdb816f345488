package simulator

import (
	"encoding/json"
	"strings"
)

// translateIDs turns ids that change on a move into immutable ones, or back. Ids that
// name nothing come back with errorDetails.
func (c *call) translateIDs() *reply {
	var in struct {
		InputIDs     []string `json:"inputIds"`
		SourceIDType string   `json:"sourceIdType"`
		TargetIDType string   `json:"targetIdType"`
	}
	if err := json.Unmarshal(c.body, &in); err != nil {
		return c.badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	if len(in.InputIDs) > 1000 {
		return c.fail(400, "ErrorInvalidArgument", "At most 1000 ids can be translated in one request.")
	}
	target := strings.ToLower(in.TargetIDType)
	if target != "restid" && target != "restimmutableentryid" {
		return c.fail(400, "ErrorInvalidArgument", "The target id type '"+in.TargetIDType+"' is not supported here.")
	}
	w := newWriter(256 * (len(in.InputIDs) + 1))
	w.open('{')
	w.string("@odata.context", c.context("Collection(microsoft.graph.convertIdResult)"))
	w.array("value")
	for _, id := range in.InputIDs {
		c.box.mu.RLock()
		s, _ := c.box.locate(id)
		c.box.mu.RUnlock()
		w.element('{')
		w.string("sourceId", id)
		if s != nil {
			w.string("targetId", s.id(strings.HasPrefix(target, "restimmutable")))
		} else {
			w.object("errorDetails")
			w.string("code", "ErrorItemNotFound")
			w.string("message", "The specified object was not found in the store.")
			w.close('}')
		}
		w.close('}')
	}
	w.close(']')
	w.close('}')
	return c.json(w)
}

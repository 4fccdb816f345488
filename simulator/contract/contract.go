// Package contract holds requests and replies against Microsoft's own description of
// Graph: an OpenAPI document, embedded, and a short list of what it leaves out (see
// README.md). It knows nothing of who serves or calls, so it can judge a simulator, a
// client's requests, and captured replies alike.
package contract

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

//go:embed graph-mail-openapi.json
var openAPI []byte

//go:embed additions.json
var additions []byte

// Contract is what Graph promises for the calls that a mail sweeper makes. It is safe
// for use by many goroutines.
type Contract struct {
	paths  []path
	types  map[string]*entityType
	shared document
	// asked accepts what Graph takes of requests, and its documentation writes in them:
	// the words of enumerations in any case, and booleans as "true" and "false".
	asked bool
}

// document is the part of OpenAPI 3.0 that the contract is written in.
type document struct {
	Paths      map[string]pathItem `json:"paths"`
	Components struct {
		Schemas       map[string]*schema   `json:"schemas"`
		Responses     map[string]response  `json:"responses"`
		Parameters    map[string]parameter `json:"parameters"`
		RequestBodies map[string]response  `json:"requestBodies"`
	} `json:"components"`
}

type pathItem struct {
	Get  *operation `json:"get"`
	Post *operation `json:"post"`
}

type operation struct {
	Parameters  []parameter         `json:"parameters"`
	RequestBody *response           `json:"requestBody"`
	Responses   map[string]response `json:"responses"`
	Pageable    json.RawMessage     `json:"x-ms-pageable"`
}

type parameter struct {
	Ref  string `json:"$ref"`
	Name string `json:"name"`
	In   string `json:"in"`
}

// response is a reply or a request body: what it holds by media type.
type response struct {
	Ref     string           `json:"$ref"`
	Content map[string]media `json:"content"`
}

type media struct {
	Schema *schema `json:"schema"`
}

type schema struct {
	Ref        string             `json:"$ref"`
	AllOf      []*schema          `json:"allOf"`
	Type       string             `json:"type"`
	Format     string             `json:"format"`
	Pattern    string             `json:"pattern"`
	Enum       []string           `json:"enum"`
	Nullable   bool               `json:"nullable"`
	Items      *schema            `json:"items"`
	MaxItems   *int               `json:"maxItems"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Source     string             `json:"x-source"`
	Open       bool               `json:"x-open"`
}

// Load reads the contract. An error means that the embedded documents are damaged.
func Load() (*Contract, error) {
	c := &Contract{}
	if err := json.Unmarshal(openAPI, &c.shared); err != nil {
		return nil, fmt.Errorf("contract: graph-mail-openapi.json: %w", err)
	}
	var more document
	if err := json.Unmarshal(additions, &more); err != nil {
		return nil, fmt.Errorf("contract: additions.json: %w", err)
	}
	c.add(more)
	var err error
	if c.types, err = flatten(c.shared.Components.Schemas); err != nil {
		return nil, err
	}
	for _, template := range slices.Sorted(maps.Keys(c.shared.Paths)) {
		c.paths = append(c.paths, newPath(template, c.shared.Paths[template]))
	}
	// A fixed segment comes before a key in the same place: messages/delta is no message.
	slices.SortStableFunc(c.paths, func(a, b path) int { return a.keys() - b.keys() })
	return c, nil
}

// add lays the additions over the document: new paths, new types, and new properties of
// types that it has.
func (c *Contract) add(more document) {
	maps.Copy(c.shared.Paths, more.Paths)
	for name, s := range more.Components.Schemas {
		old := c.shared.Components.Schemas[name]
		if old == nil || s.AllOf != nil {
			c.shared.Components.Schemas[name] = s
			continue
		}
		old.Open = old.Open || s.Open
		if s.Properties != nil {
			old.AllOf = append(old.AllOf, &schema{Properties: s.Properties})
		}
	}
}

// entityType is a type with what it inherits.
type entityType struct {
	name, base string
	properties map[string]*schema
	lenient    bool // the document does not say what may be null
	open       bool // its content is not described
}

// flatten gathers the properties of each type and of those that it derives from.
func flatten(schemas map[string]*schema) (map[string]*entityType, error) {
	types := map[string]*entityType{}
	for name, s := range schemas {
		t := &entityType{name: name, properties: map[string]*schema{}, open: s.Open, lenient: strings.HasPrefix(s.Source, "CSDL")}
		if err := t.gather(schemas, s, 0); err != nil {
			return nil, err
		}
		if len(t.properties) == 0 && len(s.Enum) == 0 && (s.Type == "object" || s.Type == "") && t.base == "" {
			t.open = true
		}
		types[name] = t
	}
	return types, nil
}

func (t *entityType) gather(schemas map[string]*schema, s *schema, depth int) error {
	if depth > 16 {
		return fmt.Errorf("contract: the type %s derives from itself", t.name)
	}
	for _, part := range s.AllOf {
		if part.Ref == "" {
			if err := t.gather(schemas, part, depth+1); err != nil {
				return err
			}
			continue
		}
		base := typeName(part.Ref)
		if schemas[base] == nil {
			return fmt.Errorf("contract: %s derives from %s, which is not described", t.name, base)
		}
		if depth == 0 {
			t.base = base
		}
		if err := t.gather(schemas, schemas[base], depth+1); err != nil {
			return err
		}
	}
	maps.Copy(t.properties, s.Properties)
	return nil
}

// derives says whether the type is base or derives from it.
func (c *Contract) derives(name, base string) bool {
	for range 16 {
		if name == base {
			return true
		}
		t := c.types[name]
		if t == nil || t.base == "" {
			return false
		}
		name = t.base
	}
	return false
}

// typeName is the last part of a reference: "#/components/schemas/microsoft.graph.message".
func typeName(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// content is what a response or request body holds, its reference followed.
func (r response) content(named map[string]response) map[string]media {
	if r.Ref != "" {
		return named[typeName(r.Ref)].Content
	}
	return r.Content
}

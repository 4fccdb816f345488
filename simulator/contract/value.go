package contract

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fault is where a value breaks the contract, as a JSON pointer, and how.
type fault struct{ pointer, what string }

func (f *fault) Error() string {
	where := f.pointer
	if where == "" {
		where = "/"
	}
	return where + ": " + f.what
}

func broken(pointer, format string, args ...any) error {
	return &fault{pointer, fmt.Sprintf(format, args...)}
}

var (
	dateTime = regexp.MustCompile(`^[0-9]{4,}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,12})?(Z|[+-][0-9][0-9]:[0-9][0-9])$`)
	timeDay  = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,12})?$`)
	guidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

// check holds a value, decoded with json.Number, against a schema.
func (c *Contract) check(s *schema, v any, at string, lenient bool) error {
	if s.Ref != "" {
		return c.checkNamed(typeName(s.Ref), v, at)
	}
	if v == nil {
		if s.Nullable || lenient && s.Type != "array" || s.Type == "" {
			return nil
		}
		return broken(at, "null, where the contract wants %s", s.Type)
	}
	switch s.Type {
	case "":
		return nil // anything: the body of a part of $batch
	case "string":
		text, ok := v.(string)
		if !ok {
			return wrongType(at, "a string", v)
		}
		return c.checkText(s, text, at)
	case "boolean":
		if _, ok := v.(bool); !ok && !(c.asked && (v == "true" || v == "false")) {
			return wrongType(at, "a boolean", v)
		}
		return nil
	case "integer":
		return checkInteger(s.Format, v, at)
	case "number":
		if _, ok := v.(json.Number); !ok {
			return wrongType(at, "a number", v)
		}
		return nil
	case "array":
		return c.checkArray(s, v, at, lenient)
	case "object":
		return c.checkObject(&entityType{properties: s.Properties, open: len(s.Properties) == 0, lenient: lenient}, s.Required, v, at)
	}
	return broken(at, "the contract wants the type %q, which this check does not know", s.Type)
}

// checkNamed checks a value of a named type: an enumeration, or an object that may be
// of a type derived from it, which "@odata.type" names.
func (c *Contract) checkNamed(name string, v any, at string) error {
	s, t := c.shared.Components.Schemas[name], c.types[name]
	if s == nil {
		return broken(at, "the contract names the type %s and does not describe it", name)
	}
	if v == nil {
		return nil // OpenAPI 3.0 cannot say nullable beside a reference: Graph's are
	}
	if s.Type != "object" && s.Type != "" && s.AllOf == nil {
		if strings.HasPrefix(name, "microsoft.graph.security.") && len(s.Enum) > 0 {
			return checkAuditWord(s, v, at)
		}
		return c.check(s, v, at, t.lenient)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return wrongType(at, "an object of "+name, v)
	}
	if told, ok := object["@odata.type"]; ok && !t.open {
		derived, err := c.derivedType(told, name, at)
		if err != nil {
			return err
		}
		t = derived
	}
	return c.checkObject(t, s.Required, v, at)
}

func (c *Contract) derivedType(told any, name, at string) (*entityType, error) {
	at += "/@odata.type"
	text, _ := told.(string)
	derived, ok := strings.CutPrefix(text, "#")
	switch {
	case !ok:
		return nil, broken(at, "%v is no type name: those begin with #", told)
	case c.types[derived] == nil:
		return nil, broken(at, "the contract has no type %s", derived)
	case !c.derives(derived, name):
		return nil, broken(at, "%s does not derive from %s", derived, name)
	}
	return c.types[derived], nil
}

func (c *Contract) checkObject(t *entityType, required []string, v any, at string) error {
	object, ok := v.(map[string]any)
	if !ok {
		return wrongType(at, "an object", v)
	}
	for _, name := range required {
		if _, ok := object[name]; !ok {
			return broken(at, "%q is missing", name)
		}
	}
	if t.open {
		return nil
	}
	for _, name := range sortedKeys(object) {
		value, where := object[name], at+"/"+escapePointer(name)
		if known, err := t.annotation(name, value, where); known || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		s := t.properties[name]
		if s == nil {
			return broken(where, "the contract has no property of this name%s", t.named())
		}
		if err := c.check(s, value, where, t.lenient); err != nil {
			return err
		}
	}
	return nil
}

func (t *entityType) named() string {
	if t.name == "" {
		return ""
	}
	return " in " + t.name
}

// annotation checks what OData says about an object or a property, which no type lists.
func (t *entityType) annotation(name string, v any, at string) (bool, error) {
	if name == "@removed" {
		m, _ := v.(map[string]any)
		if r := m["reason"]; len(m) != 1 || r != "deleted" && r != "changed" {
			return true, broken(at, "@removed wants a reason, deleted or changed")
		}
		return true, nil
	}
	property, kind, found := strings.Cut(name, "@odata.")
	switch {
	case !found:
		return false, nil
	case property != "" && t.properties[property] == nil:
		return true, broken(at, "an annotation of a property that the contract does not have%s", t.named())
	}
	switch kind {
	case "count":
		return true, checkInteger("int64", v, at)
	case "nextLink", "deltaLink":
		if s, ok := v.(string); !ok || !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
			return true, broken(at, "a link must be an absolute address")
		}
	case "context", "etag", "type", "id", "editLink", "navigationLink", "associationLink", "mediaContentType", "mediaReadLink", "mediaEditLink":
		if _, ok := v.(string); !ok {
			return true, wrongType(at, "a string", v)
		}
	default:
		return true, broken(at, "an annotation that OData does not have")
	}
	return true, nil
}

func (c *Contract) checkArray(s *schema, v any, at string, lenient bool) error {
	list, ok := v.([]any)
	if !ok {
		return wrongType(at, "an array", v)
	}
	if s.MaxItems != nil && len(list) > *s.MaxItems {
		return broken(at, "%d entries, where the contract allows %d", len(list), *s.MaxItems)
	}
	for i, item := range list {
		where := at + "/" + strconv.Itoa(i)
		if item == nil && s.Items.Ref != "" {
			return broken(where, "null, where the contract wants %s", typeName(s.Items.Ref))
		}
		if err := c.check(s.Items, item, where, lenient); err != nil {
			return err
		}
	}
	return nil
}

func (c *Contract) checkText(s *schema, text, at string) error {
	bad := false
	switch s.Format {
	case "date-time":
		_, err := time.Parse(time.RFC3339Nano, text)
		bad = !dateTime.MatchString(text) || err != nil
	case "date":
		_, err := time.Parse(time.DateOnly, text)
		bad = err != nil
	case "time":
		bad = !timeDay.MatchString(text)
	case "uuid":
		bad = !guidForm.MatchString(text)
	case "base64url", "binary": // Graph sends standard base64 where its document says base64url
		bad = !isBase64(text)
	}
	if bad {
		return broken(at, "this text is not of the format %s", s.Format)
	}
	known := func(word string) bool { return word == text || c.asked && strings.EqualFold(word, text) }
	if len(s.Enum) > 0 && !slices.ContainsFunc(s.Enum, known) {
		return broken(at, "%q is none of %s", text, strings.Join(s.Enum[:min(8, len(s.Enum))], ", "))
	}
	return nil
}

// checkAuditWord checks a word of the audit log, which is told in camelCase in queries
// and in PascalCase in records.
func checkAuditWord(s *schema, v any, at string) error {
	text, ok := v.(string)
	if !ok {
		return wrongType(at, "a string", v)
	}
	if !slices.ContainsFunc(s.Enum, func(e string) bool { return strings.EqualFold(e, text) }) {
		return broken(at, "%q is no word of the audit log", text)
	}
	return nil
}

func isBase64(s string) bool {
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if _, err := e.DecodeString(s); err == nil {
			return true
		}
	}
	return false
}

func checkInteger(format string, v any, at string) error {
	n, ok := v.(json.Number)
	if !ok {
		return wrongType(at, "an integer", v)
	}
	i, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil || format == "int32" && (i < math.MinInt32 || i > math.MaxInt32) {
		return broken(at, "%s is no integer of the format %s", n, format)
	}
	return nil
}

func wrongType(at, want string, v any) error {
	got := map[string]string{"string": "a string", "bool": "a boolean", "json.Number": "a number", "[]interface {}": "an array",
		"map[string]interface {}": "an object", "<nil>": "null"}[fmt.Sprintf("%T", v)]
	return broken(at, "%s, where the contract wants %s", got, want)
}

func escapePointer(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

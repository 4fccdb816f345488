package lined

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Value is a value of a file, or one that is not there. Each of its methods complains,
// by line, of what it is not.
type Value struct {
	file *File
	node *yaml.Node // nil when it is not there
	name string     // as people would name it: "routes", "when"
}

// There reports whether the file has the value, and not as null.
func (v Value) There() bool { return v.node != nil && v.node.Tag != "!!null" }

// Line is where it stands, 0 when it is not there.
func (v Value) Line() int {
	if v.node == nil {
		return 0
	}
	return v.node.Line
}

// Complain notes what is wrong with it.
func (v Value) Complain(format string, args ...any) { v.file.Complain(v.Line(), format, args...) }

// target is the node that is meant.
func (v Value) target() *yaml.Node {
	if v.node.Kind == yaml.AliasNode {
		return v.node.Alias
	}
	return v.node
}

// Field is one field of a mapping.
type Field struct {
	Key  string
	Line int // of the key
	Value
}

// Fields are those of a mapping, in their order. One that stands twice is a problem.
func (v Value) Fields() (all []Field) {
	if !v.There() {
		return nil
	}
	n := v.target()
	if n.Kind != yaml.MappingNode {
		v.Complain("%s must be fields with values", v.label())
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if slices.ContainsFunc(all, func(f Field) bool { return f.Key == key.Value }) {
			v.file.Complain(key.Line, "%q stands twice", key.Value)
			continue
		}
		all = append(all, Field{key.Value, key.Line, Value{v.file, n.Content[i+1], key.Value}})
	}
	return all
}

// Struct is a mapping with these fields and no others.
func (v Value) Struct(names ...string) Struct {
	s := Struct{v, map[string]Value{}}
	for _, f := range v.Fields() {
		if !slices.Contains(names, f.Key) {
			v.file.Complain(f.Line, "there is no %q here: %s", f.Key, meant(f.Key, names))
			continue
		}
		s.fields[f.Key] = f.Value
	}
	return s
}

// meant names what somebody may have meant.
func meant(word string, names []string) string {
	for _, n := range names {
		if distance(strings.ToLower(word), n) <= 2 {
			return "did you mean " + n + "?"
		}
	}
	return "use " + strings.Join(names, ", ")
}

// distance is how many letters are to be added, removed or replaced (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0]++
		for j := range len(b) {
			next := min(row[j+1], row[j]) + 1
			if a[i] == b[j] {
				next = min(next, last)
			} else {
				next = min(next, last+1)
			}
			last, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}

// Struct is a mapping whose fields are known.
type Struct struct {
	Value
	fields map[string]Value
}

// Get is a field; where it is missing, a Value that is not there.
func (s Struct) Get(name string) Value {
	if v, ok := s.fields[name]; ok {
		return v
	}
	return Value{s.file, nil, name}
}

// Need is a field that must be there.
func (s Struct) Need(name string) Value {
	v := s.Get(name)
	if !v.There() {
		s.Complain("%q is missing", name)
	}
	return v
}

// Text is one word or sentence, without space around it; "" when it is not there.
func (v Value) Text() string {
	if !v.There() {
		return ""
	}
	n := v.target()
	if n.Kind != yaml.ScalarNode {
		v.Complain("%s must be one value", v.label())
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// Items are those of a list; a single value is a list of one.
func (v Value) Items() (all []Value) {
	if !v.There() {
		return nil
	}
	n := v.target()
	if n.Kind != yaml.SequenceNode {
		return []Value{v}
	}
	for _, c := range n.Content {
		all = append(all, Value{v.file, c, v.name})
	}
	return all
}

// Texts are the items of a list of texts. An empty item is a problem.
func (v Value) Texts() (all []string) {
	for _, item := range v.Items() {
		text := item.Text()
		if text == "" {
			item.Complain("%s has an empty item", v.label())
			continue
		}
		all = append(all, text)
	}
	return all
}

// Bool is true or false; false when it is not there.
func (v Value) Bool() bool {
	switch text := v.Text(); text {
	case "true":
		return true
	case "", "false":
	default:
		v.Complain("%s is true or false, not %q", v.label(), text)
	}
	return false
}

func (v Value) label() string {
	if v.name == "" {
		return "the file"
	}
	return v.name
}

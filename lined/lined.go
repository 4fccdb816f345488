// Package lined reads YAML files that people write by hand, so that every complaint
// names the line that it is about, and all complaints come at once.
package lined

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mostNodes bounds a file with all that its aliases stand for.
const mostNodes = 1 << 20

// Problem is what is wrong with one line of a file.
type Problem struct {
	File string
	Line int
	Text string
}

func (p *Problem) Error() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

// File collects the problems of one file.
type File struct {
	name     string
	problems []*Problem
}

// New collects the problems of a file that is read otherwise, such as a table.
func New(name string) *File { return &File{name: name} }

// Parse reads the only document of a file; an empty file is an empty mapping. The error
// is a [*Problem]; what is wrong with the values is told by [File.Err].
func Parse(name string, data []byte) (*File, Value, error) {
	f := &File{name: name}
	var doc, more yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	err := d.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return f, Value{f, &yaml.Node{Kind: yaml.MappingNode, Line: 1}, ""}, nil
	}
	if err != nil {
		return f, Value{}, f.syntax(err)
	}
	if d.Decode(&more) == nil {
		return f, Value{}, &Problem{name, more.Line, "a second document begins; one is read"}
	}
	root := doc.Content[0]
	if n := 0; !count(root, &n) {
		return f, Value{}, &Problem{name, root.Line, "its aliases stand for more than anybody writes"}
	}
	return f, Value{f, root, ""}, nil
}

// count counts nodes, aliases unfolded, and reports whether there are few enough.
func count(n *yaml.Node, seen *int) bool {
	if *seen++; *seen > mostNodes {
		return false
	}
	if n.Kind == yaml.AliasNode {
		return count(n.Alias, seen)
	}
	return !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return !count(c, seen) })
}

// syntax makes a Problem of the library's error, which says "yaml: line 3: …".
func (f *File) syntax(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if _, e := fmt.Sscanf(text, "line %d: ", &line); e == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	return &Problem{f.name, line, text}
}

// Complain notes what is wrong with a line.
func (f *File) Complain(line int, format string, args ...any) {
	f.problems = append(f.problems, &Problem{f.name, line, fmt.Sprintf(format, args...)})
}

// Err joins all problems in the order of their lines; nil when there are none.
func (f *File) Err() error {
	slices.SortStableFunc(f.problems, func(a, b *Problem) int { return cmp.Compare(a.Line, b.Line) })
	errs := make([]error, len(f.problems))
	for i, p := range f.problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

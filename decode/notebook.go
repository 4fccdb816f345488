package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// notebook searches what a Jupyter notebook holds apart from how it stands in the
// file (nbformat, "The notebook file format"): text split into lists of strings,
// HTML and pictures that cells gave.
func (w *walker) notebook(n node, text string) {
	if !strings.HasSuffix(strings.ToLower(n.name), ".ipynb") && !(strings.Contains(text, `"nbformat"`) && strings.HasPrefix(strings.TrimSpace(text), "{")) {
		return
	}
	b := notebook{late: func() error { return w.b.late(w.ctx) }}
	err := b.read(json.NewDecoder(strings.NewReader(text)))
	if len(b.text) > 0 {
		w.text(n, Markup, lfText(string(b.text)))
	}
	for i, page := range b.pages {
		c := n.child("html-"+strconv.Itoa(i+1), nil)
		if !w.enter(c.path, c.depth) {
			return
		}
		w.html(c, lfText(page))
	}
	for i, f := range b.files {
		c := n.child("data-"+strconv.Itoa(i+1), nil)
		c.typ = f.typ
		if !w.base64(c, f.content) {
			return
		}
	}
	if err != nil && w.b.late(w.ctx) != nil {
		w.fault(n.path, w.b.late(w.ctx))
	} else if err != nil {
		w.skip(n.path, Damaged, "notebook: no JSON") // it has been searched as it stands
	}
}

type notebook struct {
	late  func() error
	text  []byte
	pages []string
	files []dataURL
}

// read reads JSON without building it up: lists of strings are joined, values are
// kept by the key that they stand under.
func (b *notebook) read(d *json.Decoder) error {
	var stack []nesting
	for i := 0; ; i++ {
		if i%1024 == 0 {
			if err := b.late(); err != nil {
				return err
			}
		}
		t, err := d.Token()
		if err != nil {
			if len(stack) == 0 && i > 0 {
				return nil
			}
			return err
		}
		top := &nesting{}
		if len(stack) > 0 {
			top = &stack[len(stack)-1]
		}
		switch v := t.(type) {
		case json.Delim:
			switch v {
			case '[', '{':
				top.value()
				if len(stack) == maxJSON {
					return errJSON
				}
				in := nesting{list: v == '['}
				if in.list {
					in.key = top.key
				}
				stack = append(stack, in)
			default:
				if top.list && top.joined.Len() > 0 {
					b.add(top.key, top.joined.String(), top.strings > 1)
				}
				stack = stack[:len(stack)-1]
			}
			continue
		case string:
			switch {
			case top.list:
				top.joined.WriteString(v)
				top.strings++
			case top.key == "" || top.done:
				top.key, top.done = v, false
				continue
			default:
				b.add(top.key, v, false)
			}
		}
		top.value()
	}
}

// maxJSON is how deep a notebook may be nested; those that programs write are not
// ten levels deep.
const maxJSON = 1000

var errJSON = errors.New("nested too deep")

// nesting is a list or an object that is being read.
type nesting struct {
	list    bool
	key     string // the present one, or the one that a list stands under
	done    bool   // the value of key was read
	joined  bytes.Buffer
	strings int // joined
}

func (n *nesting) value() { n.done = !n.list }

// add keeps a value. split says that it stood in pieces, so that nobody has
// searched it as a whole yet.
func (b *notebook) add(key, v string, split bool) {
	switch {
	case key == "text/html" || key == "image/svg+xml":
		b.pages = append(b.pages, v)
	case strings.HasPrefix(key, "image/") || strings.HasPrefix(key, "audio/") || strings.HasPrefix(key, "video/") || key == "application/pdf":
		b.files = append(b.files, dataURL{typ: key, content: v})
	case split || strings.Contains(v, "\n"):
		b.text = append(append(b.text, v...), '\n')
	}
}

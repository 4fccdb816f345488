package decode

import (
	"io"
	"path"
	"strings"
)

// contentTypes are the media types of the parts of an OPC package, by part name
// and by extension (ECMA-376 part 2, section 6.5.2.2). The names of parts are a
// habit only; these say what they are.
type contentTypes struct{ parts, extensions map[string]string }

func (t contentTypes) of(name string) string {
	name = partName(name)
	if typ, ok := t.parts[name]; ok {
		return typ
	}
	return t.extensions[strings.TrimPrefix(path.Ext(name), ".")]
}

// officeTypes reports whether an archive is an Office Open XML document, a
// template or one with macros included, and gives the types of its parts: an OPC
// package with a part that only these have, by its name or its type.
func (w *walker) officeTypes(n node, entries []zipEntry) (types contentTypes, ok bool) {
	types = contentTypes{parts: map[string]string{}, extensions: map[string]string{}}
	known := false
	for _, e := range entries {
		switch name := partName(e.name); {
		case name == "[content_types].xml":
			if !ok {
				w.readTypes(n, e, types)
			}
			ok = true
		case strings.HasPrefix(name, "word/"), strings.HasPrefix(name, "xl/"),
			strings.HasPrefix(name, "ppt/"), strings.HasPrefix(name, "visio/"):
			known = true
		}
	}
	for _, all := range []map[string]string{types.parts, types.extensions} {
		for _, typ := range all {
			known = known || isOfficeType(typ)
		}
	}
	return types, ok && known
}

func isOfficeType(typ string) bool {
	for _, p := range []string{
		"application/vnd.openxmlformats-officedocument.wordprocessingml", "application/vnd.openxmlformats-officedocument.spreadsheetml",
		"application/vnd.openxmlformats-officedocument.presentationml", "application/vnd.ms-word", "application/vnd.ms-excel",
		"application/vnd.ms-powerpoint", "application/vnd.ms-visio",
	} {
		if strings.HasPrefix(typ, p) {
			return true
		}
	}
	return false
}

// maxTypes bounds the list of types that is looked at, in bytes. Word writes some
// thousand; a list of a hundred thousand parts would be as long.
const maxTypes = 1 << 20

// readTypes reads the list of types. What is wrong with it is recorded when it is
// searched like every other part.
func (w *walker) readTypes(n node, e zipEntry, types contentTypes) {
	before := len(w.out.Skips)
	r, ok := w.zipOpen(n.child(e.name, nil), e)
	w.out.Skips = w.out.Skips[:before]
	if !ok {
		return
	}
	data, _ := w.b.read(w.ctx, &patient{w, io.LimitReader(r, maxTypes)}, verbose*e.packed, min(e.declared(), maxTypes))
	if !isASCII(data) {
		data = []byte(toUTF8(data, ""))
	}
	w.xml(data, elements(func(name string, attr func(string) string) {
		typ := strings.ToLower(attr("ContentType"))
		switch name {
		case "Override":
			types.parts[partName(attr("PartName"))] = typ
		case "Default":
			types.extensions[strings.ToLower(attr("Extension"))] = typ
		}
	}))
}

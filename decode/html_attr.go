package decode

import "strings"

// attributes reads the attributes of a start tag: those that tell something become
// a line of the markup. It returns what they say of the element's look and, of a
// form field that shows it, the value.
func (p *htmlPage) attributes(kind htmlKind) (look cssLook, shown string) {
	m := p.markup
	shows := kind == elField
	m.block()
	for {
		key, value, ok := p.scan.attr()
		if !ok {
			break
		}
		lower := lowerName(key)
		role := htmlAttrOf(lower)
		switch role {
		case styleAttr:
			l := styleLook(attrText(value))
			look |= l
			if l&cssTells == 0 {
				continue
			}
		case hiddenAttr:
			look |= cssHides
			continue
		case lookOfPage:
			if lower == "size" && kind == elInline {
				look |= cssSized
			}
			continue
		case typeAttr:
			shows = shows && !hiddenField(value)
		}
		switch {
		case value == "" && !p.scan.valued && role == tellingAttr:
			m.gap()
			m.verbatim(attrText(key)) // a word that stands between the attributes
			continue
		case value == "", strings.HasPrefix(lower, "xmlns"):
			continue
		}
		text := attrText(value)
		if role == valueAttr {
			shown = text
		}
		m.gap()
		p.attribute(key, text, role == linkAttr)
	}
	m.block()
	if !shows {
		shown = ""
	}
	return look, shown
}

// hiddenField reports whether a form field of this type does not show its value.
func hiddenField(typ string) bool {
	switch strings.ToLower(typ) {
	case "hidden", "password", "checkbox", "radio", "file", "image", "color", "range":
		return true
	}
	return false
}

// attribute adds one attribute to the markup and, on further lines, what is inside its
// value: percent-encoded text, the target of a rewritten link, HTML. A file in a
// data: URL is kept for later.
func (p *htmlPage) attribute(name, value string, link bool) {
	if link {
		value = urlText(value)
	}
	if d, ok := parseDataURL(value); ok {
		p.data = append(p.data, d)
		value = value[:len(value)-len(d.content)]
	}
	m := p.markup
	m.verbatim(name)
	m.write(`="`)
	m.verbatim(value)
	m.write(`"`)
	if decoded, ok := percentDecoded(value); ok {
		p.note(decoded)
	}
	p.targets(linkTargets(value))
	if !p.inner && holdsTag(value) {
		p.nested(value)
	}
}

func holdsTag(s string) bool {
	i := strings.IndexByte(s, '<')
	return i >= 0 && i+1 < len(s) && (letter(s[i+1]) || s[i+1] == '/')
}

// targets adds what rewritten links lead to, each once in a document.
func (p *htmlPage) targets(links []string) {
	for _, link := range links {
		if p.seen[link] {
			continue
		}
		p.seen[link] = true
		p.note(link)
		if decoded, ok := percentDecoded(link); ok {
			p.note(decoded)
		}
	}
}

// urlText removes what browsers remove from a URL: tabs and line ends
// (url.spec.whatwg.org section 4.4).
func urlText(s string) string {
	if !strings.ContainsAny(s, "\n\t\r") {
		return s
	}
	return strings.NewReplacer("\n", "", "\t", "", "\r", "").Replace(s)
}

// dataURL is a file inside a document (RFC 2397), in base64.
type dataURL struct{ typ, content string }

// parseDataURL takes apart "data:image/png;base64,...". One without base64 is text,
// which is read where it stands.
func parseDataURL(s string) (dataURL, bool) {
	const longestHead = 256
	if !startsFold(s, "data:") {
		return dataURL{}, false
	}
	head, content, ok := strings.Cut(s[len("data:"):], ",")
	typ, params, _ := strings.Cut(head, ";")
	if !ok || content == "" || len(head) > longestHead || !strings.HasSuffix(strings.ToLower(params), "base64") {
		return dataURL{}, false
	}
	return dataURL{typ: strings.ToLower(strings.TrimSpace(typ)), content: content}, true
}

package decode

import "strings"

// cssLook is what an element's style says about its text.
type cssLook uint16

const (
	cssHides   cssLook = 1 << iota // display:none and its like
	cssKeeps                       // white space as it stands
	cssShrinks                     // font-size:0; newsletters set it on layout boxes whose children have a size again
	cssSized                       // a font size that can be read
	cssBoxed                       // a block, whatever the element
	cssTells                       // the style holds a URL or a text
)

// styleLook reads a style attribute (w3.org/TR/css-style-attr), only the
// properties that matter here.
func styleLook(css string) cssLook {
	var l cssLook
	for css != "" {
		var decl string
		decl, css, _ = strings.Cut(css, ";")
		name, value, ok := strings.Cut(decl, ":")
		if !ok {
			continue
		}
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if strings.IndexByte(value, '(') >= 0 && strings.Contains(strings.ToLower(value), "url(") {
			l |= cssTells
		}
		switch len(name) {
		case len("display"):
			switch {
			case strings.EqualFold(name, "display"):
				l |= displayLook(value)
			case strings.EqualFold(name, "content"):
				l |= cssTells
			}
		case len("visibility"):
			if strings.EqualFold(name, "visibility") && (startsFold(value, "hidden") || startsFold(value, "collapse")) {
				l |= cssHides
			}
		case len("font-size"):
			if strings.EqualFold(name, "font-size") {
				l = l&^(cssShrinks|cssSized) | sizeLook(value)
			}
		case len("font"):
			if strings.EqualFold(name, "font") {
				l = l&^(cssShrinks|cssSized) | sizeLook(value)
			}
		case len("mso-hide"):
			if strings.EqualFold(name, "mso-hide") && !startsFold(value, "none") && !startsFold(value, "no") {
				l |= cssHides
			}
		case len("white-space"):
			if strings.EqualFold(name, "white-space") && (startsFold(value, "pre") || startsFold(value, "break-spaces")) {
				l |= cssKeeps
			}
		}
	}
	return l
}

func displayLook(value string) cssLook {
	switch {
	case startsFold(value, "none"):
		return cssHides
	case startsFold(value, "block"), startsFold(value, "list-item"), startsFold(value, "flex"), startsFold(value, "grid"):
		return cssBoxed
	}
	return 0
}

func startsFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// sizeLook reads a font size, or the font shorthand. Nothing is "0", "0px",
// "0.0em", "0/0 a".
func sizeLook(v string) cssLook {
	i := 0
	for i < len(v) && (v[i] == '0' || v[i] == '.') {
		i++
	}
	if i > 0 && (i == len(v) || v[i] < '1' || v[i] > '9') {
		return cssShrinks
	}
	return cssSized
}

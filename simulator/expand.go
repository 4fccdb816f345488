package simulator

import (
	"strings"
)

// expansion is one item of $expand with the options in its parentheses.
type expansion struct {
	name    string // "attachments", "microsoft.graph.itemattachment/item"
	options map[string]string
}

const maxExpandDepth = 16

// parseExpand reads $expand: items apart by commas, options by semicolons.
func parseExpand(s string) ([]expansion, error) {
	var out []expansion
	parts, err := splitOutside(s, ',')
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		x := expansion{name: part}
		if i := strings.IndexByte(part, '('); i >= 0 && strings.HasSuffix(part, ")") {
			x.name, x.options = part[:i], map[string]string{}
			inner, err := splitOutside(part[i+1:len(part)-1], ';')
			if err != nil {
				return nil, err
			}
			for _, o := range inner {
				k, v, _ := strings.Cut(strings.TrimSpace(o), "=")
				x.options["$"+strings.ToLower(strings.TrimPrefix(k, "$"))] = v
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// splitOutside splits at a mark outside of parentheses and quotes.
func splitOutside(s string, mark byte) ([]string, error) {
	var out []string
	depth, from, inQuotes := 0, 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\'':
			inQuotes = !inQuotes
		case inQuotes:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == mark && depth == 0:
			out = append(out, s[from:i])
			from = i + 1
		}
		if depth < 0 || depth > maxExpandDepth {
			return nil, errText("Parentheses do not match, or nest too deeply.")
		}
	}
	if depth != 0 || inQuotes {
		return nil, errText("Parentheses do not match, or nest too deeply.")
	}
	return append(out, s[from:]), nil
}

// isItemExpand says whether an expansion is that of an item attachment's item.
func (x expansion) isItemExpand() bool {
	name := strings.ToLower(x.name)
	return name == "microsoft.graph.itemattachment/item" || name == "microsoft.graph.itemattachment/item/"
}

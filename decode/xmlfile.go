package decode

import (
	"path"
	"strings"
)

// xmlFile searches an XML file as its reader sees it, after the source as it
// stands: references decoded, and text whole that is split over elements.
func (w *walker) xmlFile(n node, text string) {
	if !isXMLFile(n, text) || !hasSplitText(text) {
		return
	}
	if n.typ == "text/enriched" || n.typ == "text/richtext" {
		// RFC 1896: "<<" is "<", and there are no references.
		text = strings.NewReplacer("&", "&amp;", "<<", "&lt;").Replace(text)
	}
	doc, err := htmlTexts(escapeCDATA(text), func() error { return w.b.late(w.ctx) })
	w.text(n, Markup, doc.visible+"\n"+doc.markup)
	w.fault(n.path, err)
	w.dataURLs(n, doc.data)
}

func isXMLFile(n node, text string) bool {
	switch path.Ext(strings.ToLower(n.name)) {
	case ".xml", ".svg", ".xsl", ".xslt", ".rdf", ".plist", ".kml", ".opml", ".rss", ".atom", ".wsdl", ".xsd", ".resx":
		return true
	}
	if strings.HasSuffix(n.typ, "/xml") || strings.HasSuffix(n.typ, "+xml") || n.typ == "text/enriched" || n.typ == "text/richtext" {
		return true
	}
	head := strings.TrimLeft(text[:min(len(text), 256)], " \t\n\ufeff")
	return strings.HasPrefix(head, "<?xml") || strings.HasPrefix(head, "<svg")
}

// hasSplitText reports whether the source hides anything: a reference, or a tag,
// a comment or the like with text right before and after it.
func hasSplitText(text string) bool {
	if strings.Contains(text, "&") || strings.Contains(text, "<![CDATA[") || strings.Contains(text, "data:") {
		return true
	}
	within := false // the last tag had text right before it
	for {
		i := strings.IndexByte(text, '<')
		if i < 0 {
			return false
		}
		if i > 0 {
			if within && !blank(text[0]) {
				return true
			}
			within = !blank(text[i-1])
		}
		j := strings.IndexByte(text[i:], '>')
		if j < 0 {
			return false
		}
		if text = text[i+j+1:]; text != "" && blank(text[0]) {
			within = false
		}
	}
}

// escapeCDATA turns CDATA sections into the text that they are in XML; in HTML
// there are none.
func escapeCDATA(text string) string {
	var out strings.Builder
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;")
	for {
		before, rest, found := strings.Cut(text, "<![CDATA[")
		if !found {
			if out.Len() == 0 {
				return text
			}
			out.WriteString(text)
			return out.String()
		}
		inside, after, _ := strings.Cut(rest, "]]>")
		out.WriteString(before)
		out.WriteString(escape.Replace(inside))
		text = after
	}
}

package decode

import "strings"

// htmlElement is an HTML element: what it does to text, and which one it is. The zero
// value stands for all that HTML does not know.
type htmlElement struct {
	kind htmlKind
	id   uint8
}

type htmlKind uint8

// The kinds up to elDefinitions take part in implied end tags and have a bit in a set.
const (
	elUnknown htmlKind = iota
	elParagraph
	elItem
	elTerm
	elDefinition
	elCell
	elRow
	elRowGroup
	elOption
	elTable
	elList
	elDefinitions
	elSetEnd
)

const (
	elBody htmlKind = iota + elSetEnd
	elBreak
	elRule
	elVoid // has no content and no effect on text
	elField
	elPre
	elTextarea
	elTitle
	elScript // and style sheets: no text of the page
	elXmp
	elIframe
	elPlaintext
	elUnseen // shown by no reader
	elInline
	elBlock
)

// htmlElements are those that HTML knows or once knew (html.spec.whatwg.org sections 4
// and 16.2). Of an element that is not in the list the tag itself is searched.
var htmlElements = func() map[string]htmlElement {
	out := map[string]htmlElement{}
	for _, group := range []struct {
		kind  htmlKind
		names string
	}{
		{elParagraph, "p"}, {elItem, "li"}, {elTerm, "dt"}, {elDefinition, "dd"}, {elCell, "td th"},
		{elRow, "tr"}, {elRowGroup, "tbody thead tfoot"}, {elOption, "option optgroup"}, {elTable, "table"},
		{elList, "ul ol menu dir"}, {elDefinitions, "dl"}, {elBody, "body html"}, {elBreak, "br"}, {elRule, "hr"},
		{elVoid, "wbr img area base basefont bgsound col embed frame keygen link meta param source track"},
		{elField, "input"}, {elPre, "pre listing"}, {elTextarea, "textarea"}, {elTitle, "title"},
		{elScript, "script style"}, {elXmp, "xmp"}, {elIframe, "iframe"}, {elPlaintext, "plaintext"},
		{elUnseen, "template datalist"},
		{elInline, "a span font b i u s em strong small big tt code kbd samp var sub sup strike del ins mark " +
			"abbr acronym cite dfn q bdo bdi label time data head noscript noembed nobr map object applet audio " +
			"video canvas svg math picture button select colgroup ruby rt rp output meter progress slot xml " +
			"blink marquee"},
		{elBlock, "address article aside blockquote caption center details dialog div fieldset figcaption " +
			"figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup legend main nav noframes section " +
			"search summary"},
	} {
		for _, name := range strings.Fields(group.names) {
			out[name] = htmlElement{group.kind, uint8(len(out) + 1)}
		}
	}
	return out
}()

// htmlElementCount is more than there are elements.
const htmlElementCount = 160

// implies says which open elements a start tag of k closes, when they are not
// outside one of the barriers (html.spec.whatwg.org section 13.1.2.4).
func (k htmlKind) implies() (closed, barriers uint32) {
	switch k {
	case elItem:
		return elSet(elItem), elSet(elList, elCell)
	case elTerm, elDefinition:
		return elSet(elTerm, elDefinition), elSet(elDefinitions, elCell)
	case elCell, elRow:
		return elSet(k), elSet(elTable)
	case elRowGroup:
		return elSet(elRowGroup, elRow), elSet(elTable)
	case elOption:
		return elSet(elOption), elSet(elCell)
	case elParagraph, elTable, elList, elDefinitions, elPre, elRule, elBlock:
		return elSet(elParagraph), elSet(elTable, elCell)
	}
	return 0, 0
}

func elSet(kinds ...htmlKind) uint32 {
	var s uint32
	for _, k := range kinds {
		s |= 1 << k
	}
	return s
}

// lowerName returns name with its ASCII letters in lower case; most names have no others.
func lowerName(name string) string {
	for i := range len(name) {
		if 'A' <= name[i] && name[i] <= 'Z' {
			b := []byte(name)
			for ; i < len(b); i++ {
				b[i] = lowerByte(b[i])
			}
			return string(b)
		}
	}
	return name
}

func lowerByte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// elementOf finds the element of a tag's name as it stands.
func elementOf(name string) htmlElement {
	if e, ok := htmlElements[name]; ok {
		return e
	}
	var lower [len("blockquote")]byte // the longest name
	if len(name) > len(lower) {
		return htmlElement{}
	}
	for i := range len(name) {
		lower[i] = lowerByte(name[i])
	}
	return htmlElements[string(lower[:len(name)])]
}

type htmlAttr uint8

const (
	tellingAttr htmlAttr = iota
	styleAttr
	hiddenAttr
	typeAttr
	valueAttr
	linkAttr   // a URL, from which browsers remove tabs and line ends
	lookOfPage // says how the page looks and works, in words and figures of HTML itself
)

// htmlAttrs holds what is no ordinary attribute. The last group is not searched: these
// hold measures, colours, key words and names for style sheets. id and name are
// searched, for they are the only label that a value may have.
var htmlAttrs = map[string]htmlAttr{
	"style": styleAttr, "hidden": hiddenAttr, "type": typeAttr, "value": valueAttr,
	"href": linkAttr, "src": linkAttr, "action": linkAttr, "formaction": linkAttr, "background": linkAttr,
	"cite": linkAttr, "longdesc": linkAttr, "poster": linkAttr, "data": linkAttr, "usemap": linkAttr,
	"xlink:href": linkAttr, "codebase": linkAttr, "dynsrc": linkAttr, "lowsrc": linkAttr, "o:href": linkAttr,
	"originalsrc": linkAttr, "originalsrcset": linkAttr, "saferedirecturl": linkAttr, "data-saferedirecturl": linkAttr,
	"class": lookOfPage, "width": lookOfPage, "height": lookOfPage, "align": lookOfPage, "valign": lookOfPage,
	"bgcolor": lookOfPage, "color": lookOfPage, "face": lookOfPage, "size": lookOfPage, "border": lookOfPage,
	"bordercolor": lookOfPage, "cellpadding": lookOfPage, "cellspacing": lookOfPage, "colspan": lookOfPage,
	"rowspan": lookOfPage, "hspace": lookOfPage, "vspace": lookOfPage, "link": lookOfPage, "vlink": lookOfPage,
	"alink": lookOfPage, "lang": lookOfPage, "xml:lang": lookOfPage, "dir": lookOfPage,
	"nowrap": lookOfPage, "noshade": lookOfPage, "clear": lookOfPage, "target": lookOfPage, "frameborder": lookOfPage,
	"marginwidth": lookOfPage, "marginheight": lookOfPage, "leftmargin": lookOfPage, "topmargin": lookOfPage,
	"rightmargin": lookOfPage, "bottommargin": lookOfPage, "scrolling": lookOfPage, "tabindex": lookOfPage,
	"cols": lookOfPage, "rows": lookOfPage, "maxlength": lookOfPage, "role": lookOfPage, "aria-hidden": lookOfPage,
	"disabled": lookOfPage, "checked": lookOfPage, "selected": lookOfPage, "readonly": lookOfPage, "multiple": lookOfPage,
	"compact": lookOfPage, "ismap": lookOfPage, "async": lookOfPage, "defer": lookOfPage, "required": lookOfPage,
	"allowfullscreen": lookOfPage,
}

func htmlAttrOf(name string) htmlAttr {
	if len(name) > len("data-saferedirecturl") {
		return tellingAttr
	}
	return htmlAttrs[name]
}

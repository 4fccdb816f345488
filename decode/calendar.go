package decode

import "strings"

// calendar searches a calendar (iCalendar, RFC 5545) or contacts (vCard, RFC 6350
// and its versions 2.1 and 3.0). It gives the properties as lines "NAME: value"
// (Body) and the parameters that hold text (Markup). Files inside are opened as
// children. What is no property stands in the Body as it is.
func (w *walker) calendar(n node, src string) {
	c, err := calendarTexts(src, func() error { return w.b.late(w.ctx) })
	w.text(n, Body, c.body)
	if c.markup != "" {
		w.text(n, Markup, c.markup)
	}
	if !w.fault(n.path, err) {
		return
	}
	for _, f := range c.files {
		child := n.child(f.name, nil)
		child.typ = f.typ
		if !w.base64(child, f.content) {
			return
		}
	}
}

type calendarDoc struct {
	body, markup string
	files        []calendarFile
}

type calendarFile struct{ name, typ, content string } // content in base64

// calendarTexts reads a calendar or contacts in linear time. late is asked now and
// then; its error ends the reading and is returned with what was got.
func calendarTexts(src string, late func() error) (calendarDoc, error) {
	c := calendar{
		lines: calendarLines{src: src},
		page:  htmlPage{markup: &layout{}, seen: map[string]bool{}, late: late},
	}
	var err error
	for check := 0; ; {
		if c.lines.pos >= check {
			check = c.lines.pos + lateEvery
			if err = late(); err != nil {
				break
			}
		}
		line, ok := c.lines.next()
		if !ok {
			break
		}
		c.line(line)
		if err = c.page.err; err != nil {
			break
		}
	}
	return calendarDoc{body: c.body.String(), markup: c.page.markup.String(), files: c.files}, err
}

type calendar struct {
	lines calendarLines
	body  layout
	page  htmlPage // its markup is the calendar's
	files []calendarFile
}

// line reads one line, unfolded while a component is open.
func (c *calendar) line(line string) {
	prop, ok := parseProperty(line)
	if !ok {
		c.text(line)
		return
	}
	edge := strings.EqualFold(prop.name, "BEGIN") || strings.EqualFold(prop.name, "END")
	if edge && isToken(prop.value) {
		if prop.name[0]|0x20 == 'b' {
			c.lines.depth++
		} else {
			c.lines.depth = max(c.lines.depth-1, 0)
		}
		return
	}
	if c.lines.depth <= 0 {
		c.text(line)
		return
	}
	if strings.EqualFold(prop.name, "VERSION") {
		c.lines.old = strings.TrimSpace(prop.value) == "2.1"
	}
	c.property(prop)
}

func (c *calendar) text(s string) {
	c.body.block()
	c.body.verbatim(s)
	c.body.block()
}

func (c *calendar) property(p property) {
	switch p.encoding() {
	case base64Value:
		c.params(p)
		c.file(p, "", p.value+c.lines.base64Rest())
		return
	case quotedValue:
		p.value = quotedText(c.lines.quotedRest(p.value), p.param("CHARSET"))
	default:
		p.value = unescapeText(p.value)
	}
	c.params(p)
	if d, ok := parseDataURL(p.value); ok {
		c.file(p, d.typ, d.content)
		return
	}
	if p.isHTML() {
		doc, err := htmlTexts(p.value, c.page.late)
		c.page.err = err
		c.text(p.name + ": " + doc.visible)
		c.page.line(doc.markup)
		for _, d := range doc.data {
			c.file(p, d.typ, d.content)
		}
		return
	}
	if strings.HasPrefix(p.value, " ") {
		c.text(p.name + ":" + p.value)
	} else {
		c.text(p.name + ": " + p.value)
	}
	c.page.targets(linkTargets(p.value))
	for word := range strings.FieldsSeq(p.value) {
		if strings.Contains(word, "://") {
			if decoded, ok := percentDecoded(word); ok {
				c.page.note(decoded)
			}
		}
	}
}

// params adds the parameters that hold text to the markup, a line for each property.
func (c *calendar) params(p property) {
	c.page.markup.block()
	for _, param := range p.params {
		if param.value == "" || calendarMachinery[strings.ToUpper(param.name)] {
			continue
		}
		c.page.markup.gap()
		c.page.attribute(param.name, param.value, false)
	}
	c.page.markup.block()
	for _, d := range c.page.data {
		c.file(p, d.typ, d.content)
	}
	c.page.data = nil
}

// calendarMachinery are the parameters whose values are key words, languages and
// time zones (RFC 5545 section 3.2, RFC 6350 section 5).
var calendarMachinery = map[string]bool{
	"CHARSET": true, "CUTYPE": true, "ENCODING": true, "FBTYPE": true, "FMTTYPE": true, "LANGUAGE": true,
	"PARTSTAT": true, "PREF": true, "RANGE": true, "RELATED": true, "RELTYPE": true, "ROLE": true,
	"RSVP": true, "TYPE": true, "TZID": true, "VALUE": true, "ALTID": true, "PID": true, "CALSCALE": true,
	"X-NUM-GUESTS": true,
}

// file keeps a file that is a property's value.
func (c *calendar) file(p property, typ, content string) {
	name := ""
	for _, param := range []string{"FILENAME", "X-FILENAME", "X-APPLE-FILENAME", "X-ORACLE-FILENAME"} {
		if name == "" {
			name = p.param(param)
		}
	}
	if name == "" {
		name = strings.ToLower(p.name)
	}
	if typ == "" {
		typ = strings.ToLower(p.param("FMTTYPE"))
	}
	c.files = append(c.files, calendarFile{name, typ, content})
}

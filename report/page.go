package report

import (
	"mailsweep/sweeper"
	"mailsweep/visible"
)

// page lays lines out for a terminal. What it is given is visible already.
type page struct {
	sink
	opts Options
}

// The colours are those that every terminal has (ECMA-48, SGR).
const (
	bold   = "1"
	faint  = "2"
	red    = "1;31"
	yellow = "33"
	green  = "32"
)

func colourOf(s sweeper.Severity) string {
	switch {
	case s >= sweeper.High:
		return red
	case s == sweeper.Medium:
		return yellow
	}
	return ""
}

func (p *page) styled(style, s string) {
	if style == "" || !p.opts.Color {
		p.WriteString(s)
		return
	}
	p.WriteString("\x1b[" + style + "m" + s + "\x1b[0m")
}

// room is the width left after an indent: 0 when nothing is to be wrapped. A
// terminal of a few columns is past help and gets lines that overflow.
func (p *page) room(indent int) int {
	if p.opts.Width <= 0 {
		return 0
	}
	return max(p.opts.Width-indent, 16)
}

// line writes s, wrapped, with every line at the indent; nothing for "".
func (p *page) line(indent int, style, s string) {
	if s == "" {
		return
	}
	for _, l := range wrap(s, p.room(indent)) {
		p.WriteString(pad("", indent))
		p.styled(style, l)
		p.WriteByte('\n')
	}
}

// cut writes s on one line, its end left out when there is no room.
func (p *page) cut(indent int, s string) {
	p.WriteString(pad("", indent) + cut(s, p.room(indent)) + "\n")
}

// rest ends a line of which used columns are taken with s; what does not fit
// goes on below.
func (p *page) rest(used int, s string) {
	if p.opts.Width > 0 && used+columns(s) > p.opts.Width {
		p.WriteByte('\n')
		p.line(4, "", s)
		return
	}
	p.WriteString(s + "\n")
}

// The fields of a block stand in a column of this width.
const fieldWidth = 14

// field writes "name   value", further lines of the value below the first.
func (p *page) field(name, value string) {
	if value == "" {
		return
	}
	for i, l := range wrap(visible.Text(value), p.room(fieldWidth)) {
		if i > 0 || name == "" {
			p.WriteString(pad("", fieldWidth))
		} else {
			p.styled(bold, pad(name, fieldWidth))
		}
		p.WriteString(l + "\n")
	}
}

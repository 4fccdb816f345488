package decode

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// sharedStrings reads the table of strings that a workbook's cells refer to
// (ECMA-376 part 1, section 18.4.9). They are searched where cells show them.
func (o *office) sharedStrings(c node) {
	v := &stringTable{o: o}
	o.broken(c, o.w.xml(c.data, v))
	o.used, o.table = make([]bool, len(o.strings)), c
}

type stringTable struct {
	o        *office
	now      []byte
	hint     []byte // how to read it: another text of its own
	in       bool   // in a run of text
	phonetic int    // in such a hint
}

func (t *stringTable) start(name string, _ []xml.Attr) error {
	t.in = name == "t"
	if name == "rPh" {
		t.phonetic++
	}
	return nil
}

func (t *stringTable) end(name string) {
	t.in = false
	switch name {
	case "rPh":
		t.phonetic = max(0, t.phonetic-1)
	case "si":
		t.o.strings = append(t.o.strings, string(t.now))
		if t.now = t.now[:0]; len(t.hint) > 0 {
			t.o.hints = append(append(t.o.hints, t.hint...), '\n')
			t.hint = t.hint[:0]
		}
	}
}

func (t *stringTable) chars(text []byte) {
	switch {
	case t.in && t.phonetic > 0:
		t.hint = append(t.hint, text...)
	case t.in:
		t.now = append(t.now, text...)
	}
}

func (t *stringTable) comment([]byte) {}

// unusedStrings searches the strings that no cell shows any more, of deleted rows,
// and hints on how to read strings, which no cell shows.
func (o *office) unusedStrings() {
	var out []byte
	for i, s := range o.strings {
		if !o.used[i] && s != "" {
			out = append(append(out, s...), '\n')
		}
	}
	o.emit(o.table, Markup, append(out, o.hints...))
}

// sheet reads a worksheet: one row a line, cells separated by tabs and in their
// columns, so that a label and its value stay together. Formulas, links, tips and
// page headers go to markup.
func (o *office) sheet(c node) {
	v := &sheet{o: o}
	err := o.w.xml(c.data, v)
	v.endRow()
	o.emit(c, Body, v.body)
	o.emit(c, Markup, v.markup)
	o.broken(c, err)
}

type sheet struct {
	o            *office
	body, markup []byte
	lines        int // in body
	row, column  int // of the present cell, from 1; 0 when unknown
	filled       int // the column that the present line has reached, from 1
	inRow        bool

	element  string
	typ      string // the cell's
	value    []byte
	formula  []byte
	hint     []byte // how to read the cell
	phonetic int
	err      error
}

const (
	// maxRows and maxGap bound the blank lines and cells that stand for what a sheet
	// leaves out: a row number is only a number.
	maxRows = 1 << 20 // the format's own limit
	maxGap  = 64
)

// sheetWords are elements of a sheet whose attributes hold words.
var sheetWords = map[string]bool{
	"dataValidation": true, "hyperlink": true, "protectedRange": true, "control": true, "controlPr": true,
	"oleObject": true, "customPr": true, "webPublishItem": true, "tablePart": false, "sheetProtection": false,
}

func (s *sheet) start(name string, attrs []xml.Attr) error {
	s.element = name
	switch name {
	case "row":
		s.endRow()
		s.row, _ = strconv.Atoi(attrOf(attrs, "r"))
	case "c":
		s.typ = attrOf(attrs, "t")
		s.row, s.column = cellAt(attrOf(attrs, "r"), s.row)
		s.value, s.formula = s.value[:0], s.formula[:0]
	case "rPh":
		s.phonetic++
	default:
		if sheetWords[name] {
			s.line(elementLine(name, attrs))
		}
	}
	return s.err
}

func (s *sheet) end(name string) {
	s.element = ""
	switch name {
	case "c":
		s.cell()
	case "row":
		s.endRow()
	case "rPh":
		s.phonetic = max(0, s.phonetic-1)
	}
}

func (s *sheet) chars(text []byte) {
	switch {
	case s.element == "":
	case s.phonetic > 0:
		s.hint = append(s.hint, text...)
	case s.element == "v" || s.element == "t":
		s.value = append(s.value, text...)
	case s.element == "f":
		s.formula = append(s.formula, text...)
	default:
		s.line(strings.TrimSpace(string(text)))
	}
}

func (s *sheet) comment(text []byte) { s.line(strings.TrimSpace(string(text))) }

func (s *sheet) line(text string) {
	if text != "" {
		s.markup = append(append(s.markup, text...), '\n')
	}
}

// cell ends a cell. What it shows of the table of strings is charged to the
// budget: a million cells may show the same long string.
func (s *sheet) cell() {
	s.line(string(s.formula))
	s.line(strings.TrimSpace(string(s.hint)))
	s.hint = s.hint[:0]
	text := s.value
	if s.typ == "s" {
		i, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil || i < 0 || i >= len(s.o.strings) {
			return
		}
		s.o.used[i] = true
		text = []byte(s.o.strings[i])
	}
	if len(text) == 0 {
		return
	}
	gap := s.blanks()
	if _, s.err = s.o.w.b.take(len(gap) + len(text)); s.err != nil {
		return
	}
	s.body = append(append(s.body, gap...), text...)
	s.lines += strings.Count(gap, "\n")
}

// blanks is what stands between the last cell shown and the present one: blank
// lines, so that the line is the row where no cell has several lines, and tabs.
func (s *sheet) blanks() string {
	var gap string
	if !s.inRow {
		if missing := s.row - 1 - s.lines; missing > 0 && s.row <= maxRows {
			gap = strings.Repeat("\n", missing)
		}
		s.inRow, s.filled = true, 1
		return gap + s.tabs(s.column-1)
	}
	return s.tabs(max(1, s.column-s.filled))
}

func (s *sheet) tabs(n int) string {
	if n > maxGap {
		n = 1
	}
	s.filled = max(s.filled+n, s.column)
	return strings.Repeat("\t", max(0, n))
}

func (s *sheet) endRow() {
	if s.inRow {
		s.body = append(s.body, '\n')
		s.lines++
	}
	s.inRow = false
}

// cellAt reads a reference such as "C5". Where there is none, the row is the one
// that the cell stands in and the column unknown.
func cellAt(ref string, row int) (int, int) {
	letters := strings.TrimRight(ref, "0123456789")
	column := 0
	for _, c := range letters {
		if c < 'A' || c > 'Z' || column > 1<<14 {
			return row, 0
		}
		column = 26*column + int(c-'A') + 1
	}
	if n, err := strconv.Atoi(ref[len(letters):]); err == nil {
		row = n
	}
	return row, column
}

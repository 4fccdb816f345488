package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"mailsweep/sweeper"
)

// table writes CSV (RFC 4180, with LF line ends as Unix tools want them): a
// header row, then a row a record.
type table struct {
	out sink
	csv *csv.Writer
}

// newCSV puts the header before the first row, or at the end of an empty list.
func newCSV(w io.Writer, columns []string) *table {
	t := &table{out: sink{w: w}}
	t.csv = csv.NewWriter(&t.out.Buffer)
	_ = t.csv.Write(columns) // into memory: it cannot go wrong
	return t
}

func (t *table) Handle(e sweeper.Event) error {
	switch {
	case e.Finding != nil:
		return t.row(recordFinding(e.Finding).cells())
	case e.Allowed != nil:
		return t.row(recordAllowed(e.Allowed).cells())
	case e.Skip != nil:
		return t.row(recordSkip(e.Skip).cells())
	}
	return t.out.err
}

func (t *table) Close() error {
	t.csv.Flush()
	return t.out.flush()
}

func (t *table) row(cells []string) error {
	for i, c := range cells {
		cells[i] = Visible(neutral(c))
	}
	if err := t.csv.Write(cells); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	t.csv.Flush()
	return t.out.flush()
}

// neutral keeps a spreadsheet from taking a cell for a formula (OWASP, "CSV
// Injection"): one that begins with = + - @, a tab or a line end, or with a wide
// form of these, after any white space or unseen runes, gets an apostrophe in
// front. So does what follows a semicolon or a tab within the cell: where the
// decimal sign is a comma, spreadsheets split there.
func neutral(cell string) string {
	if !formula(cell) && !strings.ContainsAny(cell, ";\t") {
		return cell
	}
	var b strings.Builder
	for {
		if formula(cell) {
			b.WriteByte('\'')
		}
		end := strings.IndexAny(cell, ";\t") + 1
		if end == 0 {
			b.WriteString(cell)
			return b.String()
		}
		b.WriteString(cell[:end])
		cell = cell[end:]
	}
}

// formula says that a spreadsheet may take what begins here for one.
func formula(text string) bool {
	prev := rune(0)
	for _, r := range text {
		switch {
		case strings.ContainsRune("=+-@\t\r\n＝＋－＠", r):
			return true
		case r != ' ' && r != '\u00a0' && r != '\u3000' && r != '"' && !hidden(prev, r):
			return false
		}
		prev = r
	}
	return false
}

package report

import (
	"encoding/csv"
	"fmt"
	"io"

	"mailsweep/sweeper"
	"mailsweep/visible"
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
		cells[i] = visible.Cell(c)
	}
	if err := t.csv.Write(cells); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	t.csv.Flush()
	return t.out.flush()
}

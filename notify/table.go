package notify

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"mailsweep/lined"
)

// row is one line of a CSV file, by the names of its columns.
type row struct {
	line  int
	value map[string]string
}

// table reads a CSV file with a header (RFC 4180). Columns that it does not know, and
// those that it needs and that are missing, are told; so is each malformed line.
func table(f *lined.File, data []byte, need, more []string) (rows []row) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		f.Complain(1, "it is empty: the first line names the columns: %s", strings.Join(append(need, more...), ","))
		return nil
	}
	for i, name := range header {
		header[i] = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(need, header[i]) && !slices.Contains(more, header[i]) {
			f.Complain(1, "there is no column %q: the columns are %s", header[i], strings.Join(append(need, more...), ","))
		}
	}
	for _, name := range need {
		if !slices.Contains(header, name) {
			f.Complain(1, "the column %q is missing", name)
		}
	}
	for err == nil {
		var fields []string
		if fields, err = r.Read(); err != nil {
			break
		}
		line, _ := r.FieldPos(0)
		if len(fields) != len(header) {
			f.Complain(line, "%d fields, and the header has %d", len(fields), len(header))
			continue
		}
		out := row{line, map[string]string{}}
		for i, name := range header {
			out.value[name] = strings.TrimSpace(fields[i])
		}
		for _, name := range need {
			if out.value[name] == "" {
				f.Complain(line, "%q is empty", name)
			}
		}
		rows = append(rows, out)
	}
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		f.Complain(bad.Line, "%v", bad.Err)
	}
	return rows
}

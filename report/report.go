// Package report renders what a sweep tells: text for people, JSON Lines and CSV
// for programs, SARIF for viewers of findings. All formats are renderings of one
// stream of [sweeper.Event]; a running sweep and a report from the database are
// the same to them.
//
// # Formats
//
// jsonl is one flat object a line, its type in the first key; every key of a type
// is always there. It is the whole truth, in the mail's own words: runes that
// could deceive whoever looks at the file are written as \u escapes, which every
// JSON reader undoes.
//
// csv holds findings, those that are allowed, and skips, told apart by the column type, under the names of
// jsonl. Lists are joined by "; ". It has no summary: that is no row of a table.
// Cells are made harmless for spreadsheets (see neutral) and for terminals (see
// [Visible]), so they are for reading, not for reconstructing a hostile subject
// to the byte.
//
// sarif is SARIF 2.1.0 (OASIS, errata 01) with results first, so that a million
// findings need no more memory than one. Words of the mail are made visible and
// are escaped for HTML, in message.markdown for Markdown too.
//
// text is for people. It may change from one version to the next.
package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mailsweep/sweeper"
)

// Handler renders events. Its methods are called from one goroutine. An error is
// the writer's: nothing more can be written, and every later call returns it too.
// What one event gives is written with one Write, so that a reader at the other
// end of a pipe never waits for half a line.
type Handler interface {
	Handle(e sweeper.Event) error
	// Close writes what a format needs at its end. It does not close the writer.
	// It is called once, also when the stream ended early and no summary came.
	Close() error
}

// Options are the same for all formats; each heeds those that mean something to it.
type Options struct {
	// Width is the width of the terminal in columns, for text; 0 does not wrap.
	Width int
	// Color lets text use the terminal's colours.
	Color bool
	// Verbose lets text show every skip, and all that is allowed, not only counts and a few
	// examples.
	Verbose bool
	// Version is mailsweep's own version, for SARIF.
	Version string
	// Zone is the time zone of dates in text; nil is UTC. All other formats are in UTC.
	Zone *time.Location
}

// Formats are the names of all formats, the default first.
func Formats() []string { return []string{"text", "jsonl", "csv", "sarif"} }

// New returns the handler of a format. An unknown format is an error that names
// the formats there are.
func New(format string, w io.Writer, o Options) (Handler, error) {
	switch format {
	case "text":
		return newText(w, o), nil
	case "jsonl":
		return newJSONL(w), nil
	case "csv":
		return newCSV(w, findingColumns()), nil
	case "sarif":
		return newSARIF(w, o), nil
	}
	return nil, unknownFormat(format, Formats())
}

func unknownFormat(format string, known []string) error {
	what := "format"
	if slices.Contains(Formats(), format) {
		what = "format for this list"
	}
	return fmt.Errorf("%q is no %s: use one of %s", format, what, strings.Join(known, ", "))
}

// sink collects what one event gives and writes it at once. It keeps the first
// error: whatever comes after it would leave a hole in the report.
type sink struct {
	bytes.Buffer
	w       io.Writer
	written bool
	err     error
}

func (s *sink) flush() error {
	if s.err == nil && s.Len() > 0 {
		n, err := s.w.Write(s.Bytes())
		if err == nil && n < s.Len() {
			err = io.ErrShortWrite
		}
		if err != nil {
			s.err = fmt.Errorf("write the report: %w", err)
		}
		s.written = true
	}
	s.Reset()
	return s.err
}

// Package report renders what a sweep tells: text for people, JSON Lines and CSV
// for programs, SARIF for viewers of findings. All formats are renderings of one
// stream of [sweeper.Event]; a running sweep and a report from the database are
// the same to them.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mailsweep/sweeper"
)

// Handler renders events. Its methods are called from one goroutine. An error is
// the writer's: nothing more can be written, and every later call returns it too.
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
	// Verbose lets text show every skip, not only counts and a few examples.
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
	if !slices.Contains(Formats(), format) {
		return nil, fmt.Errorf("%q is no format: use one of %s", format, strings.Join(Formats(), ", "))
	}
	return nil, fmt.Errorf("the format %s is being written", format)
}

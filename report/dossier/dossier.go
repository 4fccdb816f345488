// Package dossier is the report that a manager reads: one HTML file that needs nothing
// else, for a screen, a telephone or paper.
//
// What a stranger wrote stands in it as text only: escaped, made visible, and never as a
// link. There is no script in it, and its policy lets it load nothing.
package dossier

import (
	"bufio"
	"embed"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"mailsweep/sweeper"
	"mailsweep/visible"
)

// Dossier is all that the page says.
type Dossier struct {
	Organisation string // "" when no policy names it
	Case         string
	Written      time.Time
	Version      string
	Filters      []string // in words; none is all that is known
	Exposures    []Exposure
	Runs         []Run // the latest first
	Skips        []Skips
	// Parties says that it is known which domains are the organisation's.
	Parties bool
	// Review is how many exposures only need a look: they are in no figure.
	Review int
	// Allowed is how many are left out by an allow-list.
	Allowed int
}

// Exposure is one with what is known of it.
type Exposure struct {
	sweeper.Exposure
	Rule   string // of its surest sighting
	Why    string // it has its confidence
	Party  string
	Owners []sweeper.Ownership
	// Ways are who mailed it to whom: addresses, or "" where a mail does not say.
	Ways []Way
}

// Way is one mail with a secret, from one to another.
type Way struct{ From, To string }

// Run is a sweep.
type Run struct {
	ID, Actor, Case string
	Started, Ended  time.Time
	Summary         sweeper.Summary
}

// Skips are those with one reason.
type Skips struct {
	Reason  string
	N       int
	Example string // where one is
}

//go:embed page.html
var files embed.FS

// Write writes the page.
func Write(w io.Writer, d Dossier) error {
	t, err := template.New("page.html").Funcs(template.FuncMap{
		"text": visible.Text,
		"n":    func(n int) string { return humanize.Comma(int64(n)) },
		"size": func(n int64) string { return humanize.Bytes(uint64(max(n, 0))) },
		"date": date,
		"time": func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.UTC().Format("2006-01-02 15:04")
		},
		"short": func(id string) string { return id[:min(len(id), 8)] },
	}).ParseFS(files, "page.html")
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 64<<10)
	if err := t.Execute(b, newPage(d)); err != nil {
		return err
	}
	return b.Flush()
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// overdue is the earliest day by which an owner should have been done, if that is over.
func (e Exposure) overdue(now time.Time) (due time.Time, is bool) {
	for _, o := range e.Owners {
		if o.Overdue(now) && (due.IsZero() || o.Due.Before(due)) {
			due = o.Due
		}
	}
	return due, !due.IsZero()
}

// Due is the earliest day by which an owner is to be done.
func (e Exposure) Due() (due time.Time) {
	for _, o := range e.Owners {
		if !o.State.Settled() && !o.Due.IsZero() && (due.IsZero() || o.Due.Before(due)) {
			due = o.Due
		}
	}
	return due
}

// Owner are the owners' names, as they are shown.
func (e Exposure) Owner() string {
	var all []string
	for _, o := range e.Owners {
		if o.Owner != "" {
			_, name, _ := strings.Cut(o.Owner, ":")
			all = append(all, name)
		}
	}
	if len(all) == 0 {
		return "nobody"
	}
	return strings.Join(all, ", ")
}

// Detail is what says best which account it opens.
func (e Exposure) Detail() string {
	var all []string
	for _, name := range []string{"account", "user", "host", "database", "tenant", "client_id", "key_id", "project", "workspace", "issuer"} {
		if v := e.Details[name]; v != "" && len(all) < 2 {
			all = append(all, name+" "+v)
		}
	}
	return strings.Join(all, ", ")
}

// urgency orders what is open before what is settled, and the worst first.
func urgency(now time.Time) func(a, b Exposure) int {
	return func(a, b Exposure) int {
		if sa, sb := a.State.Settled(), b.State.Settled(); sa != sb {
			if sa {
				return 1
			}
			return -1
		}
		if a.Severity != b.Severity {
			return int(b.Severity - a.Severity)
		}
		_, oa := a.overdue(now)
		_, ob := b.overdue(now)
		if oa != ob {
			if oa {
				return -1
			}
			return 1
		}
		if c := int(b.Confidence - a.Confidence); c != 0 {
			return c
		}
		if c := b.LastSeen.Compare(a.LastSeen); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	}
}

// sorted is a copy of all exposures, the most urgent first.
func (d Dossier) sorted() []Exposure {
	all := slices.Clone(d.Exposures)
	slices.SortFunc(all, urgency(d.Written))
	return all
}

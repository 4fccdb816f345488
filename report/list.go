package report

import (
	"cmp"
	"io"
	"iter"
	"strings"

	"mailsweep/sweeper"
	"mailsweep/visible"
)

// listFormats are the formats of lists that are no stream of events.
func listFormats() []string { return []string{"text", "jsonl", "csv"} }

// WriteExposures lists exposures as text, jsonl or csv. An error of the sequence
// ends the list and is returned as it is.
func WriteExposures(w io.Writer, format string, list iter.Seq2[sweeper.Exposure, error], o Options) error {
	var one func(*sweeper.Exposure) error
	end := func() error { return nil }
	switch format {
	case "text":
		t := &exposures{out: page{sink: sink{w: w}, opts: o}}
		one, end = t.exposure, t.close
	case "jsonl":
		j := newJSONL(w)
		one = func(e *sweeper.Exposure) error { return j.line(recordExposure(e)) }
	case "csv":
		t := newCSV(w, exposureColumns())
		one = func(e *sweeper.Exposure) error { return t.row(recordExposure(e).cells()) }
		end = t.Close
	default:
		return unknownFormat(format, listFormats())
	}
	for e, err := range list {
		if err != nil {
			return err
		}
		if err := one(&e); err != nil {
			return err
		}
	}
	return end()
}

// WriteExposure shows one exposure with all its sightings: as text; as jsonl (the
// exposure's object, then one for each owner and each finding); as csv (its findings).
func WriteExposure(w io.Writer, format string, e sweeper.Exposure, owners []sweeper.Ownership, sightings iter.Seq2[sweeper.Event, error], o Options) error {
	switch format {
	case "text":
		p := page{sink: sink{w: w}, opts: o}
		p.exposure(&e, owners)
		if err := p.flush(); err != nil {
			return err
		}
	case "jsonl":
		j := newJSONL(w)
		if err := j.line(recordExposure(&e)); err != nil {
			return err
		}
		for _, own := range owners {
			if err := j.line(recordOwnership(&own)); err != nil {
				return err
			}
		}
	case "csv":
	default:
		return unknownFormat(format, listFormats())
	}
	return WriteFindings(w, format, sightings, o)
}

// WriteFindings lists findings, and those that are allowed, in any format. An error of the sequence ends the
// list and is returned as it is.
func WriteFindings(w io.Writer, format string, list iter.Seq2[sweeper.Event, error], o Options) error {
	h, err := New(format, w, o)
	if err != nil {
		return err
	}
	if s, ok := h.(*sarif); ok {
		s.list = true
	}
	for e, err := range list {
		if err != nil {
			return err
		}
		if err := h.Handle(e); err != nil {
			return err
		}
	}
	return h.Close()
}

// exposures is the list in text: a table where there is room for it, else a few
// lines for each.
type exposures struct {
	out  page
	rows int
}

// tableWidth is what the table takes without the preview; it needs some more.
const tableWidth = 16 + 2 + 8 + 2 + 10 + 2 + 11 + 2 + 8 + 2 + 9 + 2 + 10 + 2

func (t *exposures) exposure(e *sweeper.Exposure) error {
	t.rows++
	p := &t.out
	about := strings.Join(present(visible.Text(e.Preview), visible.Text(pairs(e.Details))), "  ")
	if p.opts.Width > 0 && p.opts.Width < tableWidth+16 {
		p.styled(colourOf(e.Severity), severity(e.Severity))
		p.rest(columns(severity(e.Severity)), "  "+confidence(e.Confidence)+"  "+visible.Text(string(e.Kind))+"  "+visible.Text(e.ID))
		if about != "" {
			p.cut(2, about)
		}
		p.line(2, faint, sightings(e)+label(", last ", p.day(e.LastSeen)))
		return p.flush()
	}
	if t.rows == 1 {
		p.styled(bold, "EXPOSURE          SEVERITY  CONFIDENCE  KIND         FINDINGS  MAILBOXES  LAST SEEN   PREVIEW")
		p.WriteByte('\n')
	}
	p.WriteString(pad(visible.Text(e.ID), 16) + "  ")
	p.styled(colourOf(e.Severity), pad(severity(e.Severity), 8))
	p.WriteString("  " + pad(confidence(e.Confidence), 10) + "  " + pad(visible.Text(string(e.Kind)), 11) +
		"  " + right(count(int64(e.Findings)), 8) + "  " + right(count(int64(e.Mailboxes)), 9) +
		"  " + pad(p.day(e.LastSeen), 10) + "  ")
	p.cut(0, cut(about, p.opts.Width-tableWidth))
	return p.flush()
}

func (t *exposures) close() error {
	if t.rows == 0 {
		t.out.WriteString("no exposures\n")
	}
	return t.out.flush()
}

func right(s string, width int) string { return strings.Repeat(" ", max(0, width-len(s))) + s }

func sightings(e *sweeper.Exposure) string {
	return many(int64(e.Findings), "finding", "findings") + " in " + many(int64(e.Mailboxes), "mailbox", "mailboxes")
}

// exposure writes all that is known of one, and leaves a line for its sightings.
func (p *page) exposure(e *sweeper.Exposure, owners []sweeper.Ownership) {
	p.field("exposure", e.ID)
	p.field("severity", severity(e.Severity))
	p.field("confidence", confidence(e.Confidence))
	p.field("kind", string(e.Kind))
	p.field("state", string(e.State))
	p.field("preview", e.Preview)
	p.field("details", pairs(e.Details))
	p.field("fingerprint", e.Fingerprint)
	p.field("seen", sightings(e))
	p.field("first seen", strings.Join(present(p.date(e.FirstSeen), label("run ", e.FirstRun)), ", "))
	p.field("last seen", strings.Join(present(p.date(e.LastSeen), label("run ", e.LastRun)), ", "))
	for _, own := range owners {
		p.field("owner", strings.Join(present(cmp.Or(own.Owner, "nobody yet"), string(own.State)+label(" since ", p.day(own.Since)), label("due ", p.day(own.Due)),
			label("until ", p.day(own.Until)), own.Reason, label("said by ", own.Actor)), ", "))
	}
	p.WriteByte('\n')
}

package report

import (
	"io"
	"strconv"
	"strings"
	"time"

	"mailsweep/decode"
	"mailsweep/sweeper"
	"mailsweep/visible"
)

// text writes findings as they come, under a heading for each mail, and at the
// end what was searched, found, and not searched.
type text struct {
	out  page
	opts Options
	// mail is the heading under which lines stand now, and envelope says that it
	// had the mail's date, sender and subject.
	mail     string
	envelope bool
	skips    int
	reasons  map[decode.Reason]*examples
	summary  *sweeper.Summary
	allowed  sweeper.Count // what is allowed, where no summary says it
}

// examples are a few of the skips of one reason.
type examples struct {
	count int
	some  []string
}

const fewSkips = 3

func newText(w io.Writer, o Options) *text {
	return &text{out: page{sink: sink{w: w}, opts: o}, opts: o, reasons: map[decode.Reason]*examples{}}
}

func (t *text) Handle(e sweeper.Event) error {
	switch {
	case e.Finding != nil:
		t.heading(e.Finding.Ref, &e.Finding.Envelope)
		t.finding(e.Finding)
		return t.out.flush()
	case e.Allowed != nil:
		t.allowed.Add(e)
		if t.opts.Verbose {
			t.heading(e.Allowed.Finding.Ref, &e.Allowed.Finding.Envelope)
			t.accepted(e.Allowed)
		}
		return t.out.flush()
	case e.Skip != nil:
		t.skip(e.Skip)
		return t.out.flush()
	case e.Summary != nil:
		t.summary = e.Summary
	}
	return t.out.err
}

// Close writes the end of the report. Skips are told also when no summary came.
func (t *text) Close() error {
	if t.summary != nil {
		t.out.summarise(t.summary)
	} else if told := t.allowed.Summary().Allowed; len(told) > 0 {
		if t.out.written {
			t.out.WriteByte('\n')
		}
		t.out.allowed(told)
	}
	if t.summary != nil || t.skips > 0 {
		t.unsearched()
	}
	if t.summary != nil && t.summary.Run != "" {
		t.out.field("run", t.summary.Run)
	}
	return t.out.flush()
}

// heading names the mail, once for all that is said of it in a row.
func (t *text) heading(r sweeper.Ref, e *sweeper.Envelope) {
	mail := r.Source + "\x00" + r.Mailbox + "\x00" + r.Folder + "\x00" + r.Key + "\x00" + r.ID
	if mail != t.mail {
		if t.mail != "" {
			t.out.WriteByte('\n')
		}
		t.mail, t.envelope = mail, false
		t.out.line(0, bold, where(r))
	}
	if e == nil || t.envelope {
		return
	}
	t.envelope = true
	if sent := strings.Join(present(t.out.date(e.Received), visible.Text(e.From)), "  "); sent != "" {
		t.out.cut(2, sent)
	}
	if e.Subject != "" {
		t.out.cut(2, visible.Text(e.Subject))
	}
}

func (t *text) finding(f *sweeper.Finding) {
	mark := ""
	if f.New {
		mark = "new"
	}
	sev := severity(f.Severity)
	t.out.WriteString("  ")
	t.out.styled(colourOf(f.Severity), pad(sev, 8))
	t.out.WriteString("  " + pad(confidence(f.Confidence), 9) + "  ")
	t.out.styled(green, pad(mark, 3))
	t.out.rest(2+8+2+9+2+3, "  "+visible.Text(f.Rule))
	if f.Preview != "" {
		t.out.line(4, "", visible.Text(f.Preview))
	}
	t.out.line(4, "", strings.Join(present(spot(f), visible.Text(f.Reason)), "  "))
	t.out.line(4, faint, strings.Join(present(label("exposure ", f.Exposure), visible.Text(pairs(f.Details))), "  "))
}

// accepted shows a finding that an entry covers.
func (t *text) accepted(a *sweeper.Allowed) {
	f := &a.Finding
	t.out.WriteString("  ")
	t.out.styled(faint, pad("allowed", 8))
	t.out.rest(2+8, "  "+pad(confidence(f.Confidence), 9)+"       "+visible.Text(f.Rule))
	t.out.line(4, "", "allowed by "+covers(a.Allowance))
	t.out.line(4, "", spot(f))
	t.out.line(4, faint, label("exposure ", f.Exposure))
}

// skip shows it at once when all are wanted, and counts it for the end.
func (t *text) skip(s *sweeper.Skip) {
	t.skips++
	detail := paren(visible.Text(s.Detail))
	if t.opts.Verbose {
		t.heading(s.Ref, nil)
		why := strings.Join(present(visible.Text(string(s.Reason)), detail), " ")
		t.out.line(2, "", "not searched: "+strings.Join(present(visible.Text(s.Path), why), ": "))
	}
	x := t.reasons[s.Reason]
	if x == nil {
		x = &examples{}
		t.reasons[s.Reason] = x
	}
	x.count++
	if !t.opts.Verbose && len(x.some) < fewSkips {
		x.some = append(x.some, strings.Join(present(where(s.Ref), strings.Join(present(visible.Text(s.Path), detail), " ")), "  "))
	}
}

// where is the mail's place, from the widest to the narrowest.
func where(r sweeper.Ref) string {
	folder := r.Folder
	if strings.HasPrefix(r.ID, folder+"/") { // an id of files is their path, folder included
		folder = ""
	}
	path := present(visible.Text(r.Mailbox), visible.Text(folder), visible.Text(r.ID))
	if len(path) == 0 {
		return "(the whole source)"
	}
	return strings.Join(path, " / ")
}

// spot is the finding's place within its mail.
func spot(f *sweeper.Finding) string {
	line := strconv.Itoa(max(f.Line, 1))
	if f.Part == "" {
		return "line " + line
	}
	return visible.Text(f.Part) + ":" + line
}

func label(name, value string) string {
	if value == "" {
		return ""
	}
	return name + visible.Text(value)
}

func paren(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// date writes a time for people, "" when it is unknown.
func (p *page) date(t time.Time) string { return p.clock(t, "2006-01-02 15:04 MST") }

func (p *page) day(t time.Time) string { return p.clock(t, time.DateOnly) }

func (p *page) clock(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	zone := p.opts.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format(layout)
}

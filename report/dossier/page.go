package dossier

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mailsweep/sweeper"
)

const (
	firstShown   = 15   // of what to rotate first
	ownersShown  = 40   // of owners, those with most to do
	overdueShown = 50   // of what is overdue
	listed       = 1000 // of all exposures: a browser is quick with so many
	runsShown    = 10
)

// page is what the template sees.
type page struct {
	Dossier
	Title    string
	Open     int
	Done     int
	Overdue  []Exposure
	OverN    int
	Reopened int
	Unowned  int
	Urgent   []severityCount
	First    []Exposure
	Bars     []chart
	Months   timeline
	Flow     flow
	Owners   []ownerRow
	OwnersN  int
	All      []Exposure
	Coverage sweeper.Summary
	SkipN    int
	Killed   int // runs that did not end
}

type severityCount struct {
	Name string
	N    int
}

type ownerRow struct {
	Name, Kind    string
	Open, Settled int
	Overdue       int
	Due           time.Time
}

func newPage(d Dossier) page {
	all := d.sorted()
	p := page{Dossier: d, Title: "Credentials found in mail"}
	if d.Organisation != "" {
		p.Title += ": " + d.Organisation
	}
	open := map[sweeper.Severity]int{}
	for _, e := range all {
		if e.State.Settled() {
			p.Done++
			continue
		}
		p.Open++
		open[e.Severity]++
		if e.State == sweeper.Reopened {
			p.Reopened++
		}
		if e.Owner() == "nobody" {
			p.Unowned++
		}
		if _, over := e.overdue(d.Written); over {
			p.OverN++
			if len(p.Overdue) < overdueShown {
				p.Overdue = append(p.Overdue, e)
			}
		}
		if len(p.First) < firstShown {
			p.First = append(p.First, e)
		}
	}
	for s := sweeper.Critical; s >= sweeper.Low; s-- {
		p.Urgent = append(p.Urgent, severityCount{s.String(), open[s]})
	}
	p.Bars = charts(d, all)
	p.Months = months(all)
	p.Flow = newFlow(all)
	p.owners(all)
	p.All = all[:min(len(all), listed)]
	p.covered()
	return p
}

func (p *page) owners(all []Exposure) {
	rows := map[string]*ownerRow{}
	for _, e := range all {
		for _, o := range e.Owners {
			if o.Owner == "" {
				continue
			}
			r := rows[o.Owner]
			if r == nil {
				kind, name, _ := strings.Cut(o.Owner, ":")
				r = &ownerRow{Name: name, Kind: kind}
				rows[o.Owner] = r
			}
			if o.State.Settled() {
				r.Settled++
				continue
			}
			r.Open++
			if o.Overdue(p.Written) {
				r.Overdue++
			}
			if !o.Due.IsZero() && (r.Due.IsZero() || o.Due.Before(r.Due)) {
				r.Due = o.Due
			}
		}
	}
	p.OwnersN = len(rows)
	for _, r := range rows {
		p.Owners = append(p.Owners, *r)
	}
	slices.SortFunc(p.Owners, func(a, b ownerRow) int {
		return cmp.Or(b.Overdue-a.Overdue, b.Open-a.Open, strings.Compare(a.Name, b.Name))
	})
	p.Owners = p.Owners[:min(len(p.Owners), ownersShown)]
}

// covered adds up what was searched: the most mailboxes and folders of a run, the
// messages of all of them.
func (p *page) covered() {
	for _, r := range p.Runs {
		s := r.Summary
		p.Coverage.Mailboxes = max(p.Coverage.Mailboxes, s.Mailboxes)
		p.Coverage.Folders = max(p.Coverage.Folders, s.Folders)
		p.Coverage.Messages += s.Messages
		p.Coverage.Bytes += s.Bytes
		if s.Outcome != sweeper.Completed {
			p.Killed++
		}
	}
	p.Runs = p.Runs[:min(len(p.Runs), runsShown)]
	for _, s := range p.Skips {
		p.SkipN += s.N
	}
}

// chart is a count by something, the most first or in an order of its own.
type chart struct {
	Title string
	Note  string
	Rows  []bar
}

type bar struct {
	Label   string
	N       int
	Percent float64 // of the longest
}

func charts(d Dossier, all []Exposure) []chart {
	count := func(title, note string, order []string, of func(Exposure) []string) chart {
		n := map[string]int{}
		for _, e := range all {
			for _, label := range of(e) {
				n[label]++
			}
		}
		return newChart(title, note, order, n)
	}
	one := func(f func(Exposure) string) func(Exposure) []string {
		return func(e Exposure) []string { return []string{f(e)} }
	}
	ages := []string{"this month", "1 to 3 months", "3 to 12 months", "1 to 3 years", "more than 3 years", "unknown"}
	list := []chart{
		count("By kind", "", nil, one(func(e Exposure) string { return string(e.Kind) })),
		count("By what found it", "", nil, one(func(e Exposure) string { return e.Rule })),
		count("By age", "since it was first mailed", ages, one(func(e Exposure) string { return age(d.Written, e.FirstSeen) })),
		count("By state", "", []string{"reopened", "open", "notified", "acknowledged", "accepted", "rotated", "closed", "dismissed"}, one(func(e Exposure) string { return string(e.State) })),
		count("By owner", "", nil, func(e Exposure) []string { return strings.Split(e.Owner(), ", ") }),
	}
	if d.Parties {
		list = append(list, count("By party", "who mailed it to whom", nil, one(func(e Exposure) string { return e.Party })))
	}
	return list
}

// mostBars are the bars of a chart; what is beyond is one.
const mostBars = 8

func newChart(title, note string, order []string, n map[string]int) chart {
	c := chart{Title: title, Note: note}
	labels := slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(n[b]-n[a], strings.Compare(a, b)) })
	if order != nil {
		labels = slices.DeleteFunc(slices.Clone(order), func(l string) bool { return n[l] == 0 })
	}
	rest := 0
	for i, l := range labels {
		if i >= mostBars && order == nil && len(labels) > mostBars+1 {
			rest += n[l]
			continue
		}
		c.Rows = append(c.Rows, bar{Label: l, N: n[l]})
	}
	if rest > 0 {
		c.Rows = append(c.Rows, bar{Label: fmt.Sprintf("%d others", len(labels)-mostBars), N: rest})
	}
	most := 0
	for _, r := range c.Rows {
		most = max(most, r.N)
	}
	for i := range c.Rows {
		c.Rows[i].Percent = 100 * float64(c.Rows[i].N) / float64(max(most, 1))
	}
	return c
}

func age(now, first time.Time) string {
	const month = 30 * 24 * time.Hour
	switch old := now.Sub(first); {
	case first.IsZero():
		return "unknown"
	case old < month:
		return "this month"
	case old < 3*month:
		return "1 to 3 months"
	case old < 365*24*time.Hour:
		return "3 to 12 months"
	case old < 3*365*24*time.Hour:
		return "1 to 3 years"
	}
	return "more than 3 years"
}

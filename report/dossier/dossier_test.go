package dossier

import (
	"bytes"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailsweep/sweeper"
)

var update = flag.Bool("update", false, "write the golden page anew")

func day(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }

// sample has one of each that matters.
func sample() Dossier {
	exposure := func(id string, s sweeper.Severity, state sweeper.State, first time.Time, change func(*Exposure)) Exposure {
		e := Exposure{
			Exposure: sweeper.Exposure{ID: id + "0000000000000000"[len(id):], Kind: sweeper.Token, Confidence: sweeper.Confirmed, Severity: s, State: state, Preview: "AKIA… (20)", FirstSeen: first, LastSeen: first, Findings: 1},
			Rule:     "aws-secret-access-key", Party: "internal", Ways: []Way{{"ann@contoso.example", "joe@contoso.example"}},
			Owners: []sweeper.Ownership{{Owner: "team:cloud", State: state, Due: day(12)}},
		}
		if change != nil {
			change(&e)
		}
		return e
	}
	return Dossier{
		Organisation: "Contoso Ltd", Case: "IR-7", Written: day(20), Version: "1.0", Parties: true, Review: 3, Allowed: 2, Filters: []string{"severity low and above"},
		Exposures: []Exposure{
			exposure("a1", sweeper.Critical, sweeper.Notified, day(1), func(e *Exposure) { e.Details = map[string]string{"account": "052310077262"} }),
			exposure("b2", sweeper.High, sweeper.Open, day(2).AddDate(-1, 0, 0), func(e *Exposure) { e.Owners = nil; e.Party = "received"; e.Ways = []Way{{"", "ann@contoso.example"}} }),
			exposure("c3", sweeper.High, sweeper.Rotated, day(3), nil),
			exposure("d4", sweeper.Medium, sweeper.Reopened, time.Time{}, func(e *Exposure) { e.Kind = sweeper.Password; e.Rule = "labelled-password"; e.Owners[0].Due = day(30) }),
		},
		Runs: []Run{
			{ID: "r2", Actor: "ada@desk", Case: "IR-7", Started: day(19), Ended: day(19), Summary: sweeper.Summary{Mailboxes: 3, Messages: 1000, Bytes: 5e6, Skips: 4, NewFindings: 2, Outcome: sweeper.Completed}},
			{ID: "r1", Actor: "ada@desk", Started: day(18)},
		},
		Skips: []Skips{{"encrypted", 3, "ann@contoso.example / Inbox"}, {"too-large", 1, "a file"}},
	}
}

func written(t testing.TB, d Dossier) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	got := written(t, sample())
	path := filepath.Join("testdata", "page.html")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got; go test ./report/dossier -update writes it anew)\n%s", diff)
	}
}

func TestFigures(t *testing.T) {
	p := newPage(sample())
	if p.Open != 3 || p.Done != 1 || p.OverN != 1 || p.Reopened != 1 || p.Unowned != 1 || p.SkipN != 4 || p.Killed != 1 {
		t.Errorf("%+v", p)
	}
	var order []string
	for _, e := range p.All {
		order = append(order, e.ID[:2])
	}
	if got := strings.Join(order, " "); got != "a1 b2 d4 c3" {
		t.Errorf("in the order %s", got)
	}
	if len(p.First) != 3 || len(p.Owners) != 1 || p.Owners[0] != (ownerRow{"cloud", "team", 2, 1, 1, day(12)}) {
		t.Errorf("%+v", p.Owners)
	}
	if p.Months.Undated != 1 || p.Months.Unit != "month" || len(p.Months.Bars) != 13 {
		t.Errorf("%+v", p.Months)
	}
}

// TestNothingIsHidden: a page without findings does not say that all is well.
func TestNothingIsHidden(t *testing.T) {
	page := written(t, Dossier{Written: day(1)})
	if !strings.Contains(page, "nothing in this report says that anything is clean") {
		t.Error("it is silent about sweeps that never were")
	}
	page = written(t, sample())
	for _, words := range []string{"1 of all sweeps did not come to their end", "not ended", "4 things could not be searched", "3 more only need a look", "2 are left out by an allow-list", "severity low and above"} {
		if !strings.Contains(page, words) {
			t.Errorf("it does not say %q", words)
		}
	}
}

// TestHostileText: what a stranger wrote is text, wherever it stands.
func TestHostileText(t *testing.T) {
	for _, h := range []string{"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "\u202egnp.exe", "\x1b[31m", "https://evil.example", "javascript:alert(1)", "</style><b>", "a\r\nb"} {
		d := sample()
		d.Organisation, d.Case, d.Filters = h, h, []string{h}
		for i := range d.Exposures {
			e := &d.Exposures[i]
			e.Rule, e.Preview, e.Party, e.Ways, e.Details = h, h, h, []Way{{h, h}}, map[string]string{"user": h}
			e.Owners = []sweeper.Ownership{{Owner: "team:" + h, State: sweeper.Open}}
		}
		d.Runs[0].Actor, d.Runs[0].Case, d.Skips[0].Example = h, h, h
		page := written(t, d)
		for _, not := range []string{"<script", "<img", "<a ", "href", "src=", "\x1b", "\u202e", "</style><b>"} {
			if strings.Contains(page, not) && !strings.Contains(html.EscapeString(h), not) {
				t.Errorf("%q made %q", h, not)
			}
		}
	}
}

// TestManyYears: a line of years, where months would be too many.
func TestManyYears(t *testing.T) {
	d := sample()
	d.Exposures[0].FirstSeen = time.Date(1998, 5, 1, 0, 0, 0, 0, time.UTC)
	if p := newPage(d); p.Months.Unit != "year" || len(p.Months.Bars) != 29 {
		t.Errorf("%s, %d bars", p.Months.Unit, len(p.Months.Bars))
	}
}

// big has so many exposures, five to an owner.
func big(n int) Dossier {
	d := sample()
	d.Exposures = nil
	for i := range n {
		e := sample().Exposures[i%4]
		e.ID = fmt.Sprintf("%016x", i)
		e.FirstSeen = day(1).AddDate(0, -i%30, 0)
		e.Owners = []sweeper.Ownership{{Owner: fmt.Sprint("person:user", i/5, "@contoso.example"), State: e.State, Due: day(1 + i%30)}}
		e.Ways = []Way{{fmt.Sprint("user", i%200, "@contoso.example"), fmt.Sprint("user", i%300, "@gannet.example")}}
		d.Exposures = append(d.Exposures, e)
	}
	return d
}

// BenchmarkWrite: its time for each exposure must not grow with their number.
func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		d := big(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				written(b, d)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/exposure")
		})
	}
}

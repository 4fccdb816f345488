package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mailsweep/sweeper"
)

const planPolicy = `
organisation: {name: Contoso, domains: [contoso.example], contact: security@contoso.example, verify: "https://contoso.example/v"}
owners: {cloud: {to: cloud@contoso.example, manager: cto@contoso.example}}
routes: [{owners: cloud}]
remind: [3d, 1w]
escalate: 5d
channels: {inside: smtp}
`

func hour(day int) time.Time { return time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC) }

func cloud() Owner {
	return Owner{ID: "team:cloud", Name: "cloud", Audience: Inside, To: []string{"cloud@contoso.example"}, Manager: "cto@contoso.example"}
}

func owe(id string, state sweeper.State) Owed {
	return Owed{
		Exposure:  sweeper.Exposure{ID: id, Confidence: sweeper.Likely, Severity: sweeper.High},
		Owner:     cloud(),
		Ownership: sweeper.Ownership{Exposure: id, Owner: "team:cloud", State: state, Since: hour(1), Opened: hour(1)},
	}
}

func told(id string, round int, o Occasion, stage Stage, day int) Telling {
	t := Telling{Exposure: id, Owner: "team:cloud", Round: round, Occasion: o, Stage: stage}
	if stage == Sent {
		t.Settled = hour(day)
	}
	return t
}

// shown writes a plan: "occasion owner exposure#round …".
func shown(p Plan) string {
	var lines []string
	for _, n := range p.Notices {
		line := string(n.Occasion) + " " + n.Owner.ID
		for _, i := range n.Items {
			line += fmt.Sprint(" ", i.Exposure, "#", i.Round)
		}
		lines = append(lines, line)
	}
	for _, u := range p.Unreachable {
		lines = append(lines, fmt.Sprint("unreachable ", u.Owner.ID, " ", u.Exposures, ": ", u.Reason))
	}
	return strings.Join(lines, "; ")
}

func TestPlan(t *testing.T) {
	review := owe("x", sweeper.Open)
	review.Exposure.Confidence = sweeper.Review
	outside, nowhere := owe("x", sweeper.Open), owe("x", sweeper.Open)
	outside.Owner = Owner{ID: "customer:Gannet", Audience: Outside, To: []string{"a@gannet.example"}}
	nowhere.Owner = Owner{ID: "outside:crane.example", Audience: Inside}
	reopened, again := owe("x", sweeper.Reopened), owe("x", sweeper.Notified)
	reopened.Ownership.Opened, again.Ownership.Opened = hour(9), hour(9)
	late := owe("x", sweeper.Acknowledged)
	late.Ownership.Due = hour(4)
	open, notified := owe("x", sweeper.Open), owe("x", sweeper.Notified)
	first := told("x", 1, First, Sent, 2)
	for name, c := range map[string]struct {
		owed []Owed
		told []Telling
		day  int
		want string
	}{
		"first":                   {[]Owed{open, owe("y", sweeper.Open)}, nil, 2, "first team:cloud x#1 y#1"},
		"nothing":                 {nil, nil, 2, ""},
		"worth a look only":       {[]Owed{review}, nil, 2, ""},
		"settled":                 {[]Owed{owe("x", sweeper.Rotated), owe("y", sweeper.Dismissed), owe("z", sweeper.Accepted)}, nil, 2, ""},
		"planned":                 {[]Owed{open}, []Telling{told("x", 1, First, Planned, 0)}, 2, ""},
		"in doubt":                {[]Owed{open}, []Telling{told("x", 1, First, Doubted, 0)}, 2, ""},
		"told":                    {[]Owed{notified}, []Telling{first}, 4, ""},
		"reminded":                {[]Owed{notified}, []Telling{first}, 5, "reminder team:cloud x#2"},
		"reminded once":           {[]Owed{notified}, []Telling{first, told("x", 2, Reminder, Sent, 5)}, 6, ""},
		"reminded and escalated":  {[]Owed{notified}, []Telling{first, told("x", 2, Reminder, Sent, 5)}, 9, "escalation person:cto@contoso.example x#1; reminder team:cloud x#3"},
		"reminded enough":         {[]Owed{notified}, []Telling{first, told("x", 2, Reminder, Sent, 5), told("x", 3, Reminder, Sent, 9), {Exposure: "x", Owner: "person:cto@contoso.example", Round: 1, Occasion: Escalation, Stage: Sent, Settled: hour(9)}}, 20, ""},
		"acknowledged":            {[]Owed{owe("x", sweeper.Acknowledged)}, []Telling{first}, 6, ""},
		"acknowledged, late":      {[]Owed{late}, []Telling{first}, 6, "reminder team:cloud x#2"},
		"reopened":                {[]Owed{reopened}, []Telling{first, told("x", 2, Reminder, Sent, 5)}, 10, "first team:cloud x#3"},
		"told of the reopening":   {[]Owed{again}, []Telling{first, told("x", 2, First, Sent, 10)}, 12, ""},
		"outside, no channel":     {[]Owed{outside}, nil, 2, "unreachable customer:Gannet 1: the policy has no channel for who is outside (channels)"},
		"nobody knows an address": {[]Owed{nowhere}, nil, 2, "unreachable outside:crane.example 1: no address is known"},
	} {
		if got := shown(policy(t, planPolicy).Plan(c.owed, c.told, hour(c.day), "ada@here")); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestDue: what is worst is due first, and the notice is due with it.
func TestDue(t *testing.T) {
	critical := owe("y", sweeper.Open)
	critical.Exposure.Severity = sweeper.Critical
	p := policy(t, planPolicy).Plan([]Owed{owe("x", sweeper.Open), critical}, nil, hour(2), "ada@here")
	n := p.Notices[0]
	if n.Items[0].Exposure != "y" || !n.Items[0].Due.Equal(hour(3)) || !n.Items[1].Due.Equal(hour(5)) || !n.Due.Equal(hour(3)) || n.PlannedBy != "ada@here" {
		t.Errorf("%+v", n)
	}
}

// TestLongNoticesAreParted: each part has a reference of its own, and all are told.
func TestLongNoticesAreParted(t *testing.T) {
	var owed []Owed
	for i := range 2*mostTold + 1 {
		owed = append(owed, owe(fmt.Sprintf("x%04d", i), sweeper.Open))
	}
	seen, ids := map[string]bool{}, map[string]bool{}
	plan := policy(t, planPolicy).Plan(owed, nil, hour(2), "ada@here")
	for _, n := range plan.Notices {
		ids[n.ID] = true
		for _, i := range n.Items {
			seen[i.Exposure] = true
		}
	}
	if len(plan.Notices) != 3 || len(ids) != 3 || len(seen) != len(owed) {
		t.Errorf("%d notices, %d references, %d of %d exposures", len(plan.Notices), len(ids), len(seen), len(owed))
	}
}

func TestReferences(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		r := NewReference()
		if len(r) != 11 || seen[r] || strings.ContainsAny(r[2:], "ILOU") {
			t.Fatal(r)
		}
		seen[r] = true
	}
}

// BenchmarkPlan: its time for each exposure must not grow with their number.
func BenchmarkPlan(b *testing.B) {
	p := policy(b, planPolicy)
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var owed []Owed
			var past []Telling
			for i := range n {
				o := owe(fmt.Sprint("x", i), sweeper.Open)
				o.Owner.ID = fmt.Sprint("team:", i%(n/5))
				owed = append(owed, o)
				if i%2 == 0 {
					t := told(o.Exposure.ID, 1, First, Sent, 1)
					t.Owner = o.Owner.ID
					past = append(past, t)
				}
			}
			for b.Loop() {
				p.Plan(owed, past, hour(5), "ada@here")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/exposure")
		})
	}
}

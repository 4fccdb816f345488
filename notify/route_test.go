package notify

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mailsweep/sweeper"
)

// people is a directory for tests.
type people map[string]Person

var errDown = errors.New("the directory is down")

func (d people) Person(_ context.Context, address string) (Person, error) {
	if address == "down@contoso.example" {
		return Person{}, errDown
	}
	if p, ok := d[address]; ok {
		return p, nil
	}
	return Person{}, ErrNobody
}

func staff() people {
	return people{
		"ann@contoso.example": {Address: "ann@contoso.example", Name: "Ann Vale", Department: "Finance", Manager: "eve@contoso.example", Language: "fr"},
		"eve@contoso.example": {Address: "eve@contoso.example", Name: "Eve Holt"},
	}
}

func sighting(mailbox, from string, to ...string) sweeper.Finding {
	return sweeper.Finding{
		Rule: "labelled-password", Ref: sweeper.Ref{Mailbox: mailbox},
		Envelope: sweeper.Envelope{From: from, To: to, Received: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
	}
}

func password(all ...sweeper.Finding) Leak {
	return Leak{sweeper.Exposure{ID: "1", Kind: sweeper.Password, Severity: sweeper.Medium}, all}
}

func TestRoute(t *testing.T) {
	ann, bob := "ann@contoso.example", "Bob <bob@contoso.example>"
	aws := password(sighting(ann, bob, ann))
	aws.Sightings[0].Rule, aws.Severity = "aws-access-token", sweeper.High
	low := aws
	low.Severity = sweeper.Medium
	host := password(sighting(ann, bob, ann))
	host.Details = map[string]string{"host": "DB1.contoso.example"}
	unknownHost := password(sighting(ann, bob, ann))
	unknownHost.Details = map[string]string{"host": "other"}
	key := password(sighting("files", bob, ann))
	key.Details = map[string]string{"account": "052310077262", "host": "vpn.contoso.example"}
	for name, c := range map[string]struct {
		leak Leak
		want string // ids
		why  string // a part of the last step
	}{
		"by rule":                     {aws, "team:cloud", "line 14, cloud keys: decides"},
		"too low for the rule":        {low, "person:eve@contoso.example", "finance: decides: Eve Holt"},
		"by host":                     {host, "team:desk team:cloud", "known hosts"},
		"by a host nobody knows":      {unknownHost, "team:cloud", "known hosts"},
		"by account before host":      {key, "person:bob@contoso.example team:cloud", "known hosts"},
		"received from a customer":    {password(sighting(ann, "Max <max@gannet.example>", ann)), "customer:Gannet Ltd person:ann@contoso.example", "theirs"},
		"from below its domain":       {password(sighting(ann, "max@eu.gannet-labs.example", ann)), "customer:Gannet Ltd person:ann@contoso.example", "theirs"},
		"from somebody unknown":       {password(sighting(ann, "x@unknown.example", ann)), "person:ann@contoso.example", "theirs"},
		"sent to two customers":       {password(sighting("bob@contoso.example", bob, "a@gannet.example", "b@heron.example")), "customer:Gannet Ltd customer:Heron, Inc. person:bob@contoso.example", "theirs"},
		"by department":               {password(sighting(ann, bob, ann)), "person:eve@contoso.example", "finance"},
		"by sender":                   {password(sighting("bob@contoso.example", "Ann <ANN@contoso.example>", "bob@contoso.example")), "person:ann@contoso.example", "the rest"},
		"mail files, from nobody":     {password(sighting("files", "")), "team:desk", "the fallback is desk"},
		"two senders are none":        {password(sighting("files", "a@contoso.example, b@gannet.example")), "team:desk", "the fallback"},
		"a name that looks like ours": {password(sighting("files", `"ann@contoso.example" <x@unknown.example>`)), "team:desk", "the fallback"},
	} {
		d, err := policy(t, goodPolicy).Route(t.Context(), c.leak, staff())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var ids []string
		for _, o := range d.Owners {
			ids = append(ids, o.ID)
		}
		if got := strings.Join(ids, " "); got != c.want || !strings.Contains(d.Steps[len(d.Steps)-1], c.why) {
			t.Errorf("%s: %q, want %q; %q", name, got, c.want, d.Steps)
		}
	}
}

// TestOwnersAreWhole: what a notice needs comes with its owner.
func TestOwnersAreWhole(t *testing.T) {
	d, err := policy(t, goodPolicy).Route(t.Context(), password(sighting("ann@contoso.example", "max@gannet.example")), staff())
	if err != nil || len(d.Owners) != 2 {
		t.Fatal(d, err)
	}
	theirs, ours := d.Owners[0], d.Owners[1]
	if theirs.Audience != Outside || strings.Join(theirs.To, " ") != "security@gannet.example ciso@mail.gannet.example" || theirs.Language != "de" || theirs.Manager != "ann@contoso.example" {
		t.Errorf("%+v", theirs)
	}
	if ours.Audience != Inside || ours.Name != "Ann Vale" || ours.Language != "fr" || ours.Manager != "eve@contoso.example" || ours.To[0] != "ann@contoso.example" {
		t.Errorf("%+v", ours)
	}
}

// TestNobody: without a fallback a leak may be nobody's, and every step says why.
func TestNobody(t *testing.T) {
	p := policy(t, strings.Replace(goodPolicy, "fallback: desk\n", "", 1))
	d, err := p.Route(t.Context(), password(sighting("files", "")), NoDirectory{})
	if err != nil || d.Routed() || len(d.Steps) != 6 {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestDirectoryDown: an answer that did not come is no answer.
func TestDirectoryDown(t *testing.T) {
	_, err := policy(t, goodPolicy).Route(t.Context(), password(sighting("down@contoso.example", "")), staff())
	if !errors.Is(err, errDown) {
		t.Errorf("%v", err)
	}
}

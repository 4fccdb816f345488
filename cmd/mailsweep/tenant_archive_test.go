package main

import (
	"slices"
	"strings"
	"testing"

	"mailsweep/m365"
	"mailsweep/simulator"
)

// TestArchiveMailboxes: what lies in an archive is found once, as the archive's, and the
// primary mailboxes are as without.
func TestArchiveMailboxes(t *testing.T) {
	t.Parallel()
	set, tenant := ownRules(), small(12)
	want := calm(t, set, tenant)
	owner := owners(tenant)[0]
	archive, err := tenant.AddArchive(owner.ID)
	must(err)
	deliver(tenant, archive, simulator.Message{InternetMessageID: "<kept@contoso.example>", Subject: "kept", BodyType: "text",
		Body: "the token: glpat-" + strings.Repeat("Rt5", 5) + "Yp9m0"})
	client, server := served(t, tenant, simulator.Options{Limits: simulator.DefaultLimits()})
	p := newPipeline(t, set)
	for range 2 {
		server.ResetStats()
		src, err := client.Source(m365.SourceOptions{Tenant: tenant.ID(), Select: m365.Selection{All: true}, Recoverable: m365.Recoverable(), Archive: true})
		must(err)
		p.swept(src)
		kept(t, server.Stats())
		inArchive := func(s string) bool { return strings.Contains(s, owner.Mail+" (archive)/Inbox <kept@") }
		got := p.sightings()
		if n := len(got) - len(slices.DeleteFunc(slices.Clone(got), inArchive)); n != 1 {
			t.Errorf("%d findings in the archive, want 1", n)
		}
		same(t, "with archives", slices.DeleteFunc(got, inArchive), want)
		for _, k := range p.skips {
			if strings.Contains(k.Ref.Mailbox, "(archive)") {
				t.Errorf("skip: %+v", k)
			}
		}
	}
}

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailsweep/decode"
	"mailsweep/m365"
	"mailsweep/simulator"
	"mailsweep/sweeper"
)

// messagesOf are the ids of the messages of a mailbox.
func messagesOf(tenant *simulator.Tenant, user string) (ids []string) {
	for m := range tenant.Messages(user) {
		ids = append(ids, m.ID)
	}
	return ids
}

// owners are the accounts that have mail.
func owners(tenant *simulator.Tenant) []simulator.User {
	return slices.DeleteFunc(tenant.Users(), func(u simulator.User) bool { return len(messagesOf(tenant, u.ID)) == 0 })
}

// unrest changes a mailbox: messages and folders move, are made and renamed. Nothing of
// what had been there goes away.
func unrest(tenant *simulator.Tenant, user string, round int) {
	inbox, _ := tenant.WellKnown(user, "inbox")
	archive, _ := tenant.WellKnown(user, "archive")
	made, err := tenant.AddFolder(user, simulator.Folder{DisplayName: fmt.Sprintf("made %d", round)})
	must(err)
	for i, id := range messagesOf(tenant, user) {
		switch (i + round) % 12 {
		case 0:
			must(tenant.Move(user, id, made.ID))
		case 1:
			must(tenant.Move(user, id, inbox.ID))
		case 2:
			must(tenant.Move(user, id, archive.ID))
		case 3:
			must(tenant.MarkRead(user, id, round%2 == 0))
		}
	}
	must(tenant.RenameFolder(user, made.ID, fmt.Sprintf("renamed %d", round)))
	must(tenant.MoveFolder(user, made.ID, archive.ID))
}

// TestTenantChangesWhileSwept: what stayed in the tenant is found, each sighting once, though it
// was on the move while the sweep ran; what a sweep could not see the next one does.
func TestTenantChangesWhileSwept(t *testing.T) {
	t.Parallel()
	set, tenant := ownRules(), small(6)
	users := owners(tenant)
	leaver := users[0]
	client, server := served(t, tenant, simulator.Options{Latency: 25 * time.Millisecond})
	p := newPipeline(t, set)
	done := make(chan error, 1)
	go func() {
		_, err := p.sweep(t.Context(), everything(client, tenant))
		done <- err
	}()
	round := 0
	var err error
	for running := true; running; round++ {
		select {
		case err = <-done:
			running = false
		case <-time.After(60 * time.Millisecond):
			if server.Stats().ByRoute[deltaRoute] > 3 && leaver.ID != "" {
				must(tenant.RemoveUser(leaver.ID))
				leaver.ID = ""
			}
			for _, u := range users[1:] {
				unrest(tenant, u.ID, round)
			}
		}
	}
	if err != nil || round < 4 || leaver.ID != "" {
		t.Fatalf("after %d rounds: %v", round, err)
	}
	if !slices.ContainsFunc(p.skips, func(s sweeper.Skip) bool { return s.Ref.Mailbox == leaver.Mail && s.Reason == decode.Unreadable }) {
		t.Errorf("nothing says that %s was not covered: %v", leaver.Mail, p.skips)
	}
	p.swept(everything(client, tenant))
	stayed := slices.DeleteFunc(p.sightings(), func(s string) bool { return strings.Contains(s, leaver.Mail) })
	same(t, fmt.Sprintf("after %d rounds of unrest", round), stayed, calm(t, set, tenant))
}

// TestDeltaTokensExpire: folders are read anew; nothing is there twice, and what was
// deleted meanwhile is gone.
func TestDeltaTokensExpire(t *testing.T) {
	t.Parallel()
	set, tenant := ownRules(), small(7)
	client, server := served(t, tenant, simulator.Options{})
	p := newPipeline(t, set)
	first := p.swept(everything(client, tenant))
	before := p.sightings()
	for i, u := range owners(tenant) {
		tenant.ExpireDeltaTokens(u.ID)
		for j, id := range messagesOf(tenant, u.ID) {
			if (i+j)%3 == 0 {
				must(tenant.Delete(u.ID, id))
			}
		}
		unrest(tenant, u.ID, i)
	}
	second := p.swept(everything(client, tenant))
	if n := server.Stats().ByStatus[410]; n == 0 {
		t.Error("no token had expired")
	}
	if second.NewFindings != 0 || first.NewFindings != len(before) || second.Findings >= first.Findings {
		t.Errorf("first %+v, second %+v", first, second)
	}
	after := p.sightings()
	same(t, "after expired tokens", after, calm(t, set, tenant))
	if len(after) >= len(before) {
		t.Errorf("%d findings before, %d after: none are gone", len(before), len(after))
	}
}

// TestToldOnce: a delta token that expires in the middle of a folder makes it begin anew;
// each finding and each skip is told once all the same.
func TestToldOnce(t *testing.T) {
	t.Parallel()
	tenant := simulator.NewTenant("00000000-0000-4000-8000-000000000001", "contoso.example")
	u := tenant.AddUser(simulator.User{UserPrincipalName: "ann@contoso.example", Mail: "ann@contoso.example"})
	for i := range 250 {
		_, err := tenant.Deliver(u.ID, simulator.Message{Subject: "mail", BodyType: "text", Body: fmt.Sprintf("the token: glpat-Qw7Qw7Qw7Qw7Qw7Xz%04d", i),
			Attachments: []*simulator.Attachment{{Name: "link", SourceURL: "https://files.example/"}}})
		must(err)
	}
	client, server := served(t, tenant, simulator.Options{Faults: simulator.Faults{Script: []simulator.Scripted{
		{Match: simulator.Match{Route: "/users/{id}/mailFolders/{id}/messages/delta"}, Fault: simulator.ExpiredDelta}}}})
	p := newPipeline(t, ownRules())
	sum := p.swept(everything(client, tenant))
	if n := server.Stats().ByStatus[410]; n != 1 || sum.Messages <= 250 {
		t.Fatalf("%d tokens expired, %d messages: the folder was not begun anew", n, sum.Messages)
	}
	if sum.Findings != 250 || sum.NewFindings != 250 || sum.Skips != 250 || len(p.skips) != 250 || len(p.sightings()) != 250 {
		t.Errorf("%+v, %d skips told, %d findings kept", sum, len(p.skips), len(p.sightings()))
	}
}

// TestMessagesThenAll: what was found in a list of messages lies in its folder, so that a
// sweep of the folder finds it no second time, and finds out when it is gone.
func TestMessagesThenAll(t *testing.T) {
	t.Parallel()
	const id = "<1@contoso.example>"
	set := ownRules()
	for _, order := range []string{"list, all, delete, all", "all, list, delete, all", "list, delete, all", "all, list, all, list, move, all, list, delete, all"} {
		t.Run(order, func(t *testing.T) {
			tenant := simulator.NewTenant("00000000-0000-4000-8000-000000000001", "contoso.example")
			u := tenant.AddUser(simulator.User{UserPrincipalName: "ann@contoso.example", Mail: "ann@contoso.example"})
			m, err := tenant.Deliver(u.ID, simulator.Message{InternetMessageID: id, BodyType: "text", Body: "the token: glpat-Qw7Qw7Qw7Qw7Qw7Xz4k1"})
			must(err)
			_, err = tenant.Deliver(u.ID, simulator.Message{Subject: "another", BodyType: "text", Body: "nothing"})
			must(err)
			client, _ := served(t, tenant, simulator.Options{})
			list, err := client.Source(m365.SourceOptions{Tenant: tenant.ID(), Select: m365.Selection{All: true}, Wanted: m365.Wanted{"": {id}}})
			must(err)
			p := newPipeline(t, set)
			want, folder := 1, "Inbox"
			for i, step := range strings.Split(order, ", ") {
				switch step {
				case "list":
					p.swept(list)
				case "all":
					p.swept(everything(client, tenant))
				case "delete":
					must(tenant.Delete(u.ID, m.ID))
					want = 0
					continue
				case "move":
					archive, _ := tenant.WellKnown(u.ID, "archive")
					must(tenant.Move(u.ID, m.ID, archive.ID))
					folder = "Archive"
					continue
				}
				got := p.sightings()
				if len(got) != want || want > 0 && !strings.Contains(got[0], "ann@contoso.example/"+folder+" ") {
					t.Errorf("after step %d, %s: %v", i+1, step, got)
				}
			}
			if n := len(p.secrets()); n != 1 {
				t.Errorf("%d secrets", n)
			}
		})
	}
}

package m365

import (
	"testing"

	"mailsweep/simulator"
	"mailsweep/sweeper"
)

// TestLost: only what the service says is not there is gone.
func TestLost(t *testing.T) {
	const one = "/users/{id}/mailFolders/{id}"
	w := newTown(t)
	ada, bob := w.person("ada"), w.person("bob")
	deleted, top := w.folder(ada, simulator.Folder{DisplayName: "deleted"}), w.folder(ada, simulator.Folder{DisplayName: "top"})
	middle := w.folder(ada, simulator.Folder{DisplayName: "middle", ParentID: top.ID})
	below := w.folder(ada, simulator.Folder{DisplayName: "below", ParentID: middle.ID})
	his := w.folder(bob, simulator.Folder{DisplayName: "his"})
	for _, f := range []simulator.Folder{deleted, top, middle, below} {
		w.mail(ada, simulator.Message{Subject: "s", FolderID: f.ID})
	}
	purges, _ := w.tenant.WellKnown(ada.ID, "recoverableitemspurges")
	if err := w.tenant.RemoveFolder(ada.ID, deleted.ID); err != nil {
		t.Fatal(err)
	}
	name := "m365:" + tenantID
	of := func(u simulator.User, f simulator.Folder) sweeper.Folder {
		return sweeper.Folder{Source: name, Mailbox: u.Mail, Name: f.DisplayName, Key: u.ID + "/" + f.ID}
	}
	unlisted := simulator.Scripted{Match: simulator.Match{Route: one + "/childFolders"}, Fault: simulator.Quota, Times: -1}
	for _, c := range []struct {
		name   string
		folder sweeper.Folder
		change func(*SourceOptions)
		fault  []simulator.Scripted
		want   bool
		err    bool
		asks   int // for the folder
	}{
		{name: "listed", folder: of(ada, top)},
		{name: "deleted", folder: of(ada, deleted), want: true, asks: 1},
		{name: "below what could not be listed", folder: of(ada, below), fault: []simulator.Scripted{unlisted}, asks: 1},
		{name: "the service does not say", folder: of(ada, deleted), err: true, asks: 1,
			fault: []simulator.Scripted{{Match: simulator.Match{Route: one}, Fault: simulator.Quota, Times: -1}}},
		{name: "out of reach since", folder: of(ada, deleted), asks: 1,
			fault: []simulator.Scripted{{Match: simulator.Match{Route: one}, Fault: simulator.DeniedPolicy, Times: -1}}},
		{name: "of a mailbox that is not chosen", folder: of(bob, his), change: func(o *SourceOptions) { o.Select = Selection{Addresses: []string{ada.Mail}} }},
		{name: "recoverable items that are not chosen",
			folder: sweeper.Folder{Source: name, Mailbox: ada.Mail, Name: recoverableTop + "/Purges", Key: ada.ID + "/" + purges.ID}},
		{name: "in a sweep of some messages", folder: of(ada, deleted), change: func(o *SourceOptions) { o.Wanted = Wanted{"": {"<a@b>"}} }},
		{name: "what was found by some messages", folder: sweeper.Folder{Source: name, Mailbox: ada.Mail, Key: ada.ID + "/messages/0123"}},
		{name: "of another tenant", folder: sweeper.Folder{Source: "m365:x", Mailbox: ada.Mail, Key: ada.ID + "/" + deleted.ID}},
		{name: "of another source", folder: sweeper.Folder{Source: "files", Key: "deleted"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, server := serve(t, w.tenant, simulator.Options{Faults: simulator.Faults{Script: c.fault}})
			s := open(t, client, func(o *SourceOptions) {
				o.Recoverable = nil
				if c.change != nil {
					c.change(o)
				}
			})
			folders(t, s)
			server.ResetStats()
			got, err := s.Lost(t.Context(), c.folder)
			if got != c.want || (err != nil) != c.err {
				t.Errorf("lost %v, %v", got, err)
			}
			if n := server.Stats().ByRoute["GET "+one]; n != c.asks {
				t.Errorf("the folder was asked for %d times", n)
			}
		})
	}
}

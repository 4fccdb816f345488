package m365

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailsweep/simulator"
	"mailsweep/sweeper"
)

const settingsRoute = "/users/{id}/settings/exchange"

// cellar is a town in which ada has an archive and bob has none.
func cellar(t *testing.T) (w *town, ada simulator.User, archive string) {
	w = newTown(t)
	ada = w.person("ada")
	w.person("bob")
	archive, err := w.tenant.AddArchive(ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.mail(ada, simulator.Message{Subject: "new", InternetMessageID: "<new@contoso.example>", Received: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)})
	for subject, folder := range map[string]string{"old": "inbox", "deleted": "recoverableitemsdeletions"} {
		w.mail(simulator.User{ID: archive}, simulator.Message{Subject: subject, FolderID: folder, InternetMessageID: "<" + subject + "@contoso.example>",
			Received: time.Date(2020, 2, 1, 0, 0, 0, 0, time.UTC)})
	}
	return w, ada, archive
}

func withArchive(o *SourceOptions) { o.Archive = true }

func TestArchive(t *testing.T) {
	w, ada, archive := cellar(t)
	client, server := serve(t, w.tenant, simulator.Options{})
	const primary = "ada@contoso.example|Inbox|new"
	const old = "ada@contoso.example (archive)|Inbox|old"
	const deleted = "ada@contoso.example (archive)|Recoverable Items/Deletions|deleted"
	check := func(how string, want []string, change ...func(*SourceOptions)) {
		t.Helper()
		if d := cmp.Diff(want, subjects(t, open(t, client, change...))); d != "" {
			t.Errorf("%s: %s", how, d)
		}
	}
	check("not asked for", []string{primary})
	if stats := server.Stats(); stats.ByRoute["GET "+settingsRoute] != 0 || stats.ByMailbox[archive] != 0 {
		t.Errorf("the archive was asked for: %v", stats.ByRoute)
	}
	check("asked for", []string{old, deleted, primary}, withArchive)
	check("without recoverable items", []string{old, primary}, withArchive, func(o *SourceOptions) { o.Recoverable = nil })
	check("in a window", []string{primary}, withArchive, func(o *SourceOptions) { o.Window.Since = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC) })
	check("wanted", []string{old, primary}, withArchive, func(o *SourceOptions) {
		o.Wanted = Wanted{"ada@contoso.example": {"<old@contoso.example>", "<new@contoso.example>"}}
	})
	if _, skips := folders(t, open(t, client, withArchive)); len(skips) > 0 {
		t.Errorf("skips: %v", skips)
	}

	// Later sweeps, in processes of their own, read only what has changed.
	at := func() sweeper.Folder {
		all, _ := folders(t, open(t, client, withArchive))
		return all[slices.IndexFunc(all, func(f sweeper.Folder) bool { return archival(f.Mailbox) && f.Name == "Inbox" })]
	}
	have := new(follower)
	have.follow(t, open(t, client, withArchive), at())
	w.mail(simulator.User{ID: archive}, simulator.Message{Subject: "later"})
	have.follow(t, open(t, client, withArchive), at())
	if len(have.came) != 1 {
		t.Errorf("%d messages in a later sweep of the archive, want 1", len(have.came))
	}
	if key := at().Key; !strings.HasPrefix(key, archive+"/") {
		t.Errorf("the archive's folder is kept as %q", key)
	}
	if client.t.limits.box(archive) == client.t.limits.box(ada.ID) {
		t.Error("archive and primary share one limit")
	}
}

// TestArchiveRefused: what cannot be read of an archive is told, and keeps nothing else
// from being read.
func TestArchiveRefused(t *testing.T) {
	w, _, archive := cellar(t)
	for _, c := range []struct {
		name string
		at   simulator.Match
		with simulator.Fault
	}{
		{"User.Read.All is missing", simulator.Match{Route: settingsRoute}, simulator.DeniedDirectory},
		{"settings are not there", simulator.Match{Route: settingsRoute}, simulator.DirectoryGone},
		{"no such mailbox", simulator.Match{Mailbox: archive}, simulator.NotEnabled},
		{"refused", simulator.Match{Mailbox: archive}, simulator.Denied},
		{"unsupported", simulator.Match{Mailbox: archive}, simulator.NotSupported},
		{"an auxiliary archive", simulator.Match{Mailbox: archive, Route: "/users/{id}/mailFolders/{id}/messages/delta"}, simulator.FolderGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, _ := serve(t, w.tenant, simulator.Options{Faults: simulator.Faults{Script: []simulator.Scripted{{Match: c.at, Fault: c.with, Times: -1}}}})
			s := open(t, client, withArchive, func(o *SourceOptions) { o.Recoverable = nil })
			all, skips := folders(t, s)
			read := 0
			for _, f := range all {
				for p, err := range s.Changes(t.Context(), f, nil) {
					if err != nil {
						var skip *sweeper.Skip
						if !errors.As(err, &skip) {
							t.Fatal(err)
						}
						skips = append(skips, skip)
						continue
					}
					read += len(p.Messages)
				}
			}
			told := map[string]bool{}
			for _, k := range skips {
				if k.Ref.Source != s.name || !strings.Contains(k.Skip.Detail, "not covered") || !strings.Contains(k.Skip.Detail, "experimental") {
					t.Errorf("skip: %+v", k)
				}
				told[k.Ref.Mailbox] = true
			}
			if !told["ada@contoso.example (archive)"] || read != 1 {
				t.Errorf("%d messages were read, and the skips are for %v", read, told)
			}
		})
	}
}

package m365

import (
	"slices"
	"testing"

	"mailsweep/simulator"
)

const childrenRoute = "GET /users/{id}/mailFolders/{id}/childFolders"

// TestHiddenBelowVisible: a folder that shows no children may have hidden ones. It is
// asked for them, unless the mailbox has shown that they count.
func TestHiddenBelowVisible(t *testing.T) {
	gone := simulator.Scripted{Match: simulator.Match{Route: "/users/{id}/mailFolders/{id}"}, Fault: simulator.FolderGone, Times: -1}
	// Asked in the batch, then by itself; without $expand it goes well.
	refused := simulator.Scripted{Match: simulator.Match{Route: "/users/{id}/mailFolders"}, Fault: simulator.NotSupported, Times: 2}
	for _, c := range []struct {
		name    string
		visible bool
		script  []simulator.Scripted
		most    int // folders that are asked for their children; 0: all
	}{
		{name: "hidden ones count", most: 1}, // those of the folders at the top came with them
		{name: "the folders below do not come along", most: 1, script: []simulator.Scripted{refused}},
		{name: "only visible ones count", visible: true},
		{name: "the root is not given", script: []simulator.Scripted{gone}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTown(t)
			u := w.person("ada")
			leaf := w.folder(u, simulator.Folder{DisplayName: "Leaf"})
			hidden := w.folder(u, simulator.Folder{DisplayName: "Hidden", ParentID: leaf.ID, Hidden: true})
			deep := w.folder(u, simulator.Folder{DisplayName: "Deep", ParentID: hidden.ID, Hidden: true})
			w.mail(u, simulator.Message{Subject: "s", FolderID: deep.ID})
			client, server := serve(t, w.tenant, simulator.Options{VisibleChildren: c.visible, Faults: simulator.Faults{Script: c.script}})
			s := open(t, client)
			if got := subjects(t, s); !slices.Equal(got, []string{"ada@contoso.example|Leaf/Hidden/Deep|s"}) {
				t.Errorf("read %v", got)
			}
			server.ResetStats()
			all, _ := folders(t, open(t, client))
			most := c.most
			if most == 0 {
				most = len(all)
			}
			if asked := server.Stats().ByRoute[childrenRoute]; asked != most {
				t.Errorf("%d of %d folders were asked for their children, want %d", asked, len(all), most)
			}
		})
	}
}

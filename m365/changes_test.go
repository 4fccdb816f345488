package m365

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailsweep/decode"
	"mailsweep/simulator"
	"mailsweep/sweeper"
)

// inbox gives the inbox of the only mailbox.
func inbox(t testing.TB, s *Source) sweeper.Folder {
	t.Helper()
	all, _ := folders(t, s)
	for _, f := range all {
		if f.Name == "Inbox" {
			return f
		}
	}
	t.Fatal("there is no inbox")
	return sweeper.Folder{}
}

// follower keeps what pages say, as the Store does.
type follower struct {
	have  map[string]bool // ids
	next  sweeper.Cursor
	came  []string
	reset int
}

func (f *follower) follow(t testing.TB, s *Source, folder sweeper.Folder) {
	t.Helper()
	if f.have == nil {
		f.have = map[string]bool{}
	}
	f.came = nil
	for _, p := range pages(t.Context(), t, s, folder, f.next) {
		if p.Reset {
			f.reset++
			clear(f.have)
		}
		for _, k := range p.Gone {
			_, id, _ := strings.Cut(k, "/")
			delete(f.have, id)
		}
		for _, m := range p.Messages {
			f.have[m.Ref.ID] = true
			f.came = append(f.came, m.Ref.ID)
		}
		f.next = p.Next
	}
	slices.Sort(f.came)
}

// TestLaterSweepsReadOnlyChanges: and a read flag is none.
func TestLaterSweepsReadOnlyChanges(t *testing.T) {
	w := newTown(t)
	u := w.person("ada")
	var ids []string
	for i := range 250 {
		ids = append(ids, w.mail(u, simulator.Message{Subject: fmt.Sprint(i)}).ID)
	}
	client, server := serve(t, w.tenant, simulator.Options{})
	s := open(t, client)
	f := inbox(t, s)
	var have follower
	have.follow(t, s, f)
	if len(have.have) != 250 || have.reset != 1 {
		t.Fatalf("%d messages, %d resets", len(have.have), have.reset)
	}
	server.ResetStats()
	have.follow(t, s, f)
	if n := server.Stats().Requests; len(have.came) > 0 || n != 1 {
		t.Errorf("without changes %d messages came in %d requests", len(have.came), n)
	}
	archive, _ := w.tenant.WellKnown(u.ID, "archive")
	for _, err := range []error{
		w.tenant.MarkRead(u.ID, ids[0], true), w.tenant.Delete(u.ID, ids[1]), w.tenant.Move(u.ID, ids[2], archive.ID),
		w.tenant.Update(u.ID, ids[3], func(m *simulator.Message) { m.Body = "changed" }),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	fresh := w.mail(u, simulator.Message{Subject: "new"}).ID
	have.follow(t, s, f)
	want := []string{ids[3], fresh}
	slices.Sort(want)
	if d := cmp.Diff(want, have.came); d != "" {
		t.Errorf("came: %s", d)
	}
	if have.have[ids[1]] || have.have[ids[2]] || !have.have[ids[0]] || have.reset != 1 {
		t.Error("what went is not gone, or what stayed is")
	}
	// Where it went, it has the same key.
	all, _ := folders(t, s)
	for _, f := range all {
		if f.Name != "Archive" {
			continue
		}
		for _, p := range pages(t.Context(), t, s, f, nil) {
			if len(p.Messages) != 1 || p.Messages[0].Ref.Key != u.ID+"/"+ids[2] {
				t.Errorf("archive: %+v", p.Messages)
			}
		}
	}
}

// TestExpiredDelta: whatever the service says when it has forgotten a token, the folder
// is read anew, nothing is lost and nothing stays that is gone.
func TestExpiredDelta(t *testing.T) {
	for _, fault := range []simulator.Fault{"", simulator.ExpiredDelta, simulator.ResyncRequired, simulator.BadToken} {
		t.Run(string(fault), func(t *testing.T) {
			w := newTown(t)
			u := w.person("ada")
			var ids []string
			for i := range 120 {
				ids = append(ids, w.mail(u, simulator.Message{Subject: fmt.Sprint(i)}).ID)
			}
			client, _ := serve(t, w.tenant, simulator.Options{})
			s := open(t, client)
			s.firstPage = 30
			f := inbox(t, s)
			var have follower
			have.follow(t, s, f)
			if err := w.tenant.Delete(u.ID, ids[7]); err != nil {
				t.Fatal(err)
			}
			var o simulator.Options
			if fault == "" {
				w.tenant.ExpireDeltaTokens("")
			} else {
				o.Faults.Script = []simulator.Scripted{{Match: simulator.Match{Route: "/users/{id}/mailFolders/{id}/messages/delta"}, Fault: fault}}
			}
			client, _ = serve(t, w.tenant, o)
			s = open(t, client)
			have.follow(t, s, f)
			if len(have.have) != 119 || have.have[ids[7]] || have.reset != 2 {
				t.Errorf("%d messages, %d resets", len(have.have), have.reset)
			}
		})
	}
}

// TestWanted: only the messages that a list names are read, wherever they lie; what is
// nowhere is said.
func TestWanted(t *testing.T) {
	w := newTown(t)
	u, v := w.person("ada"), w.person("bob")
	folder := w.folder(u, simulator.Folder{DisplayName: "Projekte"})
	deleted, _ := w.tenant.WellKnown(u.ID, "recoverableitemsdeletions")
	for i := range 200 {
		m := simulator.Message{Subject: fmt.Sprint(i), InternetMessageID: fmt.Sprintf("<%d@x.example>", i)}
		switch {
		case i == 7:
			m.FolderID = folder.ID
		case i == 8:
			m.FolderID = deleted.ID
		}
		w.mail(u, m)
		w.mail(v, simulator.Message{Subject: "bob's", InternetMessageID: m.InternetMessageID})
	}
	client, server := serve(t, w.tenant, simulator.Options{})
	wanted := Wanted{"ada@contoso.example": {"<gone@x.example>"}}
	for i := range 25 {
		wanted["ada@contoso.example"] = append(wanted["ada@contoso.example"], fmt.Sprintf("<%d@x.example>", i))
	}
	wanted[""] = []string{"<150@x.example>"}
	s := open(t, client, func(o *SourceOptions) { o.Wanted = wanted })
	got := subjects(t, s)
	if len(got) != 27 || !slices.Contains(got, "ada@contoso.example|Projekte|7") ||
		!slices.Contains(got, "ada@contoso.example|Recoverable Items/Deletions|8") || !slices.Contains(got, "bob@contoso.example||bob's") && !slices.Contains(got, "bob@contoso.example|Inbox|bob's") {
		t.Errorf("%d: %q", len(got), got)
	}
	var skips []string
	all, _ := folders(t, s)
	for _, f := range all {
		for _, p := range pages(t.Context(), t, s, f, nil) {
			if p.Reset {
				t.Error("a walk through a list says that other mail is gone")
			}
			for _, k := range p.Skips {
				skips = append(skips, k.Ref.InternetMessageID+" "+string(k.Reason))
			}
		}
	}
	if d := cmp.Diff([]string{"<gone@x.example> " + string(decode.Gone)}, skips); d != "" {
		t.Errorf("skips: %s", d)
	}
	for route, n := range server.Stats().ByRoute {
		if strings.Contains(route, "delta") || strings.Contains(route, "messages/{id}") {
			t.Errorf("%d × %s", n, route)
		}
	}
}

// TestEmptyFoldersCostNothing: also not when they were not empty before.
func TestEmptyFoldersCostNothing(t *testing.T) {
	w := newTown(t)
	u := w.person("ada")
	m := w.mail(u, simulator.Message{Subject: "s"})
	client, server := serve(t, w.tenant, simulator.Options{})
	s := open(t, client)
	sweep := func(have map[string]*follower) {
		t.Helper()
		server.ResetStats()
		all, _ := folders(t, s)
		for _, f := range all {
			if have[f.Key] == nil {
				have[f.Key] = new(follower)
			}
			have[f.Key].follow(t, s, f)
		}
	}
	deltas := func() int {
		return server.Stats().ByRoute["GET /users/{id}/mailFolders/{id}/messages/delta"]
	}
	have := map[string]*follower{}
	key := u.ID + "/" + m.FolderID
	sweep(have)
	if len(have[key].have) != 1 || deltas() != 1 {
		t.Errorf("%d deltas for one folder with mail", deltas())
	}
	sweep(have)
	if deltas() != 1 {
		t.Errorf("%d deltas in an unchanged sweep", deltas())
	}
	if err := w.tenant.Delete(u.ID, m.ID); err != nil {
		t.Fatal(err)
	}
	sweep(have)
	sweep(have)
	if len(have[key].have) != 0 {
		t.Error("what was deleted stayed")
	}
	w.mail(u, simulator.Message{Subject: "again"})
	sweep(have)
	if len(have[key].have) != 1 {
		t.Error("what came into the empty folder was not read")
	}
}

// TestPageSizes: a page that the service cannot give is asked for in smaller ones, by delta
// and by lists.
func TestPageSizes(t *testing.T) {
	const lists = "/users/{id}/mailFolders/{id}/messages"
	for route, window := range map[string]sweeper.Window{lists + "/delta": {}, lists: {Since: time.Unix(0, 0)}} {
		for name, c := range map[string]struct {
			faults simulator.Faults
			come   int // how many faults there must be, at least
		}{
			"504":       {simulator.Faults{MaxEntries: 7}, 4},
			"cut":       {simulator.Faults{Script: []simulator.Scripted{{Match: simulator.Match{Route: route}, Fault: simulator.TruncatedValue, Times: 4}}}, 4},
			"cut later": {simulator.Faults{Script: []simulator.Scripted{{Match: simulator.Match{Route: route, Nth: 2}, Fault: simulator.TruncatedMiddle, Times: 3}}}, 3},
			"short":     {simulator.Faults{Rates: map[simulator.Fault]float64{simulator.ShortPage: .5, simulator.EmptyPage: .3}}, 0},
			"replays":   {simulator.Faults{Rates: map[simulator.Fault]float64{simulator.Replay: .5, simulator.Duplicate: .5}}, 0},
		} {
			t.Run(name+" "+route, func(t *testing.T) {
				w := newTown(t)
				u := w.person("ada")
				for i := range 300 {
					w.mail(u, simulator.Message{Subject: fmt.Sprint(i)})
				}
				client, server := serve(t, w.tenant, simulator.Options{Faults: c.faults})
				s := open(t, client, func(o *SourceOptions) { o.Window = window })
				var have follower
				have.follow(t, s, inbox(t, s))
				if len(have.have) != 300 {
					t.Errorf("%d messages", len(have.have))
				}
				stats := server.Stats()
				n := stats.ByStatus[504]
				for _, k := range stats.Faults {
					n += k
				}
				if n < c.come {
					t.Errorf("%d faults came, want %d: the test looks at nothing", n, c.come)
				}
			})
		}
	}
}

// TestForeignLinks: a link to another host is never followed, and the sweep of the tenant
// ends.
func TestForeignLinks(t *testing.T) {
	w := newTown(t)
	u := w.person("ada")
	for i := range 300 {
		w.mail(u, simulator.Message{Subject: fmt.Sprint(i)})
	}
	client, _ := serve(t, w.tenant, simulator.Options{Faults: simulator.Faults{Script: []simulator.Scripted{{
		Match: simulator.Match{Route: "/users/{id}/mailFolders/{id}/messages/delta"}, Fault: simulator.ForeignLink}}}})
	s := open(t, client)
	for p, err := range s.Changes(t.Context(), inbox(t, s), nil) {
		if err == nil {
			p.Release()
			continue
		}
		if !strings.Contains(err.Error(), "another host") {
			t.Errorf("%v", err)
		}
		return
	}
	t.Error("the link was followed")
}

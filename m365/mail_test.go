package m365

import (
	"archive/zip"
	"bytes"
	"errors"
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

// town is a tenant to which a test adds people and mail.
type town struct {
	t      testing.TB
	tenant *simulator.Tenant
}

func newTown(t testing.TB) *town {
	return &town{t, simulator.NewTenant(tenantID, "contoso.example")}
}

func (w *town) person(name string, change ...func(*simulator.User)) simulator.User {
	u := simulator.User{UserPrincipalName: name + "@contoso.example", Mail: name + "@contoso.example", DisplayName: name, UserType: "Member", Purpose: simulator.UserMailbox}
	for _, f := range change {
		f(&u)
	}
	return w.tenant.AddUser(u)
}

func (w *town) mail(u simulator.User, m simulator.Message) simulator.Message {
	w.t.Helper()
	if m.BodyType == "" {
		m.BodyType = "text"
	}
	m, err := w.tenant.Deliver(u.ID, m)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// folder makes a folder; parent "" is the top.
func (w *town) folder(u simulator.User, f simulator.Folder) simulator.Folder {
	w.t.Helper()
	f, err := w.tenant.AddFolder(u.ID, f)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// folders lists all folders of all mailboxes, and the Skips met.
func folders(t testing.TB, s *Source) (all []sweeper.Folder, skips []*sweeper.Skip) {
	t.Helper()
	note := func(err error) {
		var skip *sweeper.Skip
		if !errors.As(err, &skip) {
			t.Fatal(err)
		}
		skips = append(skips, skip)
	}
	for m, err := range s.Mailboxes(t.Context()) {
		if err != nil {
			note(err)
			continue
		}
		for f, err := range s.Folders(t.Context(), m) {
			if err != nil {
				note(err)
				continue
			}
			all = append(all, f)
		}
	}
	return all, skips
}

// subjects reads all mail: "mailbox|folder|subject", sorted.
func subjects(t testing.TB, s *Source) []string {
	t.Helper()
	var all []string
	fs, _ := folders(t, s)
	for _, f := range fs {
		for _, p := range pages(t.Context(), t, s, f, nil) {
			for _, m := range p.Messages {
				mail, err := m.Open(t.Context(), decode.NewBudget(decode.DefaultLimits(), -1))
				if err != nil {
					t.Fatal(err)
				}
				folder := f.Name
				if m.Ref.Folder != "" {
					folder = m.Ref.Folder
				}
				all = append(all, f.Mailbox+"|"+folder+"|"+mail.Header.Subject)
			}
		}
	}
	slices.Sort(all)
	return all
}

// inboxMail reads the only message of the only mailbox's inbox.
func inboxMail(t testing.TB, s *Source) (sweeper.Message, decode.Result) {
	t.Helper()
	fs, _ := folders(t, s)
	for _, f := range fs {
		for _, p := range pages(t.Context(), t, s, f, nil) {
			for _, m := range p.Messages {
				return m, read(t, m)
			}
		}
	}
	t.Fatal("there is no mail")
	return sweeper.Message{}, decode.Result{}
}

// texts are the texts by path, but for the names of files; those of one path are joined.
func texts(r decode.Result) map[string]string {
	all := map[string]string{}
	for _, x := range r.Texts {
		if x.View == decode.Head && strings.ContainsAny(x.Path[:1], "123456789") {
			continue
		}
		all[x.Path] += x.Body
	}
	return all
}

func zipped(t testing.TB, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create(name)
	if err == nil {
		_, err = f.Write([]byte(content))
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestEveryPlace: what a message consists of is read, each with its path.
func TestEveryPlace(t *testing.T) {
	w := newTown(t)
	u := w.person("ada")
	inner := &simulator.Message{Subject: "inner", BodyType: "text", Body: "body of the attached mail",
		Attachments: []*simulator.Attachment{{Name: "deep.txt", ContentType: "text/plain", Content: []byte("text of the deep file")}}}
	w.mail(u, simulator.Message{
		Subject: "Zugänge", BodyType: "html", Body: `<p>Hello <a href="https://x.example/?key=in-an-attribute">here</a> <img src="cid:pic"><!-- in a comment --></p>`,
		From: simulator.Address{Name: "Bob, \"B\"", Address: "bob@fabrikam.example"}, To: []simulator.Address{{Name: "Ada", Address: "ada@contoso.example"}, {Address: "c@contoso.example"}},
		Cc: []simulator.Address{{Name: "D", Address: "d@contoso.example"}}, Bcc: []simulator.Address{{Address: "hidden@contoso.example"}},
		Headers:    []simulator.Header{{Name: "X-Deploy-Token", Value: "=?utf-8?q?in=2Da=2Dheader?="}, {Name: "Received", Value: "from nowhere"}, {Name: "Subject", Value: "twice"}},
		Categories: []string{"in a category"}, Received: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), InternetMessageID: "<a@fabrikam.example>", ConversationID: "thread",
		Attachments: []*simulator.Attachment{
			{Name: "config.env", ContentType: "text/plain; charset=utf-8", Content: []byte("text of the file")},
			{Name: "a.zip", ContentType: "application/zip", Content: zipped(t, "prod/b.txt", "text in the archive")},
			{Name: "forwarded", Item: inner},
			{Name: "plan.docx", SourceURL: "https://contoso.sharepoint.com/sites/x/plan.docx?secret=hunter2hunter2"},
			{Name: "pic.txt", ContentType: "text/plain", Inline: true, ContentID: "pic", Content: []byte("text of the inline part")},
			{Name: "empty.txt", ContentType: "text/plain", Content: []byte{}},
		},
	})
	client, _ := serve(t, w.tenant, simulator.Options{})
	m, r := inboxMail(t, open(t, client))
	got := texts(r)
	for path, want := range map[string]string{
		"subject": "Zugänge", "from": "bob@fabrikam.example", "bcc": "hidden@contoso.example", "keywords": "in a category",
		"x-deploy-token": "in-a-header", "1": "Hello", "2/config.env": "text of the file", "3/a.zip!prod/b.txt": "text in the archive",
		"4/forwarded!1": "body of the attached mail", "4/forwarded!2/deep.txt": "text of the deep file", "6/pic.txt": "text of the inline part",
	} {
		if !strings.Contains(got[path], want) {
			t.Errorf("%s is %q, want %q in it", path, got[path], want)
		}
	}
	for _, want := range []string{"in-an-attribute", "in a comment"} {
		if !strings.Contains(got["1"], want) {
			t.Errorf("%q is not searched", want)
		}
	}
	if _, ok := got["received"]; ok {
		t.Error("fields that only route are searched")
	}
	var skips []string
	for _, s := range r.Skips {
		skips = append(skips, s.Error())
	}
	if want := []string{"5/plan.docx: unsupported (a link to a file that is kept elsewhere)"}; !cmp.Equal(want, skips) {
		t.Errorf("skips: %q", skips)
	}
	// Only the beta version tells where.
	if got := hostOf(file{SourceURL: "https://contoso.sharepoint.com/sites/x?secret=hunter2hunter2"}); got != ", at contoso.sharepoint.com" {
		t.Errorf("host: %q", got)
	}
	ref := m.Ref
	if ref.Source != "m365:"+tenantID || ref.Mailbox != u.Mail || ref.Folder != "Inbox" || ref.InternetMessageID != "<a@fabrikam.example>" || ref.Thread != "thread" || ref.Key != u.ID+"/"+ref.ID {
		t.Errorf("ref: %+v", ref)
	}
}

// TestLargeAttachments: they are read as they are, not inside JSON, and what is beyond
// the bound is a Skip.
func TestLargeAttachments(t *testing.T) {
	w := newTown(t)
	u := w.person("ada")
	large := append(bytes.Repeat([]byte("0123456789abcde\n"), 1<<19), "at the end"...) // 8 MiB
	huge := bytes.Repeat([]byte("0123456789abcde\n"), (mostFiles+1<<20)/16)
	w.mail(u, simulator.Message{Subject: "s", Attachments: []*simulator.Attachment{
		{Name: "large.log", ContentType: "text/plain", Content: large},
		{Name: "huge.log", ContentType: "text/plain", Content: huge},
		{Name: "small.txt", ContentType: "text/plain", Content: []byte("small")},
	}})
	client, server := serve(t, w.tenant, simulator.Options{})
	_, r := inboxMail(t, open(t, client))
	got := texts(r)
	if !strings.HasSuffix(got["2/large.log"], "at the end") || got["4/small.txt"] != "small" {
		t.Errorf("%d bytes of large.log, small is %q", len(got["2/large.log"]), got["4/small.txt"])
	}
	if !slices.ContainsFunc(r.Skips, func(s decode.Skip) bool { return s.Path == "3/huge.log" && s.Reason == decode.Oversized }) {
		t.Errorf("skips: %v", r.Skips)
	}
	if n := server.Stats().ByRoute["GET /users/{id}/messages/{id}/attachments/{id}/$value"]; n != 3 {
		t.Errorf("%d attachments were read by themselves", n)
	}
}

// TestScanning: an attachment that is still being scanned is asked for again, and when
// that takes too long it is a Skip, never an empty file.
func TestScanning(t *testing.T) {
	for reads, want := range map[int]string{1: "content", 99: ""} {
		t.Run(fmt.Sprint(reads), func(t *testing.T) {
			w := newTown(t)
			u := w.person("ada")
			w.mail(u, simulator.Message{Subject: "s", Attachments: []*simulator.Attachment{{Name: "a.txt", ContentType: "text/plain", Content: []byte("content"), Scanning: reads}}})
			client, _ := serve(t, w.tenant, simulator.Options{})
			s := open(t, client)
			s.scanWaits = []time.Duration{time.Millisecond, time.Millisecond}
			_, r := inboxMail(t, s)
			if got := texts(r)["2/a.txt"]; got != want {
				t.Errorf("got %q", got)
			}
			if skipped := slices.ContainsFunc(r.Skips, func(s decode.Skip) bool { return strings.Contains(s.Detail, "scanning") }); skipped != (want == "") {
				t.Errorf("skips: %v", r.Skips)
			}
		})
	}
}

func TestFolders(t *testing.T) {
	w := newTown(t)
	u := w.person("ada")
	a := w.folder(u, simulator.Folder{DisplayName: "Projekte"})
	b := w.folder(u, simulator.Folder{DisplayName: "Été", ParentID: a.ID})
	c := w.folder(u, simulator.Folder{DisplayName: "Deep", ParentID: b.ID})
	hidden := w.folder(u, simulator.Folder{DisplayName: "Hidden", ParentID: c.ID, Hidden: true})
	for i := range 60 {
		w.folder(u, simulator.Folder{DisplayName: fmt.Sprintf("Folder %d", i), ParentID: b.ID})
	}
	search := w.folder(u, simulator.Folder{DisplayName: "Search", Search: true})
	w.mail(u, simulator.Message{Subject: "hidden", FolderID: hidden.ID})
	w.mail(u, simulator.Message{Subject: "deep", FolderID: c.ID})
	for _, name := range []string{"recoverableitemsdeletions", "purges", "versions", "discoveryholds"} {
		if f, ok := w.tenant.WellKnown(u.ID, name); ok {
			w.mail(u, simulator.Message{Subject: name, FolderID: f.ID})
		}
	}
	for _, visible := range []bool{false, true} {
		client, _ := serve(t, w.tenant, simulator.Options{VisibleChildren: visible})
		s := open(t, client, func(o *SourceOptions) { o.Recoverable = Recoverable() })
		got := subjects(t, s)
		want := []string{
			"ada@contoso.example|Projekte/Été/Deep/Hidden|hidden", "ada@contoso.example|Projekte/Été/Deep|deep",
			"ada@contoso.example|Recoverable Items/Deletions|recoverableitemsdeletions", "ada@contoso.example|Recoverable Items/DiscoveryHolds|discoveryholds",
			"ada@contoso.example|Recoverable Items/Purges|purges", "ada@contoso.example|Recoverable Items/Versions|versions",
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		all, _ := folders(t, s)
		if len(all) < 70 || slices.ContainsFunc(all, func(f sweeper.Folder) bool { return strings.HasSuffix(f.Key, search.ID) }) {
			t.Errorf("%d folders: %v", len(all), all)
		}
		some := open(t, client, func(o *SourceOptions) { o.Match = func(_, folder string) bool { return folder == "Projekte" } })
		if all, _ := folders(t, some); len(all) != 1 {
			t.Errorf("chosen: %v", all)
		}
	}
}

func TestMailboxes(t *testing.T) {
	w := newTown(t)
	ada, bob := w.person("ada"), w.person("bob", func(u *simulator.User) { u.Purpose = simulator.SharedMailbox })
	eve := w.person("eve", func(u *simulator.User) { u.Purpose = simulator.RoomMailbox; u.Department = "rooms" })
	w.person("guest", func(u *simulator.User) { u.UserType = "Guest"; u.Mailbox = simulator.Unlicensed })
	w.person("alias", func(u *simulator.User) { u.UserPrincipalName = "other-name@contoso.example" })
	for name, state := range map[string]simulator.MailboxState{"unlicensed": simulator.Unlicensed, "deleted": simulator.SoftDeleted, "onprem": simulator.OnPremises, "policy": simulator.OutOfScope} {
		w.person(name, func(u *simulator.User) { u.Mailbox = state })
	}
	inner := w.tenant.AddGroup(simulator.Group{DisplayName: "Inner", Members: []string{bob.ID}})
	w.tenant.AddGroup(simulator.Group{DisplayName: "Outer", Mail: "outer@contoso.example", Members: []string{ada.ID, inner.ID}})
	_ = eve
	client, _ := serve(t, w.tenant, simulator.Options{})
	for name, c := range map[string]struct {
		pick Selection
		want string
	}{
		"all":                         {Selection{All: true}, "ada alias bob eve !deleted !onprem !policy !unlicensed"},
		"all but":                     {Selection{All: true, Exclude: []string{"B*@contoso.example", "?nprem@*"}}, "ada alias eve !deleted !policy !unlicensed"},
		"all but a group":             {Selection{All: true, ExcludeGroups: []string{"Outer"}}, "alias eve !deleted !onprem !policy !unlicensed"},
		"of all some":                 {Selection{All: true, Only: []string{"a*"}}, "ada alias"},
		"a pattern of nobody":         {Selection{All: true, Only: []string{"a*", "other-*", "zoe*"}}, "ada alias !zoe*"},
		"a guest":                     {Selection{Addresses: []string{"ada@contoso.example", "guest@contoso.example"}}, "ada !guest"},
		"addresses":                   {Selection{Addresses: []string{"ada@contoso.example", "ADA@contoso.example", "alias@contoso.example", "nobody@contoso.example", "policy@contoso.example"}}, "ada alias !nobody !policy"},
		"a group and its groups":      {Selection{Groups: []string{"outer@contoso.example"}}, "ada bob"},
		"a filter":                    {Selection{Filter: "department eq 'rooms'"}, "eve"},
		"an address that is excluded": {Selection{Addresses: []string{"ada@contoso.example"}, Exclude: []string{"ada*"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, client, func(o *SourceOptions) { o.Select = c.pick })
			all, skips := folders(t, s)
			names := map[string]bool{}
			for _, f := range all {
				names[strings.TrimSuffix(f.Mailbox, "@contoso.example")] = true
			}
			var got []string
			for n := range names {
				got = append(got, n)
			}
			slices.Sort(got)
			var not []string
			for _, s := range skips {
				if s.Reason != decode.Unreadable || !strings.Contains(s.Detail, "not covered") {
					t.Errorf("skip: %v", s)
				}
				not = append(not, "!"+strings.TrimSuffix(s.Ref.Mailbox, "@contoso.example"))
			}
			slices.Sort(not)
			if got := strings.Join(append(got, not...), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for _, bad := range []Selection{{}, {All: true, Filter: "x"}} {
		if _, err := client.Source(SourceOptions{Select: bad}); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	s := open(t, client, func(o *SourceOptions) { o.Select = Selection{Groups: []string{"nobody's"}} })
	for _, err := range s.Mailboxes(t.Context()) {
		if err == nil || !strings.Contains(err.Error(), `no group "nobody's"`) {
			t.Errorf("an unknown group: %v", err)
		}
	}
}

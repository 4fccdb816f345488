package mailfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailsweep/decode"
	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// named shows a message as "mailbox | folder | id".
func named(r sweeper.Ref) string { return r.Mailbox + " | " + r.Folder + " | " + r.ID }

// names lists all messages of some roots, sorted.
func names(t *testing.T, opts mailfile.Options, roots ...string) []string {
	t.Helper()
	messages, _ := everything(t, opts, roots...)
	var all []string
	for _, m := range messages {
		all = append(all, named(m.Ref))
	}
	slices.Sort(all)
	return all
}

func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// tree is a directory with one of everything.
func tree(t *testing.T) string {
	root := filepath.Join(t.TempDir(), "export")
	two := separator + letter("a") + "\n" + separator + letter("b")
	write(t, filepath.Join(root, "top.eml"), letter("top"))
	write(t, filepath.Join(root, "2024.mbox"), two)
	write(t, filepath.Join(root, "ann", "1.eml"), letter("one"))
	write(t, filepath.Join(root, "ann", "projects", "x", "2"), letter("two"))
	write(t, filepath.Join(root, "ann", "projects", "archive"), two)
	write(t, filepath.Join(root, "bob", "cur", "1.host:2,S"), letter("read"))
	write(t, filepath.Join(root, "bob", "new", "2.host"), letter("unread"))
	write(t, filepath.Join(root, "bob", "tmp", "3.host"), letter("coming"))
	write(t, filepath.Join(root, "bob", ".Entw&APw-rfe.2024", "cur", "4.host!2,"), letter("draft"))
	write(t, filepath.Join(root, "bob", ".Entw&APw-rfe.2024", "new", "5.host"), letter("draft"))
	write(t, filepath.Join(root, "cyd", "Maildir", "cur", "6.host;2,RS"), letter("deep"))
	write(t, filepath.Join(root, "cyd", "Maildir", "new", "7.host"), separator+letter("with a separator"))
	return root
}

func TestNames(t *testing.T) {
	root := tree(t)
	bobs := func(mailbox, prefix string) []string {
		return []string{
			mailbox + " | Entwürfe/2024 | " + prefix + ".Entw&APw-rfe.2024/cur/4.host!2,",
			mailbox + " | Entwürfe/2024 | " + prefix + ".Entw&APw-rfe.2024/new/5.host",
			mailbox + " | INBOX | " + prefix + "cur/1.host:2,S",
			mailbox + " | INBOX | " + prefix + "new/2.host",
			mailbox + " | INBOX | " + prefix + "tmp/3.host",
		}
	}
	for given, want := range map[string][]string{
		"": slices.Concat(
			[]string{
				"2024.mbox |  | 2024.mbox#0",
				"2024.mbox |  | 2024.mbox#146",
				"ann |  | ann/1.eml",
				"ann | projects/archive | ann/projects/archive#0",
				"ann | projects/archive | ann/projects/archive#146",
				"ann | projects/x | ann/projects/x/2",
			},
			bobs("bob", "bob/"),
			[]string{
				"cyd | Maildir | cyd/Maildir/cur/6.host;2,RS",
				"cyd | Maildir | cyd/Maildir/new/7.host",
				"export |  | top.eml",
			}),
		"bob":       bobs("bob", ""),
		"2024.mbox": {"2024.mbox |  | 2024.mbox#0", "2024.mbox |  | 2024.mbox#146"},
		"top.eml":   {"top.eml |  | top.eml"},
		"ann/projects": {
			"archive |  | archive#0",
			"archive |  | archive#146",
			"x |  | x/2",
		},
	} {
		t.Run(given, func(t *testing.T) {
			equal(t, "messages", want, names(t, mailfile.Options{}, filepath.Join(root, given)))
		})
	}
}

func TestMailboxesAndFolders(t *testing.T) {
	root := tree(t)
	s := source(t, mailfile.Options{}, root)
	var got []string
	keys := map[string]bool{}
	for m := range s.Mailboxes(t.Context()) {
		for f, err := range s.Folders(t.Context(), m) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, m.Name+" | "+f.Name)
			if keys[f.Key] || len(f.Key) != 32 {
				t.Errorf("the key of %s is %q", f.Name, f.Key)
			}
			keys[f.Key] = true
		}
	}
	// The directories cyd and ann/projects hold only a directory, or one and an mbox.
	want := []string{
		"export | ",
		"ann | ",
		"ann | projects",
		"ann | projects/x",
		"bob | INBOX",
		"bob | Entwürfe/2024",
		"cyd | Maildir",
	}
	equal(t, "folders", want, got)
}

// One mail named in many ways is one mail.
func TestKeys(t *testing.T) {
	root := tree(t)
	parent := filepath.Dir(root)
	link := filepath.Join(parent, "link")
	if err := os.Symlink(root, link); err != nil {
		t.Fatal(err)
	}
	keysIn := func(mailbox string, roots ...string) []string {
		messages, _ := everything(t, mailfile.Options{}, roots...)
		var all []string
		for _, m := range messages {
			if mailbox == "" || m.Ref.Mailbox == mailbox {
				all = append(all, m.Ref.Key)
			}
		}
		slices.Sort(all)
		return all
	}
	keys := func(roots ...string) []string { return keysIn("", roots...) }
	want := keys(root)
	t.Chdir(parent)
	for _, roots := range [][]string{
		{"export"}, {"./export/../export/"}, {link}, {"."}, {root, link, "export/bob"}, {"export/bob", "export"},
	} {
		equal(t, "keys of "+strings.Join(roots, ", "), want, keys(roots...))
	}
	equal(t, "keys of the Maildir alone", keysIn("bob", root), keys("link/bob"))
}

func TestRoots(t *testing.T) {
	root := tree(t)
	t.Chdir(root)
	s := source(t, mailfile.Options{}, "bob", "ann/projects", ".", "ann")
	want := []mailfile.Root{
		{Given: "bob", Path: filepath.Join(root, "bob"), Name: "bob", CoveredBy: "."},
		{Given: "ann/projects", Path: filepath.Join(root, "ann/projects"), Name: "projects", CoveredBy: "."},
		{Given: ".", Path: root, Name: "export"},
		{Given: "ann", Path: filepath.Join(root, "ann"), Name: "ann", CoveredBy: "."},
	}
	equal(t, "roots", want, s.Roots())
}

func TestRootsOfOneName(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ann/Maildir", "bob/Maildir", "cyd/mail"} {
		write(t, filepath.Join(dir, name, "cur", "1"), letter(name))
		write(t, filepath.Join(dir, name, "new", "2"), letter(name))
	}
	t.Chdir(dir)
	s := source(t, mailfile.Options{}, "ann/Maildir", "bob/Maildir", "cyd/mail")
	var got []string
	for m := range s.Mailboxes(t.Context()) {
		got = append(got, m.Name)
	}
	equal(t, "mailboxes", []string{"ann/Maildir", "bob/Maildir", "mail"}, got)
}

func TestRootErrors(t *testing.T) {
	dir := t.TempDir()
	for given, want := range map[string]string{
		"nothing": "there is no such file or directory; check the path",
	} {
		path := filepath.Join(dir, given)
		_, err := mailfile.New([]string{dir, path}, mailfile.Options{})
		var re *mailfile.RootError
		if !errors.As(err, &re) || re.Given != path || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("New(%s) gives %v, want a RootError that says %q", given, err, want)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v is not fs.ErrNotExist", err)
		}
	}
}

func TestMatch(t *testing.T) {
	root := tree(t)
	only := func(mailbox, folder string) mailfile.Options {
		return mailfile.Options{Match: func(m, f string) bool { return m == mailbox && f == folder }}
	}
	equal(t, "one mbox", []string{"ann | projects/archive | ann/projects/archive#0", "ann | projects/archive | ann/projects/archive#146"},
		names(t, only("ann", "projects/archive"), root))
	equal(t, "one directory", []string{"ann |  | ann/1.eml"}, names(t, only("ann", ""), root))
	equal(t, "one mbox at the top", []string{"2024.mbox |  | 2024.mbox#0", "2024.mbox |  | 2024.mbox#146"},
		names(t, only("2024.mbox", ""), root))
	equal(t, "nothing", []string(nil), names(t, only("ann", "sent"), root))
}

// Names may be anything that a file system takes.
func TestStrangeNames(t *testing.T) {
	root := t.TempDir()
	box := filepath.Join(root, "b\xffx")
	write(t, filepath.Join(box, "line\nbreak:2,S #1"), letter("one"))
	write(t, filepath.Join(box, "\xfe.mbox"), separator+letter("two")+"\n"+separator+letter("three"))
	write(t, filepath.Join(box, `\xfe`), letter("four"))
	write(t, filepath.Join(box, "\xc3\xbc#7"), separator+letter("five"))
	s := source(t, mailfile.Options{}, root)
	messages, skips := everything(t, mailfile.Options{}, root)
	if len(messages) != 5 || len(skips) != 0 {
		t.Errorf("%d messages and %d skips, want 5 and none", len(messages), len(skips))
	}
	seen := map[string]bool{}
	for _, m := range messages {
		if m.Ref.Mailbox != `b\xffx` || seen[m.Ref.Key] {
			t.Errorf("message %+v", m.Ref)
		}
		seen[m.Ref.Key] = true
		again, err := s.Message(t.Context(), m.Ref)
		if err != nil {
			t.Errorf("finding %q again: %v", m.Ref.Key, err)
			continue
		}
		equal(t, "subject of "+m.Ref.Key, subject(t, m), subject(t, *again))
	}
}

func subject(t *testing.T, m sweeper.Message) string {
	t.Helper()
	mail, err := m.Open(t.Context(), decode.NewBudget(decode.DefaultLimits(), m.Size))
	if err != nil {
		t.Fatalf("opening %s: %v", m.Ref.ID, err)
	}
	return mail.Header.Subject
}

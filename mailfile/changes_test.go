package mailfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// follower sweeps one folder again and again.
type follower struct {
	source *mailfile.Source
	folder sweeper.Folder
	next   sweeper.Cursor
	names  map[string]string // of files, by their messages' keys without offset
}

func follow(t *testing.T, root string) *follower {
	t.Helper()
	return follower{}.over(t, mailfile.Options{}, root)
}

func (f follower) over(t *testing.T, opts mailfile.Options, root string) *follower {
	t.Helper()
	f.source, f.names = source(t, opts, root), map[string]string{}
	for m := range f.source.Mailboxes(t.Context()) {
		for folder, err := range f.source.Folders(t.Context(), m) {
			if err != nil {
				t.Fatal(err)
			}
			f.folder = folder
		}
	}
	return &f
}

// sweep gives what is new: subjects of messages, "gone" with the names that belong to
// keys, and the details of skips; "reset" when the walk begins anew.
func (f *follower) sweep(t *testing.T) []string {
	t.Helper()
	var got []string
	for p, err := range f.source.Changes(t.Context(), f.folder, f.next) {
		if err != nil {
			t.Fatal(err)
		}
		if p.Reset {
			got = append(got, "reset")
		}
		var gone []string
		for _, key := range p.Gone {
			key, offset, inFile := strings.Cut(key, "#")
			name := f.names[key]
			if inFile {
				name += "#" + offset
			}
			gone = append(gone, "gone "+name)
		}
		slices.Sort(gone)
		got = append(got, gone...)
		for _, m := range p.Messages {
			got = append(got, subject(t, m))
			key, _, _ := strings.Cut(m.Ref.Key, "#")
			name, _, _ := strings.Cut(filepath.Base(m.Ref.ID), "#")
			f.names[key] = name
		}
		for _, s := range p.Skips {
			got = append(got, s.Detail)
		}
		f.next = p.Next
	}
	return got
}

func (f *follower) wants(t *testing.T, when string, want ...string) {
	t.Helper()
	equal(t, when, want, f.sweep(t))
}

// old gives a file a time at which no one changes it any more.
func old(t *testing.T, path string, hours int) {
	t.Helper()
	at := time.Date(2020, 1, 1, hours, 0, 0, 1000, time.UTC)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

// put writes a file in place, with a time.
func put(t *testing.T, path, content string, hours int) {
	t.Helper()
	write(t, path, content)
	old(t, path, hours)
}

func mboxOf(subjects ...string) string {
	var b strings.Builder
	for _, s := range subjects {
		b.WriteString(separator + letter(s) + "\n")
	}
	return b.String()
}

// A file that looks unchanged is not opened: what is in it does not matter. In a Maildir
// that can be seen, because the time of the last change of any kind does not count there.
func TestUnchangedIsNotOpened(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "cur", "1:2,S"), letter("one"), 1)
	put(t, filepath.Join(root, "new", "2"), mboxOf("two"), 1)
	f := follow(t, root)
	f.wants(t, "the first sweep", "reset", "one", "two")
	before := f.next
	put(t, filepath.Join(root, "cur", "1:2,S"), letter("ONE"), 1)
	put(t, filepath.Join(root, "new", "2"), mboxOf("TWO"), 1)
	f.wants(t, "the second sweep")
	equal(t, "the cursor, byte for byte", before, f.next)
}

// A file that was written just now may be written again without its time changing.
func TestFreshFileIsCompared(t *testing.T) {
	root := t.TempDir()
	now := time.Now().Add(time.Second)
	for name, content := range map[string]func(string) string{
		"a.eml": letter, "b.mbox": func(s string) string { return mboxOf(s) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(root, name)
			fresh := func(subject string) {
				write(t, path, content(subject))
				if err := os.Chtimes(path, now, now); err != nil {
					t.Fatal(err)
				}
			}
			fresh("one")
			f := follow(t, path)
			f.wants(t, "the first sweep", "reset", "one")
			f.wants(t, "nothing new")
			fresh("two")
			f.wants(t, "after a change of content alone", "two")
			f.wants(t, "nothing new")
		})
	}
}

func TestMboxGrows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inbox")
	put(t, path, mboxOf("one", "two"), 1)
	f := follow(t, path)
	f.wants(t, "the first sweep", "reset", "one", "two")
	put(t, path, mboxOf("one", "two", "three", "four"), 2)
	f.wants(t, "two were appended", "three", "four")
	f.wants(t, "nothing new")
}

// One message is a file until another one follows it; the first keeps its key.
func TestMessageBecomesMbox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inbox")
	put(t, path, mboxOf("one"), 1)
	f := follow(t, path)
	messages, _ := everything(t, mailfile.Options{}, path)
	equal(t, "id of a single message", "inbox", messages[0].Ref.ID)
	key := messages[0].Ref.Key
	f.wants(t, "the first sweep", "reset", "one")
	put(t, path, mboxOf("one", "two"), 2)
	f.wants(t, "one was appended", "one", "two")
	messages, _ = everything(t, mailfile.Options{}, path)
	equal(t, "its id in an mbox", "inbox#0", messages[0].Ref.ID)
	equal(t, "its key in an mbox", key, messages[0].Ref.Key)
}

func TestLastMessageGrows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inbox.mbox")
	put(t, path, mboxOf("one")+separator+"Subject: tw", 1)
	f := follow(t, path)
	f.wants(t, "the first sweep", "reset", "one", "tw")
	put(t, path, mboxOf("one")+separator+"Subject: two\n\nbody\n", 2)
	f.wants(t, "the last one was completed", "two")
	put(t, path, mboxOf("one")+separator+"Subject: two\n\nbody\n\n"+mboxOf("three"), 3)
	f.wants(t, "only an empty line and another message came", "three")
}

func TestMboxReplacedOrCut(t *testing.T) {
	second := fmt.Sprintf("gone inbox#%d", len(mboxOf("one")))
	third := fmt.Sprintf("gone inbox#%d", len(mboxOf("one", "two")))
	for name, c := range map[string]struct {
		becomes string
		want    []string
	}{
		"cut":                        {mboxOf("one", "two"), []string{"one", "two", third}},
		"cut within a message":       {mboxOf("one", "two")[:len(mboxOf("one"))+120], []string{"one", "two", third}},
		"replaced, longer":           {mboxOf("first", "another", "2nd", "3rd", "4th"), []string{"first", "another", second, "2nd", third, "3rd", "4th"}},
		"replaced, same size":        {mboxOf("one", "2wo", "three"), []string{"one", "2wo", "three"}},
		"rewritten in place, longer": {mboxOf("one", "twoo", "three", "four"), []string{"one", "twoo", "three", third, "four"}},
		"first message removed":      {mboxOf("two", "three"), []string{"two", "three", third}},
		"one left":                   {mboxOf("two"), []string{second, third, "two"}},
		"no mbox any more":           {letter("single"), []string{"gone inbox#0", second, third, "single"}},
		"no mail any more":           {"text", []string{"gone inbox#0", second, third, "text/plain"}},
		"empty":                      {"", []string{"gone inbox#0", second, third, "empty file"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "inbox")
			put(t, path, mboxOf("one", "two", "three"), 1)
			f := follow(t, path)
			f.wants(t, "the first sweep", "reset", "one", "two", "three")
			put(t, path, c.becomes, 2)
			got := f.sweep(t)
			slices.Sort(got)
			slices.Sort(c.want)
			equal(t, "what is new", c.want, got)
			f.wants(t, "nothing new")
		})
	}
}

func TestFilesComeAndGo(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "a.eml"), letter("one"), 1)
	put(t, filepath.Join(root, "b.mbox"), mboxOf("two", "three"), 1)
	put(t, filepath.Join(root, "c.txt"), "no mail", 1)
	f := follow(t, root)
	f.sweep(t)
	for _, name := range []string{"a.eml", "b.mbox", "c.txt"} {
		if err := os.Remove(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(root, "aa.eml"), letter("new"), 1)
	put(t, filepath.Join(root, "d.txt"), "no mail", 1)
	f.wants(t, "after all was exchanged", "gone a.eml", "gone b.mbox#0", fmt.Sprintf("gone b.mbox#%d", len(mboxOf("two"))), "new", "text/plain")
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	f.wants(t, "after the folder was deleted", "gone aa.eml")
}

// A message that is read, flagged or moved to cur is the same message.
func TestMaildirFlags(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "new", "1.host,S=5"), letter("one"), 1)
	put(t, filepath.Join(root, "cur", "2.host:2,"), letter("two"), 1)
	put(t, filepath.Join(root, "tmp", "3.host"), letter("coming"), 1)
	f := follow(t, root)
	f.wants(t, "the first sweep", "reset", "one", "two", "coming")
	messages, _ := everything(t, mailfile.Options{}, root)
	before := f.next
	for from, to := range map[string]string{"new/1.host,S=5": "cur/1.host,S=5:2,S", "cur/2.host:2,": "cur/2.host;2,FRS", "tmp/3.host": "new/3.host"} {
		if err := os.Rename(filepath.Join(root, from), filepath.Join(root, to)); err != nil {
			t.Fatal(err)
		}
	}
	f.wants(t, "two were read, one was delivered")
	equal(t, "the cursor, byte for byte", before, f.next)
	equal(t, "subject of a message that was moved after it was listed", "one", subject(t, messages[0]))
	again, err := f.source.Message(t.Context(), messages[1].Ref)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "subject of a message found again", "two", subject(t, *again))
}

// Two files of one unique name are two messages all the same.
func TestMaildirTwins(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "new", "1.host"), letter("one"), 1)
	put(t, filepath.Join(root, "cur", "1.host:2,S"), letter("another"), 1)
	f := follow(t, root)
	got := f.sweep(t)
	slices.Sort(got)
	equal(t, "messages", []string{"another", "one", "reset"}, got)
	f.wants(t, "nothing new")
}

// Mboxes that a sweep leaves out stay as an earlier one left them.
func TestFilteredFilesAreCarriedOver(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "box", "a.eml"), letter("single"), 1)
	put(t, filepath.Join(root, "box", "inbox"), mboxOf("one", "two"), 1)
	put(t, filepath.Join(root, "box", "sent"), mboxOf("three", "four"), 1)
	all := follow(t, root)
	all.wants(t, "the first sweep", "reset", "single", "one", "two", "three", "four")
	some := follower{}.over(t, mailfile.Options{Match: func(_, folder string) bool { return folder == "inbox" }}, root)
	some.wants(t, "a first sweep of one mbox", "one", "two")
	first := some.next
	put(t, filepath.Join(root, "box", "inbox"), mboxOf("one", "two", "five"), 2)
	put(t, filepath.Join(root, "box", "sent"), mboxOf("three", "four", "six"), 2)
	some.next = all.next
	some.wants(t, "a sweep of one mbox behind one of all", "five")
	all.next = some.next
	all.wants(t, "a sweep of all behind it", "six")
	all.next = first
	all.wants(t, "a sweep of all behind one of one mbox", "single", "five", "three", "four", "six")
}

// A cursor of another version begins anew, and says so.
func TestForeignCursor(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "a.eml"), letter("one"), 1)
	f := follow(t, root)
	for _, c := range []sweeper.Cursor{nil, {}, sweeper.Cursor("https://graph.example.com/delta?token=1")} {
		f.next = c
		f.wants(t, fmt.Sprintf("from %q", c), "reset", "one")
	}
}

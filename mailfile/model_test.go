package mailfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mailsweep/decode"
	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// directory is mail that a random hand changes.
type directory struct {
	root  string
	clock time.Time
	made  int
	files map[string][]string // subjects of the messages in it, by name
}

// write writes a file as it is to be, in place or by replacing it, with a time of its own.
func (d *directory) write(t *rapid.T, name string, inPlace bool) {
	path := filepath.Join(d.root, name)
	subjects := d.files[name]
	content := mboxOf(subjects...)
	if !strings.HasSuffix(name, ".mbox") {
		content = letter(subjects[0])
	}
	if !inPlace {
		_ = os.Remove(path)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	d.clock = d.clock.Add(time.Second)
	if err := os.Chtimes(path, d.clock, d.clock); err != nil {
		t.Fatal(err)
	}
}

func (d *directory) subjects(n int) []string {
	var s []string
	for range n {
		d.made++
		s = append(s, fmt.Sprintf("subject %d", d.made))
	}
	return s
}

// change changes one file.
func (d *directory) change(t *rapid.T) {
	name := rapid.SampledFrom([]string{"a.mbox", "b.eml", "c.mbox", "d.eml", "e.mbox"}).Draw(t, "file")
	old := d.files[name]
	if !strings.HasSuffix(name, ".mbox") {
		d.files[name] = d.subjects(1)
		if len(old) > 0 && rapid.Bool().Draw(t, "remove") {
			delete(d.files, name)
			_ = os.Remove(filepath.Join(d.root, name))
			return
		}
		d.write(t, name, rapid.Bool().Draw(t, "in place"))
		return
	}
	at := rapid.IntRange(0, len(old)).Draw(t, "at")
	switch rapid.SampledFrom([]string{"append", "append", "cut", "insert", "drop", "remove"}).Draw(t, "change") {
	case "append":
		d.files[name] = append(slices.Clone(old), d.subjects(rapid.IntRange(1, 120).Draw(t, "messages"))...)
	case "cut":
		d.files[name] = slices.Clone(old[:at])
	case "insert":
		d.files[name] = slices.Insert(slices.Clone(old), at, d.subjects(1)...)
	case "drop":
		if at < len(old) {
			d.files[name] = slices.Delete(slices.Clone(old), at, at+1)
		}
	case "remove":
		delete(d.files, name)
		_ = os.Remove(filepath.Join(d.root, name))
		return
	}
	d.write(t, name, rapid.Bool().Draw(t, "in place"))
}

// known is what one knows of the directory who has followed its pages.
type known struct {
	subjects map[string]string // by key
	next     sweeper.Cursor
}

// follow follows at most some pages. It returns whether the walk came to its end.
func (k *known) follow(t *rapid.T, s *mailfile.Source, f sweeper.Folder, pages int) bool {
	for p, err := range s.Changes(t.Context(), f, k.next) {
		if err != nil {
			t.Fatal(err)
		}
		if p.Reset {
			clear(k.subjects)
		}
		for _, key := range p.Gone {
			delete(k.subjects, key)
		}
		for _, m := range p.Messages {
			mail, err := m.Open(t.Context(), decode.NewBudget(decode.DefaultLimits(), m.Size))
			if err != nil {
				t.Fatal(err)
			}
			k.subjects[m.Ref.Key] = mail.Header.Subject
		}
		k.next = p.Next
		if pages--; p.Done || pages == 0 {
			return p.Done
		}
	}
	t.Fatal("the walk ended without Done")
	return false
}

// However a directory changes, and wherever sweeps of it are killed and go on, who
// has followed it to the end knows what is there, and nothing else.
func TestAnyChangesAnyKills(t *testing.T) {
	base := t.TempDir()
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		d := &directory{
			root:  filepath.Join(base, fmt.Sprint(runs)),
			clock: time.Date(2020, 1, 1, 0, 0, 0, 1, time.UTC),
			files: map[string][]string{},
		}
		if err := os.Mkdir(d.root, 0o755); err != nil {
			t.Fatal(err)
		}
		s, err := mailfile.New([]string{d.root}, mailfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var f sweeper.Folder
		for f = range s.Folders(t.Context(), sweeper.Mailbox{Source: mailfile.SourceName, Name: fmt.Sprint(runs)}) {
		}
		k := &known{subjects: map[string]string{}}
		for range rapid.IntRange(1, 8).Draw(t, "rounds") {
			for range rapid.IntRange(1, 3).Draw(t, "changes") {
				d.change(t)
			}
			k.follow(t, s, f, rapid.IntRange(1, 4).Draw(t, "pages"))
		}
		for !k.follow(t, s, f, 1000) {
		}
		k.follow(t, s, f, 1000) // what lay behind a walk that was going on
		var want, got []string
		for _, subjects := range d.files {
			want = append(want, subjects...)
		}
		for _, subject := range k.subjects {
			got = append(got, subject)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Fatalf("known are %d messages, there are %d:\n%q\n%q", len(got), len(want), got, want)
		}
		before := len(k.subjects)
		if k.follow(t, s, f, 1); len(k.subjects) != before {
			t.Fatal("a walk that finds nothing new changes what is known")
		}
		_ = os.RemoveAll(d.root)
	})
}

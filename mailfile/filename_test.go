package mailfile_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mailsweep/decode"
	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// The name of a file is searched where it may be made of the mail's subject.
func TestFileNameIsSearched(t *testing.T) {
	root := tree(t)
	s := source(t, mailfile.Options{}, root)
	messages, _ := everything(t, mailfile.Options{}, root)
	var got []string
	for _, m := range messages {
		again, err := s.Message(t.Context(), m.Ref)
		if err != nil {
			t.Fatal(err)
		}
		name := fileNames(t, m)
		equal(t, "file name of "+m.Ref.ID+" found again", name, fileNames(t, *again))
		got = append(got, name...)
	}
	slices.Sort(got)
	equal(t, "file names", []string{"1.eml", "2", "top.eml"}, got)
	alone, _ := everything(t, mailfile.Options{}, filepath.Join(root, "top.eml"))
	equal(t, "file name of a root", []string{"top.eml"}, fileNames(t, alone[0]))
}

func fileNames(t *testing.T, m sweeper.Message) (names []string) {
	t.Helper()
	mail, err := m.Open(t.Context(), decode.NewBudget(decode.DefaultLimits(), m.Size))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range mail.Header.Fields {
		if f.Name == "file name" {
			names = append(names, f.Value)
		}
	}
	return names
}

// To list mailboxes takes time in proportion to them: these took 20 s when each of them
// looked at all, and take some tenths of a second.
func TestManyMailboxes(t *testing.T) {
	root := t.TempDir()
	const n = 3000
	for i := range n {
		write(t, filepath.Join(root, fmt.Sprint("user", i), "1.eml"), letter("one"))
	}
	s := source(t, mailfile.Options{}, root)
	began, folders := time.Now(), 0
	for m := range s.Mailboxes(t.Context()) {
		for _, err := range s.Folders(t.Context(), m) {
			if err != nil {
				t.Fatal(err)
			}
			folders++
		}
	}
	equal(t, "folders", n, folders)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("listing %d mailboxes took %v", n, took)
	}
}

package mailfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailsweep/decode"
	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// The name of a file is searched where it may be made of the mail's subject.
func TestFileNameIsSearched(t *testing.T) {
	root := tree(t)
	write(t, filepath.Join(root, "ann", "exported"), separator+letter("with a separator"))
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
	equal(t, "file names", []string{"1.eml", "2", "exported", "top.eml"}, got)
	alone, _ := everything(t, mailfile.Options{}, filepath.Join(root, "top.eml"))
	equal(t, "file name of a root", []string{"top.eml"}, fileNames(t, alone[0]))
}

// Names may hold secrets. What is stored of them to know files by tells nothing of
// them, and is enough to find a message whose name is shown masked.
func TestNamesAreNotInKeys(t *testing.T) {
	const secret = "ghp_q7Xw2LrT9bVn4KcZ8mHd3YpF6sJg5RtA1uEo"
	root := filepath.Join(t.TempDir(), "mail")
	box := filepath.Join(root, "box "+secret)
	write(t, filepath.Join(box, secret, secret+".eml"), letter("in a file"))
	write(t, filepath.Join(box, secret, secret+".png"), "\x89PNG\r\n\x1a\n\x00\x00")
	write(t, filepath.Join(box, secret+".mbox"), mboxOf("in an mbox", "too"))
	write(t, filepath.Join(box, ".Sent", "cur", secret+":2,S"), letter("in a Maildir"))
	write(t, filepath.Join(box, ".Sent", "new", "1"), letter("new"))
	write(t, filepath.Join(root, secret+".mbox"), mboxOf("at the top"))
	outside := filepath.Join(t.TempDir(), secret)
	write(t, outside, letter("behind a link"))
	if err := os.Symlink(outside, filepath.Join(box, "link")); err != nil {
		t.Fatal(err)
	}
	s := source(t, mailfile.Options{}, root)
	var subjects []string
	for m := range s.Mailboxes(t.Context()) {
		for f := range s.Folders(t.Context(), m) {
			for p, err := range s.Changes(t.Context(), f, nil) {
				if err != nil {
					t.Fatal(err)
				}
				stored := f.Key + string(p.Next)
				for _, skip := range p.Skips {
					stored += skip.Ref.Key + skip.Ref.FolderKey + skip.Detail
				}
				for _, m := range p.Messages {
					stored += m.Ref.Key + m.Ref.FolderKey
					m.Ref.Mailbox, m.Ref.Folder, m.Ref.ID = "[redacted]", "[redacted]", "[redacted]"
					again, err := source(t, mailfile.Options{}, root).Message(t.Context(), m.Ref)
					if err != nil {
						t.Fatal(err)
					}
					subjects = append(subjects, subject(t, *again))
				}
				if strings.Contains(stored, secret[:12]) {
					t.Errorf("what is stored of the folder holds a name: %q", stored)
				}
			}
		}
	}
	slices.Sort(subjects)
	equal(t, "found again", []string{"at the top", "behind a link", "in a Maildir", "in a file", "in an mbox", "new", "too"}, subjects)
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

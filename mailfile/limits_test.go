//go:build unix

package mailfile_test

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// noFiles lets the process open no file while do runs.
func noFiles(t *testing.T, do func()) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	none := old
	none.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &old); err != nil {
			t.Fatal(err)
		}
	}()
	do()
}

// A process that has too many files open cannot list anything. That says nothing about
// the mail, so it is no Skip: the sweep fails, and is tried again.
func TestTooManyOpenFiles(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "top.eml"), letter("top"))
	write(t, filepath.Join(root, "ann", "1.eml"), letter("one"))
	write(t, filepath.Join(root, "b\xffx", "2.eml"), letter("two"))
	s := source(t, mailfile.Options{}, root)
	var folders []sweeper.Folder
	for m := range s.Mailboxes(t.Context()) {
		for f := range s.Folders(t.Context(), m) {
			folders = append(folders, f)
		}
	}
	equal(t, "number of folders", 3, len(folders))
	noFiles(t, func() {
		for _, err := range s.Mailboxes(t.Context()) {
			wantPassing(t, "Mailboxes", err)
		}
		for _, f := range folders {
			n := 0
			for _, err := range s.Folders(t.Context(), sweeper.Mailbox{Source: f.Source, Name: f.Mailbox}) {
				wantPassing(t, "Folders of "+f.Mailbox, err)
				n++
			}
			for _, err := range s.Changes(t.Context(), f, nil) {
				wantPassing(t, "Changes of "+f.Key, err)
				n++
			}
			equal(t, "errors with "+f.Mailbox, 2, n)
		}
	})
}

func wantPassing(t *testing.T, what string, err error) {
	t.Helper()
	var skip *sweeper.Skip
	if !errors.Is(err, syscall.EMFILE) || errors.As(err, &skip) {
		t.Errorf("%s gives %v, want the system's error and no Skip", what, err)
	}
}

func TestRootIsPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	makePipe(t, path)
	_, err := mailfile.New([]string{path}, mailfile.Options{})
	var re *mailfile.RootError
	const want = "is neither a file nor a directory; standard input is named -"
	if !errors.As(err, &re) || re.Given != path || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("New gives %v, want a RootError that says %q", err, want)
	}
}

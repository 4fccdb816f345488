package mailfile_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailsweep/mailfile"
	"mailsweep/sweeper"
	"mailsweep/sweeper/sweepertest"
)

// letter is a message with a subject.
func letter(subject string) string {
	return fmt.Sprintf("From: Ann <ann@example.com>\nTo: bob@example.org\nSubject: %s\nMessage-ID: <%s@example.com>\n\nHello Bob.\n",
		subject, strings.ReplaceAll(subject, " ", "."))
}

// separator is a line between the messages of an mbox.
const separator = "From ann@example.com Thu Jan  1 00:00:00 1970\n"

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func source(t *testing.T, opts mailfile.Options, roots ...string) *mailfile.Source {
	t.Helper()
	s, err := mailfile.New(roots, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// treeWorld keeps each message in a file of its own, the folders being
// directories of one mailbox.
type treeWorld struct{ root string }

func (w treeWorld) Source(t *testing.T) sweeper.Source {
	return source(t, mailfile.Options{}, w.root)
}

func (w treeWorld) dir(folder string) string { return filepath.Join(w.root, "ann", folder) }

func (w treeWorld) MakeFolder(t *testing.T, folder string) {
	if err := os.MkdirAll(w.dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
}

func (w treeWorld) Add(t *testing.T, folder string, subjects ...string) {
	for _, s := range subjects {
		write(t, filepath.Join(w.dir(folder), s+".eml"), letter(s))
	}
}

func (w treeWorld) Replace(t *testing.T, folder, subject, by string) {
	path := fileWith(t, w.dir(folder), subject)
	write(t, path, letter(by))
}

func (w treeWorld) Remove(t *testing.T, folder, subject string) {
	if err := os.Remove(fileWith(t, w.dir(folder), subject)); err != nil {
		t.Fatal(err)
	}
}

// fileWith finds the file of the message with a subject.
func fileWith(t *testing.T, dir, subject string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if raw, err := os.ReadFile(path); err == nil && bytes.Contains(raw, []byte("Subject: "+subject+"\n")) {
			return path
		}
	}
	t.Fatalf("no file in %s has the subject %q", dir, subject)
	return ""
}

// maildirWorld is a Maildir++. What is added lies in new; half of it is then read.
type maildirWorld struct{ root string }

func (w maildirWorld) Source(t *testing.T) sweeper.Source {
	w.MakeFolder(t, "")
	return source(t, mailfile.Options{}, w.root)
}

func (w maildirWorld) dir(folder string) string {
	if folder == "" {
		return w.root
	}
	return filepath.Join(w.root, "."+folder)
}

func (w maildirWorld) MakeFolder(t *testing.T, folder string) {
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(w.dir(folder), sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func (w maildirWorld) Add(t *testing.T, folder string, subjects ...string) {
	for i, s := range subjects {
		name := fmt.Sprintf("1700000000.M%dP%d.host", len(s)*1000+i, os.Getpid()) + strings.ReplaceAll(s, " ", "_")
		sub := "new"
		if i%2 == 0 {
			sub, name = "cur", name+":2,S"
		}
		write(t, filepath.Join(w.dir(folder), sub, name), letter(s))
	}
}

func (w maildirWorld) find(t *testing.T, folder, subject string) string {
	for _, sub := range []string{"new", "cur"} {
		dir := filepath.Join(w.dir(folder), sub)
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			raw, _ := os.ReadFile(filepath.Join(dir, e.Name()))
			if bytes.Contains(raw, []byte("Subject: "+subject+"\n")) {
				return filepath.Join(dir, e.Name())
			}
		}
	}
	t.Fatalf("no message has the subject %q", subject)
	return ""
}

func (w maildirWorld) Replace(t *testing.T, folder, subject, by string) {
	write(t, w.find(t, folder, subject), letter(by))
}

func (w maildirWorld) Remove(t *testing.T, folder, subject string) {
	if err := os.Remove(w.find(t, folder, subject)); err != nil {
		t.Fatal(err)
	}
}

// mboxWorld keeps each folder in an mbox, all in one directory.
type mboxWorld struct{ root string }

func (w mboxWorld) Source(t *testing.T) sweeper.Source {
	return source(t, mailfile.Options{}, w.root)
}

func (w mboxWorld) file(folder string) string { return filepath.Join(w.root, folder+".mbox") }

func (w mboxWorld) MakeFolder(t *testing.T, folder string) { write(t, w.file(folder), "") }

func (w mboxWorld) Add(t *testing.T, folder string, subjects ...string) {
	f, err := os.OpenFile(w.file(folder), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, s := range subjects {
		if _, err := f.WriteString(separator + letter(s) + "\n"); err != nil {
			t.Fatal(err)
		}
	}
}

// Replace rewrites the mbox, in the way of mail programs: another file takes its place.
func (w mboxWorld) Replace(t *testing.T, folder, subject, by string) {
	w.rewrite(t, folder, separator+letter(subject)+"\n", separator+letter(by)+"\n")
}

func (w mboxWorld) Remove(t *testing.T, folder, subject string) {
	w.rewrite(t, folder, separator+letter(subject)+"\n", "")
}

func (w mboxWorld) rewrite(t *testing.T, folder, old, by string) {
	raw, err := os.ReadFile(w.file(folder))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte(old)) {
		t.Fatalf("the mbox of %s does not hold %q", folder, old)
	}
	write(t, w.file(folder)+".tmp", strings.Replace(string(raw), old, by, 1))
	if err := os.Rename(w.file(folder)+".tmp", w.file(folder)); err != nil {
		t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	for name, open := range map[string]func(root string) sweepertest.World{
		"tree":    func(root string) sweepertest.World { return treeWorld{root} },
		"maildir": func(root string) sweepertest.World { return maildirWorld{root} },
		"mbox":    func(root string) sweepertest.World { return mboxWorld{root} },
	} {
		t.Run(name, func(t *testing.T) {
			sweepertest.Source(t, func(t *testing.T) sweepertest.World { return open(t.TempDir()) })
		})
	}
}

package mailfile

import (
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mailsweep/sweeper"
)

// place is a directory that may hold mail, or a root that is a file.
type place struct {
	root    *root
	path    string
	mailbox string
	folder  string
	// prefix stands before the folders of the directories in it; it is the folder,
	// but for the INBOX of a Maildir.
	prefix  string
	maildir bool
}

// listing is what a directory holds; links are no directories. dirs are sorted.
type listing struct{ dirs, names []string }

const inbox = "INBOX"

// tops are the places where the mailboxes of a root begin.
func (r *root) tops() iter.Seq2[place, error] {
	return func(yield func(place, error) bool) {
		top := r.top()
		if r.file || r.maildir {
			yield(top, nil)
			return
		}
		l, err := top.read()
		if err != nil {
			yield(top, fault(top.ref(), err))
			return
		}
		if l.holdsMail() && !yield(top, nil) {
			return
		}
		for _, d := range l.dirs {
			if !yield(r.below(d), nil) {
				return
			}
		}
	}
}

// below is the mailbox that is the directory dir of r.
func (r *root) below(dir string) place {
	p := place{root: r, path: filepath.Join(r.Path, dir), mailbox: escape(dir)}
	if p.maildir = isMaildir(p.path); p.maildir {
		p.folder = inbox
	}
	return p
}

// named are those of the tops whose mailbox has a name. It goes straight to them: to
// look at all tops for each of them would take quadratic time.
func (r *root) named(mailbox string) (tops []place, err error) {
	if mailbox == r.Name {
		tops = append(tops, r.top())
	}
	if r.file || r.maildir {
		return tops, nil
	}
	if strings.ContainsAny(mailbox, `/\`) || mailbox == "" || mailbox == "." || mailbox == ".." {
		if !strings.Contains(mailbox, `\x`) {
			return tops, nil // the name of a root, or of none
		}
	}
	path, err := step(r.Path, mailbox)
	if errors.Is(err, fs.ErrNotExist) {
		return tops, nil
	}
	if err != nil {
		return tops, fault(r.top().ref(), err)
	}
	if info, err := os.Lstat(path); err == nil && info.IsDir() {
		tops = append(tops, r.below(filepath.Base(path)))
	}
	return tops, nil
}

// top is the mailbox that r itself is.
func (r *root) top() place {
	p := place{root: r, path: r.Path, mailbox: r.Name, maildir: r.maildir}
	if r.maildir {
		p.folder = inbox
	}
	return p
}

// walk visits p and the directories in it, with the names of their files. It
// stops, and returns false, when visit does.
func (p place) walk(visit func(p place, names []string, err error) bool) bool {
	if p.root.file {
		return visit(p, nil, nil)
	}
	l, err := p.read()
	if errors.Is(err, fs.ErrNotExist) {
		return true // deleted since it was listed: no folder
	}
	if err != nil {
		return visit(p, nil, fault(p.ref(), err))
	}
	if (p.maildir || l.holdsMail()) && !visit(p, l.names, nil) {
		return false
	}
	if p.isTop() {
		return true // its directories are mailboxes of their own
	}
	for _, d := range l.dirs {
		if !p.child(d).walk(visit) {
			return false
		}
	}
	return true
}

// read lists what is in p. The directories of a Maildir itself do not count, but
// directories in its tmp, new and cur do.
func (p place) read() (listing, error) {
	l, err := readDir(p.path)
	if err != nil || !p.maildir {
		return l, err
	}
	var dirs []string
	for _, d := range l.dirs {
		switch d {
		case "tmp", "new", "cur":
			inner, err := readDir(filepath.Join(p.path, d))
			if err != nil {
				return listing{}, err
			}
			for _, i := range inner.dirs {
				dirs = append(dirs, filepath.Join(d, i))
			}
		default:
			dirs = append(dirs, d)
		}
	}
	l.dirs = dirs
	return l, nil
}

func readDir(path string) (listing, error) {
	f, err := os.Open(path)
	if err != nil {
		return listing{}, err
	}
	defer f.Close()
	var l listing
	for {
		entries, err := f.ReadDir(1024)
		for _, e := range entries {
			if e.IsDir() {
				l.dirs = append(l.dirs, e.Name())
			} else {
				l.names = append(l.names, e.Name())
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return listing{}, err
		}
	}
	slices.Sort(l.dirs)
	return l, nil
}

// holdsMail reports whether a directory is a folder: one that holds nothing but
// directories only orders them, and an empty one may have been emptied.
func (l listing) holdsMail() bool { return len(l.names) > 0 || len(l.dirs) == 0 }

// child is the directory dir in p.
func (p place) child(dir string) place {
	c := place{root: p.root, mailbox: p.mailbox, path: filepath.Join(p.path, dir)}
	c.maildir = isMaildir(c.path)
	name := escape(filepath.ToSlash(dir))
	if p.maildir && len(dir) > 1 && dir[0] == '.' {
		name = maildirFolder(dir)
	}
	c.folder = join(p.prefix, name)
	c.prefix = c.folder
	return c
}

// maildirFolder is the name of a Maildir++ directory: ".Sent.2024" is "Sent/2024".
func maildirFolder(dir string) string {
	parts := strings.Split(dir[1:], ".")
	for i, part := range parts {
		parts[i] = escape(decodeUTF7(part))
	}
	return strings.Join(parts, "/")
}

func isMaildir(path string) bool {
	for _, d := range []string{"cur", "new"} {
		if info, err := os.Lstat(filepath.Join(path, d)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// isTop reports whether p is the directory whose directories are mailboxes.
func (p place) isTop() bool { return p.path == p.root.Path && !p.root.file && !p.root.maildir }

// mboxNames are the mailbox and the folder of an mbox that is the file name in p.
func (p place) mboxNames(name string) (mailbox, folder string) {
	switch name = escape(name); {
	case p.root.file:
		return p.mailbox, p.folder
	case p.isTop():
		return name, ""
	default:
		return p.mailbox, join(p.folder, name)
	}
}

// dir is the directory that the files of p are named below.
func (p place) dir() string {
	if p.root.file {
		return filepath.Dir(p.path)
	}
	return p.path
}

// delivers reports whether the file name lies in tmp, new or cur of a Maildir.
func (p place) delivers(name string) bool {
	return p.maildir && strings.ContainsRune(name, filepath.Separator)
}

// idOf is the path below the root of the file name in p, as people are shown it.
func (p place) idOf(name string) string {
	id := filepath.ToSlash(name)
	if !p.root.file {
		if below := strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(p.path), p.root.slashed), "/"); below != "" {
			id = below + "/" + id
		}
	}
	return escape(id)
}

func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "/" + name
}

func (p place) asFolder() sweeper.Folder {
	return sweeper.Folder{Source: SourceName, Mailbox: p.mailbox, Name: p.folder, Key: keyOf(p.path)}
}

func (p place) ref() sweeper.Ref {
	return sweeper.Ref{Source: SourceName, Mailbox: p.mailbox, Folder: p.folder, FolderKey: keyOf(p.path)}
}

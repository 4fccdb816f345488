package simulator

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// Load makes a tenant of a directory of mail: .eml files, mbox files and Maildirs. Each
// directory and each mbox file at the top is a mailbox, name@domain (a name with an @ is
// an address already); directories and mbox files within are folders; single mails at
// the top go together into mail@domain. Folders called inbox, sent, drafts, trash, junk
// and archive are the well-known ones, and mail that lies in no folder is in the inbox.
// What a file is, its first lines say; files that are no mail are left out.
//
// Messages become what Exchange makes of them: one body, HTML before text, and
// attachments. Their bytes stay available as MIME. The same files make the same tenant.
// An error names the file that could not be read.
func Load(fsys fs.FS, domain string) (*Tenant, error) {
	l := &loader{fsys: fsys, tenant: NewTenant("", domain), used: map[string]bool{}}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("simulator: loading mail: %w", err)
	}
	for _, e := range entries {
		if err := l.mailbox(e); err != nil {
			return nil, fmt.Errorf("simulator: loading mail: %w", err)
		}
	}
	return l.tenant, nil
}

type loader struct {
	fsys   fs.FS
	tenant *Tenant
	used   map[string]bool // local parts that are taken
	loose  *shelf          // the mailbox of single mails at the top
}

// shelf is a folder of a mailbox that mail is being loaded into.
type shelf struct {
	user, folder string // ids
	made         map[string]string
	prefix       string
}

// mailbox loads one entry at the top.
func (l *loader) mailbox(e fs.DirEntry) error {
	if strings.HasPrefix(e.Name(), ".") {
		return nil
	}
	if e.IsDir() {
		return l.directory(e.Name(), l.open(e.Name()))
	}
	raw, kind, err := l.read(e.Name())
	switch {
	case err != nil || kind == noMail:
		return err
	case kind == mboxFile:
		return l.mbox(e.Name(), raw, l.open(strings.TrimSuffix(e.Name(), path.Ext(e.Name()))))
	}
	if l.loose == nil {
		l.loose = l.open("mail")
	}
	return l.message(e.Name(), raw, l.loose, marks{})
}

var notLocal = regexp.MustCompile(`[^a-z0-9._+-]+`)

// open adds an account whose mailbox takes what follows.
func (l *loader) open(name string) *shelf {
	address := strings.ToLower(name)
	if !strings.Contains(address, "@") {
		local := strings.Trim(notLocal.ReplaceAllString(strings.ReplaceAll(address, " ", "."), "-"), ".-")
		address = unused(l.used, cmp.Or(local, "mailbox")) + "@" + l.tenant.Domain()
	}
	u := l.tenant.AddUser(User{UserPrincipalName: address, Mail: address, DisplayName: name, AccountEnabled: true})
	inbox, _ := l.tenant.WellKnown(u.ID, "inbox")
	return &shelf{user: u.ID, folder: inbox.ID, made: map[string]string{}}
}

// directory loads a directory into a folder. Of a Maildir, cur and new are the folder
// itself, tmp is nobody's, and ".Sent.2025" is 2025 within Sent.
func (l *loader) directory(dir string, to *shelf) error {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		return err
	}
	maildir := hasDir(entries, "cur") && hasDir(entries, "new")
	for _, e := range entries {
		name, full := e.Name(), path.Join(dir, e.Name())
		switch {
		case e.IsDir() && maildir && name == "tmp":
		case e.IsDir() && maildir && (name == "cur" || name == "new"):
			err = l.files(full, to)
		case e.IsDir() && strings.HasPrefix(name, "."):
			sub, err := fs.ReadDir(l.fsys, full)
			if err != nil {
				return err
			}
			if !hasDir(sub, "cur") {
				continue // of a version control system, or the like
			}
			inner, err := l.within(to, strings.Split(strings.Trim(name, "."), ".")...)
			if err != nil {
				return err
			}
			if err := l.directory(full, inner); err != nil {
				return err
			}
		case e.IsDir():
			var inner *shelf
			if inner, err = l.within(to, name); err == nil {
				err = l.directory(full, inner)
			}
		default:
			err = l.file(full, to)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func hasDir(entries []fs.DirEntry, name string) bool {
	for _, e := range entries {
		if e.IsDir() && e.Name() == name {
			return true
		}
	}
	return false
}

// files loads the messages of cur or new.
func (l *loader) files(dir string, to *shelf) error {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		if err := l.file(path.Join(dir, e.Name()), to); err != nil {
			return err
		}
	}
	return nil
}

// file loads a single mail into the folder, or an mbox into a folder of its name.
func (l *loader) file(name string, to *shelf) error {
	raw, kind, err := l.read(name)
	switch {
	case err != nil || kind == noMail:
		return err
	case kind == oneMail:
		_, flags, _ := strings.Cut(path.Base(name), ":2,")
		return l.message(name, raw, to, marks{read: strings.Contains(flags, "S"), draft: strings.Contains(flags, "D")})
	}
	base := path.Base(name)
	inner, err := l.within(to, strings.TrimSuffix(base, path.Ext(base)))
	if err != nil {
		return err
	}
	return l.mbox(name, raw, inner)
}

// knownNames are the names under which clients keep the well-known folders.
var knownNames = map[string]string{
	"inbox": "inbox", "sent": "sentitems", "sent items": "sentitems", "sent mail": "sentitems", "sent-mail": "sentitems", "sent_items": "sentitems", "_sent_mail": "sentitems",
	"drafts": "drafts", "trash": "deleteditems", "deleted items": "deleteditems", "deleted_items": "deleteditems", "junk": "junkemail", "spam": "junkemail", "archive": "archive",
}

// within is the folder of that path under another, made where it is missing.
func (l *loader) within(to *shelf, names ...string) (*shelf, error) {
	at := *to
	for _, name := range names {
		if known := knownNames[strings.ToLower(name)]; known != "" && at.prefix == "" {
			f, _ := l.tenant.WellKnown(at.user, known)
			at.folder, at.prefix = f.ID, name
			continue
		}
		parent := at.folder
		if at.prefix == "" {
			parent = "msgfolderroot"
		}
		at.prefix += "/" + name
		if at.made[at.prefix] == "" {
			f, err := l.tenant.AddFolder(at.user, Folder{DisplayName: name, ParentID: parent})
			if err != nil {
				return nil, err
			}
			at.made[at.prefix] = f.ID
		}
		at.folder = at.made[at.prefix]
	}
	return &at, nil
}

// marks are what a file tells of a message beside it.
type marks struct{ read, draft bool }

func (l *loader) message(name string, raw []byte, to *shelf, mark marks) error {
	m := readMIME(raw, 0)
	m.FolderID, m.IsRead, m.IsDraft = to.folder, mark.read, mark.draft
	if _, err := l.tenant.Deliver(to.user, *m); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

type fileKind uint8

const (
	noMail fileKind = iota
	oneMail
	mboxFile
)

// read reads a file and says what it is.
func (l *loader) read(name string) ([]byte, fileKind, error) {
	raw, err := fs.ReadFile(l.fsys, name)
	if err != nil {
		return nil, noMail, err
	}
	switch {
	case startsMessage(raw):
		return raw, mboxFile, nil
	case headerLine.Match(firstLine(raw)):
		return raw, oneMail, nil
	case path.Ext(name) == ".eml":
		return raw, oneMail, nil
	}
	return nil, noMail, nil
}

var headerLine = regexp.MustCompile(`^>?[A-Za-z][!-9;-~]*[ \t]*:([ \t]|$|\S)`)

func firstLine(b []byte) []byte {
	line, _, _ := bytes.Cut(b[:min(len(b), 4096)], []byte("\n"))
	return bytes.TrimRight(line, "\r")
}

package mailfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// SourceName is the [sweeper.Ref.Source] of all mail in files.
const SourceName = "files"

// DefaultMaxMessage is the size in bytes up to which a message is read. While it is
// searched, a message takes three to four times its size in memory, and there is
// room for one of this size in 300 MB. It is more than the large providers take by
// default: Exchange Online 35 MB, Gmail 50 MB. (A tenant can raise Exchange's to 150 MB,
// learn.microsoft.com, Exchange Online limits; the end of such a mail is a Skip.)
const DefaultMaxMessage = 64 << 20

// Options narrow and bound a Source. The zero value takes everything.
type Options struct {
	// Match says which folders to list; nil lists all. It is called for
	// directories and for mboxes in them, from any goroutine.
	Match func(mailbox, folder string) bool
	// Leave says which files are none of the mail though they may lie beside it, by
	// their absolute path: the sweep's own database and report. They are not looked
	// at and not told of. To open and close a database would drop SQLite's locks on it
	// (sqlite.org/howtocorrupt.html, section 2.2). nil leaves nothing.
	Leave func(path string) bool
	// MaxMessage bounds the bytes that are read of one message, and a fourth of what is
	// read of a stream; 0 means [DefaultMaxMessage].
	MaxMessage int64
}

// Root is one of the places that a Source was made of.
type Root struct {
	Given string // as the user wrote it
	Path  string // absolute, links resolved
	Name  string // of its mailbox, when it is one
	// CoveredBy is the Given of the root that holds this one; "" when this root
	// is swept for itself.
	CoveredBy string
}

// RootError says that a root cannot be swept.
type RootError struct {
	Given string
	Err   error
}

func (e *RootError) Error() string {
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		return fmt.Sprintf("%s: there is no such file or directory; check the path", e.Given)
	case errors.Is(e.Err, fs.ErrPermission):
		return fmt.Sprintf("%s: permission denied; run as a user who may read it", e.Given)
	}
	return fmt.Sprintf("%s: %s", e.Given, complaint(e.Err))
}

func (e *RootError) Unwrap() error { return e.Err }

var errNoRegular = errors.New("is neither a file nor a directory; standard input is named -")

// Source is mail in files. It is safe for concurrent use; nothing needs closing.
type Source struct {
	mu     sync.Mutex
	places map[string]place // that were listed, by the keys of their folders

	roots      []root // those that are not covered
	given      []Root
	match      func(mailbox, folder string) bool
	leave      func(path string) bool
	maxMessage int64
}

var _ sweeper.Source = (*Source)(nil)

// root is a Root that is swept.
type root struct {
	Root
	slashed string // its path, with slashes
	file    bool
	maildir bool
}

// New makes a Source of files and directories. A root that is not there or that may
// not be read is a [*RootError]; a root equal to another, or inside it, is taken once.
func New(roots []string, opts Options) (*Source, error) {
	s := &Source{places: map[string]place{}, match: opts.Match, leave: opts.Leave, maxMessage: opts.MaxMessage}
	if s.maxMessage <= 0 {
		s.maxMessage = DefaultMaxMessage
	}
	var all []root
	for _, given := range roots {
		r, err := newRoot(given)
		if err != nil {
			return nil, &RootError{given, err}
		}
		all = append(all, r)
	}
	cover(all)
	nameRoots(all)
	for _, r := range all {
		s.given = append(s.given, r.Root)
		if r.CoveredBy == "" {
			s.roots = append(s.roots, r)
		}
	}
	return s, nil
}

// Roots are the roots as they were given, in that order.
func (s *Source) Roots() []Root { return slices.Clone(s.given) }

func newRoot(given string) (root, error) {
	abs, err := filepath.Abs(given)
	if err != nil {
		return root{}, err
	}
	path, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return root{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return root{}, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return root{}, errNoRegular
	}
	f, err := os.Open(path)
	if err != nil {
		return root{}, err
	}
	_ = f.Close()
	r := root{Root: Root{Given: given, Path: path}, slashed: filepath.ToSlash(path), file: !info.IsDir()}
	r.maildir = !r.file && isMaildir(path)
	return r, nil
}

// cover finds the roots that lie in others. Of two equal ones the first stands.
func cover(all []root) {
	for i := range all {
		for j := range all {
			if i == j || all[j].CoveredBy != "" {
				continue
			}
			if all[i].slashed == all[j].slashed && j < i || all[i].slashed != all[j].slashed && within(all[i].slashed, all[j].slashed) {
				all[i].CoveredBy = all[j].Given
				break
			}
		}
	}
}

// nameRoots names the mailboxes of the roots: base names, and where two are equal
// as many more elements of their paths as tell them apart.
func nameRoots(all []root) {
	for depth := 1; ; depth++ {
		count := map[string]int{}
		for _, r := range all {
			if r.CoveredBy == "" {
				count[r.Name]++
			}
		}
		again := false
		for i := range all {
			r := &all[i]
			if longer := escape(tail(r.slashed, depth)); r.CoveredBy == "" && count[r.Name] > 1 && longer != r.Name || depth == 1 {
				r.Name, again = longer, true
			}
		}
		if !again {
			return
		}
	}
}

// tail is the last n elements of a path.
func tail(path string, n int) string {
	at := len(path)
	for range n {
		at = strings.LastIndexByte(path[:at], '/')
		if at <= 0 {
			break
		}
	}
	if at+1 == len(path) {
		return path // the root of the file system
	}
	return path[at+1:]
}

// Mailboxes lists the roots that are mailboxes and the directories just below
// those that are not, in the order of the roots, then of names.
func (s *Source) Mailboxes(ctx context.Context) iter.Seq2[sweeper.Mailbox, error] {
	return func(yield func(sweeper.Mailbox, error) bool) {
		seen := map[string]bool{}
		for i := range s.roots {
			for p, err := range s.roots[i].tops() {
				if err == nil {
					err = ctx.Err()
				}
				if err != nil {
					if !yield(sweeper.Mailbox{}, err) || ctx.Err() != nil {
						return
					}
					continue
				}
				if seen[p.mailbox] {
					continue
				}
				seen[p.mailbox] = true
				if !yield(sweeper.Mailbox{Source: SourceName, Name: p.mailbox}, nil) {
					return
				}
			}
		}
	}
}

// Folders lists the directories of m that may hold mail, each before those in it.
func (s *Source) Folders(ctx context.Context, m sweeper.Mailbox) iter.Seq2[sweeper.Folder, error] {
	return func(yield func(sweeper.Folder, error) bool) {
		visit := func(p place, names []string, err error) bool {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return yield(sweeper.Folder{}, err) && ctx.Err() == nil
			}
			if !s.wanted(p, names) {
				return true
			}
			s.remember(p)
			return yield(p.asFolder(), nil)
		}
		for i := range s.roots {
			tops, err := s.roots[i].named(m.Name)
			if err != nil && !visit(place{}, nil, err) {
				return
			}
			for _, p := range tops {
				if !p.walk(visit) {
					return
				}
			}
		}
	}
}

// remember keeps where a folder is, which its key does not tell.
func (s *Source) remember(p place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places[keyOf(p.path)] = p
}

// placeOf finds a folder by its key. One that this Source has not listed yet is looked
// for in all of the mail.
func (s *Source) placeOf(ctx context.Context, key string) (place, bool) {
	known := func() (place, bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		p, ok := s.places[key]
		return p, ok
	}
	if p, ok := known(); ok {
		return p, true
	}
	for p := range s.all(ctx) {
		s.remember(p)
	}
	return known()
}

// all are the places of all folders that can be listed.
func (s *Source) all(ctx context.Context) iter.Seq[place] {
	return func(yield func(place) bool) {
		for i := range s.roots {
			for top, err := range s.roots[i].tops() {
				if err != nil {
					continue
				}
				if !top.walk(func(p place, _ []string, err error) bool {
					return err != nil || ctx.Err() == nil && yield(p)
				}) {
					return
				}
			}
		}
	}
}

// wanted reports whether the folder, or an mbox among its files, is to be listed.
func (s *Source) wanted(p place, names []string) bool {
	if s.match == nil || s.match(p.mailbox, p.folder) {
		return true
	}
	for _, name := range names {
		if s.match(p.mboxNames(name)) {
			return true
		}
	}
	return false
}

// skipped makes the Skip that an error met in a place means.
func skipped(ref sweeper.Ref, reason decode.Reason, detail string) *sweeper.Skip {
	return &sweeper.Skip{Ref: ref, Skip: decode.Skip{Reason: reason, Detail: detail}}
}

// fault makes a Skip of an error of the file system, unless it may pass: then the
// sweep fails with it, and is tried again.
func fault(ref sweeper.Ref, err error) error {
	if passing(err) {
		return fmt.Errorf("reading mail files: %s; close other programs and try again: %w", complaint(err), err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return skipped(ref, decode.Gone, "deleted while it was being swept")
	}
	return skipped(ref, decode.Unreadable, complaint(err))
}

// complaint is what an error of the file system says, without the path: that is
// said elsewhere, and as the user gave it.
func complaint(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

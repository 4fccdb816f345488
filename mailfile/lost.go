package mailfile

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mailsweep/sweeper"
)

var _ sweeper.Witness = (*Source)(nil)

// Lost implements [sweeper.Witness]: a directory within the roots that is not there,
// or orders only other directories now. Where the root itself cannot be seen, such
// as a disk that was taken away, nothing is known; nor is where the folder's name does
// not lead to its key, because it was masked.
func (s *Source) Lost(ctx context.Context, f sweeper.Folder) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if f.Source != SourceName || s.match != nil && !s.match(f.Mailbox, f.Name) {
		return false, nil
	}
	for i := range s.roots {
		r := &s.roots[i]
		path, ok := r.pathOf(f)
		if r.file || !ok {
			continue
		}
		if _, err := os.ReadDir(r.Path); err != nil {
			return false, nil
		}
		info, err := os.Lstat(path)
		if err != nil {
			return errors.Is(err, fs.ErrNotExist), nil
		}
		if !info.IsDir() || isMaildir(path) {
			return false, nil
		}
		l, err := readDir(path)
		return err == nil && !l.holdsMail(), nil
	}
	return false, nil
}

// pathOf is where the folder would lie in r; ok when it is that folder. In a Maildir
// the top is called INBOX, and ".a.b" is the folder a/b.
func (r *root) pathOf(f sweeper.Folder) (path string, ok bool) {
	top := r.Path
	if f.Mailbox != r.Name {
		top = filepath.Join(top, f.Mailbox)
	}
	name := strings.Trim(f.Name, "/")
	for _, below := range []string{filepath.FromSlash(name), "." + strings.ReplaceAll(name, "/", "."), ""} {
		if path = filepath.Join(top, below); keyOf(path) == f.Key {
			return path, true
		}
	}
	return "", false
}

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
// not lead to its key: it was masked, or is one of a Maildir++.
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

// pathOf is where the folder would lie in r; ok when it is that folder.
func (r *root) pathOf(f sweeper.Folder) (path string, ok bool) {
	path = r.Path
	if f.Mailbox != r.Name {
		path = filepath.Join(path, f.Mailbox)
	}
	path = filepath.Join(path, filepath.FromSlash(strings.Trim(f.Name, "/")))
	return path, keyOf(path) == f.Key
}

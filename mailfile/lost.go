package mailfile

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"mailsweep/sweeper"
)

var _ sweeper.Witness = (*Source)(nil)

// Lost implements [sweeper.Witness]: a directory within the roots that is not there,
// or orders only other directories now. Where the root itself cannot be seen, such
// as a disk that was taken away, nothing is known.
func (s *Source) Lost(ctx context.Context, f sweeper.Folder) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if f.Source != SourceName || s.match != nil && !s.match(f.Mailbox, f.Name) {
		return false, nil
	}
	for i := range s.roots {
		r := &s.roots[i]
		if r.file || !within(f.Key, r.key) {
			continue
		}
		if _, err := os.ReadDir(r.Path); err != nil {
			return false, nil
		}
		path, err := resolve(r, f.Key)
		if err != nil {
			return errors.Is(err, fs.ErrNotExist), nil
		}
		if info, err := os.Lstat(path); err != nil || !info.IsDir() || isMaildir(path) {
			return false, nil
		}
		l, err := readDir(path)
		return err == nil && !l.holdsMail(), nil
	}
	return false, nil
}

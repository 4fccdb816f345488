package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"mailsweep/store"
)

// prepareFile makes sure that there is a regular file at path that only its owner
// can read, and gives its real path. It never opens a file that was there before:
// closing it again would drop the locks of another connection in this process.
func prepareFile(path string, existing bool) (string, error) {
	if path == "" {
		return "", errors.New("no path was given for the database")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the database %s: %w", path, err)
	}
	if !existing {
		if err := createFile(path); err != nil {
			return "", err
		}
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && existing:
		return "", fmt.Errorf("%s: %w", path, errNoDatabase)
	case err != nil:
		return "", fmt.Errorf("open the database: %w", err)
	case info.IsDir():
		return "", fmt.Errorf("the database %s is a directory: name a file in it", path)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("the database %s is not a file (%s): name another", path, info.Mode().Type())
	}
	// -wal and -shm lie beside the file itself, not beside a link to it.
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("open the database: %w", err)
	}
	if err := tighten(real); err != nil && !(existing && unwritable(err)) {
		return "", err
	}
	return real, nil
}

// createFile makes an empty file, unless there is one. SQLite gives the mode of the
// database to -wal and -shm. The file is made beside its place and linked there: made
// in its place it would have to be closed there, when another goroutine may already
// have locks on it.
func createFile(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &store.Advised{Err: fmt.Errorf("make a directory for the database %s: %w", path, err), Advice: "choose a directory that you may write to with --db"}
	}
	f, err := os.CreateTemp(dir, ".mailsweep-*") // 0600
	if err == nil {
		defer os.Remove(f.Name())
		_ = f.Close()
		err = os.Link(f.Name(), path)
		if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without links
			if f, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err == nil {
				err = f.Close()
			}
		}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return &store.Advised{Err: fmt.Errorf("make the database %s: %w", path, err), Advice: "choose a directory that you may write to with --db"}
	}
	return nil
}

// tighten takes the rights of others away from the database's file, and gives the
// files beside it the same mode: SQLite does so when it makes them, but not when the
// mode is changed later (a -shm that cannot be written makes the database read-only).
func tighten(path string) error {
	if runtime.GOOS == "windows" {
		return nil // the mode says nothing there, the directory's access list decides
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	mode := info.Mode().Perm() &^ 0o077
	for _, f := range filesOf(path) {
		info, err := os.Stat(f)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.Mode().Perm() != mode {
			err = os.Chmod(f, mode)
		}
		if err != nil {
			return &store.Advised{
				Err:    fmt.Errorf("others may be able to read the database's file %s, and its mode cannot be changed: %w", f, err),
				Advice: "ask its owner to run chmod 600 on it",
			}
		}
	}
	return nil
}

func filesOf(path string) []string {
	return []string{path, path + "-wal", path + "-shm", path + "-journal"}
}

// fileURI is path as SQLite's URI file name (sqlite.org/uri.html): every byte that
// could mean something is escaped, "?", "#" and "%" above all. A Windows path
// becomes file:///C:/…, a share file:////server/share/….
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	var b strings.Builder
	b.WriteString("file://")
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		b.WriteByte('/')
	}
	for i := range len(path) {
		c := path[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/:._-~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

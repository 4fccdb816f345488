package mailfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// keyOf makes a path a key.
func keyOf(path string) string { return escape(filepath.ToSlash(path)) }

// escape makes a name valid UTF-8, as keys and reports must be: a byte that is
// not becomes \xNN. All other names, nearly all, stay as they are.
func escape(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		r, n := utf8.DecodeRuneInString(name)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, name[0])
		} else {
			b.WriteString(name[:n])
		}
		name = name[n:]
	}
	return b.String()
}

// within reports whether key is dir, or lies below it.
func within(key, dir string) bool {
	rest, ok := strings.CutPrefix(key, dir)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(dir, "/"))
}

// resolve finds the path that a key was made of: the key itself, unless a name in
// it was escaped. The error is fs.ErrNotExist when there is none.
func resolve(r *root, key string) (path string, err error) {
	path = filepath.FromSlash(key)
	if _, err := os.Lstat(path); err == nil {
		return path, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	path = r.Path
	rest := strings.TrimPrefix(strings.TrimPrefix(key, r.key), "/")
	if rest == "" {
		return path, nil
	}
	for _, name := range strings.Split(rest, "/") {
		if path, err = step(path, name); err != nil {
			return "", err
		}
	}
	return path, nil
}

// step finds the entry of dir whose escaped name is name.
func step(dir, name string) (string, error) {
	path := filepath.Join(dir, name)
	_, err := os.Lstat(path)
	if err == nil {
		return path, nil
	}
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(name, `\x`) {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if escape(e.Name()) == name {
			return filepath.Join(dir, e.Name()), nil
		}
	}
	return "", fs.ErrNotExist
}

package mailfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"
)

// digestSize is so large that nobody can name two files to have one digest.
const digestSize = 16

// digestOf is what stands for a path where it is stored, in cursors and keys: mail
// tools name the files that they export after the subject, and in a subject may
// stand a secret.
func digestOf(path string) string {
	sum := sha256.Sum256([]byte(filepath.ToSlash(path)))
	return string(sum[:digestSize])
}

// keyOf is the digest of a path as a key.
func keyOf(path string) string { return hex.EncodeToString([]byte(digestOf(path))) }

// messageKey is the key of the message at offset, -1 when it has no separator, in the
// file of a record.
func messageKey(slot, link string, offset int64) string {
	if link != "" {
		slot = link
	}
	return withOffset(hex.EncodeToString([]byte(slot)), offset)
}

func withOffset(s string, offset int64) string {
	if offset < 0 {
		return s
	}
	return s + "#" + strconv.FormatInt(offset, 10)
}

// cutOffset undoes withOffset.
func cutOffset(s string) (string, int64) {
	i := strings.LastIndexByte(s, '#')
	if i < 0 || !digits(s[i+1:]) {
		return s, -1
	}
	offset, err := strconv.ParseInt(s[i+1:], 10, 64)
	if err != nil {
		return s, -1
	}
	return s[:i], offset
}

// escape makes a name valid UTF-8, as reports must be: a byte that is not becomes
// \xNN. All other names, nearly all, stay as they are.
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

// within reports whether path is dir, or lies below it. Both have slashes.
func within(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(dir, "/"))
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

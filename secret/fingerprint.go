package secret

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// KeySize is the size of a fingerprint key in bytes.
const KeySize = 32

// Key is the fingerprint key of one installation. Like a [Value] it cannot be
// printed. The zero Key is all zeros: good for tests only.
type Key struct{ reveal func() [KeySize]byte }

func (k Key) String() string               { return redacted }
func (k Key) GoString() string             { return redacted }
func (k Key) Format(s fmt.State, _ rune)   { _, _ = io.WriteString(s, redacted) }
func (k Key) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// ParseKey reads a key written as 64 hexadecimal digits; white space around it is ignored.
func ParseKey(s string) (Key, error) {
	b, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil || len(b) != KeySize {
		return Key{}, fmt.Errorf("a fingerprint key is %d hexadecimal digits", 2*KeySize)
	}
	return keyOf([KeySize]byte(b)), nil
}

// NewKey makes a random key.
func NewKey() Key {
	var b [KeySize]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand since Go 1.24
	return keyOf(b)
}

func keyOf(b [KeySize]byte) Key { return Key{func() [KeySize]byte { return b }} }

func (k Key) bytes() [KeySize]byte {
	if k.reveal == nil {
		return [KeySize]byte{}
	}
	return k.reveal()
}

// OpenKey reads the key in the file at path, or makes a new one there when there
// is none: the directory 0700, the file 0600. Two processes that start at once
// end up with the same key. A key file that others may read is refused.
func OpenKey(path string) (Key, error) {
	k, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Key{}, err
	}
	if err := createKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return Key{}, fmt.Errorf("make the fingerprint key: %w", err)
	}
	return readKey(path)
}

func readKey(path string) (Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Key{}, err
	}
	// Windows has no such bits: Go reports 0666 or 0444 there, whatever the ACL says.
	if os.PathSeparator == '/' && info.Mode().Perm()&0o077 != 0 {
		return Key{}, fmt.Errorf("the fingerprint key %s can be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return Key{}, err
	}
	k, err := ParseKey(string(b))
	if err != nil {
		return Key{}, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// createKey writes the key beside its place and links it there, so that nobody
// ever reads half a key and a second writer loses with [fs.ErrExist].
func createKey(path string) error {
	key := NewKey().bytes()
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.WriteString(hex.EncodeToString(key[:]) + "\n"); err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Link(tmp.Name(), path)
}

// Fingerprint is the lower-case hexadecimal HMAC-SHA-256 of the canonical form
// of v (see [Canonical]).
func (k Key) Fingerprint(v Value) string {
	return k.sum(Canonical(v.Reveal()))
}

// Check is a public value that tells two keys apart and nothing else: a database
// keeps it to refuse being used with another key.
func (k Key) Check() string { return k.sum("mailsweep fingerprint key check")[:16] }

func (k Key) sum(s string) string {
	b := k.bytes()
	mac := hmac.New(sha256.New, b[:])
	_, _ = io.WriteString(mac, s)
	return hex.EncodeToString(mac.Sum(nil))
}

// Canonical is the form in which a secret is fingerprinted: a PEM block
// (RFC 7468) without white space and quote marks, so that the same key indented,
// quoted in a reply or written into JSON is the same key; anything else as it
// stands. White space written as an escape (\n in JSON) is white space: a PEM
// block holds no backslash of its own.
func Canonical(s string) string {
	if !strings.Contains(s, "-----BEGIN") {
		return s
	}
	s = strings.NewReplacer(`\r`, "", `\n`, "", `\t`, "").Replace(s)
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("\"'`>\u201c\u201d\u2018\u2019\u00ab\u00bb", r) {
			return -1
		}
		return r
	}, s)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"mailsweep/doctor"
	"mailsweep/secret"
	"mailsweep/store/sqlite"
)

const (
	// A database takes about 1 kB for each message with a finding or a skip.
	littleSpace = 1 << 30  // bytes: a warning
	noSpace     = 64 << 20 // bytes: it fails
)

// keyState is what is known of the fingerprint key.
type keyState struct {
	check string // of the key, "" when it cannot be had
	none  bool   // there is no key yet
	file  string // "" when it is in the environment
}

// settings tells which were read, or all that is wrong with them, each in a line.
func (x *examination) settings() []doctor.Check {
	const name = "configuration"
	if x.wrong == nil {
		k := doctor.Check{Name: name, Status: doctor.OK, Finding: x.c.File}
		if k.Finding == "" {
			k.Finding = "no file: built-in settings, the environment and flags"
		}
		return []doctor.Check{k}
	}
	var all []doctor.Check
	for _, line := range strings.Split(x.wrong.Error(), "\n") {
		all = append(all, doctor.Check{Name: name, Status: doctor.Failed, Finding: line, Advice: "mend it: no sweep begins before"})
	}
	return all
}

// unread is the check of what depends on settings that cannot be read.
func unread(name string) []doctor.Check {
	return []doctor.Check{{Name: name, Status: doctor.Unknown, Finding: "not looked at: the settings cannot be read"}}
}

// fingerprintKey looks at the key, and makes none.
func (x *examination) fingerprintKey() []doctor.Check {
	k := doctor.Check{Name: "fingerprint key", Status: doctor.OK}
	where := "in the environment, MAILSWEEP_FINGERPRINT_KEY"
	hex, file, err := x.c.FingerprintKey()
	if err == nil && hex == "" {
		x.key.file = file
		info, err := os.Stat(file)
		if errors.Is(err, fs.ErrNotExist) {
			x.key.none = true
			k.Finding = "none yet: the first sweep makes " + file
			if err := writable(file); err != nil {
				k.Status, k.Finding, k.Advice = doctor.Failed, "there is none, and it cannot be made: "+err.Error(), "make the directory writable, or set MAILSWEEP_FINGERPRINT_KEY"
			}
			return []doctor.Check{k}
		}
		if err == nil {
			where = fmt.Sprintf("%s, mode %04o", file, info.Mode().Perm())
		}
	}
	var key secret.Key
	if err == nil {
		key, err = openKey(x.c)
	}
	if err != nil {
		k = failed(k.Name, err)
		if k.Advice == "" {
			k.Advice = "the key is 64 hexadecimal digits in a file of mode 0600, or in MAILSWEEP_FINGERPRINT_KEY"
		}
		return []doctor.Check{k}
	}
	x.key.check = key.Check()
	k.Finding = where
	return []doctor.Check{k}
}

// rules loads them.
func (x *examination) rules() []doctor.Check {
	if x.wrong != nil {
		return unread("rules")
	}
	set, err := openDetectors(x.c)
	if err != nil {
		k := failed("rules", err)
		k.Advice = "mailsweep rules test --rules FILE tries a file of rules"
		return []doctor.Check{k}
	}
	k := doctor.Check{Name: "rules", Status: doctor.OK, Finding: humanize.Comma(int64(len(set.Rules()))) + " are loaded"}
	if n := len(x.c.Rules); n > 0 {
		k.Finding += fmt.Sprintf(", some from %d files of yours", n)
	}
	all := []doctor.Check{k}
	for _, w := range set.Warnings() {
		all = append(all, doctor.Check{Name: "rules", Status: doctor.Warning, Finding: w, Advice: "mend the rule: mailsweep rules test tries it"})
	}
	return all
}

// database looks at it, at its place, at the key that it was made with, and at its log.
func (x *examination) database(ctx context.Context) []doctor.Check {
	const name = "database"
	if x.wrong != nil {
		return unread(name)
	}
	path, err := databasePath(x.c)
	if err != nil {
		return []doctor.Check{failed(name, err)}
	}
	if path, err = filepath.Abs(path); err != nil {
		return []doctor.Check{failed(name, err)}
	}
	before, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		k := doctor.Check{Name: name, Status: doctor.OK, Finding: "none yet: the first sweep makes " + path}
		if err := writable(path); err != nil {
			k.Status, k.Finding, k.Advice = doctor.Failed, "there is none, and it cannot be made: "+err.Error(), "choose a directory that you may write to with --db"
		}
		return []doctor.Check{k, space(path)}
	}
	if err != nil {
		return []doctor.Check{failed(name, err)}
	}
	readOnly := before.Mode().IsRegular() && !opens(path)
	db, err := sqlite.Open(ctx, path, sqlite.Options{Existing: true, Wait: 5 * time.Second})
	if err != nil {
		k := failed(name, err)
		if k.Advice == "" {
			k.Advice = "name another with --db"
		}
		return []doctor.Check{k, space(path)}
	}
	k := doctor.Check{Name: name, Status: doctor.OK, Finding: fmt.Sprintf("%s, %s", path, humanize.IBytes(uint64(before.Size())))}
	switch mode := before.Mode().Perm(); {
	case readOnly:
		k.Status, k.Advice = doctor.Warning, "it can be listed, but not written: to sweep, make it yours, or name another with --db"
	case os.PathSeparator == '/' && mode&0o077 != 0:
		k.Status = doctor.Warning
		k.Finding += fmt.Sprintf("; others could read it (mode %04o), which has been mended", mode)
		k.Advice = "find out who changed its mode, and who has read it since"
	}
	all := []doctor.Check{k, space(path), x.sameKey(ctx, db), chain(ctx, db)}
	if err := db.Close(); err != nil {
		all = append(all, failed(name, err))
	}
	return all
}

// opens reports whether a file can be written. Nothing else in this process may have
// it open: closing it drops their locks.
func opens(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// sameKey holds the key against the one that the database was made with.
func (x *examination) sameKey(ctx context.Context, db *sqlite.DB) doctor.Check {
	k := doctor.Check{Name: "database key", Status: doctor.OK, Finding: "the database was made with this fingerprint key"}
	kept, err := db.KeyCheck(ctx)
	switch {
	case err != nil:
		return failed(k.Name, err)
	case kept == "":
		k.Finding = "the database is not tied to a fingerprint key yet"
	case x.key.none:
		k.Status, k.Finding = doctor.Failed, "the database was made with a fingerprint key that is not here"
		k.Advice = "bring it back before you sweep, from a copy of " + x.key.file + " or with MAILSWEEP_FINGERPRINT_KEY; without it, begin another database with --db"
	case x.key.check == "":
		k.Status, k.Finding = doctor.Unknown, "the fingerprint key cannot be read, see above"
	case kept != x.key.check:
		k.Status, k.Finding = doctor.Failed, "the database was made with another fingerprint key"
		k.Advice = "use the key it was made with, or begin another database with --db"
	}
	return k
}

// chain verifies the log. It has a few entries for each sweep.
func chain(ctx context.Context, db *sqlite.DB) doctor.Check {
	k := doctor.Check{Name: "log", Status: doctor.OK}
	v, err := db.Verify(ctx)
	switch {
	case err != nil:
		return failed(k.Name, err)
	case !v.Intact():
		k.Status, k.Finding = doctor.Failed, "it is broken: "+v.Problem
		k.Advice = "treat this database as evidence: copy it before anything else writes to it"
	default:
		k.Finding = fmt.Sprintf("intact, %s entries, head %.12s", humanize.Comma(int64(v.Entries)), v.Head)
	}
	return k
}

// writable reports why no file can be made at path; directories above it that are not
// there yet will be.
func writable(path string) error {
	f, err := os.CreateTemp(standing(path), ".mailsweep-*")
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			return fmt.Errorf("%s: %w", filepath.Dir(p.Path), p.Err)
		}
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// standing is the nearest directory above path that is there.
func standing(path string) string {
	dir := filepath.Dir(path)
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// space is what is free where the database lies.
func space(path string) doctor.Check {
	k := doctor.Check{Name: "disk space", Status: doctor.OK}
	free, err := freeSpace(standing(path))
	if err != nil {
		k.Status, k.Finding = doctor.Unknown, "it cannot be told: "+err.Error()
		return k
	}
	k.Finding = humanize.IBytes(free) + " free for the database"
	const room = "make room, or put the database on another disk with --db"
	switch {
	case free < noSpace:
		k.Status, k.Advice = doctor.Failed, room
	case free < littleSpace:
		k.Status, k.Advice = doctor.Warning, room
	}
	return k
}

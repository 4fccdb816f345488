// Package files is the channel that writes notices into a directory: a package for each,
// for portals, ticket systems and counsel.
//
//	2026-03-04-gannet-ltd-N-7F3K-2Q9D/
//	  letter.txt       what the owner is told
//	  letter.html
//	  exposures.csv    a row for each credential (RFC 4180; no cell is a formula)
//	  notice.json      all of it, for programs
//
// The packages are also how the channel knows what it has sent: whoever collects them
// copies them, or takes them away when nothing is being sent.
package files

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"mailsweep/notify"
	"mailsweep/visible"
)

// Sender writes packages into one directory, which it makes. It may be used from many
// goroutines and processes.
type Sender struct{ dir string }

// New makes a sender for a directory.
func New(dir string) *Sender { return &Sender{dir} }

var _ notify.Sender = (*Sender)(nil)

// Name implements [notify.Sender].
func (*Sender) Name() string { return "files" }

// Send writes a package. It is there whole, with mode 0700 and on the disk, or not at
// all. One that is there is never written over: the error then is neither
// [notify.ErrNotSent] nor [notify.ErrLater], since it did go out, and [Sender.Look] says so.
func (s *Sender) Send(ctx context.Context, l notify.Letter) (receipt string, err error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("%w: %w", notify.ErrLater, err)
	}
	if err := l.Check(); err != nil {
		return "", err
	}
	name, err := packageName(l)
	if err != nil {
		return "", fmt.Errorf("%w: %w", notify.ErrNotSent, err)
	}
	contents, err := contents(l)
	if err != nil {
		return "", fmt.Errorf("%w: %w", notify.ErrNotSent, err)
	}
	there, err := s.find(l.Reference) // of another day, too
	if err != nil {
		return "", fmt.Errorf("%w: %w", notify.ErrLater, err)
	}
	if there != "" {
		return "", fmt.Errorf("the package %s is there already", there)
	}
	place := filepath.Join(s.dir, name)
	moved, err := s.write(place, contents)
	switch {
	case moved && err != nil:
		return "", fmt.Errorf("the package %s is there, and may not survive a loss of power: %w", place, err)
	case errors.Is(err, fs.ErrExist): // another process was first
		return "", fmt.Errorf("write the package %s: %w", place, err)
	case err != nil:
		return "", fmt.Errorf("%w: write the package %s: %w", notify.ErrLater, place, err)
	}
	return place, nil
}

// find is the package of a notice; "" when there is none.
func (s *Sender) find(reference string) (place string, err error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "-"+reference) {
			return filepath.Join(s.dir, e.Name()), nil
		}
	}
	return "", err
}

// write makes the package under another name, and moves it to its place: that is one step
// of the file system. moved says that it is there, whatever the error.
func (s *Sender) write(place string, contents map[string][]byte) (moved bool, err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp(s.dir, ".mailsweep-*")
	if err != nil {
		return false, err
	}
	for name, data := range contents {
		if err := writeThrough(filepath.Join(dir, name), data); err != nil {
			return false, errors.Join(err, os.RemoveAll(dir))
		}
	}
	err = settle(dir)
	if err == nil {
		err = os.Rename(dir, place)
	}
	if err != nil {
		return false, errors.Join(err, os.RemoveAll(dir))
	}
	return true, settle(s.dir)
}

// settle waits until the names in a directory are on the disk: without it, a loss of power
// can take back a move (fsync(2), "calling fsync() does not necessarily ensure that the
// entry in the directory has also reached disk"). Windows cannot be asked to.
func settle(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// writeThrough writes a file and waits until it is on the disk.
func writeThrough(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// Look implements [notify.Sender]: a package is there or not.
func (s *Sender) Look(_ context.Context, messageID string) (sent bool, err error) {
	reference, ok := referenceOf(messageID)
	if !ok {
		return false, fmt.Errorf("%w: %q is no Message-ID of a notice", notify.ErrCannotLook, messageID)
	}
	place, err := s.find(reference)
	if err != nil {
		return false, fmt.Errorf("%w: %w", notify.ErrCannotLook, err)
	}
	return place != "", nil
}

// referenceOf undoes [notify.Policy.MessageID].
func referenceOf(messageID string) (string, bool) {
	reference, _, ok := strings.Cut(strings.TrimPrefix(messageID, "<"), ".mailsweep@")
	reference = strings.ToUpper(reference)
	return reference, ok && plainReference.MatchString(reference)
}

var (
	plainReference = regexp.MustCompile(`^N(?:-[0-9A-Z]{1,12}){1,4}$`)
	notPlain       = regexp.MustCompile(`[^a-z0-9]+`)
)

// packageName is of letters that mean nothing to any file system.
func packageName(l notify.Letter) (string, error) {
	if !plainReference.MatchString(l.Reference) {
		return "", fmt.Errorf("%q is no reference of a notice", l.Reference)
	}
	owner := strings.Trim(notPlain.ReplaceAllString(strings.ToLower(l.Notice.Owner.Name), "-"), "-")
	if len(owner) > 60 {
		owner = strings.TrimRight(owner[:60], "-")
	}
	name := l.Notice.Written.UTC().Format(time.DateOnly)
	if owner != "" {
		name += "-" + owner
	}
	return name + "-" + l.Reference, nil
}

func contents(l notify.Letter) (map[string][]byte, error) {
	var wire bytes.Buffer
	enc := json.NewEncoder(&wire)
	enc.SetIndent("", "  ")
	if err := enc.Encode(l); err != nil {
		return nil, err
	}
	table, err := exposures(l.Notice.Secrets)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"letter.txt": []byte(l.Text), "letter.html": []byte(l.HTML), "exposures.csv": table, "notice.json": wire.Bytes()}, nil
}

// exposures is a table with a row for each credential.
func exposures(secrets []notify.Told) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := [][]string{{"exposure", "kind", "rule", "severity", "due", "preview", "details", "first_mailed", "reopened", "mails", "internet_message_ids"}}
	for _, t := range secrets {
		var details, ids []string
		for _, d := range t.Details {
			details = append(details, d.Name+": "+d.Value)
		}
		for _, m := range t.Mails {
			if m.MessageID != "" {
				ids = append(ids, m.MessageID)
			}
		}
		first := ""
		if !t.FirstSeen.IsZero() {
			first = t.FirstSeen.UTC().Format(time.DateOnly)
		}
		rows = append(rows, []string{
			t.Exposure, string(t.Kind), t.Rule, t.Severity.String(), t.Due.UTC().Format(time.DateOnly), t.Preview, strings.Join(details, " | "), first,
			strconv.FormatBool(t.Reopened), strconv.Itoa(len(t.Mails) + t.More), strings.Join(ids, " "),
		})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = visible.Cell(row[i])
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

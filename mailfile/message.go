package mailfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// item is a message that was listed.
type item struct {
	s   *Source
	ref sweeper.Ref
	// path is where its file was; dir and unique find it again when that is in a Maildir.
	path        string
	dir, unique string
	stat        stat
	extent
	// whole says that the message is all of its file.
	whole bool
	// fileName is a name that someone or some program gave the message: mail tools
	// call what they export after its subject. "" in an mbox, which is named for all of
	// its messages, and in a Maildir, whose names are numbers.
	fileName string
}

func (it *item) message() sweeper.Message {
	return sweeper.Message{Ref: it.ref, Size: min(it.end-it.start, it.s.maxMessage), Open: it.open}
}

// open reads the message and takes it apart.
func (it *item) open(ctx context.Context, b *decode.Budget) (decode.Mail, error) {
	if err := ctx.Err(); err != nil {
		return decode.Mail{}, err
	}
	raw, size, err := it.read()
	switch {
	case passing(err):
		return decode.Mail{}, fmt.Errorf("reading %s: %w", it.ref.ID, err)
	case errors.Is(err, errChanged):
		return decode.Mail{}, skipped(it.ref, decode.Gone, err.Error())
	case err != nil:
		return decode.Mail{}, fault(it.ref, err)
	}
	m := takeApart(ctx, raw, size, b)
	if it.whole && it.unique == "" {
		// Mail tools name the files that they export after the subject.
		m.Header.Fields = append(m.Header.Fields, decode.Field{Name: "file name", Value: escape(filepath.Base(it.path))})
	}
	return m, nil
}

var errChanged = errors.New("the file was changed while it was being swept; the next sweep reads it again")

// read reads at most the bound of the message's bytes. size is how many it has.
func (it *item) read() (raw []byte, size int64, err error) {
	f, st, err := openFile(it.path)
	if errors.Is(err, fs.ErrNotExist) && it.unique != "" {
		if moved, ok := findUnique(it.dir, it.unique); ok {
			f, st, err = openFile(moved)
		}
	}
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	x := it.extent
	if it.whole {
		x.end = st.size // it may have changed: the next walk will say so
		x.start = min(x.start, x.end)
	}
	raw = make([]byte, min(x.end-x.start, it.s.maxMessage))
	n, err := f.ReadAt(raw, x.start)
	if err != nil && err != io.EOF {
		return nil, 0, err
	}
	cut := n < len(raw)
	raw = raw[:n]
	if !it.whole && (cut || st != it.stat && x.start > 0 && !bytes.HasPrefix(raw, fromWord)) {
		return nil, 0, errChanged
	}
	return raw, x.end - x.start, nil
}

// takeApart decodes what was read of a message of size bytes.
func takeApart(ctx context.Context, raw []byte, size int64, b *decode.Budget) decode.Mail {
	m := decode.MIME(ctx, payload(raw), b)
	if cut := size - int64(len(raw)); cut > 0 {
		m.Skips = append(m.Skips, decode.Skip{
			Reason: decode.Oversized,
			Detail: fmt.Sprintf("only the first %d of %d bytes were read", len(raw), size),
		})
	}
	return m
}

// payload strips what stands before the header of a message in a file, and removes
// one ">" from quoted separators in the body of a message that was in an mbox. It
// may overwrite raw.
func payload(raw []byte) []byte {
	text := raw[blankPrefix(raw):]
	if !bytes.HasPrefix(text, fromWord) || !opensMbox(text) {
		return dropCount(text)
	}
	for bytes.HasPrefix(text, fromWord) || bytes.HasPrefix(text, []byte(">From ")) {
		_, text = cutLine(text)
	}
	return unquote(text)
}

// unquote removes one ">" from lines ">From ", ">>From " and so on below the header.
func unquote(text []byte) []byte {
	body := bytes.Index(text, []byte("\n\n"))
	if crlf := bytes.Index(text, []byte("\n\r\n")); body < 0 || crlf >= 0 && crlf < body {
		body = crlf
	}
	if body < 0 {
		return text
	}
	out := text[:body]
	rest := text[body:]
	for {
		i := bytes.Index(rest, []byte(">From "))
		if i < 0 {
			return append(out, rest...)
		}
		quotes := bytes.TrimRight(rest[:i], ">")
		if n := len(quotes); n > 0 && (rest[n-1] == '\n' || rest[n-1] == '\r') {
			out = append(out, rest[:i]...)
		} else {
			out = append(out, rest[:i+1]...)
		}
		out = append(out, fromWord...)
		rest = rest[i+1+len(fromWord):]
	}
}

// passing reports errors that may be over when the sweep is tried again.
func passing(err error) bool {
	for _, e := range passingErrors {
		if errors.Is(err, e) {
			return true
		}
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// findUnique finds the file of a Maildir again, whatever its flags are now.
func findUnique(dir, unique string) (string, bool) {
	for _, sub := range []string{"cur", "new"} {
		entries, _ := os.ReadDir(filepath.Join(dir, sub))
		for _, e := range entries {
			if escape(uniqueName(e.Name())) == unique {
				return filepath.Join(dir, sub, e.Name()), true
			}
		}
	}
	return "", false
}

// Message finds a message again by the Key of its Ref.
func (s *Source) Message(ctx context.Context, ref sweeper.Ref) (*sweeper.Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r, ok := s.rootOf(ref.FolderKey)
	if !ok {
		return nil, fmt.Errorf("message %s is below none of the sources", ref.ID)
	}
	it := &item{s: s, ref: ref}
	if !it.find(r) {
		return nil, skipped(ref, decode.Gone, "")
	}
	if it.whole {
		info, err := os.Stat(it.path)
		if err != nil || !info.Mode().IsRegular() {
			return nil, skipped(ref, decode.Gone, "")
		}
		it.end = info.Size()
	} else if err := it.measure(); err != nil {
		if passing(err) {
			return nil, fmt.Errorf("reading %s: %w", ref.ID, err)
		}
		if errors.Is(err, errChanged) {
			return nil, skipped(ref, decode.Gone, "")
		}
		return nil, fault(ref, err)
	}
	m := it.message()
	return &m, nil
}

// find sets where the message with the key of it.ref is.
func (it *item) find(r *root) bool {
	if path, err := resolve(r, it.ref.Key); err == nil {
		it.path, it.whole = path, true
		return true
	}
	if i := strings.LastIndexByte(it.ref.Key, '#'); i >= 0 {
		offset, err := strconv.ParseInt(it.ref.Key[i+1:], 10, 64)
		file := *it
		file.ref.Key = it.ref.Key[:i]
		if err == nil && offset >= 0 && file.find(r) {
			it.path, it.start, it.dir, it.unique = file.path, offset, file.dir, file.unique
			return true
		}
	}
	at := strings.LastIndexByte(it.ref.Key, '/')
	if at < 0 {
		return false
	}
	dir, err := resolve(r, it.ref.Key[:at])
	if err != nil {
		return false
	}
	it.dir, it.unique = dir, it.ref.Key[at+1:]
	it.path, it.whole = findUnique(it.dir, it.unique)
	return it.whole
}

// measure finds the end of a message in an mbox, after a look at whether one begins there.
func (it *item) measure() error {
	f, st, err := openFile(it.path)
	if err != nil {
		return err
	}
	defer f.Close()
	it.stat = st
	sc := newScanner(f, it.start, st.size)
	if it.start >= st.size || it.start > lookbehind && !sc.separatorAt(it.start) {
		return errChanged
	}
	e, _ := sc.next()
	it.extent = e
	return sc.err
}

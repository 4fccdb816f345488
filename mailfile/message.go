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
}

// item makes an item of the whole file e in p.
func (s *Source) item(p place, e *entry, ref sweeper.Ref) *item {
	it := &item{s: s, ref: ref, path: filepath.Join(p.dir(), e.name), stat: e.stat, whole: true}
	if it.end = e.size; p.delivers(e.name) {
		it.dir, it.unique = p.path, uniqueName(filepath.Base(e.name))
	}
	return it
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
	for _, sub := range []string{"cur", "new", "tmp"} {
		entries, _ := os.ReadDir(filepath.Join(dir, sub))
		for _, e := range entries {
			if uniqueName(e.Name()) == unique {
				return filepath.Join(dir, sub, e.Name()), true
			}
		}
	}
	return "", false
}

package mailfile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"sync"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// Stdin is mail from a stream: one message, or an mbox. It is one mailbox,
// "stdin", with one folder. A message's ID is "-", in an mbox followed by "#" and
// its offset; its Key is a digest of its bytes, so that the same message piped
// in twice is the same mail. There is nothing to resume: every cursor lists all of it.
type Stdin struct {
	max    int64
	stream io.Reader
	start  sync.Once
	done   chan struct{} // closed when what follows is set
	held   chunks
	cut    bool // there was more than was read
	err    error
}

var _ sweeper.Source = (*Stdin)(nil)

// NewStdin makes a Source of r, which is read, up to four times [Options.MaxMessage]
// bytes, when its messages are asked for. All of that is held in memory.
func NewStdin(r io.Reader, opts Options) *Stdin {
	if opts.MaxMessage <= 0 {
		opts.MaxMessage = DefaultMaxMessage
	}
	return &Stdin{max: opts.MaxMessage, stream: r, done: make(chan struct{})}
}

const stdinName = "stdin"

// streamMessages is how many messages of the largest size are held of a stream.
const streamMessages = 4

func (s *Stdin) folder() sweeper.Folder {
	return sweeper.Folder{Source: SourceName, Mailbox: stdinName, Key: stdinName}
}

// Mailboxes lists the one mailbox.
func (s *Stdin) Mailboxes(ctx context.Context) iter.Seq2[sweeper.Mailbox, error] {
	return func(yield func(sweeper.Mailbox, error) bool) {
		yield(sweeper.Mailbox{Source: SourceName, Name: stdinName}, ctx.Err())
	}
}

// Folders lists the one folder.
func (s *Stdin) Folders(ctx context.Context, _ sweeper.Mailbox) iter.Seq2[sweeper.Folder, error] {
	return func(yield func(sweeper.Folder, error) bool) { yield(s.folder(), ctx.Err()) }
}

// Changes lists all messages as one page.
func (s *Stdin) Changes(ctx context.Context, _ sweeper.Folder, _ sweeper.Cursor) iter.Seq2[sweeper.Page, error] {
	return func(yield func(sweeper.Page, error) bool) {
		err := ctx.Err()
		if err == nil {
			err = s.read(ctx)
		}
		if err != nil {
			yield(sweeper.Page{}, err)
			return
		}
		page := sweeper.Page{Done: true}
		page.Messages, page.Skips, err = s.messages()
		yield(page, err)
	}
}

// Message finds a message again by its Key.
func (s *Stdin) Message(ctx context.Context, ref sweeper.Ref) (*sweeper.Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	all, _, err := s.messages()
	for i := range all {
		if all[i].Ref.Key == ref.Key {
			return &all[i], nil
		}
	}
	if err != nil {
		return nil, err
	}
	return nil, skipped(ref, decode.Gone, "")
}

// read waits until the stream was read, which is done once. A terminal's Read does not
// end before a line does, so a goroutine does it and is left behind, waiting, when the
// context ends first; the next call finds what it has read.
func (s *Stdin) read(ctx context.Context) error {
	s.start.Do(func() { go s.drain() })
	select {
	case <-s.done:
		return s.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Stdin) drain() {
	defer close(s.done)
	var err error
	if s.cut, err = s.held.fill(s.stream, streamMessages*s.max); err != nil {
		s.err = fmt.Errorf("reading standard input: %w", err)
	}
}

// messages takes the stream for mail as long as it is text: whoever pipes it in
// says that it is.
func (s *Stdin) messages() ([]sweeper.Message, []sweeper.Skip, error) {
	r, size := &s.held, s.held.size
	v, err := judge(r, size, stdinName, true, make([]byte, headSize))
	ref := sweeper.Ref{Source: SourceName, Mailbox: stdinName, FolderKey: stdinName, ID: "-"}
	switch {
	case err != nil:
		return nil, nil, err
	case v.kind == other:
		ref.Key, err = s.key(extent{0, size})
		return nil, []sweeper.Skip{*skipped(ref, v.reason, v.detail)}, err
	case v.kind == message:
		m, err := s.message(ref, extent{0, size})
		return []sweeper.Message{m}, nil, err
	}
	var all []sweeper.Message
	seen := map[string]int{}
	for sc := newScanner(r, v.start, size); ; {
		x, ok := sc.next()
		if !ok {
			return all, nil, sc.err
		}
		ref.ID = withOffset("-", x.start)
		m, err := s.message(ref, x)
		if err != nil {
			return nil, nil, err
		}
		if seen[m.Ref.Key]++; seen[m.Ref.Key] > 1 {
			m.Ref.Key = withOffset(m.Ref.Key, x.start) // a copy of an earlier one
		}
		all = append(all, m)
	}
}

// message is the message at x. What follows the bytes that were read belongs to the last.
func (s *Stdin) message(ref sweeper.Ref, x extent) (sweeper.Message, error) {
	var err error
	ref.Key, err = s.key(x)
	size := x.end - x.start
	return sweeper.Message{Ref: ref, Size: min(size, s.max), Open: func(ctx context.Context, b *decode.Budget) (decode.Mail, error) {
		if err := ctx.Err(); err != nil {
			return decode.Mail{}, err
		}
		raw := make([]byte, min(size, s.max))
		if _, err := s.held.ReadAt(raw, x.start); err != nil && err != io.EOF {
			return decode.Mail{}, err
		}
		m := takeApart(ctx, raw, size, b)
		if s.cut && x.end == s.held.size {
			m.Skips = append(m.Skips, decode.Skip{
				Reason: decode.Oversized,
				Detail: fmt.Sprintf("only the first %d bytes of standard input were read", s.held.size),
			})
		}
		return m, nil
	}}, err
}

// key is a digest of the bytes of x.
func (s *Stdin) key(x extent) (string, error) {
	h := sha256.New()
	_, err := io.Copy(h, io.NewSectionReader(&s.held, x.start, x.end-x.start))
	return stdinName + ":" + hex.EncodeToString(h.Sum(nil)), err
}

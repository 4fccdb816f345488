package mailfile_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"mailsweep/decode"
	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// piped lists what a stream holds.
func piped(t *testing.T, r io.Reader, opts mailfile.Options) ([]sweeper.Message, []sweeper.Skip, error) {
	t.Helper()
	s := mailfile.NewStdin(r, opts)
	for m := range s.Mailboxes(t.Context()) {
		for f := range s.Folders(t.Context(), m) {
			for p, err := range s.Changes(t.Context(), f, nil) {
				if err == nil && (!p.Done || p.Next != nil) {
					t.Errorf("page %+v; want one page and no cursor", p)
				}
				return p.Messages, p.Skips, err
			}
		}
	}
	t.Fatal("no page")
	return nil, nil, nil
}

func TestStdin(t *testing.T) {
	for name, c := range map[string]struct {
		in       string
		messages []string // id and subject
		skip     string
	}{
		"a message":                  {letter("one"), []string{"- one"}, ""},
		"a message with a separator": {separator + letter("one"), []string{"- one"}, ""},
		"an mbox":                    {mboxOf("one", "two"), []string{"-#0 one", "-#150 two"}, ""},
		"an mbox with copies":        {mboxOf("one", "one"), []string{"-#0 one", "-#150 one"}, ""},
		"text":                       {"the password is in the safe", []string{"- "}, ""},
		"nothing":                    {"", nil, "not-mail (empty file)"},
		"no text":                    {"\x89PNG\r\n\x1a\n\x00\x00", nil, "not-mail (image/png)"},
	} {
		t.Run(name, func(t *testing.T) {
			messages, skips, err := piped(t, iotest.OneByteReader(strings.NewReader(c.in)), mailfile.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			keys := map[string]bool{}
			for _, m := range messages {
				if m.Ref.Mailbox != "stdin" || !strings.HasPrefix(m.Ref.Key, "stdin:") || keys[m.Ref.Key] {
					t.Errorf("message %+v", m.Ref)
				}
				keys[m.Ref.Key] = true
				got = append(got, m.Ref.ID+" "+subject(t, m))
			}
			equal(t, "messages", c.messages, got)
			skip := ""
			for _, s := range skips {
				skip += s.Error()
			}
			equal(t, "skip", c.skip, skip)
		})
	}
}

func TestStdinKeysAreContent(t *testing.T) {
	key := func(in string) string {
		messages, _, err := piped(t, strings.NewReader(in), mailfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return messages[0].Ref.Key
	}
	equal(t, "key of the same message", key(letter("one")), key(letter("one")))
	if key(letter("one")) == key(letter("two")) {
		t.Error("two messages have one key")
	}
}

func TestStdinFindsAgain(t *testing.T) {
	s := mailfile.NewStdin(strings.NewReader(mboxOf("one", "two")), mailfile.Options{})
	for p, err := range s.Changes(t.Context(), sweeper.Folder{}, nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range p.Messages {
			again, err := s.Message(t.Context(), m.Ref)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "subject", subject(t, m), subject(t, *again))
		}
	}
	if _, err := s.Message(t.Context(), sweeper.Ref{Key: "stdin:other"}); err == nil || err.Error() != "gone" {
		t.Errorf("finding another message gives %v, want gone", err)
	}
}

func TestStdinTooLong(t *testing.T) {
	messages, _, err := piped(t, strings.NewReader(mboxOf("one", "two")), mailfile.Options{MaxMessage: 70})
	if err != nil || len(messages) != 2 {
		t.Fatalf("%d messages, %v", len(messages), err)
	}
	long := decode.Skip{Reason: decode.Oversized, Detail: "only the first 70 of 150 bytes were read"}
	for i, want := range [][]decode.Skip{{long}, {
		{Reason: decode.Oversized, Detail: "only the first 70 of 130 bytes were read"},
		{Reason: decode.Oversized, Detail: "only the first 280 bytes of standard input were read"},
	}} {
		mail, err := messages[i].Open(t.Context(), decode.NewBudget(decode.DefaultLimits(), 200))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "skips", want, mail.Skips)
	}
}

func TestStdinBreaks(t *testing.T) {
	broken := errors.New("the pipe broke")
	_, _, err := piped(t, iotest.ErrReader(broken), mailfile.Options{})
	if !errors.Is(err, broken) {
		t.Errorf("the walk gives %v, want the reader's error", err)
	}
}

// A terminal gives nothing until a line is typed: Ctrl-C must not wait for it.
func TestStdinEndsWithItsContext(t *testing.T) {
	r, w := io.Pipe()
	s := mailfile.NewStdin(r, mailfile.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		for _, err := range s.Changes(ctx, sweeper.Folder{}, nil) {
			ended <- err
		}
	}()
	text := letter("typed at last")
	if _, err := io.WriteString(w, text[:5]); err != nil { // returns when it was read
		t.Fatal(err)
	}
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Changes gives %v, want the context's error", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("Changes waits for the stream after its context has ended")
	}
	if _, err := io.WriteString(w, text[5:]); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	for p, err := range s.Changes(t.Context(), sweeper.Folder{}, nil) {
		if err != nil || len(p.Messages) != 1 || subject(t, p.Messages[0]) != "typed at last" {
			t.Errorf("the next walk gives %d messages, %v", len(p.Messages), err)
		}
	}
}

package sweepertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// World is mail as the service or the disk behind a Source holds it. Each method
// fails the test when it cannot do what it says. Folders are named by the suite
// with one word each; the World decides what they are called in the Source.
type World interface {
	// Source opens a Source over the world. It sees what is changed later.
	Source(t *testing.T) sweeper.Source
	// MakeFolder makes an empty folder.
	MakeFolder(t *testing.T, folder string)
	// Add puts messages into a folder that was made, one for each subject, no two of
	// which are the same. Where messages can have what must be fetched, some have.
	Add(t *testing.T, folder string, subjects ...string)
	// Replace puts a message with another subject in the place of one: a draft
	// that was edited, a file that was overwritten.
	Replace(t *testing.T, folder, subject, by string)
	// Remove removes a message for good.
	Remove(t *testing.T, folder, subject string)
}

// Many is how many messages the suite puts into its larger folder. A Source has to
// make at least three pages of them.
const Many = 200

// Source checks that a Source keeps the contract of [sweeper.Source]. open makes
// a new, empty world for each part of the suite.
func Source(t *testing.T, open func(t *testing.T) World) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, World)
	}{
		{"lists each folder once, in a stable order", listsFolders},
		{"lists an empty world", listsNothing},
		{"lists every message once", listsMessages},
		{"finds a message again", findsAgain},
		{"gives the same page for the same cursor", repeats},
		{"goes on from every page", resumes},
		{"has nothing new when nothing is new", staysQuiet},
		{"follows what comes, changes and goes", follows},
		{"follows what changes in the middle of a walk", followsMidway},
		{"follows mail that is moved between folders", followsMoves},
		{"shows a folder made in the middle", showsNewFolder},
		{"says that a deleted message is gone", saysGone},
		{"stops when its consumer does", stops},
		{"ends when the context does", ends},
		{"serves many at once", servesMany},
		{"gives back what it holds", givesBack},
	} {
		t.Run(part.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			part.run(t, open(t))
			goleak.VerifyNone(t, before)
		})
	}
}

// subjects are n subjects, none like another.
func subjects(n int) []string {
	s := make([]string, n)
	for i := range s {
		s[i] = fmt.Sprintf("subject %04d", i)
	}
	return s
}

// folders lists all folders of all mailboxes.
func folders(t *testing.T, s sweeper.Source) []sweeper.Folder {
	t.Helper()
	var all []sweeper.Folder
	for m, err := range s.Mailboxes(t.Context()) {
		if err != nil {
			t.Fatalf("listing mailboxes: %v", err)
		}
		for f, err := range s.Folders(t.Context(), m) {
			if err != nil {
				t.Fatalf("listing folders of %s: %v", m.Name, err)
			}
			if f.Source != m.Source || f.Mailbox != m.Name {
				t.Errorf("folder %+v does not say that it is of %+v", f, m)
			}
			all = append(all, f)
		}
	}
	return all
}

// fill makes a world of one folder with messages, and gives that folder as the
// Source lists it.
func fill(t *testing.T, w World, s sweeper.Source, n int) sweeper.Folder {
	t.Helper()
	w.MakeFolder(t, "one")
	w.Add(t, "one", subjects(n)...)
	return only(t, s)
}

// only gives the folder that has messages.
func only(t *testing.T, s sweeper.Source) sweeper.Folder {
	t.Helper()
	for _, f := range folders(t, s) {
		if len(walk(t, s, f, nil).subjects(t)) > 0 {
			return f
		}
	}
	t.Fatal("no folder has messages")
	return sweeper.Folder{}
}

// replica is what one knows of a folder who has followed its pages.
type replica struct {
	messages map[string]sweeper.Message // by key
	next     sweeper.Cursor
	pages    []sweeper.Page
}

// walk follows a folder from a cursor to the end.
func walk(t *testing.T, s sweeper.Source, f sweeper.Folder, since sweeper.Cursor) *replica {
	t.Helper()
	r := &replica{messages: map[string]sweeper.Message{}}
	r.next = since
	r.follow(t, s, f)
	return r
}

// follow brings a replica up to date, and returns the messages that came.
func (r *replica) follow(t *testing.T, s sweeper.Source, f sweeper.Folder) []sweeper.Message {
	t.Helper()
	var came []sweeper.Message
	r.pages = nil
	done := false
	for p, err := range s.Changes(t.Context(), f, r.next) {
		if err != nil {
			t.Fatalf("changes of %s/%s: %v", f.Mailbox, f.Name, err)
		}
		hold(t, p)
		if done {
			t.Fatalf("a page after the one with Done")
		}
		if p.Reset && len(r.pages) > 0 {
			t.Errorf("Reset on page %d of a walk; it belongs to the first", len(r.pages)+1)
		}
		r.apply(t, f, p)
		came = append(came, p.Messages...)
		r.pages = append(r.pages, p)
		done = p.Done
	}
	if !done {
		t.Fatalf("the walk ended without a page with Done")
	}
	return came
}

func (r *replica) apply(t *testing.T, f sweeper.Folder, p sweeper.Page) {
	t.Helper()
	if p.Reset {
		clear(r.messages)
	}
	for _, key := range p.Gone {
		delete(r.messages, key)
	}
	for _, m := range p.Messages {
		if m.Ref.Source != f.Source || m.Ref.Mailbox == "" || m.Ref.FolderKey != f.Key || m.Ref.Key == "" || m.Ref.ID == "" {
			t.Errorf("incomplete Ref: %+v", m.Ref)
		}
		r.messages[m.Ref.Key] = m
	}
	r.next = p.Next
}

// subjects opens all messages and returns their subjects, sorted.
func (r *replica) subjects(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, m := range r.messages {
		all = append(all, subject(t, m))
	}
	slices.Sort(all)
	return all
}

func subject(t *testing.T, m sweeper.Message) string {
	t.Helper()
	mail, err := open(t.Context(), m)
	if err != nil {
		t.Fatalf("opening %s: %v", m.Ref.ID, err)
	}
	return mail.Header.Subject
}

// open opens a message as the pipeline does: fetched before, released behind.
func open(ctx context.Context, m sweeper.Message) (mail decode.Mail, err error) {
	if m.Fetch != nil {
		defer release(m.Release)
		if m.Size, err = m.Fetch(ctx); err != nil {
			return mail, err
		}
	}
	return m.Open(ctx, decode.NewBudget(decode.DefaultLimits(), m.Size))
}

// hold keeps a page for as long as its messages may be opened.
func hold(t *testing.T, p sweeper.Page) { t.Cleanup(func() { release(p.Release) }) }

func release(give func()) {
	if give != nil {
		give()
	}
}

func keys(messages []sweeper.Message) []string {
	var all []string
	for _, m := range messages {
		all = append(all, m.Ref.Key)
	}
	slices.Sort(all)
	return all
}

func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// isGone reports whether an error is a Skip with the reason gone.
func isGone(err error) bool {
	var s *sweeper.Skip
	return errors.As(err, &s) && s.Reason == decode.Gone
}

// canceled is a context that has ended.
func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

package sweepertest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"mailsweep/sweeper"
)

func listsFolders(t *testing.T, w World) {
	for _, f := range []string{"one", "two", "three"} {
		w.MakeFolder(t, f)
		w.Add(t, f, "in "+f)
	}
	s := w.Source(t)
	first := folders(t, s)
	equal(t, "a second listing", first, folders(t, s))
	equal(t, "a listing of another Source over the same world", first, folders(t, w.Source(t)))
	seen := map[string]bool{}
	var all []string
	for _, f := range first {
		if f.Key == "" || seen[f.Key] {
			t.Errorf("folder %+v has no key of its own", f)
		}
		seen[f.Key] = true
		all = append(all, walk(t, s, f, nil).subjects(t)...)
	}
	slices.Sort(all)
	equal(t, "subjects in all folders", []string{"in one", "in three", "in two"}, all)
}

func listsNothing(t *testing.T, w World) {
	s := w.Source(t)
	for _, f := range folders(t, s) {
		equal(t, "subjects", []string(nil), walk(t, s, f, nil).subjects(t))
	}
	w.MakeFolder(t, "one")
	for _, f := range folders(t, s) {
		r := walk(t, s, f, nil)
		equal(t, "messages of an empty folder", 0, len(r.messages))
		equal(t, "pages of an empty folder", 1, len(r.pages))
	}
}

func listsMessages(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, Many)
	r := &replica{messages: map[string]sweeper.Message{}}
	came := r.follow(t, s, f)
	if len(r.pages) < 3 {
		t.Errorf("%d messages came on %d pages; the suite wants at least 3", Many, len(r.pages))
	}
	equal(t, "messages", Many, len(came))
	equal(t, "subjects", subjects(Many), r.subjects(t))
}

func findsAgain(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, 3)
	for _, m := range walk(t, s, f, nil).messages {
		for _, source := range []sweeper.Source{s, w.Source(t)} {
			again, err := source.Message(t.Context(), m.Ref)
			if err != nil {
				t.Fatalf("finding %s again: %v", m.Ref.ID, err)
			}
			equal(t, "the Ref of a message found again", m.Ref, again.Ref)
			fresh, err := source.Message(t.Context(), m.Ref)
			if err != nil {
				t.Fatalf("finding %s again: %v", m.Ref.ID, err)
			}
			equal(t, "its subject", subject(t, *again), subject(t, *fresh))
		}
	}
}

func repeats(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, Many)
	var since sweeper.Cursor
	for _, p := range walk(t, s, f, nil).pages {
		for again, err := range s.Changes(t.Context(), f, since) {
			if err != nil {
				t.Fatal(err)
			}
			hold(t, again)
			equal(t, "messages of the same page", keys(p.Messages), keys(again.Messages))
			equal(t, "done and reset of the same page", []bool{p.Done, p.Reset}, []bool{again.Done, again.Reset})
			break
		}
		since = p.Next
	}
}

func resumes(t *testing.T, w World) {
	f := fill(t, w, w.Source(t), Many)
	whole := walk(t, w.Source(t), f, nil)
	for i := range whole.pages {
		var want []sweeper.Message
		for _, p := range whole.pages[i+1:] {
			want = append(want, p.Messages...)
		}
		r := &replica{messages: map[string]sweeper.Message{}, next: whole.pages[i].Next}
		came := r.follow(t, w.Source(t), f)
		equal(t, "messages behind a page", keys(want), keys(came))
		if r.pages[0].Reset {
			t.Error("Reset where a walk goes on: what the pages before told would be lost")
		}
		equal(t, "messages when the rest has come", 0, len(r.follow(t, w.Source(t), f)))
	}
}

func staysQuiet(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, Many)
	r := walk(t, s, f, nil)
	for range 2 {
		came := r.follow(t, s, f)
		equal(t, "messages when nothing is new", 0, len(came))
		equal(t, "pages when nothing is new", 1, len(r.pages))
		if p := r.pages[0]; len(p.Gone) > 0 || len(p.Skips) > 0 || p.Reset {
			t.Errorf("a page says that something is new: %+v", p)
		}
	}
}

func follows(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, 20)
	r := walk(t, s, f, nil)
	want := subjects(20)

	w.Add(t, "one", "an addition", "another addition")
	want = append([]string{"an addition", "another addition"}, want...)
	came := r.follow(t, s, f)
	equal(t, "messages that came with two additions", 2, len(came))
	equal(t, "subjects after additions", want, r.subjects(t))

	w.Remove(t, "one", "subject 0007")
	want = slices.DeleteFunc(want, func(s string) bool { return s == "subject 0007" })
	r.follow(t, s, f)
	equal(t, "subjects after a removal", want, r.subjects(t))

	w.Replace(t, "one", "subject 0011", "a replacement")
	want = slices.DeleteFunc(want, func(s string) bool { return s == "subject 0011" })
	want = append(want, "a replacement")
	slices.Sort(want)
	r.follow(t, s, f)
	equal(t, "subjects after a replacement", want, r.subjects(t))

	for _, subject := range slices.Clone(want) {
		w.Remove(t, "one", subject)
	}
	r.follow(t, s, f)
	equal(t, "subjects when all are removed", []string(nil), r.subjects(t))
}

// followsMidway changes the world after each page: where the change lies in
// relation to the walk is the Source's affair, but one more walk must know all.
func followsMidway(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, Many)
	r := &replica{messages: map[string]sweeper.Message{}}
	pages := 0
	for p, err := range s.Changes(t.Context(), f, nil) {
		if err != nil {
			t.Fatal(err)
		}
		hold(t, p)
		r.apply(t, f, p)
		if pages++; pages == 1 {
			w.Add(t, "one", "added midway")
			w.Remove(t, "one", "subject 0000")
			w.Remove(t, "one", "subject 0199")
			w.Replace(t, "one", "subject 0001", "replaced midway")
			w.Replace(t, "one", "subject 0150", "replaced midway, too")
		}
	}
	r.follow(t, s, f)
	want := append([]string{"added midway", "replaced midway", "replaced midway, too"}, subjects(Many)...)
	want = slices.DeleteFunc(want, func(s string) bool {
		return slices.Contains([]string{"subject 0000", "subject 0001", "subject 0150", "subject 0199"}, s)
	})
	equal(t, "subjects", want, r.subjects(t))
}

func showsNewFolder(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, 3)
	for p, err := range s.Changes(t.Context(), f, nil) {
		if err != nil {
			t.Fatal(err)
		}
		hold(t, p)
		w.MakeFolder(t, "made midway")
		w.Add(t, "made midway", "in the new folder")
		break
	}
	for _, f := range folders(t, s) {
		if slices.Contains(walk(t, s, f, nil).subjects(t), "in the new folder") {
			return
		}
	}
	t.Error("the new folder is not listed")
}

// saysGone opens a message that was deleted after it was listed. A Source whose
// lists carry the content may still have it.
func saysGone(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, 1)
	for _, m := range walk(t, s, f, nil).messages {
		w.Remove(t, "one", "subject 0000")
		mail, err := open(t.Context(), m)
		if err == nil && mail.Header.Subject != "subject 0000" || err != nil && !isGone(err) {
			t.Errorf("opening a deleted message gives %q, %v; want a *Skip with reason gone", mail.Header.Subject, err)
		}
		if _, err := s.Message(t.Context(), m.Ref); !isGone(err) {
			t.Errorf("finding a deleted message again gives %v; want a *Skip with reason gone", err)
		}
	}
}

func stops(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, Many)
	for range s.Mailboxes(t.Context()) {
		break
	}
	for range s.Folders(t.Context(), sweeper.Mailbox{Source: f.Source, Name: f.Mailbox}) {
		break
	}
	for p := range s.Changes(t.Context(), f, nil) {
		release(p.Release)
		break
	}
}

func ends(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, Many)
	ctx, cancel := context.WithCancel(t.Context())
	pages := 0
	for p, err := range s.Changes(ctx, f, nil) {
		if pages++; pages == 1 {
			release(p.Release)
			cancel()
			continue
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after the context's end came %v, want its error", err)
		}
		if pages > 2 {
			t.Fatal("the walk goes on after the context's end")
		}
	}
	cancel()
	equal(t, "items of the walk: a page and the context's error", 2, pages)
	endsAtOnce(t, s, f)
}

func endsAtOnce(t *testing.T, s sweeper.Source, f sweeper.Folder) {
	t.Helper()
	ctx := canceled(t)
	for _, err := range s.Mailboxes(ctx) {
		wantCanceled(t, "Mailboxes", err)
	}
	for _, err := range s.Folders(ctx, sweeper.Mailbox{Source: f.Source, Name: f.Mailbox}) {
		wantCanceled(t, "Folders", err)
	}
	for _, err := range s.Changes(ctx, f, nil) {
		wantCanceled(t, "Changes", err)
	}
	_, err := s.Message(ctx, sweeper.Ref{Source: f.Source, Mailbox: f.Mailbox, Folder: f.Name, FolderKey: f.Key, Key: "any", ID: "any"})
	wantCanceled(t, "Message", err)
}

func wantCanceled(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%s with a context that has ended gives %v, want its error", what, err)
	}
}

func servesMany(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, Many)
	want := walk(t, s, f, nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			r := &replica{messages: map[string]sweeper.Message{}}
			if len(r.followQuietly(t, s, f)) != len(want.messages) {
				t.Errorf("one of many walks found %d messages, want %d", len(r.messages), len(want.messages))
			}
			for m := range s.Mailboxes(t.Context()) {
				for range s.Folders(t.Context(), m) {
				}
			}
		})
	}
	all.Wait()
}

// followQuietly is follow for a goroutine of its own, which may not call Fatal.
func (r *replica) followQuietly(t *testing.T, s sweeper.Source, f sweeper.Folder) map[string]sweeper.Message {
	for p, err := range s.Changes(t.Context(), f, nil) {
		if err != nil {
			t.Errorf("one of many walks: %v", err)
			return nil
		}
		hold(t, p)
		r.apply(t, f, p)
	}
	for _, m := range r.messages {
		if _, err := open(t.Context(), m); err != nil {
			t.Errorf("one of many walks: opening %s: %v", m.Ref.ID, err)
		}
	}
	return r.messages
}

// givesBack walks a folder time and again, and leaves its messages at every point at which
// the pipeline may: a Source that does not get its memory back, or counts on being asked
// for all of it, comes to a stop.
func givesBack(t *testing.T, w World) {
	s := w.Source(t)
	f := fill(t, w, s, Many)
	for turn := range 8 {
		n := 0
		for p, err := range s.Changes(t.Context(), f, nil) {
			if err != nil {
				t.Fatal(err)
			}
			for i, m := range p.Messages {
				leave(t, m, (i+turn)%4)
				n++
			}
			release(p.Release)
		}
		equal(t, "messages", Many, n)
	}
}

// leave handles a message up to some point.
func leave(t *testing.T, m sweeper.Message, point int) {
	t.Helper()
	switch {
	case point == 0: // it is not looked at, because another one failed
	case m.Fetch == nil || point == 1:
		if _, err := open(t.Context(), m); err != nil {
			t.Errorf("opening %s: %v", m.Ref.ID, err)
		}
	case point == 2: // fetched, and then there is no time to open it
		if size, err := m.Fetch(t.Context()); err != nil || size < m.Size {
			t.Errorf("fetching %s: %d bytes of %d, %v", m.Ref.ID, size, m.Size, err)
		}
		release(m.Release)
	default: // the sweep ends while it is fetched
		if _, err := m.Fetch(canceled(t)); !errors.Is(err, context.Canceled) {
			t.Errorf("fetching %s with a context that has ended gives %v, want its error", m.Ref.ID, err)
		}
		release(m.Release)
	}
}

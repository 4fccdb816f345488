package sweeper_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"mailsweep/decode"
	"mailsweep/store"
	"mailsweep/sweeper"
)

// What was found in a folder that was deleted is gone, as that of a mail that was
// deleted is; so is all of a mailbox that was deleted.
func TestDeletedFolder(t *testing.T) {
	b := newBench(t)
	b.mail.Put("ann", "in", "1", raw("1", "hello", "token=secret-in-in"))
	b.mail.Put("ann", "old", "2", raw("2", "hello", "token=secret-in-old"))
	b.mail.Put("bob", "in", "3", raw("3", "hello", "token=secret-of-bob"))
	b.must()
	b.mail.RemoveFolder("ann", "old")
	b.mail.RemoveFolder("bob", "in")
	s := b.must()
	if left := b.findings(store.FindingFilter{}); len(left) != 1 || left[0].Ref.ID != "1" || s.Messages != 0 || s.Skips != 0 {
		t.Errorf("%+v, there: %+v", s, left)
	}
	if all := b.findings(store.FindingFilter{Gone: true}); len(all) != 3 {
		t.Errorf("%d findings are known", len(all))
	}
	b.mail.Put("ann", "old", "2", raw("2", "hello", "token=secret-in-old"))
	b.must()
	if left := b.findings(store.FindingFilter{}); len(left) != 2 {
		t.Errorf("after it came again: %d findings", len(left))
	}
}

// blind lists nothing of a folder, and says what it is told to say of it.
type blind struct {
	sweeper.Source
	skip error
	says error
}

func (s blind) Folders(context.Context, sweeper.Mailbox) iter.Seq2[sweeper.Folder, error] {
	return func(yield func(sweeper.Folder, error) bool) {
		if s.skip != nil {
			yield(sweeper.Folder{}, s.skip)
		}
	}
}

func (s blind) Lost(context.Context, sweeper.Folder) (bool, error) { return false, s.says }

// A folder that is left out or out of reach is not gone.
func TestUnlistedFolderIsNotGone(t *testing.T) {
	b := newBench(t)
	b.mail.Put("ann", "in", "1", raw("1", "hello", "token=secret-in-in"))
	b.must()
	shut := &sweeper.Skip{Ref: sweeper.Ref{Source: "memory", Mailbox: "ann"}, Skip: decode.Skip{Reason: decode.Unreadable}}
	later := errors.New("too many requests")
	for name, c := range map[string]struct {
		source sweeper.Source
		want   error
	}{
		"left out":           {source: blind{Source: b.mail}},
		"out of reach":       {source: blind{Source: b.mail, skip: shut}},
		"not to be told now": {source: blind{Source: b.mail, says: later}, want: later},
		"no witness":         {source: struct{ sweeper.Source }{blind{Source: b.mail}}},
	} {
		if _, err := b.Sweep(t.Context(), sweeper.Run{}, c.source); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(b.findings(store.FindingFilter{})); n != 1 {
			t.Errorf("%s: %d findings", name, n)
		}
	}
}

package m365

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// archiveMark ends the name of an archive mailbox, so that findings tell it from the
// primary one. No address has it.
const archiveMark = " (archive)"

// archival reports whether a mailbox of that name is an archive.
func archival(name string) bool { return strings.HasSuffix(name, archiveMark) }

// archiveOf finds the in-place archive of a mailbox; nil when it has none. It is a
// mailbox of its own, with limits of its own, that is named "MBX:<guid>@<tenant>" in
// the place of a user.
//
// Microsoft does not support to read it so (learn.microsoft.com, "Outlook mail API
// overview"), and tells its id in beta only; that both work was measured by others, and
// that the auxiliary archives behind a full one fail.
func (s *Source) archiveOf(ctx context.Context, owner *mailbox) (*mailbox, error) {
	name := owner.name + archiveMark
	s.mu.Lock()
	box := s.boxes[name]
	s.mu.Unlock()
	if box != nil {
		return box, nil
	}
	r := s.c.single(ctx, "", s.c.address("beta", nil, "users", owner.id, "settings", "exchange"))
	if r.err != nil {
		return nil, r.err
	}
	var settings struct{ InPlaceArchiveMailboxID string }
	if err := json.Unmarshal(r.body, &settings); err != nil {
		return nil, errOdd
	}
	id := settings.InPlaceArchiveMailboxID
	if id == "" {
		return nil, nil
	}
	box = &mailbox{id: id, name: name, owner: owner, folders: map[string]*folder{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.boxes[name] = box
	return box, nil
}

// giveArchive gives the archive of a mailbox, if there is one and it was asked for.
func (s *Source) giveArchive(ctx context.Context, owner *mailbox, yield func(sweeper.Mailbox, error) bool) bool {
	if !s.archives {
		return true
	}
	box, err := s.archiveOf(ctx, owner)
	var in *signInError
	switch {
	case err == nil && box == nil:
		return true
	case err == nil:
		return yield(sweeper.Mailbox{Source: s.name, Name: box.name}, nil)
	case ctx.Err() != nil, errors.As(err, &in), errors.Is(err, errOtherHost):
		yield(sweeper.Mailbox{}, s.stop(err))
		return false
	}
	return yield(sweeper.Mailbox{}, s.noArchive(sweeper.Ref{Mailbox: owner.name + archiveMark}, "whether there is one could not be found out", err))
}

// namedArchive finds an archive by its name.
func (s *Source) namedArchive(ctx context.Context, name string) (*mailbox, error) {
	owner, err := s.named(ctx, strings.TrimSuffix(name, archiveMark))
	if err != nil {
		return nil, err
	}
	box, err := s.archiveOf(ctx, owner)
	if err == nil && box == nil {
		err = errors.New("the mailbox has no archive any more")
	}
	return box, err
}

// archiveRefused is the Skip for what the service does not give of an archive, nil where
// an error says that it might give it later.
func (s *Source) archiveRefused(ref sweeper.Ref, err error) *sweeper.Skip {
	var e *Error
	if !archival(ref.Mailbox) || !errors.As(err, &e) {
		return nil
	}
	switch e.meaning() {
	case notCovered, vanished, unreadable, forbidden, malformed, unknown:
		return s.noArchive(ref, "the service does not give it; it never gives what lies in an auxiliary archive", e)
	}
	return nil
}

// noArchive is the Skip of an archive, or of a folder in one.
func (s *Source) noArchive(ref sweeper.Ref, what string, err error) *sweeper.Skip {
	ref.Source = s.name
	return &sweeper.Skip{Ref: ref, Skip: decode.Skip{
		Reason: decode.Unreadable,
		Detail: fmt.Sprintf("this archive mailbox is not covered: %s. Reading archives is experimental (%s)", what, err),
	}}
}

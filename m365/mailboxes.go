package m365

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// Mailboxes implements [sweeper.Source]: what the selection names, each mailbox
// once. Guests are passed over: their mail is in another tenant. An address that
// names nobody is a Skip, because somebody expected it to be searched. Behind a mailbox
// comes its archive, if archives are to be read.
func (s *Source) Mailboxes(ctx context.Context) iter.Seq2[sweeper.Mailbox, error] {
	return func(yield func(sweeper.Mailbox, error) bool) {
		choice, err := s.choice(ctx)
		if err != nil {
			yield(sweeper.Mailbox{}, err)
			return
		}
		seen := map[string]bool{}
		missing := s.ids.mailboxes()
		give := func(u user) bool {
			delete(missing, strings.ToLower(u.mail))
			delete(missing, strings.ToLower(u.principal))
			if seen[u.id] || !choice.takes(u) || u.guest() {
				return true
			}
			seen[u.id] = true
			box := s.know(u)
			return yield(sweeper.Mailbox{Source: s.name, Name: box.name}, nil) && s.giveArchive(ctx, box, yield)
		}
		for _, address := range s.pick.Addresses {
			u, err := s.c.user(ctx, address)
			var e *Error
			if errors.As(err, &e) && (e.meaning() == notCovered || e.meaning() == vanished || e.meaning() == malformed) {
				delete(missing, strings.ToLower(address))
				if !yield(sweeper.Mailbox{}, s.notCovered(address, e)) {
					return
				}
				continue
			}
			if err != nil {
				yield(sweeper.Mailbox{}, s.stop(err))
				return
			}
			if u.guest() && !yield(sweeper.Mailbox{}, s.unread(address, "this mailbox is not covered: the account is a guest, whose mail is in another tenant")) || !give(u) {
				return
			}
		}
		for _, list := range s.lists(ctx) {
			for u, err := range list {
				if err != nil {
					yield(sweeper.Mailbox{}, s.stop(err))
					return
				}
				if !give(u) {
					return
				}
			}
		}
		for name := range missing {
			if !yield(sweeper.Mailbox{}, s.unlisted(name)) {
				return
			}
		}
		for _, pattern := range choice.idle() {
			if !yield(sweeper.Mailbox{}, s.unread(pattern, "not covered: no mailbox of the selection matches this pattern")) {
				return
			}
		}
		if len(seen) == 0 && len(s.pick.Addresses) == 0 {
			yield(sweeper.Mailbox{}, errors.New("the selection names no mailbox: nothing was searched"))
		}
	}
}

// lists are the listings of the directory that the selection asks for.
func (s *Source) lists(ctx context.Context) []iter.Seq2[user, error] {
	var lists []iter.Seq2[user, error]
	for _, g := range s.pick.Groups {
		lists = append(lists, s.c.members(ctx, g))
	}
	if s.pick.All {
		lists = append(lists, s.c.users(ctx, nil, "users"))
	}
	if s.pick.Filter != "" {
		lists = append(lists, s.c.users(ctx, query{{"$filter", s.pick.Filter}}, "users"))
	}
	return lists
}

// unread is the Skip of what was named to be searched, and is no mailbox of this tenant.
func (s *Source) unread(name, why string) *sweeper.Skip {
	return &sweeper.Skip{Ref: sweeper.Ref{Source: s.name, Mailbox: name}, Skip: decode.Skip{Reason: decode.Unreadable, Detail: why}}
}

// guest reports whether the account is of another tenant, where its mail is.
func (u user) guest() bool { return strings.EqualFold(u.kind, "Guest") }

// choice takes mailboxes out of a selection again. It belongs to one goroutine.
type choice struct {
	only, not globs
	members   map[string]bool // of groups that are not wanted, by id
}

func (s *Source) choice(ctx context.Context) (*choice, error) {
	c := &choice{only: newGlobs(s.pick.Only), not: newGlobs(s.pick.Exclude), members: map[string]bool{}}
	for _, g := range s.pick.ExcludeGroups {
		for u, err := range s.c.members(ctx, g) {
			if err != nil {
				return nil, s.stop(fmt.Errorf("list the group to exclude: %w", err))
			}
			c.members[u.id] = true
		}
	}
	return c, nil
}

func (c *choice) takes(u user) bool {
	return (len(c.only) == 0 || c.only.match(u)) && !c.not.match(u) && !c.members[u.id]
}

// idle are the patterns that chose nobody.
func (c *choice) idle() (list []string) {
	for _, g := range c.only {
		if !g.used {
			list = append(list, g.pattern)
		}
	}
	return list
}

// globs are patterns of addresses, that remember which of them matched.
type globs []*glob

type glob struct {
	pattern string
	chooses func(name string) bool
	used    bool
}

func newGlobs(patterns []string) (all globs) {
	for _, p := range patterns {
		all = append(all, &glob{pattern: p, chooses: sweeper.Glob(p)})
	}
	return all
}

func (all globs) match(u user) (any bool) {
	for _, g := range all {
		if g.chooses(u.mail) || g.chooses(u.principal) {
			g.used, any = true, true
		}
	}
	return any
}

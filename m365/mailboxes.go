package m365

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"mailsweep/sweeper"
)

// Mailboxes implements [sweeper.Source]: what the selection names, each mailbox
// once. Guests are passed over: their mail is in another tenant. An address that
// names nobody is a Skip, because somebody expected it to be searched. Behind a mailbox
// comes its archive, if archives are to be read.
func (s *Source) Mailboxes(ctx context.Context) iter.Seq2[sweeper.Mailbox, error] {
	return func(yield func(sweeper.Mailbox, error) bool) {
		out, err := s.excluded(ctx)
		if err != nil {
			yield(sweeper.Mailbox{}, err)
			return
		}
		seen := map[string]bool{}
		missing := s.ids.mailboxes()
		give := func(u user) bool {
			delete(missing, strings.ToLower(u.mail))
			delete(missing, strings.ToLower(u.principal))
			if seen[u.id] || out(u) || strings.EqualFold(u.kind, "Guest") {
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
			if !give(u) {
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

// excluded says who was taken out of the selection.
func (s *Source) excluded(ctx context.Context) (func(user) bool, error) {
	only, out := globs(s.pick.Only), globs(s.pick.Exclude)
	ids := map[string]bool{}
	for _, g := range s.pick.ExcludeGroups {
		for u, err := range s.c.members(ctx, g) {
			if err != nil {
				return nil, s.stop(fmt.Errorf("list the group to exclude: %w", err))
			}
			ids[u.id] = true
		}
	}
	return func(u user) bool {
		match := func(re *regexp.Regexp) bool { return re.MatchString(u.mail) || re.MatchString(u.principal) }
		return ids[u.id] || only != nil && !match(only) || out != nil && match(out)
	}, nil
}

// globs compiles patterns of addresses: "*" is any characters, "?" one. nil for none.
func globs(patterns []string) *regexp.Regexp {
	if len(patterns) == 0 {
		return nil
	}
	quoted := make([]string, len(patterns))
	for i, p := range patterns {
		quoted[i] = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(p))
	}
	return regexp.MustCompile(`(?is)^(?:` + strings.Join(quoted, "|") + `)$`)
}

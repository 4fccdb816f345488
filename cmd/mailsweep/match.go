package main

import (
	"sync/atomic"

	"mailsweep/sweeper"
)

// selection chooses folders whose mailbox matches one of the mailbox patterns and
// whose name matches one of the folder patterns, each a [sweeper.Glob]; no patterns
// match everything. It remembers which patterns chose something. It is safe for
// concurrent use.
type selection struct {
	mailboxes, folders []*pattern
	offered            bool // to a Source: standard input has no names to choose by
}

type pattern struct {
	flag, text string
	chooses    func(name string) bool
	used       atomic.Bool
}

func newSelection(mailboxes, folders []string) *selection {
	return &selection{mailboxes: patterns("--mailbox", mailboxes), folders: patterns("--folder", folders)}
}

// match is for one Source; nil when everything is chosen.
func (s *selection) match() func(mailbox, folder string) bool {
	s.offered = true
	if len(s.mailboxes) == 0 && len(s.folders) == 0 {
		return nil
	}
	return func(mailbox, folder string) bool {
		m, f := hits(s.mailboxes, mailbox), hits(s.folders, folder)
		if len(s.mailboxes) > 0 && len(m) == 0 || len(s.folders) > 0 && len(f) == 0 {
			return false
		}
		for _, p := range append(m, f...) {
			p.used.Store(true)
		}
		return true
	}
}

// inTenant is for a tenant, whose mailboxes are chosen before.
func (s *selection) inTenant() func(mailbox, folder string) bool {
	for _, p := range s.mailboxes {
		p.used.Store(true) // one that names nobody is told by the Source
	}
	s.offered = true
	m := selection{folders: s.folders}
	return m.match()
}

// idle are the patterns that chose nothing.
func (s *selection) idle() (list []*pattern) {
	if !s.offered {
		return nil
	}
	for _, all := range [][]*pattern{s.mailboxes, s.folders} {
		for _, p := range all {
			if !p.used.Load() {
				list = append(list, p)
			}
		}
	}
	return list
}

func hits(all []*pattern, name string) (list []*pattern) {
	for _, p := range all {
		if p.chooses(name) {
			list = append(list, p)
		}
	}
	return list
}

func patterns(flag string, texts []string) (list []*pattern) {
	for _, t := range texts {
		list = append(list, &pattern{flag: flag, text: t, chooses: sweeper.Glob(t)})
	}
	return list
}

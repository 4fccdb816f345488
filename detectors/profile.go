package detectors

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"mailsweep/sweeper"
)

// Profile is what the search of many mails cost, by rule. The zero value is ready. It
// is not safe for concurrent use: times of searches beside each other mean little.
type Profile struct {
	Texts int
	Bytes int64 // of them
	// Time is that of all searches, with the measuring.
	Time  time.Duration
	rules map[string]*RuleCost
}

// RuleCost is what one rule cost. Layers in which encodings were undone count as
// texts of their own.
type RuleCost struct {
	Rule    string
	Texts   int // that were open to it: they have one of its keywords
	Anchors int // places where it was looked for
	Windows int // pieces that its regex was run on
	// Read counts the bytes that its automaton read; Ran, those that its regex was given.
	Read, Ran int64
	Matches   int
	Kept      int // of them, that became findings
	// Time is that of the whole search for the rule, PatternTime that of its regex.
	Time, PatternTime time.Duration
}

// Profile searches a mail like Detect, and adds to p what it cost. Texts that were
// searched before are searched again.
func (s *Set) Profile(ctx context.Context, m sweeper.Mail, p *Profile) error {
	w := newWitness(true)
	begin := time.Now()
	_, err := s.detect(ctx, m, w)
	p.Time += time.Since(begin)
	for _, t := range m.Texts {
		p.Texts++
		p.Bytes += int64(len(t.Body))
	}
	if p.rules == nil {
		p.rules = map[string]*RuleCost{}
	}
	for _, a := range w.accounts {
		p.add(a)
	}
	return err
}

func (p *Profile) add(a *account) {
	id := a.rule.spec.ID
	c := p.rules[id]
	if c == nil {
		c = &RuleCost{Rule: id}
		p.rules[id] = c
	}
	s := a.search
	if s.Open {
		c.Texts++
	}
	c.Anchors += len(s.Anchors)
	c.Windows += len(s.Windows)
	c.Read += int64(s.Read)
	c.Ran += int64(s.Ran)
	c.Time += s.Time
	c.PatternTime += s.PatternTime
	for _, f := range a.fates {
		c.Matches++
		if f.candidate != nil {
			c.Kept++
		}
	}
}

// Rules are the rules that anything was done for, the costliest first.
func (p *Profile) Rules() []RuleCost {
	var all []RuleCost
	for _, id := range slices.Sorted(maps.Keys(p.rules)) {
		all = append(all, *p.rules[id])
	}
	slices.SortStableFunc(all, func(a, b RuleCost) int {
		return cmp.Or(-cmp.Compare(a.Time, b.Time), -cmp.Compare(a.Read+a.Ran, b.Read+b.Ran))
	})
	return all
}

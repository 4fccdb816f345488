package sweeper

import (
	"cmp"
	"slices"
	"strings"

	"mailsweep/decode"
	"mailsweep/secret"
)

// Allower says which findings are known and accepted for a time. They are stored as any
// other and told as [Allowed]: so an entry that is added, changed, removed or expired
// holds for all that is known at once. Its methods may be called from many goroutines.
type Allower interface {
	// Allow names the first entry that covers f. It looks at f alone, as a store gives
	// it too.
	Allow(f *Finding) (Allowance, bool)
	// Marks are the ids of the text patterns that match a line. What a detector matched
	// in it is masked: a pattern can be about what stands around a secret only.
	Marks(line string) []string
	// Digest changes whenever Marks may give other ids, "" when it never gives any. Mail
	// that was read with another one is read again.
	Digest() string
}

// Allowance is an entry of an allow-list, in its owner's words.
type Allowance struct {
	Entry   string `json:"entry"` // its name
	Reason  string `json:"reason"`
	By      string `json:"by,omitempty"` // who answers for it, where that is said
	Expires string `json:"expires"`      // the last day on which it holds, in UTC: "2027-01-31"
}

// Allowed is a finding that an entry covers.
type Allowed struct {
	Allowance
	Finding Finding
}

// AllowedCount is how many findings an entry covered.
type AllowedCount struct {
	Allowance
	Findings int `json:"findings"`
}

// Sighting tells a finding as what it is: one to act on, or one that is allowed. Without
// an Allower all are to act on.
func Sighting(a Allower, f *Finding) Event {
	if a != nil {
		if by, ok := a.Allow(f); ok {
			return Event{Allowed: &Allowed{Allowance: by, Finding: *f}}
		}
	}
	return Event{Finding: f}
}

// allow adds one to an entry's count. Counts are in the order of names.
func (s *Summary) allow(a Allowance) {
	i, there := slices.BinarySearchFunc(s.Allowed, a, func(c AllowedCount, a Allowance) int {
		return cmp.Or(cmp.Compare(c.Entry, a.Entry), cmp.Compare(c.Expires, a.Expires))
	})
	if !there {
		s.Allowed = slices.Insert(s.Allowed, i, AllowedCount{Allowance: a})
	}
	s.Allowed[i].Findings++
}

// spot is a line of a text in a mail.
type spot struct {
	path string
	view decode.View
	line int
}

// marks are the marks of all lines that hold a candidate, each line looked at once.
func (s *Sweeper) marks(texts []decode.Text, candidates []Candidate) map[spot][]string {
	if s.Allow == nil || s.Allow.Digest() == "" || len(candidates) == 0 {
		return nil
	}
	on := map[spot][]Candidate{}
	for _, c := range candidates {
		at := spot{c.Path, c.View, c.Line}
		on[at] = append(on[at], c)
	}
	wanted := map[spot]bool{} // by text: line 0
	for at := range on {
		wanted[spot{at.path, at.view, 0}] = true
	}
	found := map[spot][]string{}
	for _, t := range texts {
		if !wanted[spot{t.Path, t.View, 0}] {
			continue
		}
		n := 0
		for line := range strings.SplitSeq(t.Body, "\n") {
			n++
			at := spot{t.Path, t.View, n}
			if here := on[at]; len(here) > 0 {
				if masked, ok := maskLine(line, here); ok {
					found[at] = s.Allow.Marks(masked)
					delete(on, at)
				}
			}
		}
	}
	return found
}

// maskLine masks the candidates in the line on which they begin. ok is false when one
// is not there as it stands: then there is no telling what the line shows of it.
func maskLine(line string, candidates []Candidate) (masked string, ok bool) {
	var there []secret.Value
	for _, c := range candidates {
		held := false
		for _, v := range []secret.Value{c.Secret, c.Seen} {
			begin, _, _ := strings.Cut(v.Reveal(), "\n")
			if !held && begin != "" && strings.Contains(line, begin) {
				held = true
				there = append(there, secret.New(begin))
			}
		}
		if !held {
			return "", false
		}
	}
	return secret.NewMasker(there, nil).Mask(line), true
}

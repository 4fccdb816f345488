package secret

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// shortSecret is the length in runes below which nothing at all is shown: even
	// the length of a password helps to guess it.
	shortSecret = 16
	// maskFloor is the length in runes from which every other occurrence of a
	// secret is masked too; shorter ones could be parts of ordinary words.
	maskFloor = 8
	maxPrefix = 64
)

// Preview is enough for an owner to recognise a secret, never to use it: nothing
// of a short one, otherwise its public prefix (the part that every token of its
// kind shares, such as "ghp_"; may be "") and its length in characters. A prefix
// that would leave less than 12 characters unseen is not shown.
func Preview(v Value, publicPrefix string) string {
	s := v.Reveal()
	n := utf8.RuneCountInString(s)
	if n < shortSecret {
		return "…"
	}
	p := utf8.RuneCountInString(publicPrefix)
	if !strings.HasPrefix(s, publicPrefix) || p > maxPrefix || n-p < 12 {
		publicPrefix = ""
	}
	return fmt.Sprintf("%s… (%d characters)", publicPrefix, n)
}

// A Masker replaces secrets in texts by "[redacted]". Like a [Value] it is a
// function, so that nothing prints what it looks for. The zero Masker masks
// nothing. It is safe for concurrent use.
type Masker struct{ mask func(string) string }

// NewMasker masks the secrets that were matched in the very texts that will be
// masked, however short, and those that were matched elsewhere unless they have
// fewer than 8 characters: such ones would wreck ordinary words.
func NewMasker(matched, elsewhere []Value) Masker {
	var keys []string
	for _, v := range matched {
		if v.Len() > 0 {
			keys = append(keys, v.Reveal())
		}
	}
	for _, v := range elsewhere {
		if s := v.Reveal(); utf8.RuneCountInString(s) >= maskFloor {
			keys = append(keys, s)
		}
	}
	if len(keys) == 0 {
		return Masker{}
	}
	slices.Sort(keys)
	x := index{keys: slices.Compact(keys)}
	x.link()
	return Masker{x.mask}
}

// Mask gives s with all that any secret covers replaced; where two overlap, both
// are gone. The work grows with len(s), and hardly with the number of secrets.
func (m Masker) Mask(s string) string {
	if m.mask == nil {
		return s
	}
	return m.mask(s)
}

// index finds the longest of many keys that a text begins with.
type index struct {
	keys []string // sorted
	// within is, for each key, the longest other key that it begins with; -1 for none.
	within []int
	begins [256]bool // the first bytes of all keys
}

func (x *index) link() {
	x.within = make([]int, len(x.keys))
	for i, k := range x.keys {
		x.begins[k[0]] = true
		j := i - 1
		for j >= 0 && !strings.HasPrefix(k, x.keys[j]) {
			j = x.within[j]
		}
		x.within[i] = j
	}
}

// longest is the length of the longest key that s begins with, 0 for none. Every
// such key sorts at or before s, and so begins the last key that does.
func (x *index) longest(s string) int {
	if !x.begins[s[0]] {
		return 0
	}
	i, exact := slices.BinarySearch(x.keys, s)
	if !exact {
		i--
	}
	if i < 0 {
		return 0
	}
	common, key := 0, x.keys[i]
	for common < min(len(s), len(key)) && s[common] == key[common] {
		common++
	}
	for i >= 0 && len(x.keys[i]) > common {
		i = x.within[i]
	}
	if i < 0 {
		return 0
	}
	return len(x.keys[i])
}

func (x *index) mask(s string) string {
	var b strings.Builder
	kept, end := 0, 0 // s[:kept] is written; a secret reaches to end
	for i := range len(s) {
		n := x.longest(s[i:])
		if n == 0 {
			continue
		}
		if i >= end { // else it overlaps the one before, which is written
			b.WriteString(s[kept:i])
			b.WriteString(redacted)
		}
		end = max(end, i+n)
		kept = end
	}
	if kept == 0 {
		return s
	}
	b.WriteString(s[kept:])
	return b.String()
}

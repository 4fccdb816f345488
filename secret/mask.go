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

// Mask replaces each of the secrets in s, the longest first, by "[redacted]".
// Secrets of fewer than 8 characters are left: they would wreck ordinary words.
// Where a detector matched such a one, use [MaskAll].
func Mask(s string, secrets ...Value) string {
	for _, v := range longestFirst(secrets) {
		if utf8.RuneCountInString(v) >= maskFloor {
			s = strings.ReplaceAll(s, v, redacted)
		}
	}
	return s
}

// MaskAll is [Mask] for a text in which each of the secrets was matched: short
// ones are masked too.
func MaskAll(s string, secrets ...Value) string {
	for _, v := range longestFirst(secrets) {
		if v != "" {
			s = strings.ReplaceAll(s, v, redacted)
		}
	}
	return s
}

func longestFirst(secrets []Value) []string {
	revealed := make([]string, len(secrets))
	for i, v := range secrets {
		revealed[i] = v.Reveal()
	}
	slices.SortStableFunc(revealed, func(a, b string) int { return len(b) - len(a) })
	return revealed
}

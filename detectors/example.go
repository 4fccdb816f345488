package detectors

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailsweep/detectors/lazydfa"
)

// exampleWords are what documentation puts where a secret goes. Each is long
// enough not to turn up in a random token.
var exampleWords = lazydfa.MustCompile(`(?i)example|placeholder|changeme|change[_-]me|dummy[_-]?|redacted|your[_-]?(?:own|api|app|access|auth|key|token|secret|password|client)|(?:insert|enter|put)[_-]?(?:your|api|key|token|secret|here)|(?:key|token|secret|password)[_-]?(?:goes[_-]?)?here|not[_-]?a[_-]?real|notreal|fake[_-]?(?:key|token|secret)|sample[_-]?(?:key|token|secret)|x{6,}|(?:deadbeef){2}|\*{4,}|<[a-z][\w -]*>`)

// published are SHA-256 sums of keys that vendors' documentation shows and people
// paste: sums, so that nobody's scanner stumbles over this file.
var published = []string{
	// Stripe, "API keys": two test keys
	"2cafc0970149a84f3b9e62eaf169f36f59907a3b3e31f7b82e68c69cd27f7326",
	"f2d6ca16515033e5dce14eba840b979d27b5cbae24bb3e5bf484339667f86397",
	// GitHub, "Authorizing OAuth apps": the sample token, as gho_ and as ghp_
	"bc3ae723f57c6b9e3fd80b699fcc420f6074b0b1718039669d22631d508ac0a7",
	"3543c50b0cb9cea8e55eb1f529b79f043cb250d485fde7b66cabbb5183add7da",
}

// example says why a secret is none but stands for one, or "" when it looks real.
// prefix is the part that all its kind share.
func example(value, prefix string) string {
	free := strings.TrimPrefix(value, prefix)
	switch {
	case exampleWords.MatchString(value):
		return "a placeholder or an example of documentation"
	case isPublished(value):
		return "a key published in its vendor's documentation"
	case utf8.RuneCountInString(free) >= 8 && monotonous(free):
		return "a few characters over and over: a placeholder"
	case 2*longestSequence(free) > utf8.RuneCountInString(free) && longestSequence(free) >= 6:
		return "letters or digits in sequence: a placeholder"
	}
	return ""
}

func isPublished(value string) bool {
	sum := sha256.Sum256([]byte(value))
	return slices.Contains(published, hex.EncodeToString(sum[:]))
}

// monotonous reports a value in which two characters or fewer make up nearly all.
func monotonous(s string) bool {
	count := map[rune]int{}
	total := 0
	for _, r := range s {
		count[unicode.ToLower(r)]++
		total++
	}
	var top []int
	for _, n := range count {
		top = append(top, n)
	}
	slices.SortFunc(top, func(a, b int) int { return b - a })
	most := top[0]
	if len(top) > 1 {
		most += top[1]
	}
	return 10*most >= 9*total
}

// longestSequence is the length of the longest run such as abcdef, 654321 or
// 1234567890.
func longestSequence(s string) int {
	best, up, down := 0, 1, 1
	var last rune
	for _, r := range s {
		r = unicode.ToLower(r)
		if r == last+1 || last == '9' && r == '0' {
			up++
		} else {
			up = 1
		}
		if r == last-1 {
			down++
		} else {
			down = 1
		}
		best = max(best, up, down)
		last = r
	}
	return best
}

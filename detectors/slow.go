package detectors

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"mailsweep/detectors/multipattern"
)

// largePattern is the size from which a pattern is slow to begin with, in
// instructions; the largest of gitleaks' has half of it.
const largePattern = 5000

// slow warns of what will make a user's rule slow, and says what to do about it.
func (r *rule) slow(c multipattern.Cost) (warnings []string) {
	warn := func(line int, problem, advice string) {
		warnings = append(warnings, fmt.Sprintf("%s:%d: rule %q %s; %s", r.spec.origin, cmp.Or(line, r.spec.line), r.spec.ID, problem, advice))
	}
	pattern, keywords := r.spec.lines["regex"], r.spec.lines["keywords"]
	switch none := len(r.spec.Keywords) == 0; {
	case none && len(r.anchors) == 0:
		warn(0, "has no keywords, and its regex no words to look for: every text is read from its first byte on, which is slow",
			"give it keywords")
	case none && len(c.Frequent) == 0:
		warn(0, "has no keywords: it is tried on every text", "give it words that are in each of its matches, in lower case")
	case none:
		warn(0, "has no keywords: it is tried on every text, at each "+quoted(c.Frequent)+", which is slow", "give it keywords")
	case c.Everywhere && len(r.anchors) == 0:
		warn(keywords, "has keywords that are in nearly every mail, and its regex no words to look for: all of it is read from its first byte on, which is slow",
			"give it rarer keywords")
	case c.Everywhere && len(c.Frequent) > 0:
		warn(keywords, "is looked for at each "+quoted(c.Frequent)+", which is slow", "give it rarer keywords")
	}
	if c.Endless {
		warn(pattern, "has a regex that reads on through any text once it has begun, which is slow", "bound what may be between its parts, as in [\\s\\S]{0,500}")
	}
	if c.Size > largePattern {
		warn(pattern, fmt.Sprintf("has a regex of %d instructions, which is slow", c.Size), "make its repeats shorter")
	}
	return warnings
}

// quoted lists the first few words.
func quoted(words []string) string {
	var all []string
	for _, w := range words[:min(len(words), 3)] {
		all = append(all, strconv.Quote(w))
	}
	return strings.Join(all, ", ")
}

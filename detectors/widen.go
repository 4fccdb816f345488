package detectors

import (
	"regexp/syntax"
	"strings"
)

// Most of gitleaks' patterns (151 of 222) want a quote, white space or the end of
// the text after a token. In mail a token is also followed by what follows words:
// "the token is npm_….", "(glsa_…)", "npm_…&nbsp;", a table's bar. Their ending is
// replaced by ours, which takes all that theirs does and the punctuation of prose.
//
// The other way, a second pass over a text in which punctuation is turned into
// line ends, would cost a second pass and find many things twice.
const (
	theirEnding  = "(?:[\\x60'\"\\s;]|\\\\[nr]|$)"
	azureEnding  = `(?:$|[\\'"\x60\s<),])`
	gemsEnding   = `(?:[\/|\#|\?|:]|$)`
	curlEnding   = `(?:\s|\z)`
	proseEndings = // one character that never is a token's
	"[,)\\]}>|*&<!?#" +
		// quotation marks, ellipsis, dashes, bullets; no-break, thin and zero-width
		// spaces; CJK punctuation
		`\x{a0}\x{ab}\x{bb}\x{b7}\x{2000}-\x{200f}\x{2013}-\x{2015}\x{2018}-\x{201f}\x{2022}\x{2026}-\x{202f}\x{2039}\x{203a}\x{2060}\x{3000}-\x{303f}\x{feff}\x{ff01}-\x{ff0f}\x{ff1a}-\x{ff1f}]` +
		// A full stop ends a token only where no further word begins. A colon does
		// not: what stands before it is a label ("token -> name: value").
		`|\.+(?:[^\w/.:-]|$)` +
		`|\\[nrt"']|$`
	ourEnding = "(?:[\\x60'\"\\s;]|" + proseEndings + ")"
)

// widen gives the pattern with endings for prose; patterns that end otherwise
// come back as they are.
func widen(pattern string) string {
	switch {
	case strings.HasSuffix(pattern, gemsEnding):
		return strings.TrimSuffix(pattern, gemsEnding) + `(?:[\/:]|` + strings.TrimPrefix(ourEnding, "(?:")
	case strings.HasSuffix(pattern, azureEnding):
		return strings.TrimSuffix(pattern, azureEnding) + `(?:\\|` + strings.TrimPrefix(ourEnding, "(?:")
	case strings.HasSuffix(pattern, curlEnding):
		return strings.TrimSuffix(pattern, curlEnding) + ourEnding
	default:
		// atlassian-api-token has the ending twice, one for each alternative.
		return strings.ReplaceAll(pattern, theirEnding, ourEnding)
	}
}

// withoutGroups makes the whole match the secret.
func withoutGroups(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return pattern
	}
	return ungroup(re).String()
}

func ungroup(re *syntax.Regexp) *syntax.Regexp {
	for i, sub := range re.Sub {
		re.Sub[i] = ungroup(sub)
	}
	if re.Op == syntax.OpCapture {
		return re.Sub[0]
	}
	return re
}

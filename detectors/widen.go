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
	theirEnding = "(?:[\\x60'\"\\s;]|\\\\[nr]|$)"
	azureEnding = `(?:$|[\\'"\x60\s<),])`
	gemsEnding  = `(?:[\/|\#|\?|:]|$)`
	curlEnding  = `(?:\s|\z)`
	// proseEnding is one character that is never a token's: punctuation, quotation
	// marks, ellipsis, dashes, bullets; no-break, thin and zero-width spaces; CJK
	// punctuation. A full stop counts only where no further word begins.
	proseEnding = "[\\x60'\"\\s;,)\\]}>|*&<!?#" +
		`\x{a0}\x{ab}\x{bb}\x{b7}\x{2000}-\x{200f}\x{2013}-\x{2015}\x{2018}-\x{201f}\x{2022}\x{2026}-\x{202f}\x{2039}\x{203a}\x{2060}\x{3000}-\x{303f}\x{feff}\x{ff01}-\x{ff0f}\x{ff1a}-\x{ff1f}]` +
		`|\.+(?:[^\w/.:-]|$)|\\[nrt"']|$`
	// tokenEnding is for tokens that are known by themselves: "curl -u sk_live_…:",
	// "https://npm_…@host". After a label, what stands before a colon is another
	// label ("token -> name: value").
	tokenEnding = "[:@]|" + proseEnding
)

// widen gives the pattern with endings for prose; patterns that end otherwise
// come back as they are.
func widen(pattern string) string {
	ending := "(?:" + tokenEnding + ")"
	if wantsLabel(pattern) {
		ending = "(?:" + proseEnding + ")"
	}
	for old, more := range map[string]string{gemsEnding: `\/|:|`, azureEnding: `\\|`, curlEnding: ""} {
		if begin, ok := strings.CutSuffix(pattern, old); ok {
			return begin + "(?:" + more + proseEnding + ")"
		}
	}
	// atlassian-api-token has the ending twice, one for each alternative.
	return strings.ReplaceAll(pattern, theirEnding, ending)
}

// wantsLabel reports a pattern that wants a name before the value (gitleaks'
// "semi-generic" ones, which all begin alike).
func wantsLabel(pattern string) bool { return strings.Contains(pattern, `[\w.-]{0,50}?`) }

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

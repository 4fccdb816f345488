package detectors

import (
	"strings"

	"mailsweep/sweeper"
)

// Names of what passes over a match, or lowers it to review. Those of people's
// passwords are package credentials'.
func (c Check) suppresses() (name string) {
	switch c {
	case lowEntropy: // too regular for its rule
		return "low-entropy"
	case allowed: // by a rule's own allowlist: stop words, patterns, lines
		return "rule-allowlist"
	case stoodFor: // a variable, a mask, a name for a secret
		return "stand-in"
	case inCode: // an expression or words of a program
		return "code"
	case unframed: // an assignment that is no connection string
		return "no-connection-string"
	}
	return ""
}

// lowering are the reasons that lower a match to review, by how they begin.
var lowering = []struct{ reason, name string }{
	{"a value in a link", "tracking-link"},
	{"next to a word such as key or token, but made of words", "made-of-words"},
	{"a placeholder or an example", "example"},
	{"a key published", "published-key"},
	{"a few characters over and over", "example"},
	{"letters or digits in sequence", "example"},
	{"the seed of a wallet for tests", "example"},
	{"the master key of one TLS", "tls-session"},
	{"part of a longer secret", "part-of-another"},
	{"only the part that all secrets", "prefix-only"},
	{"forty hexadecimal digits", "commit-id"},
	{"checksum does not fit", "wrong-checksum"},
	{"a password as manuals have it", "stand-in"},
	{"a bcrypt hash without", "hash-alone"},
	{"in the form of ", "public-identifier"},
}

// loweredBy is the name of what lowered a candidate to review, "" when it is not.
func loweredBy(c sweeper.Candidate) string {
	if c.Confidence != sweeper.Review {
		return ""
	}
	for _, l := range lowering {
		if strings.HasPrefix(c.Reason, l.reason) {
			return l.name
		}
	}
	return ""
}

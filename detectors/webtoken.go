package detectors

import (
	"encoding/base64"
	"strings"

	"mailsweep/detectors/analysis"
	"mailsweep/sweeper"
)

// webToken looks into a JSON Web Token (RFC 7519). Its header proves what it is;
// whether it still opens anything is another matter, mail is full of expired ones
// in links, so it is never more than likely.
func webToken(s string) found {
	// The pattern takes a backslash for a part of the token, and with it the line
	// ends of JSON.
	for _, end := range []string{`\n`, `\r`, `\t`} {
		s, _, _ = strings.Cut(s, end)
	}
	f := found{secret: s}
	token := s
	if b, err := base64.StdEncoding.DecodeString(pad(s)); err == nil && strings.HasPrefix(string(b), "ey") {
		token = string(b)
		f.secret = token // the same token as where it stands plain
	}
	facts, sample, ok := analysis.WebToken(token)
	switch {
	case !ok:
		f.verdict = verdict{sweeper.Review, "has the form of a JSON Web Token, but its header cannot be read"}
		return f
	case sample:
		f.verdict = verdict{sweeper.Review, "the sample token of jwt.io"}
		return f
	}
	f.learn(facts)
	f.verdict = verdict{sweeper.Likely, "a JSON Web Token with a readable header; it may have expired"}
	if f.proven["expires"] != "" {
		f.verdict.reason = "a JSON Web Token with a readable header and an expiry"
	}
	return f
}

func pad(s string) string {
	return s + strings.Repeat("=", (4-len(s)%4)%4)
}

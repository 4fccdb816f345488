package detectors

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

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
	parts := strings.Split(token, ".")
	var header map[string]json.RawMessage
	if len(parts) < 2 || !readJSON(parts[0], &header) || len(header) == 0 {
		f.verdict = verdict{sweeper.Review, "has the form of a JSON Web Token, but its header cannot be read"}
		return f
	}
	var claims struct {
		Exp  json.Number
		Iss  json.RawMessage
		Name string
		Sub  json.RawMessage
	}
	readJSON(parts[1], &claims)
	if claims.Name == "John Doe" && string(claims.Sub) == `"1234567890"` {
		f.verdict = verdict{sweeper.Review, "the sample token of jwt.io"}
		return f
	}
	f.details = map[string]string{}
	if exp, err := claims.Exp.Float64(); err == nil && exp > 0 && exp < 1e11 {
		f.details["expires"] = time.Unix(int64(exp), 0).UTC().Format(time.RFC3339)
	}
	f.verdict = verdict{sweeper.Likely, "a JSON Web Token with a readable header; it may have expired"}
	return f
}

func readJSON(part string, into any) bool {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	return err == nil && json.Unmarshal(b, into) == nil
}

func pad(s string) string {
	return s + strings.Repeat("=", (4-len(s)%4)%4)
}

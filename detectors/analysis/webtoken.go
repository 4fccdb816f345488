package analysis

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"mailsweep/detectors/lazydfa"
)

// guid is the form of ids in Microsoft's services (RFC 9562, section 4).
var guid = lazydfa.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// WebToken reads the header and the claims of a JSON Web Token in its compact form
// (RFC 7519; names registered in section 4.1 and in RFC 7515, section 4.1). ok is false
// when its header cannot be read. sample reports the token that jwt.io shows.
//
// The names of people (sub, name, email, upn) are not told.
func WebToken(token string) (f Facts, sample, ok bool) {
	if len(token) > maxToken {
		return f, false, false
	}
	parts := strings.Split(token, ".")
	var header map[string]json.RawMessage
	if len(parts) < 2 || !readPart(parts[0], &header) || len(header) == 0 {
		return f, false, false
	}
	var claims map[string]json.RawMessage
	if !readPart(parts[1], &claims) { // an encrypted one (RFC 7516) shows no claims
		claims = nil
	}
	f.say("algorithm", text(header["alg"]))
	f.say("key_id", text(header["kid"]))
	f.say("issuer", text(claims["iss"]))
	f.say("audience", text(claims["aud"]))
	f.tell("expires", date(claims["exp"]))
	f.tell("not_before", date(claims["nbf"]))
	// Microsoft Entra: tid is the tenant, appid (version 1) or azp (version 2) the
	// client (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
	f.tell("tenant", asGUID(claims["tid"]))
	f.tell("client_id", asGUID(claims["appid"]))
	f.tell("client_id", asGUID(claims["azp"]))
	return f, text(claims["name"]) == "John Doe" && text(claims["sub"]) == "1234567890", true
}

func readPart(part string, into *map[string]json.RawMessage) bool {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	return err == nil && json.Unmarshal(b, into) == nil
}

// text is a JSON text, or the first of a list of them (aud may be a list).
func text(raw json.RawMessage) (s string) {
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
		return list[0]
	}
	return ""
}

func asGUID(raw json.RawMessage) string {
	if s := text(raw); guid.MatchString(s) {
		return strings.ToLower(s)
	}
	return ""
}

// date reads a NumericDate (RFC 7519, section 2): seconds since 1970, which may have a
// fraction. 1e11 is the year 5138: beyond are milliseconds, and nonsense.
func date(raw json.RawMessage) string {
	var seconds float64
	if json.Unmarshal(bytes.TrimSpace(raw), &seconds) != nil || seconds <= 0 || seconds >= 1e11 {
		return ""
	}
	return moment(time.Unix(int64(seconds), 0))
}

// moment writes a time as details have it.
func moment(t time.Time) string { return t.UTC().Format(time.RFC3339) }

package detectors

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
)

// encodedRun is what gitleaks' decoder takes for base64 or hex (detect/codec).
var encodedRun = regexp.MustCompile(`[\w/+-]{16,}={0,2}`)

// encodedReach is how far behind the beginning of a match its encoded part is
// looked for, in bytes.
const encodedReach = 4096

// encodedPlace finds the encoded text that a decoded secret came from. gitleaks
// tells only where its match begins, which may be a label lines before. Where the
// secret was encoded more than once, the beginning of the match stands.
func encodedPlace(body string, start int, secret string) (from, to int) {
	window := body[start:min(len(body), start+encodedReach+2*len(secret))]
	for _, run := range encodedRun.FindAllStringIndex(window, -1) {
		if decodesTo(window[run[0]:run[1]], secret) {
			return start + run[0], start + run[1]
		}
	}
	if i := strings.IndexAny(window, " \t\n\"'<>"); i > 0 {
		return start, start + i
	}
	return start, min(start+1, len(body))
}

// decodesTo reports whether an encoded run holds the secret, or a part of it: a
// secret may have its label with it.
func decodesTo(run, secret string) bool {
	for _, decode := range []func(string) ([]byte, error){
		base64.StdEncoding.DecodeString, base64.RawURLEncoding.DecodeString, hex.DecodeString,
	} {
		b, err := decode(run)
		if err == nil && (strings.Contains(string(b), secret) || len(b) >= 8 && strings.Contains(secret, string(b))) {
			return true
		}
	}
	return false
}

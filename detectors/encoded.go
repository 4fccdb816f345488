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

// escapedRun is a word with percent or \u escapes in it, or a row of U+ escapes.
var escapedRun = regexp.MustCompile(`(?i)(?:U\+[0-9A-F]{4}\s?)+|[^\s"'<>]*(?:%[0-9A-F]{2}|\\u[0-9A-F]{4})[^\s"'<>]*`)

// word is what has no white space or quotes in it.
var word = regexp.MustCompile(`[^\s"'<>]+`)

// encodedPlace finds the encoded text that a decoded secret came from. gitleaks
// tells only where its match begins, which may be a label lines before. Where
// nothing decodes to the secret, the first word that may be encoded stands for it.
func encodedPlace(body string, start int, secret string) (from, to int) {
	window := body[start:min(len(body), start+encodedReach+4*len(secret))]
	for _, run := range encodedRun.FindAllStringIndex(window, -1) {
		if decodesTo(window[run[0]:run[1]], secret, decodeDepth) {
			return start + run[0], start + run[1]
		}
	}
	for _, likely := range []*regexp.Regexp{escapedRun, encodedRun, word} {
		if at := likely.FindStringIndex(window); at != nil {
			return start + at[0], start + at[1]
		}
	}
	return start, min(start+1, len(body))
}

// decodesTo reports whether an encoded run holds the secret, or a part of it: a
// secret may have its label with it. It looks into runs within the run, depth deep.
func decodesTo(run, secret string, depth int) bool {
	for _, decode := range []func(string) ([]byte, error){
		base64.StdEncoding.DecodeString, base64.RawURLEncoding.DecodeString, hex.DecodeString,
	} {
		b, err := decode(run)
		if err == nil && (strings.Contains(string(b), secret) || len(b) >= 8 && strings.Contains(secret, string(b))) {
			return true
		}
		if err != nil || depth < 2 {
			continue
		}
		for _, inner := range encodedRun.FindAllString(string(b), -1) {
			if decodesTo(inner, secret, depth-1) {
				return true
			}
		}
	}
	return false
}

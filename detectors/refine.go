package detectors

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"mailsweep/detectors/analysis"
	"mailsweep/detectors/lazydfa"
	"mailsweep/sweeper"
)

// found is the credential itself in what a rule matched, and what came with it.
type found struct {
	secret  string
	seen    string       // the secret as it stands in the text; "" when that is all of the hit's
	kind    sweeper.Kind // "" leaves it to the rule
	prefix  string       // "" leaves it to the rule's pattern
	details map[string]string
	// proven are details that have the form documented for them: an account's number,
	// a date, the hash of a public key. They may look like keys, and are none.
	proven   map[string]string
	checksum analysis.Checksum
	// verdict is what a closer look at the secret said; zero when there was none.
	verdict verdict
}

// verdict is a confidence with its reason.
type verdict struct {
	confidence sweeper.Confidence
	reason     string
}

// refine takes the credential out of its frame: the password alone from
// user:password, a value without its quotes. around is the match with the rest of
// its line.
func refine(h hit, around string) found {
	f := found{secret: h.secret}
	switch h.rule.spec.ID {
	case "private-key":
		return pemKey(h.secret)
	case "putty-private-key":
		return puttyKey(h.secret)
	case "curl-auth-user":
		return userPassword(unquote(h.secret), around)
	case "curl-auth-header":
		return authHeader(h, around)
	case "sidekiq-sensitive-url":
		return userPassword(h.secret, around)
	case "hashicorp-tf-password":
		f.secret = unquote(h.secret)
	case "kubernetes-secret-yaml":
		return kubernetesEntry(h.secret)
	case "openvpn-profile":
		return openVPN(h.secret)
	case "jwt", "jwt-base64":
		return webToken(h.secret)
	}
	if h.rule.spec.origin == ownOrigin {
		return ownFound(h)
	}
	return f
}

// urlHost finds a whole host: a longer word after the slashes is something else.
var urlHost = lazydfa.MustCompile(`(?i)\bhttps?://(?:[^\s/@"'<>]{0,1000}@)?([a-z0-9][a-z0-9.-]{0,100})(?::\d+)?(?:[/?#\s"'<>]|$)`)

// noPassword is what services have people write for a password when the key is the
// user: Toggl's API, and GitHub's over HTTPS.
var noPassword = lazydfa.MustCompile(`^(?:api_token|x-oauth-basic)$`)

// userPassword splits user:password. Where one side is missing, the other is a
// token in its place ("curl -u sk_live_…:"); so is a key where the user should be
// ("KEY:api_token", "KEY:x-oauth-basic").
func userPassword(pair, around string) found {
	f := found{secret: pair, kind: sweeper.Password, details: map[string]string{}}
	user, password, _ := strings.Cut(pair, ":")
	user, password = unquote(user), unquote(password)
	switch {
	case user != "" && (password == "" || noPassword.MatchString(password) || keyLike(user) && !keyLike(password)):
		f.secret, f.kind = user, sweeper.Token
	case user == "" && password != "":
		f.secret, f.kind = password, sweeper.Token
	case password != "":
		f.secret = password
		f.details["user"] = user
	}
	if m := urlHost.FindStringSubmatch(around); m != nil {
		f.details["host"] = strings.ToLower(m[1])
	}
	return f
}

// authHeader handles the header of a curl command; Basic (RFC 7617) is a user and
// a password in base64.
func authHeader(h hit, around string) found {
	if strings.Contains(strings.ToLower(h.label()), "basic") {
		if b, err := base64.StdEncoding.DecodeString(h.secret); err == nil && utf8.Valid(b) && strings.Contains(string(b), ":") {
			return userPassword(string(b), around)
		}
	}
	f := found{secret: h.secret, details: map[string]string{}}
	if m := urlHost.FindStringSubmatch(around); m != nil {
		f.details["host"] = strings.ToLower(m[1])
	}
	return f
}

// kubernetesEntry handles one "name: value" of a Secret's data, the value in base64.
func kubernetesEntry(entry string) found {
	name, value, ok := strings.Cut(entry, ":")
	if !ok {
		return found{secret: entry}
	}
	name = strings.TrimSpace(name)
	value = unquote(strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(value), "|>+-")))
	f := found{secret: value, details: map[string]string{"name": name}}
	f.seen = value
	if b, err := base64.StdEncoding.DecodeString(value); err == nil && len(b) > 0 && utf8.Valid(b) {
		f.secret = strings.TrimSpace(string(b))
	}
	if passwordLabel.MatchString(name) {
		f.kind = sweeper.Password
	}
	return f
}

// openVPN handles a static key block, or the two lines of auth-user-pass.
func openVPN(s string) found {
	if strings.HasPrefix(s, "-----BEGIN") {
		return found{secret: s, prefix: firstLine(s), verdict: verdict{sweeper.Confirmed, "an OpenVPN key block, complete with its frame"}}
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(s, "<auth-user-pass>"), "</auth-user-pass>")
	lines := strings.FieldsFunc(inner, func(r rune) bool { return strings.ContainsRune("\n\r\t >|", r) })
	if len(lines) != 2 {
		return found{secret: s, kind: sweeper.Password}
	}
	return found{
		secret: lines[1], kind: sweeper.Password, details: map[string]string{"user": lines[0]},
		verdict: verdict{sweeper.Likely, "the password of an OpenVPN profile"},
	}
}

// unquote takes one pair of quotes away.
func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'' || s[0] == '`') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

func firstLine(s string) string {
	if i := strings.Index(s[min(5, len(s)):], "-----"); i >= 0 && i < 60 {
		return s[:i+10]
	}
	return ""
}

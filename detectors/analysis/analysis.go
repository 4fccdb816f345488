// Package analysis tells what a secret says of itself: what it is, whose it is, until
// when it is good. It works on the secret's own characters. It never uses the secret
// against anything, asks nobody, tries no password out and has no clock.
//
// What it tells is open: it goes into reports. Nothing in it is a part of what makes
// the secret secret: identifiers that the vendor treats as public, dates, public keys.
package analysis

import "strings"

// Checksum says whether a value has the checksum that its maker gives its kind.
type Checksum int

const (
	NoChecksum Checksum = iota // the kind has none, or it is not documented
	Fits
	Fails // a placeholder, mistyped, or cut
)

// Facts are what a secret says of itself.
type Facts struct {
	// Details are identifiers, dates and public keys, in the words of findings:
	// account, key_id, client_id, tenant, issuer, expires (RFC 3339, UTC), …
	// They have the form that is documented for them, and are no free text.
	Details map[string]string
	// Words are details that the secret's maker could choose freely: whoever shows
	// them must judge them first.
	Words    map[string]string
	Checksum Checksum
}

// tell adds a detail that is there.
func (f *Facts) tell(name, value string) {
	if value == "" {
		return
	}
	if f.Details == nil {
		f.Details = map[string]string{}
	}
	f.Details[name] = value
}

// say adds free text that is there.
func (f *Facts) say(name, value string) {
	if value == "" {
		return
	}
	if f.Words == nil {
		f.Words = map[string]string{}
	}
	f.Words[name] = value
}

// maxToken bounds what is looked into, in bytes: no token that tells of itself is
// longer.
const maxToken = 16 << 10

// Token looks into a token that tells its kind by its form. Of any other text it
// knows nothing.
func Token(value string) Facts {
	if len(value) > maxToken {
		return Facts{}
	}
	for _, k := range tokens {
		if !strings.HasPrefix(value, k.prefix) {
			continue
		}
		if f, ok := k.read(value); ok {
			return f
		}
	}
	for _, read := range forms {
		if f, ok := read(value); ok {
			return f
		}
	}
	return Facts{}
}

// reader says what a value tells; ok is false when it is of another kind.
type reader func(value string) (f Facts, ok bool)

// tokens are kinds with a public prefix.
var tokens = [...]struct {
	prefix string
	read   reader
}{
	{"ghp_", github}, {"gho_", github}, {"ghu_", github}, {"ghs_", github}, {"ghr_", github},
	{"npm_", npm},
	{"glsa_", grafana},
	{"pypi-", pypi},
	{"AGE-SECRET-KEY-1", ageKey},
	{"sk_", stripe}, {"rk_", stripe},
	{"SG.", sendgrid},
	{"xapp-", slackApp},
	{"https://hooks.slack.com/", slackWebhook}, {"http://hooks.slack.com/", slackWebhook}, {"hooks.slack.com/", slackWebhook},
	{"gl", gitlabRoutable},
}

// forms are kinds that are known by what stands inside.
var forms = [...]reader{azureKey, annotatedKey, telegram, discord}

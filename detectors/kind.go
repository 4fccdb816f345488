package detectors

import (
	"slices"
	"strings"

	"mailsweep/detectors/lazydfa"
	"mailsweep/sweeper"
)

// keyRules report private keys in text.
var keyRules = []string{"private-key", "putty-private-key", "age-secret-key", "openvpn-profile", "der-private-key"}

// passwordRules report passwords, though their ids do not say so.
var passwordRules = []string{labelledPassword, "curl-auth-user", "sidekiq-secret", "sidekiq-sensitive-url", "rdp-file"}

// passwordLabel is a label before a value that makes the value a password.
var passwordLabel = lazydfa.MustCompile(`(?i)pass(?:w(?:or)?d|phrase|code)|\bpwd|\bpw\b`)

// kindOf tells what the rule's secrets are. A token with a form of its own
// identifies itself, even when its maker calls it a password (pscale_pw_).
func (r *rule) kindOf(label, prefix string) sweeper.Kind {
	id := r.spec.ID
	switch {
	case slices.Contains(keyRules, id):
		return sweeper.PrivateKey
	case slices.Contains(passwordRules, id):
		return sweeper.Password
	case slices.Contains(r.spec.Tags, string(sweeper.Password)) && r.spec.origin == ownOrigin:
		return sweeper.Password
	case r.regex == nil:
		return sweeper.KeyFile
	case len(prefix) >= 3:
		return sweeper.Token
	case strings.Contains(id, "password"), strings.Contains(id, "passwd"), r.generic && passwordLabel.MatchString(label):
		return sweeper.Password
	}
	return sweeper.Token
}

// identifierRule matches the ids of rules for what names an account or an
// application and is public by itself.
var identifierRule = lazydfa.MustCompile(`(?:client|access|access-key|application)-id$|pub(?:lic)?(?:-api)?-key$`)

// Package notify is the domain of what follows a finding: who must rotate a secret, what
// they are told, that they are told once, and how far they are.
//
//	exposure ▸ owner ▸ notice ▸ receipt ▸ rotated
//
// Nothing in it trusts mail: no text of a mail reaches an owner outside, and nobody
// outside is written to at an address that only a mail names.
package notify

import "strings"

// Audience is for whom a notice is written.
type Audience string

const (
	Inside  Audience = "inside"
	Outside Audience = "outside"
)

// Owner is who must rotate a secret: a team, a person or a customer.
type Owner struct {
	// ID is the identity for ever: "team:cloud", "person:ann@contoso.example",
	// "customer:Acme Ltd", "outside:acme.example".
	ID       string
	Name     string
	Audience Audience
	// To are the addresses of notices, from the policy, the directory or the list of
	// customers, never from mail alone. An owner without any is shown, and not told.
	To       []string
	Language string // BCP 47, such as "de"; "" is the policy's
	// Manager is an address, of the account manager for a customer; "" when unknown.
	Manager string
}

// domainOf is the part of an address behind the last "@", in small letters.
func domainOf(address string) string {
	_, domain, ok := cutLast(address, "@")
	if !ok {
		return ""
	}
	return strings.ToLower(strings.TrimSuffix(domain, "."))
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

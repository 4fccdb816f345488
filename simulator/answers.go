package simulator

import (
	"cmp"
	"fmt"
	"slices"
)

// Answers is the key to a generated tenant: where each planted secret can be seen.
type Answers struct {
	// List has one entry for each sighting: a secret that was quoted in a reply, or
	// mailed to three people, has several, with one Secret number.
	List []Answer
}

// Answer is one sighting of a planted secret. The secret is fake, and shows itself only
// through [Answer.Fingerprints]: printing an Answer does not tell it.
type Answer struct {
	Secret int    // number of the secret, from 1
	Kind   string // the id of gitleaks' rule for it: "github-pat"; or "password"

	Mailbox           string // user principal name
	FolderID, Folder  string // Folder is the display name
	MessageID         string // immutable id
	InternetMessageID string
	// Where is "subject", "body", or the name of an attachment with what is inside of it
	// after "!": "config.zip!prod.env", "Re: access.eml!body".
	Where string
	// Hidden says that a text-only reading misses it: an attribute or a comment of HTML.
	Hidden bool

	values func() []string
}

// Fingerprints are what f makes of the texts that identify the secret: the secret
// itself, then what came with it, such as the id of an AWS key. Line ends in key blocks
// are "\n".
func (a Answer) Fingerprints(f func(value string) string) []string {
	var out []string
	for _, v := range a.values() {
		out = append(out, f(v))
	}
	return out
}

// Secrets counts the secrets.
func (a Answers) Secrets() int {
	seen := map[int]bool{}
	for _, s := range a.List {
		seen[s.Secret] = true
	}
	return len(seen)
}

// In are the sightings in one mailbox, by its user principal name.
func (a Answers) In(mailbox string) []Answer {
	var out []Answer
	for _, s := range a.List {
		if s.Mailbox == mailbox {
			out = append(out, s)
		}
	}
	return out
}

func (a Answer) String() string {
	return fmt.Sprintf("%s #%d in %s, %s, %s", a.Kind, a.Secret, a.Mailbox, a.Folder, a.Where)
}

// sort brings the sightings into an order that does not depend on who found them first.
func (a Answers) sort() {
	slices.SortFunc(a.List, func(x, y Answer) int {
		return cmp.Or(cmp.Compare(x.Secret, y.Secret), cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.MessageID, y.MessageID), cmp.Compare(x.Where, y.Where))
	})
}

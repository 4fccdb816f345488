package sweeper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Kind is the kind of a secret. It decides what makes two sightings one exposure.
type Kind string

const (
	Token      Kind = "token"       // identifies itself: API keys, access tokens, webhooks
	PrivateKey Kind = "private-key" // a key in text
	KeyFile    Kind = "key-file"    // a container of keys
	Password   Kind = "password"    // means nothing without what it opens
)

// ParseKind reads a kind's name.
func ParseKind(s string) (Kind, error) {
	switch k := Kind(s); k {
	case Token, PrivateKey, KeyFile, Password:
		return k, nil
	}
	return "", fmt.Errorf("%q is no kind: use token, private-key, key-file or password", s)
}

// Confidence is a tier; the higher, the surer.
type Confidence int

const (
	Review    Confidence = iota + 1 // worth a look
	Likely                          // a rule with context says so
	Confirmed                       // the shape proves it
)

var confidences = []string{"", "review", "likely", "confirmed"}

func (c Confidence) String() string               { return confidences[c] }
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Confidence) UnmarshalText(text []byte) (err error) {
	*c, err = ParseConfidence(string(text))
	return err
}

// ParseConfidence reads a tier's name.
func ParseConfidence(s string) (Confidence, error) {
	for i := Review; i <= Confirmed; i++ {
		if confidences[i] == s {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q is no confidence: use review, likely or confirmed", s)
}

// Severity says what to rotate first.
type Severity int

const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

var severities = []string{"", "low", "medium", "high", "critical"}

func (s Severity) String() string               { return severities[s] }
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseSeverity reads a severity's name.
func ParseSeverity(s string) (Severity, error) {
	for i := Low; i <= Critical; i++ {
		if severities[i] == s {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q is no severity: use low, medium, high or critical", s)
}

// accountDetails are the details that say what a password opens, in the order in
// which they make up its identity.
var accountDetails = []string{"account", "user", "host", "database", "file"}

// ExposureID is the identity of the credential behind a finding. A secret that
// identifies itself is its fingerprint; a password is its fingerprint and what it
// opens or, where that is unknown, the thread it was mailed in (the mail itself
// where there is no thread). The id is a digest: it tells nothing of them.
func ExposureID(f Finding) string {
	id := []string{f.Fingerprint}
	if f.Kind == Password {
		known := false
		for _, k := range accountDetails {
			v := strings.ToLower(f.Details[k])
			known = known || v != ""
			id = append(id, v)
		}
		if !known {
			thread := f.Ref.Thread
			if thread == "" {
				thread = f.Ref.Source + "\x00" + f.Ref.Key
			}
			id = append(id, thread)
		}
	}
	sum := sha256.Sum256([]byte("mailsweep exposure\x00" + strings.Join(id, "\x00")))
	return hex.EncodeToString(sum[:8])
}

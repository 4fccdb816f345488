package detectors

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"mailsweep/detectors/analysis"
	"mailsweep/detectors/lazydfa"
	"mailsweep/sweeper"
)

// An id and its secret are one credential: the id is told with the secret, and is no
// finding of its own.

const (
	// pairLines and pairReach are how far from a secret its other half is looked for.
	pairLines = 6
	pairReach = 2048 // bytes
)

// lone are rules that find the half that is public by itself, with the reason why it
// is only worth a look without the other.
var lone = map[string]string{
	"aws-access-token":  "an AWS access key id without its secret near by: it names an account and opens nothing by itself",
	"twilio-api-key":    "a Twilio key's SID without its secret near by: it names a key and opens nothing by itself",
	"discord-client-id": "in the form of a Discord client ID: it names an account and is public by itself",
}

// companion is what stands near a secret and says what it belongs to.
type companion struct {
	rules   *lazydfa.Regexp // of the secrets, by their ids
	detail  string
	pattern *lazydfa.Regexp // its first group that took part
}

const guidForm = `([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\b`

var (
	awsSecrets     = lazydfa.MustCompile(`^aws-secret-access-key$`)
	entraSecrets   = lazydfa.MustCompile(`^(?:azure-ad|entra|azure)-client-secret$`)
	discordSecrets = lazydfa.MustCompile(`^discord-client-secret$`)
	twilioSecrets  = lazydfa.MustCompile(`^twilio-auth-token$|^twilio-api-key$`)
	googleSecrets  = lazydfa.MustCompile(`^(?:google|gcp)-[a-z-]*client-secret$`)
	keyBlocks      = lazydfa.MustCompile(`^private-key$`)
)

// companions are what is looked for. People copy it from the vendors' pages:
// "Application (client) ID", "Directory (tenant) ID" from Entra; Google's
// "…apps.googleusercontent.com"; the fields of a service account's JSON
// (cloud.google.com/iam/docs/keys-create-delete).
var companions = []companion{
	newCompanion(awsSecrets, "key_id", lazydfa.MustCompile(`\b((?:AKIA|ASIA)[A-Z2-7]{16})\b`)),
	newCompanion(entraSecrets, "tenant", lazydfa.MustCompile(`(?i)(?:(?:tenant|directory)[^0-9]{0,30}?|login\.microsoftonline\.com/|sts\.windows\.net/)\b`+guidForm)),
	newCompanion(entraSecrets, "client_id", lazydfa.MustCompile(`(?i)\b(?:\w{0,20}client|\w{0,20}application|\w{0,20}app[ _-]?id)[^0-9]{0,30}?\b`+guidForm)),
	newCompanion(discordSecrets, "client_id", lazydfa.MustCompile(`(?i)(?:client|application)[^0-9\n]{0,20}([0-9]{17,20})\b`)),
	newCompanion(twilioSecrets, "account", lazydfa.MustCompile(`\b(AC[0-9a-f]{32})\b`)),
	newCompanion(twilioSecrets, "key_id", lazydfa.MustCompile(`\b(SK[0-9a-f]{32})\b`)),
	newCompanion(googleSecrets, "client_id", lazydfa.MustCompile(`\b([0-9]{6,14}-[a-z0-9]{20,40}\.apps\.googleusercontent\.com)\b`)),
	newCompanion(keyBlocks, "project", serviceAccount("project_id", `[a-z][a-z0-9.:-]{4,60}`)),
	newCompanion(keyBlocks, "account", serviceAccount("client_email", `[a-z0-9.-]{1,64}@[a-z0-9.-]{1,100}\.gserviceaccount\.com`)),
	newCompanion(keyBlocks, "key_id", serviceAccount("private_key_id", `[0-9a-f]{40}`)),
}

func newCompanion(rules *lazydfa.Regexp, detail string, pattern *lazydfa.Regexp) companion {
	return companion{rules, detail, pattern}
}

func serviceAccount(name, value string) *lazydfa.Regexp {
	return lazydfa.MustCompile(`\\*"` + name + `\\*"\s*:\s*\\*"(` + value + `)\\*"`)
}

// pair finds the other half of each secret, and takes away the hits that were found to
// be one. It stops when ctx is done.
func pair(ctx context.Context, hits []hit, body string) []hit {
	if len(hits) == 0 {
		return hits
	}
	taken := map[string]string{}     // an id, and the rule of the secret that it is told with
	idFirst := map[*companion]bool{} // as it is at the first secret of the kind
	known := sync.OnceValue(func() map[string]analysis.Facts { return certificates(body) })
	for i := range hits {
		if ctx.Err() != nil {
			break
		}
		h := &hits[i]
		var near string
		var at int
		for k := range companions {
			c := &companions[k]
			if !c.rules.MatchString(h.rule.spec.ID) {
				continue
			}
			if near == "" {
				near, at = h.surroundings(hits, body)
			}
			if _, known := idFirst[c]; !known {
				idFirst[c] = c.pattern.MatchString(near[:at])
			}
			if half := c.half(near, at, len(h.secret), idFirst[c]); half != "" && half != h.secret {
				if h.beside == nil {
					h.beside = map[string]string{}
				}
				h.beside[c.detail] = strings.Clone(half)
				taken[half] = h.rule.spec.ID
			}
		}
		if keyBlocks.MatchString(h.rule.spec.ID) && !h.decoded {
			h.certificates = known()
		}
	}
	return slices.DeleteFunc(hits, func(h hit) bool {
		by := taken[h.secret]
		if lone[h.rule.spec.ID] == "" || by == "" {
			return false
		}
		h.fate.drop(drop{check: halved, by: by})
		return true
	})
}

// surroundings are the lines around a secret and where in them it stands; of one that
// was decoded, what else was found in the same place.
func (h hit) surroundings(hits []hit, body string) (near string, at int) {
	if !h.decoded {
		from, to := max(0, h.start-pairReach), min(len(body), h.end+pairReach)
		before, after := body[from:h.start], body[h.end:to]
		for range pairLines + 1 {
			if i := strings.LastIndexByte(before, '\n'); i >= 0 {
				before = before[:i]
			} else {
				before = ""
				break
			}
		}
		from += len(before)
		lines := strings.SplitAfterN(after, "\n", pairLines+2)
		if len(lines) > pairLines+1 {
			to = h.end + len(after) - len(lines[pairLines+1])
		}
		return body[from:to], h.start - from
	}
	var b strings.Builder
	for _, o := range hits {
		if o.decoded && o.start == h.start && o.end == h.end {
			b.WriteString(o.match + "\n")
		}
	}
	return b.String(), max(0, strings.Index(b.String(), h.secret))
}

// half is the one that belongs to a secret of a size at a place: the nearest before it
// or behind it, whichever way round the text's first secret has it; where there is none
// on that side, of the other.
func (c companion) half(near string, at, size int, idFirst bool) string {
	if !c.pattern.MatchString(near) {
		return ""
	}
	var before, behind string
	for _, m := range c.pattern.FindAllStringSubmatchIndex(near, 64) {
		switch half := near[m[2]:m[3]]; {
		case m[3] <= at:
			before = half
		case m[2] >= at+size && behind == "":
			behind = half
		}
	}
	if before != "" && (idFirst || behind == "") {
		return before
	}
	return behind
}

// pairWith tells of a credential what was found beside it.
func (h hit) pairWith(f *found) {
	if h.rule.spec.ID == "aws-secret-access-key" {
		f.awsSecret(h.beside["key_id"])
	}
	if f.proven == nil {
		f.proven = map[string]string{}
	}
	maps.Copy(f.proven, h.beside)
	if hash := f.proven["public_key_sha256"]; hash != "" {
		f.certified(h.certificates[hash])
	}
}

// awsSecret judges 40 characters of base64. 30 random bytes have capitals, small
// letters and digits; a path or a name has not.
func (f *found) awsSecret(id string) {
	facts := analysis.AWSKey(id)
	switch {
	case !strings.ContainsAny(f.secret, "0123456789") || strings.ToLower(f.secret) == f.secret || strings.ToUpper(f.secret) == f.secret:
		f.verdict = verdict{sweeper.Review, "as long as an AWS secret access key, but not as random"}
	case len(facts.Details) > 0:
		f.learn(facts)
		f.verdict = verdict{sweeper.Confirmed, "in the form of an AWS secret access key, near its key id"}
	default:
		f.verdict = verdict{sweeper.Likely, "in the form of an AWS secret access key, next to its name"}
	}
}

// maxCertificates bounds the certificates of a text that are looked at: a chain has
// three or four.
const maxCertificates = 16

var certificateFrame = lazydfa.MustCompile(`-----BEGIN (?:TRUSTED )?CERTIFICATE-----([^-]+)-----END`)

// certificates are those in a text, by the hashes of their public keys.
func certificates(body string) map[string]analysis.Facts {
	if !strings.Contains(body, "CERTIFICATE-----") {
		return nil
	}
	all := map[string]analysis.Facts{}
	for _, m := range certificateFrame.FindAllStringSubmatch(body, maxCertificates) {
		der, _ := pemBody(m[1])
		if facts, key, ok := analysis.Certificate(der); ok {
			all[key] = facts
		}
	}
	return all
}

// certified tells whom the certificate of a private key names. That it ends says nothing
// of the key, which may have others.
func (f *found) certified(c analysis.Facts) {
	if end := c.Details["expires"]; end != "" {
		f.learn(analysis.Facts{Words: c.Words, Details: map[string]string{"certificate_expires": end}})
	}
}

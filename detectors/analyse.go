package detectors

import (
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailsweep/detectors/analysis"
	"mailsweep/detectors/lazydfa"
	"mailsweep/sweeper"
)

// analyse adds to a credential what it says of itself. around is the match with the
// rest of its line.
func (f *found) analyse(rule, around string) {
	f.learn(analysis.Token(f.secret))
	switch {
	case rule == "aws-access-token":
		f.learn(analysis.AWSKey(f.secret))
	case strings.Contains(rule, "wireguard"):
		if facts, ok := analysis.WireGuard(f.secret); ok {
			f.learn(facts)
		}
	case strings.Contains(rule, "sas"), rule == "azure-shared-access-signature", rule == "power-automate-webhook", strings.Contains(f.secret, "sig="):
		// The secret may be the signature alone: what it permits stands beside it.
		facts, ok := analysis.SharedAccess(f.secret)
		if !ok {
			facts, ok = analysis.SharedAccess(sharedAccess.FindString(around))
		}
		if ok {
			f.learn(facts)
		}
	}
}

// sharedAccess is a shared access signature in a line.
var sharedAccess = lazydfa.MustCompile(`(?i)(?:https?://[^\s"'<>]+\?|SharedAccessSignature[ =])[^\s"'<>;]*sig=[^\s"'<>;]+`)

// learn takes over what analysis tells. What has no documented form is judged as any
// other detail is.
func (f *found) learn(facts analysis.Facts) {
	if f.proven == nil {
		f.proven = map[string]string{}
	}
	maps.Copy(f.proven, facts.Details)
	if f.details == nil {
		f.details = map[string]string{}
	}
	for k, v := range facts.Words {
		if v = strings.TrimSpace(v); shown(v) {
			f.details[k] = v
		}
	}
	if facts.Checksum != analysis.NoChecksum {
		f.checksum = facts.Checksum
	}
}

func shown(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// weigh lets a checksum decide, where the kind has one.
func (f found) weigh(v verdict) verdict {
	switch f.checksum {
	case analysis.Fits:
		return verdict{sweeper.Confirmed, v.reason + "; its checksum fits"}
	case analysis.Fails:
		return verdict{sweeper.Review, "checksum does not fit: a placeholder or mistyped"}
	}
	return v
}

// opened are all details of a credential that may be told.
func (f found) opened() map[string]string {
	open := openDetails(f.details, f.secret)
	for k, v := range f.proven {
		if !tells(v, f.secret) {
			if open == nil {
				open = map[string]string{}
			}
			open[k] = v
		}
	}
	return open
}

// tells reports a detail with the secret in it. A secret of a few letters is part of
// many a name by chance: it counts when it is the whole.
func tells(detail, secret string) bool {
	open, low := strings.ToLower(detail), strings.ToLower(secret)
	return open == low || len(secret) >= 4 && strings.Contains(open, low)
}

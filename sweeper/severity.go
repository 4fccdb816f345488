package sweeper

import "time"

// SeverityOf says what to rotate first, from what the secret is, how sure we are, and
// what it says of itself (details), at a time; why is why it is not what kind and
// confidence alone make it, in words, "" when it is.
//
// What only needs a look is low; keys that open machines without a second question come
// first. What has ended opens nothing any more; a key for tests opens no customer's
// data; an id, its secret and the account they open are all that an intruder needs.
// A time of zero judges no expiry.
func SeverityOf(k Kind, c Confidence, details map[string]string, at time.Time) (s Severity, why string) {
	s = severityOfKind(k, c)
	switch end, ok := expiry(details); {
	case c == Review:
		return s, ""
	case ok && !at.IsZero() && !end.After(at):
		return Low, "low: it expired on " + end.UTC().Format(time.DateOnly)
	case details["mode"] == "test" && s > Low:
		return s - 1, (s - 1).String() + ": a key for tests, not for live data"
	case k == Token && c == Confirmed && whole(details):
		return Critical, "critical: the id and the account that it opens are beside it"
	}
	return s, ""
}

func severityOfKind(k Kind, c Confidence) Severity {
	switch {
	case c == Review:
		return Low
	case k == PrivateKey && c == Confirmed:
		return Critical
	case k == PrivateKey, k == KeyFile, c == Confirmed:
		return High
	default:
		return Medium
	}
}

// whole reports a secret whose other half and account are known: a key id and an
// account, or a client and its tenant.
func whole(details map[string]string) bool {
	return details["key_id"] != "" && details["account"] != "" || details["client_id"] != "" && details["tenant"] != ""
}

// expiry reads the detail expires. A certificate's end (certificate_expires) is another
// thing: the key lives on.
func expiry(details map[string]string) (end time.Time, ok bool) {
	end, err := time.Parse(time.RFC3339, details["expires"])
	return end, err == nil
}

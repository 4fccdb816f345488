package sweeper_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"mailsweep/secret"
	"mailsweep/store"
	"mailsweep/sweeper"
)

func TestSeverity(t *testing.T) {
	now := time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)
	type details = map[string]string
	for name, c := range map[string]struct {
		kind    sweeper.Kind
		sure    sweeper.Confidence
		details details
		at      time.Time
		want    sweeper.Severity
		why     string // a part of it
	}{
		"worth a look":             {sweeper.PrivateKey, sweeper.Review, nil, now, sweeper.Low, ""},
		"worth a look, expired":    {sweeper.Token, sweeper.Review, details{"expires": "2023-11-14T22:13:20Z"}, now, sweeper.Low, ""},
		"a key that can be read":   {sweeper.PrivateKey, sweeper.Confirmed, nil, now, sweeper.Critical, ""},
		"a key under a passphrase": {sweeper.PrivateKey, sweeper.Likely, details{"encrypted": "yes"}, now, sweeper.High, ""},
		"a key file":               {sweeper.KeyFile, sweeper.Likely, nil, now, sweeper.High, ""},
		"a token":                  {sweeper.Token, sweeper.Confirmed, nil, now, sweeper.High, ""},
		"a likely token":           {sweeper.Token, sweeper.Likely, nil, now, sweeper.Medium, ""},
		"a password":               {sweeper.Password, sweeper.Likely, details{"user": "ann", "host": "x.example.net"}, now, sweeper.Medium, ""},
		"expired":                  {sweeper.Token, sweeper.Confirmed, details{"expires": "2023-11-14T22:13:20Z"}, now, sweeper.Low, "expired on 2023-11-14"},
		"expired this second":      {sweeper.Token, sweeper.Likely, details{"expires": "2024-06-01T12:00:00Z"}, now, sweeper.Low, "expired"},
		"expires in a second":      {sweeper.Token, sweeper.Likely, details{"expires": "2024-06-01T12:00:01Z"}, now, sweeper.Medium, ""},
		"expires in another zone":  {sweeper.Token, sweeper.Likely, details{"expires": "2024-06-01T12:30:00+01:00"}, now, sweeper.Low, "expired"},
		"no time to compare with":  {sweeper.Token, sweeper.Confirmed, details{"expires": "2023-11-14T22:13:20Z"}, time.Time{}, sweeper.High, ""},
		"no date":                  {sweeper.Token, sweeper.Confirmed, details{"expires": "soon"}, now, sweeper.High, ""},
		"its certificate ended":    {sweeper.PrivateKey, sweeper.Confirmed, details{"certificate_expires": "2023-11-14T22:13:20Z"}, now, sweeper.Critical, ""},
		"for tests":                {sweeper.Token, sweeper.Confirmed, details{"mode": "test"}, now, sweeper.Medium, "for tests"},
		"live":                     {sweeper.Token, sweeper.Confirmed, details{"mode": "live"}, now, sweeper.High, ""},
		"whole":                    {sweeper.Token, sweeper.Confirmed, details{"key_id": "AKIA", "account": "052310077262"}, now, sweeper.Critical, "beside it"},
		"whole, of a tenant":       {sweeper.Token, sweeper.Confirmed, details{"client_id": "a", "tenant": "b"}, now, sweeper.Critical, "beside it"},
		"whole, but not sure":      {sweeper.Token, sweeper.Likely, details{"client_id": "a", "tenant": "b"}, now, sweeper.Medium, ""},
		"whole, expired":           {sweeper.Token, sweeper.Confirmed, details{"client_id": "a", "tenant": "b", "expires": "2024-01-01T00:00:00Z"}, now, sweeper.Low, "expired"},
		"half":                     {sweeper.Token, sweeper.Confirmed, details{"key_id": "a"}, now, sweeper.High, ""},
	} {
		got, why := sweeper.SeverityOf(c.kind, c.sure, c.details, c.at)
		if got != c.want || (why == "") != (c.why == "") || !strings.Contains(why, c.why) {
			t.Errorf("%s: %v, %q; want %v, %q", name, got, why, c.want, c.why)
		}
		if why != "" && !strings.HasPrefix(why, got.String()+": ") {
			t.Errorf("%s: the reason %q does not name the severity %v", name, why, got)
		}
	}
}

// ended finds one token in every mail, which expires on a day.
type ended struct{ words }

func (ended) Detect(context.Context, sweeper.Mail) ([]sweeper.Candidate, error) {
	return []sweeper.Candidate{{
		Rule: "jwt", Kind: sweeper.Token, Confidence: sweeper.Likely, Reason: "a token", Secret: secret.New("made up for this test"),
		Path: "1", Line: 1, Details: map[string]string{"expires": "2024-01-31T00:00:00Z"},
	}}, nil
}

// TestExpiryIsJudgedByTheRunsClock: the same mail, swept before and after.
func TestExpiryIsJudgedByTheRunsClock(t *testing.T) {
	for day, want := range map[int]sweeper.Severity{30: sweeper.Medium, 32: sweeper.Low} {
		b := newBench(t)
		b.Detector = ended{words{digest: "1"}}
		b.Now = func() time.Time { return time.Date(2024, 1, day, 0, 0, 0, 0, time.UTC) }
		b.mail.Put("ann", "in", "1", raw("1", "hello", "text"))
		b.must()
		for _, f := range b.findings(store.FindingFilter{}) {
			if f.Severity != want || strings.Contains(f.Reason, "expired on 2024-01-31") != (want == sweeper.Low) {
				t.Errorf("on day %d: %v, %q", day, f.Severity, f.Reason)
			}
		}
		if len(b.findings(store.FindingFilter{})) != 1 {
			t.Errorf("on day %d: nothing found", day)
		}
	}
}

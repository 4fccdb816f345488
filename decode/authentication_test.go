package decode

import (
	"context"
	"strings"
	"testing"
)

// results of the receiving server in the forms that servers write, and what strangers
// try. Samples: RFC 8601 appendix B, learn.microsoft.com.
func TestAuthenticated(t *testing.T) {
	const from = "From: Probe <Probe@Example.com>\n"
	const pass = "Authentication-Results: mx.contoso.example; dmarc=pass header.from=example.com\n"
	mx := Authentication{By: "mx.contoso.example", Author: "probe@example.com"}
	for name, c := range map[string]struct {
		header string
		want   Authentication
	}{
		"a pass":                         {pass + from, mx},
		"a version and comments":         {"Authentication-Results: MX.contoso.example (a (nested) one) 1;\r\n\tdkim=pass (good \\) one) header.d=example.com header.b=ab+/==; dmarc/1=pass (p=reject dis=none)\r\n  header.from=example.com\r\n" + from, mx},
		"an address as header.from":      {"Authentication-Results: mx.contoso.example; dmarc=pass header.from=probe@example.com\n" + from, mx},
		"a quoted id":                    {"Authentication-Results: \"mx.contoso.example\"; dmarc=pass reason=\"a; b\" header.from=example.com\n" + from, mx},
		"one field a filter":             {"Authentication-Results: mx.contoso.example; dkim=pass header.d=example.com\n" + pass + from, mx},
		"Microsoft 365":                  {"Authentication-Results: spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=example.com; dkim=pass (signature was verified)\n header.d=example.com;dmarc=pass action=none\n header.from=example.com;compauth=pass reason=100\n" + from, Authentication{Microsoft365, "probe@example.com"}},
		"Microsoft 365, two domains":     {"Authentication-Results: spf=pass smtp.mailfrom=example.com; contoso.example; dkim=none header.d=none;contoso.example; dmarc=pass action=none header.from=example.com;compauth=pass reason=100\n" + from, Authentication{Microsoft365, "probe@example.com"}},
		"Microsoft 365, on its way out":  {"Authentication-Results: dkim=none (message not signed) header.d=none;dmarc=pass action=none header.from=example.com;\n" + from, Authentication{}},
		"Microsoft 365, composite fails": {"Authentication-Results: spf=pass; dmarc=pass header.from=example.com;compauth=fail reason=000\n" + from, Authentication{}},
		"its name as an id":              {"Authentication-Results: microsoft-365; dmarc=pass header.from=example.com;compauth=pass\n" + from, Authentication{}},

		"nothing":                   {from, Authentication{}},
		"no result":                 {"Authentication-Results: mx.contoso.example; none\n" + from, Authentication{}},
		"a failure":                 {"Authentication-Results: mx.contoso.example; spf=pass; dkim=pass; dmarc=fail header.from=example.com\n" + from, Authentication{}},
		"no DMARC":                  {"Authentication-Results: mx.contoso.example; dkim=pass header.d=example.com; spf=pass smtp.mailfrom=example.com\n" + from, Authentication{}},
		"another domain":            {"Authentication-Results: mx.contoso.example; dmarc=pass header.from=evil.example\n" + from, Authentication{}},
		"no domain":                 {"Authentication-Results: mx.contoso.example; dmarc=pass\n" + from, Authentication{}},
		"two results":               {"Authentication-Results: mx.contoso.example; dmarc=fail header.from=example.com; dmarc=pass header.from=example.com\n" + from, Authentication{}},
		"two domains in one":        {"Authentication-Results: mx.contoso.example; dmarc=pass header.from=evil.example header.from=example.com\n" + from, Authentication{}},
		"forged, below the failure": {"Authentication-Results: mx.contoso.example; dmarc=fail header.from=example.com\n" + pass + from, Authentication{}},
		"forged, below another server": {"Authentication-Results: edge.contoso.example; dmarc=fail header.from=example.com\n" +
			pass + from, Authentication{}},
		"forged, below one that says nothing of it":  {"Authentication-Results: edge.contoso.example; none\n" + pass + from, Authentication{}},
		"forged, below one that cannot be read":      {"Authentication-Results: (\n" + pass + from, Authentication{}},
		"forged, between two of the server":          {"Authentication-Results: mx.contoso.example; dkim=none\nAuthentication-Results: x.example; none\n" + pass + from, Authentication{}},
		"in a quoted mailbox of the sender":          {"Authentication-Results: mx.contoso.example; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=example.com; x=\"@evil.example\n" + from, Authentication{}},
		"in a comment":                               {"Authentication-Results: mx.contoso.example; spf=pass (x; dmarc=pass header.from=example.com)\n" + from, Authentication{}},
		"under another name":                         {"X-Authentication-Results: mx.contoso.example; dmarc=pass header.from=example.com\n" + from, Authentication{}},
		"an open quote":                              {"Authentication-Results: mx.contoso.example; dmarc=pass header.from=example.com x=\"\n" + from, Authentication{}},
		"two From":                                   {pass + from + "From: ceo@evil.example\n", Authentication{}},
		"two addresses":                              {pass + "From: a@evil.example, probe@example.com\n", Authentication{}},
		"an address in the name":                     {pass + "From: \"probe@example.com\" <a@evil.example>\n", Authentication{}},
		"an address in an encoded name":              {pass + "From: =?utf-8?q?probe=40example.com_=3Cprobe=40example.com=3E?= <a@evil.example>\n", Authentication{}},
		"two angle addresses":                        {pass + "From: <a@evil.example> <probe@example.com>\n", Authentication{}},
		"an address in a comment":                    {pass + "From: a@evil.example (probe@example.com)\n", Authentication{}},
		"no From":                                    {pass + "Subject: x\n", Authentication{}},
		"a bare address":                             {pass + "From: probe@example.com (the probe)\n", mx},
		"the address in angle brackets after quotes": {pass + "From: \"Probe, The\" <probe@example.com>\n", mx},
	} {
		b := NewBudget(DefaultLimits(), -1)
		for _, end := range []string{"\n", "\r\n"} {
			raw := strings.ReplaceAll(strings.ReplaceAll(c.header+"\nbody\n", "\r\n", "\n"), "\n", end)
			if got := MIME(context.Background(), []byte(raw), b).Header.Authentication; got != c.want {
				t.Errorf("%s: got %+v, want %+v", name, got, c.want)
			}
		}
	}
}

func FuzzAuthenticated(f *testing.F) {
	f.Add("mx.contoso.example; dmarc=pass header.from=example.com", "Probe <probe@example.com>")
	f.Add("spf=pass (a (b) \\)) smtp.mailfrom=x;dmarc=pass header.from=example.com;compauth=pass", "probe@example.com")
	f.Add("\"a\\\"b\" 1; dmarc/1 = \"pass\" header.from = \"x\"@example.com ; none", "\"a\" (b) <p@example.com>")
	f.Fuzz(func(t *testing.T, results, from string) {
		a := Authenticated([]Field{{"authentication-results", results}, {"from", from}})
		if a == (Authentication{}) {
			return
		}
		if !strings.Contains(strings.ToLower(results), "dmarc") || !strings.Contains(strings.ToLower(results), "pass") || a.By == "" {
			t.Errorf("%q vouches for %+v", results, a)
		}
		if local, domain, ok := strings.Cut(a.Author, "@"); !ok || local == "" || domain == "" || !strings.Contains(strings.ToLower(from), a.Author) {
			t.Errorf("%q is by %q", from, a.Author)
		}
		// What a server that found a failure wrote above it is the end of it.
		below := Authenticated([]Field{{"authentication-results", "mx; dmarc=fail header.from=x"}, {"authentication-results", results}, {"from", from}})
		if below != (Authentication{}) {
			t.Errorf("%q vouches for %+v below a failure", results, below)
		}
	})
}

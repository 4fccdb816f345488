package analysis

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

// What these read comes from strangers: nothing of it may panic, and what is told is
// bounded and dates are dates.

func checkFacts(t *testing.T, f Facts, size int) {
	t.Helper()
	for k, v := range f.Details {
		if v == "" || len(v) > 100 {
			t.Errorf("detail %s is %q", k, v)
		}
	}
	for k, v := range f.Words {
		if v == "" || len(v) > size*4+64 {
			t.Errorf("words %s are %d bytes of %d", k, len(v), size)
		}
	}
	if e := f.Details["expires"]; e != "" {
		if _, err := time.Parse(time.RFC3339, e); err != nil {
			t.Errorf("expires %q: %v", e, err)
		}
	}
}

func FuzzToken(f *testing.F) {
	for _, s := range []string{
		"ghp_" + strings.Repeat("a", 36), "glsa_" + strings.Repeat("a", 32) + "_00000000", "pypi-AgEIcHlwaS5vcmc",
		"AGE-SECRET-KEY-1" + strings.Repeat("Q", 58), "glpat-" + strings.Repeat("a", 30) + ".01.0e0000000",
		strings.Repeat("a", 52) + "JQQJ99BF" + strings.Repeat("a", 24), strings.Repeat("a", 76) + "+ASt5mnCaw==", "SG.a.b", "xapp-1-A", "hooks.slack.com/services/T/B/x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkFacts(t, Token(s), len(s))
		AWSKey(s)
		WireGuard(s)
	})
}

func FuzzMacaroon(f *testing.F) {
	f.Add([]byte("\x02\x01\x08pypi.org\x02\x048f1b\x00\x02\x0a[1,[\"ab\"]]\x00\x00\x06\x01a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		facts, _ := pypi("pypi-" + base64.RawURLEncoding.EncodeToString(b))
		checkFacts(t, facts, len(b))
	})
}

func FuzzWebToken(f *testing.F) {
	f.Add(`{"alg":"HS256"}`, `{"iss":"a","aud":["b"],"exp":1700000000,"tid":"72f988bf-86f1-41af-91ab-2d7cd011db47"}`)
	f.Fuzz(func(t *testing.T, header, claims string) {
		part := base64.RawURLEncoding.EncodeToString
		facts, _, _ := WebToken(part([]byte(header)) + "." + part([]byte(claims)) + ".x")
		checkFacts(t, facts, len(header)+len(claims))
	})
}

func FuzzSharedAccess(f *testing.F) {
	f.Add("https://a.blob.core.windows.net/c/d?sv=2022-11-02&se=2024-01-31&sp=rw&sig=a")
	f.Add("SharedAccessSignature sr=a&sig=b&se=1700000000&skn=c")
	f.Fuzz(func(t *testing.T, s string) {
		facts, _ := SharedAccess(s)
		delete(facts.Details, "permissions") // at most twenty words
		checkFacts(t, facts, len(s))
	})
}

func FuzzDER(f *testing.F) {
	_, c := certificate(f)
	f.Add(c.Raw)
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, ok := PKCS12(b); ok {
			checkFacts(t, got.Facts, len(b))
		}
		if got, _, ok := Certificate(b); ok {
			checkFacts(t, got, len(b))
		}
	})
}

func FuzzOpenPGP(f *testing.F) {
	f.Add([]byte("\xc5\x30\x04\x00\x00\x00\x00\x16\x09\x2b\x06\x01\x04\x01\xda\x47\x0f\x01\x01\x07\x40"))
	f.Fuzz(func(t *testing.T, b []byte) {
		facts, _, _ := OpenPGP(b)
		checkFacts(t, facts, len(b))
	})
}

package detectors

import (
	"context"
	"strings"
	"sync"
	"testing"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// TestManyGoroutines runs one Set in fifty goroutines, and makes new ones
// meanwhile; the race detector watches.
func TestManyGoroutines(t *testing.T) {
	s := newSet(t)
	m := texts("api_key = "+genericIn, npmToken+".", "-----BEGIN RSA PRIVATE KEY-----\n"+strings.Repeat("QUJD\n", 30)+"-----END RSA PRIVATE KEY-----",
		"bmFtZTogIm5wbV94N0txMm1acDlMdzRSdDhZdjNCbjZIYzFKZDVGczBHYVFlVWki")
	m.Files = []decode.File{{Path: "9/a.p12", Name: "a.p12", Kind: decode.PKCS12, Data: []byte("x")}}
	want := brief(search(t, s, m))
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			if i%25 == 0 {
				if _, err := New(Options{}); err != nil {
					t.Error(err)
				}
			}
			for range 5 {
				found, err := s.Detect(context.Background(), m)
				if got := brief(found); err != nil || got != want {
					t.Errorf("found\n%swant\n%s%v", got, want, err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzDetect(f *testing.F) {
	s, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		"", "\n", npmToken, "the token is " + npmToken + ".", "api_key=" + genericIn, "password: cGFzc3dvcmQtOHgtWnE3",
		"curl -u \"ann:Tr0ub4dor\"\nx", "kind: Secret\ndata:\n  a: VHIwdWI0ZG9yOXg=", "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----",
		"-----BEGIN PGP PRIVATE KEY BLOCK-----" + strings.Repeat("=", 70) + "KEY BLOCK-----",
		"PuTTY-User-Key-File-3: x\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 1\nAAAA\nPrivate-MAC: " + strings.Repeat("0", 64),
		"<auth-user-pass>\na\nb\n</auth-user-pass>", "key=%61%70%69\\u0041U+0041 \u0130\u212a\xff", token(`{"alg":1}`, `{"exp":1e99}`),
	} {
		f.Add(seed, "a.yaml")
	}
	f.Fuzz(func(t *testing.T, body, name string) {
		found, err := s.Detect(context.Background(), sweeper.Mail{
			Texts: []decode.Text{{Path: "2/" + name, Name: name, Body: body}},
			Files: []decode.File{{Path: "3", Kind: decode.JKS, Data: []byte(body)}, {Path: "4", Kind: decode.DERKey, Data: []byte(body)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		lines := 1 + strings.Count(body, "\n")
		for _, c := range found {
			if c.Line < 1 || c.Line > lines || c.Rule == "" || c.Kind == "" || c.Reason == "" || c.Confidence < sweeper.Review || c.Confidence > sweeper.Confirmed {
				t.Errorf("found %+v in %d lines", c, lines)
			}
			if c.Secret.Len() == 0 {
				t.Errorf("%s found nothing", c.Rule)
			}
			plain := strings.Contains(body, c.Secret.Reveal())
			rewritten := c.Kind == sweeper.PrivateKey || c.Kind == sweeper.KeyFile || c.Rule == "jwt-base64" ||
				c.Rule == "kubernetes-secret-yaml" || c.Rule == "curl-auth-header" || strings.HasSuffix(c.Reason, "found after decoding")
			if !plain && !rewritten {
				t.Errorf("%s found what is not there", c.Rule)
			}
			if !strings.HasPrefix(c.Secret.Reveal(), c.Prefix) && c.Kind != sweeper.PrivateKey {
				t.Errorf("%s: prefix %q is not how the secret begins", c.Rule, c.Prefix)
			}
		}
	})
}

func FuzzRules(f *testing.F) {
	f.Add("[[rules]]\nid='a'\nregex='''(a|b)'''\nkeywords=['x']\n[[rules.allowlists]]\npaths=['x']\n")
	f.Add("rules = [{id='a', regex='('}]\n[allowlist]\nregexes=['(?<x']\n")
	f.Add("[extend]\nuseDefault=false\ndisabledRules=['a']\n[[rules.required]]\nid='b'")
	f.Fuzz(func(t *testing.T, toml string) {
		file, err := parseRules("fuzz", []byte(toml))
		if err != nil {
			return
		}
		set := &ruleSet{}
		if _, err := set.merge(file); err != nil {
			return
		}
		s := &Set{}
		if err := s.compile(set); err != nil {
			return
		}
		if _, err := s.Detect(context.Background(), texts(toml)); err != nil {
			t.Error(err)
		}
	})
}

package detectors

import (
	"encoding/base64"
	"strings"
	"testing"
	"unsafe"

	"mailsweep/sweeper"
)

// within reports whether part is a slice of whole, not a copy.
func within(part, whole string) bool {
	p, w := uintptr(unsafe.Pointer(unsafe.StringData(part))), uintptr(unsafe.Pointer(unsafe.StringData(whole)))
	return part != "" && p >= w && p < w+uintptr(len(whole))
}

func token(header, claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(header)) + "." + part([]byte(claims)) + "." + part([]byte(strings.Repeat("s1gn", 8)))
}

func TestConfidence(t *testing.T) {
	s := newSet(t)
	for name, c := range map[string]struct {
		text   string
		rule   string
		kind   sweeper.Kind
		want   sweeper.Confidence
		reason string // a part of it
	}{
		"documented form":   {npmToken, "npm-access-token", sweeper.Token, sweeper.Confirmed, "an npm"},
		"GitHub":            {"ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA04fYB71", "github-pat", sweeper.Token, sweeper.Confirmed, "a GitHub Personal Access Token (ghp_, 40 characters); its checksum fits"},
		"AWS key id":        {"AKIA" + "QYLPMN5HHHFPZAM2", "aws-access-token", sweeper.Token, sweeper.Review, "without its secret"},
		"Azure":             {"secret Dq48" + "Q~ZxEryu2KoPR73-yYkESw9hzqmQJGFI.a", "azure-ad-client-secret", sweeper.Token, sweeper.Confirmed, "Q~"},
		"with context":      {"algolia_key = bdd879c35c2638e0d5f3479c37eef384", "algolia-api-key", sweeper.Token, sweeper.Likely, "next to its name"},
		"a wrong checksum":  {"ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD3fG6", "github-pat", sweeper.Token, sweeper.Review, "checksum does not fit"},
		"an identifier":     {"discord = 432674957670268790", "discord-client-id", sweeper.Token, sweeper.Review, "public by itself"},
		"a placeholder":     {"ghp_" + "aB3dE6gH9jK2mEXAMPLE1vW4xY7zA0cD3fG6", "github-pat", sweeper.Token, sweeper.Review, "placeholder"},
		"a sequence":        {"ghp_" + "abcdefghijklmnopqrstuvwx1234560b74E4", "github-pat", sweeper.Token, sweeper.Review, "sequence"},
		"published":         {"sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc", "stripe-access-token", sweeper.Token, sweeper.Review, "published"},
		"generic":           {"api_key = " + genericIn, "generic-api-key", sweeper.Token, sweeper.Likely, "random"},
		"a password":        {"db_password = " + genericIn, "labelled-password", sweeper.Password, sweeper.Likely, "password"},
		"words":             {"token = Mar20OrlandoSheraton", "generic-api-key", sweeper.Token, sweeper.Review, "words"},
		"no words":          {"mm_access_token: zmigewsanbbsdf59xnmduzypjc", "generic-api-key", sweeper.Token, sweeper.Likely, "random"},
		"in a link":         {"https://x.example.net/?id=4&key=" + genericIn, "generic-api-key", sweeper.Token, sweeper.Review, "link"},
		"a token in a link": {"https://x.example.net/?id=4&key=" + npmToken + "&x=1", "npm-access-token", sweeper.Token, sweeper.Confirmed, "npm"},
		"a web token":       {token(`{"alg":"HS256"}`, `{"sub":"a7","exp":1700000000}`), "jwt", sweeper.Token, sweeper.Likely, "JSON Web Token"},
		"its sample":        {token(`{"alg":"HS256"}`, `{"sub":"1234567890","name":"John Doe"}`), "jwt", sweeper.Token, sweeper.Review, "sample"},
	} {
		got := search(t, s, texts(c.text))
		if len(got) != 1 || got[0].Rule != c.rule || got[0].Kind != c.kind || got[0].Confidence != c.want || !strings.Contains(got[0].Reason, c.reason) {
			t.Errorf("%s: found %+v", name, got)
		}
	}
}

func TestPrefixes(t *testing.T) {
	s := newSet(t)
	for text, want := range map[string]string{
		npmToken: "npm_",
		"ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA04fYB71":             "ghp_",
		"ASIA" + "QYLPMN5HHHFPZAM2":                                 "ASIA",
		"sk_" + "live_51OuEMLAlTWGaDypq":                            "sk_live_",
		"rk_" + "test_51OuEMLAlTWGaDypq":                            "rk_test_",
		"xoxb-" + "716391624840-716391624841-AbCdEfGhIjKlMnOp":      "xoxb-",
		"glpat-" + "84tyx1ni5vy2fr6rnx78":                           "glpat-",
		"shippo_" + "live_ba1f2e4fe86e104d0d9feaecc3061a7d6eb83073": "shippo_live_",
		"algolia_key = bdd879c35c2638e0d5f3479c37eef384":            "",
	} {
		got := search(t, s, texts(text))
		if len(got) == 0 || got[0].Prefix != want {
			t.Errorf("want prefix %q: found %+v", want, got)
		}
	}
}

func TestDetails(t *testing.T) {
	s := newSet(t)
	for text, want := range map[string]sweeper.Candidate{
		`curl -u "ann:Tr0ub4dor-9x" https://api.example.net/`: {Kind: sweeper.Password, Details: map[string]string{"user": "ann", "host": "api.example.net", "secret": "Tr0ub4dor-9x"}},
		`curl -u sk_live_51OuEMLAlTWGaDypq: https://x.net/`:   {Kind: sweeper.Token, Details: map[string]string{"secret": "sk_live_51OuEMLAlTWGaDypq"}},
		`curl https://x.net/ -H "Authorization: Basic ` + base64.StdEncoding.EncodeToString([]byte("ann:Tr0ub4dor-9x")) + `"`: {
			Kind: sweeper.Password, Details: map[string]string{"user": "ann", "host": "x.net", "secret": "Tr0ub4dor-9x"}},
		"https://cafe1234:b0b1b2b3@gems.contribsys.com/": {Kind: sweeper.Password, Details: map[string]string{"user": "cafe1234", "host": "gems.contribsys.com", "secret": "b0b1b2b3"}},
	} {
		got := search(t, s, texts(text))
		if len(got) == 0 {
			t.Errorf("%s: nothing found", text)
			continue
		}
		c := got[0]
		for k, v := range want.Details {
			have := c.Details[k]
			if k == "secret" {
				have = c.Secret.Reveal()
			}
			if have != v || c.Kind != want.Kind {
				t.Errorf("%s: %s is %q, want %q: %+v", text, k, have, v, got)
			}
		}
	}
}

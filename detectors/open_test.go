package detectors

import (
	"crypto/x509"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"

	"mailsweep/secret"
	"mailsweep/sweeper"
)

// madeUpKey is what an API key looks like where a user name is expected.
const madeUpKey = "19718a0d4d" + "e2c7b6f3905ab81c"

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// TestMaskable: what the mail shows of a secret can be masked in its subject,
// however it is written there.
func TestMaskable(t *testing.T) {
	s := newSet(t)
	ghp := "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA04fYB71"
	basic := b64("ann:Tr0ub4dor-9x")
	pemText := block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey(t)))
	escaped := strings.ReplaceAll(strings.TrimSpace(pemText), "\n", `\n`)
	webToken := token(`{"alg":"HS256"}`, `{"sub":"a7","exp":1700000000}`)
	var utf16 strings.Builder
	for _, r := range "$t='" + ghp + "'" {
		utf16.WriteRune(r)
		utf16.WriteByte(0)
	}
	for name, c := range map[string]struct{ text, file, shown string }{
		"Basic":               {text: `curl https://x.net/ -H "Authorization: Basic ` + basic + `"`, shown: basic},
		"user and password":   {text: `curl -u "ann:Tr0ub4dor-9x" https://x.net/`, shown: "Tr0ub4dor-9x"},
		"Kubernetes":          {text: "kind: Secret\ndata:\n  password: " + b64("Tr0ub4dor-9x") + "\n", file: "a.yaml", shown: b64("Tr0ub4dor-9x")},
		"escaped PEM":         {text: `{"key": "` + escaped + `"}`, shown: escaped},
		"escaped twice":       {text: `"\"` + strings.ReplaceAll(escaped, `\n`, `\\n`) + `\""`, shown: strings.ReplaceAll(escaped, `\n`, `\\n`)},
		"PEM in base64":       {text: "key: " + b64(pemText), shown: b64(pemText)},
		"base64":              {text: b64("GITHUB_TOKEN=" + ghp), shown: b64("GITHUB_TOKEN=" + ghp)},
		"base64 in text":      {text: "see " + b64("GITHUB_TOKEN="+ghp) + " for it", shown: b64("GITHUB_TOKEN=" + ghp)},
		"base64 twice":        {text: "key: " + b64(b64("GITHUB_TOKEN="+ghp)), shown: b64(b64("GITHUB_TOKEN=" + ghp))},
		"percent":             {text: "t=" + strings.ReplaceAll(ghp, "_", "%5F"), shown: strings.ReplaceAll(ghp, "_", "%5F")},
		"percent of base64":   {text: "q " + url.QueryEscape(b64("a="+ghp+"?")), shown: url.QueryEscape(b64("a=" + ghp + "?"))},
		"UTF-16":              {text: "powershell -e " + b64(utf16.String()), shown: b64(utf16.String())},
		"web token in base64": {text: b64(webToken), shown: b64(webToken)},
	} {
		m := texts(c.text)
		m.Texts[0].Name = c.file
		var all []secret.Value
		for _, found := range search(t, s, m) {
			all = append(all, found.Secret, found.Seen)
			if seen := found.Seen.Reveal(); found.Seen.Len() > 0 && (!strings.Contains(c.text, seen) || within(seen, m.Texts[0].Body)) {
				t.Errorf("%s: what %s has seen is not in the mail, or a slice of it", name, found.Rule)
			}
		}
		if masked := secret.NewMasker(all, nil).Mask("Re: " + c.shown); len(all) == 0 || len(masked) > 30 {
			t.Errorf("%s: a subject is %q after masking", name, masked)
		}
	}
	if got := search(t, s, texts(ghp)); len(got) != 1 || got[0].Seen.Len() != 0 {
		t.Errorf("a secret that stands as it is: seen %+v", got)
	}
}

func TestKeyInPlaceOfUser(t *testing.T) {
	s := newSet(t)
	for pair, want := range map[string]struct {
		secret, user string
		kind         sweeper.Kind
	}{
		madeUpKey + ":api_token":               {madeUpKey, "", sweeper.Token},
		madeUpKey + ":X":                       {madeUpKey, "", sweeper.Token},
		"aB3dE6gH9jK2mN5p:X":                   {"aB3dE6gH9jK2mN5p", "", sweeper.Token},
		"qx7c4wk2m9:x-oauth-basic":             {"qx7c4wk2m9", "", sweeper.Token},
		"admin:Tr0ub4dor-9x":                   {"Tr0ub4dor-9x", "admin", sweeper.Password},
		"jsmith:Tr0ub4dor-9x":                  {"Tr0ub4dor-9x", "jsmith", sweeper.Password},
		"deploy-bot-prod-12:Tr0ub4dor-9x":      {"Tr0ub4dor-9x", "deploy-bot-prod-12", sweeper.Password},
		"svc-backup-2024-01-30:Tr0ub4dor-9x":   {"Tr0ub4dor-9x", "svc-backup-2024-01-30", sweeper.Password},
		"ann.smith2024@example.net:Tr0ub4dor9": {"Tr0ub4dor9", "ann.smith2024@example.net", sweeper.Password},
		// Both are keys: the second is the secret, the first is still not for a report.
		madeUpKey + ":f00d" + madeUpKey: {"f00d" + madeUpKey, "", sweeper.Password},
	} {
		got := search(t, s, texts("curl -u "+pair+" https://api.example.net/"))
		i := -1
		for n, c := range got {
			if c.Rule == "curl-auth-user" {
				i = n
			}
		}
		if i < 0 || got[i].Secret.Reveal() != want.secret || got[i].Details["user"] != want.user || got[i].Kind != want.kind {
			t.Errorf("curl -u %s: found %q %+v", pair, brief(got), got)
		}
	}
}

func TestDetailsHoldNoSecret(t *testing.T) {
	s := newSet(t)
	long := strings.Repeat("aB3dE6gH9j", 30)
	for text, want := range map[string]map[string]string{
		`curl -u "ann:Tr0ub4dor-9x" https://` + long + `@x.net/`:                               {"user": "ann", "host": "x.net"},
		`curl -u "ann:Tr0ub4dor-9x" https://x.net:8443`:                                        {"user": "ann", "host": "x.net"},
		`curl -u "ann:Tr0ub4dor-9x" https://` + long:                                           {"user": "ann"},
		`curl -u "ann:Tr0ub4dor-9x" https://u:` + long + `@x.net/`:                             {"user": "ann", "host": "x.net"},
		`curl -u "ann:Tr0ub4dor-9x" https://` + strings.Repeat(long, 5) + `@x.net/`:            {"user": "ann"},
		`curl -u "ann:Tr0ub4dor-9x" https://tr0UB4dor-9x.example.net/`:                         {"user": "ann"},
		`curl -u "` + strings.Repeat("ann.smith-jones.", 20) + `:Tr0ub4dor-9x" https://x.net/`: {"host": "x.net"},
		`curl -u "Tr0ub4dor-9x:Tr0ub4dor-9x" https://x.net/`:                                   {"host": "x.net"},
		`curl -H "Authorization: Bearer ` + madeUpKey + `" https://` + madeUpKey + `.x.net/`:   {},
	} {
		got := search(t, s, texts(text))
		if len(got) == 0 {
			t.Errorf("%.80s: nothing found", text)
			continue
		}
		for _, k := range []string{"user", "host"} {
			if got[0].Details[k] != want[k] {
				t.Errorf("%.80s: %s is %q, want %q", text, k, got[0].Details[k], want[k])
			}
		}
	}
}

// TestReasonTellsNoMoreThanPreview: the length of a short secret helps to guess it.
func TestReasonTellsNoMoreThanPreview(t *testing.T) {
	for value, c := range map[string]struct{ prefix, want string }{
		"npm_short12":          {"npm_", ""},
		"Kd83hGp2Qw9xLm4":      {"", ""},
		"Kd83hGp2Qw9xLm47":     {"", " (16 characters)"},
		"longprefix_Kd83hGp2Q": {"longprefix_", " (20 characters)"},
		npmToken:               {"npm_", " (npm_, 40 characters)"},
	} {
		if got := form(c.prefix, value); got != c.want {
			t.Errorf("%s: %q, want %q", value, got, c.want)
		}
	}
}

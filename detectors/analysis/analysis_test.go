package analysis

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Secrets here are made up, or samples that their makers publish; each is written in two
// pieces, so that nobody's scanner stumbles over this file.

// changed is s with another character at i, of those that all alphabets have.
func changed(s string, i int) string {
	c := byte('7')
	if s[i] == c {
		c = '3'
	}
	return s[:i] + string(c) + s[i+1:]
}

// annotated makes a key of the form of annotatedKey.
func annotated(head string) string {
	data, _ := base64.StdEncoding.DecodeString(head)
	return head + inBase62Low(reversed(marvin32(data, binary.BigEndian.Uint64([]byte("Default0")))))[:4]
}

func reversed(n uint32) uint32 { return n<<24 | n>>24 | n&0xff00<<8 | n>>8&0xff00 }

func routable(prefix, payload string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte("0123456789abcdef" + payload + string(rune(len(payload)))))
	s := prefix + text + ".01." + fmt.Sprintf("%02s", base36(len(text)))
	return s + inBase36(crc32.ChecksumIEEE([]byte(s)))
}

func base36(n int) string {
	const all = digits + "abcdefghijklmnopqrstuvwxyz"
	return string([]byte{all[n/36], all[n%36]})
}

func TestChecksums(t *testing.T) {
	for name, value := range map[string]string{
		"GitHub":             "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17",
		"npm":                "npm_" + "qkJaB6MffYVzZXWqmcoF49yrUxP3wf" + "0LsakP",
		"Grafana":            "glsa_" + "yscW25imSKJIuav8zF37RZmnbiDvB05G" + "_fcaaf58a",
		"Azure Storage":      strings.Repeat("a", 76) + "+ASt" + "5mnCaw==",
		"Azure Functions":    strings.Repeat("d", 44) + "AzFu" + "182vhA==",
		"Azure, annotated":   annotated(strings.Repeat("Hx5a", 13) + "JQQJ99" + "BF" + strings.Repeat("A", 12) + "ACAA" + "AZDO"),
		"age":                "AGE-SECRET-KEY-" + "184JMZMVQH3E6U0PSL869004Y3U2NYV7R30EU99CSEDNPH02YUVFSZW44VU",
		"GitLab":             routable("glpat-", "o:1\nu:2s"),
		"GitLab, for runner": routable("glrt-t1_", "o:1\np:zz"),
	} {
		if f := Token(value); f.Checksum != Fits {
			t.Errorf("%s: checksum %v, want it to fit", name, f.Checksum)
		}
		if f := Token(changed(value, 20)); f.Checksum != Fails {
			t.Errorf("%s, altered: checksum %v, want it to fail", name, f.Checksum)
		}
	}
	for name, value := range map[string]string{
		"another length":   "ghs_" + strings.Repeat("Ab3", 20),
		"fine-grained":     "github_pat_" + strings.Repeat("Ab3", 20),
		"old storage key":  strings.Repeat("Ab3d", 21) + "Ab==",
		"anything":         "Tr0ub4dor-9x",
		"nothing":          "",
		"Redis of its own": strings.Repeat("a", 33) + "AzCa" + "AAAAAA=",
	} {
		if f := Token(value); f.Checksum != NoChecksum {
			t.Errorf("%s: checksum %v, want none", name, f.Checksum)
		}
	}
}

func TestWhatTokensTell(t *testing.T) {
	macaroon := func(fields ...string) string {
		b := []byte{2}
		for i, f := range fields {
			kind := byte(2)
			if i == 0 {
				kind = 1
			}
			b = append(append(b, kind, byte(len(f))), f...)
			if i > 0 {
				b = append(b, 0)
			}
		}
		return "pypi-" + base64.RawURLEncoding.EncodeToString(append(b, 0, 6, 4, 1, 2, 3, 4))
	}
	for name, c := range map[string]struct {
		value string
		want  map[string]string
		words map[string]string
	}{
		"Stripe, live":       {"sk_live_" + "51OuEMLAlTWGaDypq", map[string]string{"mode": "live"}, nil},
		"Stripe, restricted": {"rk_test_" + "51OuEMLAlTWGaDypq", map[string]string{"mode": "test", "permissions": "restricted"}, nil},
		"SendGrid":           {"SG." + "ngeVfQFYQlKU0ufo8x5d1A" + "." + strings.Repeat("Ab3", 14) + "z", map[string]string{"key_id": "ngeVfQFYQlKU0ufo8x5d1A"}, nil},
		"Slack, app":         {"xapp-1-" + "A01234ABCDE-1234567890123-" + strings.Repeat("0a", 32), map[string]string{"app_id": "A01234ABCDE"}, nil},
		"Slack, webhook":     {"https://hooks.slack.com/services/" + "T0123456789/B1001010101/" + strings.Repeat("Ab3", 8), map[string]string{"workspace": "T0123456789", "webhook_id": "B1001010101"}, nil},
		"Telegram":           {"123456789:" + "AAE" + strings.Repeat("x7_", 10) + "ab", map[string]string{"bot_id": "123456789"}, nil},
		"Discord":            {base64.RawURLEncoding.EncodeToString([]byte("432674957670268790")) + ".Cl2FMQ." + strings.Repeat("Ab3", 9), map[string]string{"bot_id": "432674957670268790"}, nil},
		"GitLab":             {routable("glpat-", "g:a\no:1\nu:2s"), map[string]string{"organization_id": "1", "user_id": "100", "group_id": "10"}, nil},
		"Azure":              {strings.Repeat("a", 76) + "+ASt" + "5mnCaw==", map[string]string{"service": "Azure Storage"}, nil},
		"Azure DevOps":       {annotated(strings.Repeat("Hx5a", 13) + "JQQJ99" + "BF" + strings.Repeat("A", 12) + "ACAA" + "AZDO"), map[string]string{"service": "Azure DevOps", "created": "2025-06"}, nil},
		"age": {"AGE-SECRET-KEY-" + "184JMZMVQH3E6U0PSL869004Y3U2NYV7R30EU99CSEDNPH02YUVFSZW44VU",
			map[string]string{"public_key": "age1cy0su9fwf3gf9mw868g5yut09p6nytfmmnktexz2ya5uqg9vl9sss4euqm"}, nil},
		"PyPI": {macaroon("pypi.org", "8f1b", `[1, ["sample", "other"]]`, `[0, 1700000000, 1690000000]`, `[3, "11111111-2222-3333-4444-555555555555"]`),
			map[string]string{"host": "pypi.org", "expires": "2023-11-14T22:13:20Z", "user_id": "11111111-2222-3333-4444-555555555555"}, map[string]string{"projects": "sample, other"}},
		"PyPI, old": {macaroon("test.pypi.org", "8f1b", `{"version": 1, "permissions": {"projects": ["sample"]}}`), map[string]string{"host": "test.pypi.org"}, map[string]string{"projects": "sample"}},
		"PyPI, cut": {macaroon("pypi.org", "8f1b")[:16], nil, nil},
	} {
		f := Token(c.value)
		if d := cmp.Diff(c.want, f.Details); d != "" {
			t.Errorf("%s: details differ (-want +got):\n%s", name, d)
		}
		if d := cmp.Diff(c.words, f.Words); d != "" {
			t.Errorf("%s: words differ (-want +got):\n%s", name, d)
		}
	}
}

func TestAWSAccounts(t *testing.T) {
	// The two ids with accounts are those of the articles that found out.
	for id, want := range map[string]map[string]string{
		"ASIA" + "Y34FZKBOKMUTVV7A": {"key_id": "ASIA" + "Y34FZKBOKMUTVV7A", "account": "609629065308", "lifetime": "temporary"},
		"ASIA" + "QNZGKIQY56JQ7WML": {"key_id": "ASIA" + "QNZGKIQY56JQ7WML", "account": "029608264753", "lifetime": "temporary"},
		"AKIA" + "IDQJ6PTGDFFWYX7A": {"key_id": "AKIA" + "IDQJ6PTGDFFWYX7A"}, // of before 2019
		"AKIA" + "1234567890123456": nil,
		"":                          nil,
	} {
		if d := cmp.Diff(want, AWSKey(id).Details); d != "" {
			t.Errorf("%s: differs (-want +got):\n%s", id, d)
		}
	}
}

func TestWebTokens(t *testing.T) {
	token := func(header, claims string) string {
		part := base64.RawURLEncoding.EncodeToString
		return part([]byte(header)) + "." + part([]byte(claims)) + "." + part([]byte("s1gns1gns1gn"))
	}
	tenant, client := "72f988bf-86f1-41af-91ab-2d7cd011db47", "11111111-2222-3333-4444-555555555555"
	for name, c := range map[string]struct {
		token   string
		details map[string]string
		words   map[string]string
		sample  bool
		ok      bool
	}{
		"plain": {token(`{"alg":"HS256","kid":"k1"}`, `{"iss":"https://id.example.net/","aud":["api","other"],"exp":1700000000,"nbf":1690000000.5,"sub":"ann@example.net"}`),
			map[string]string{"expires": "2023-11-14T22:13:20Z", "not_before": "2023-07-22T04:26:40Z"},
			map[string]string{"algorithm": "HS256", "key_id": "k1", "issuer": "https://id.example.net/", "audience": "api"}, false, true},
		"Entra": {token(`{"alg":"RS256"}`, `{"tid":"`+strings.ToUpper(tenant)+`","appid":"`+client+`","upn":"ann@example.net"}`),
			map[string]string{"tenant": tenant, "client_id": client}, map[string]string{"algorithm": "RS256"}, false, true},
		"false types":  {token(`{"alg":7}`, `{"iss":{},"aud":[1],"exp":"soon","tid":"x"}`), nil, nil, false, true},
		"milliseconds": {token(`{"alg":"HS256"}`, `{"exp":1700000000000}`), nil, map[string]string{"algorithm": "HS256"}, false, true},
		"of jwt.io":    {token(`{"alg":"HS256"}`, `{"sub":"1234567890","name":"John Doe"}`), nil, map[string]string{"algorithm": "HS256"}, true, true},
		"encrypted":    {token(`{"alg":"dir"}`, "\x01\x02"), nil, map[string]string{"algorithm": "dir"}, false, true},
		"no header":    {"eyJ.eyJ.x", nil, nil, false, false},
		"one part":     {"abc", nil, nil, false, false},
	} {
		f, sample, ok := WebToken(c.token)
		if sample != c.sample || ok != c.ok {
			t.Errorf("%s: sample %v, ok %v", name, sample, ok)
		}
		if d := cmp.Diff(c.details, f.Details) + cmp.Diff(c.words, f.Words); d != "" {
			t.Errorf("%s: differs (-want +got):\n%s", name, d)
		}
	}
}

func TestSharedAccess(t *testing.T) {
	for name, c := range map[string]struct {
		value   string
		details map[string]string
		words   map[string]string
		ok      bool
	}{
		"a blob": {"https://Acme.blob.core.windows.net/invoices/a.pdf?sv=2022-11-02&se=2024-01-31T12%3A00%3A00Z&sr=b&sp=rwd&sig=aB3%2Fd%3D",
			map[string]string{"expires": "2024-01-31T12:00:00Z", "permissions": "read, write, delete"}, map[string]string{"host": "acme.blob.core.windows.net", "container": "invoices"}, true},
		"in HTML": {"?sv=2022-11-02&amp;st=2024-01-01&amp;se=2024-01-31&amp;sp=r&amp;sktid=72f988bf-86f1-41af-91ab-2d7cd011db47&amp;sig=aB3",
			map[string]string{"not_before": "2024-01-01T00:00:00Z", "expires": "2024-01-31T00:00:00Z", "permissions": "read", "tenant": "72f988bf-86f1-41af-91ab-2d7cd011db47"}, nil, true},
		"the bus": {"SharedAccessSignature sr=https%3A%2F%2Facme.servicebus.windows.net%2Fq&sig=aB3%3D&se=1700000000&skn=RootManageSharedAccessKey",
			map[string]string{"expires": "2023-11-14T22:13:20Z"}, map[string]string{"key_name": "RootManageSharedAccessKey", "host": "acme.servicebus.windows.net"}, true},
		"no signature": {"https://example.net/?se=2024-01-31&sp=r", nil, nil, false},
		"odd values":   {"?sv=1&se=soon&sp=%00%00&sig=x", nil, nil, true},
	} {
		f, ok := SharedAccess(c.value)
		if d := cmp.Diff(c.details, f.Details) + cmp.Diff(c.words, f.Words); d != "" || ok != c.ok {
			t.Errorf("%s: ok %v, differs (-want +got):\n%s", name, ok, d)
		}
	}
}

package analysis

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"software.sslmate.com/src/go-pkcs12"
)

// The vector of RFC 7748, section 6.1 (Alice).
func TestWireGuard(t *testing.T) {
	f, ok := WireGuard("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=")
	if !ok || f.Details["public_key"] != "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=" {
		t.Errorf("found %v, %v", f, ok)
	}
	for _, s := range []string{"", "dwdtCnMYpX08", "no base64 at all, not a bit of it, of that size"} {
		if _, ok := WireGuard(s); ok {
			t.Errorf("%q is no key", s)
		}
	}
}

// The two keys were made with gpg 2, for this test only.
func TestOpenPGP(t *testing.T) {
	const open = "lFgEawPomxYJKwYBBAHaRw8BAQdAuUEDZYzXk2ln5PXke+M4WhOelPhOzjlvKrwxwxwHKtoAAQCjXY4FactavUgueMI9tQ6hLjmFSceJh0aXfFMSpTs+Bw0ftBtTYW1wbGUgPHNhbXBsZUBleGFtcGxlLm5ldD6I"
	const locked = "lQIGBGsD6JsBBADGzMSzSXc8k5TJf2Pt1/PJwgQBz8b/F5NdCv4cQKEJfmq0tZCOKIFWn7xuGFkRRH6PwsUMQP2O3+y0rMCGeBpFd7Xy7P58PG+CIVNrysZonTWqNffRP8sJmhM94tmRS0PNN6MMDutjGNaps53/Jb0HzHJpWJUL0IHO1HDBVdTgnQARAQAB/gcDAoyMs+r2qkxQ//ce88J+VQ3gmz3k5ejEmt/6QXItMRh6YiPYmI9bOoRIX5sU+JmuunQmMPxUdpfujfG6pRIgBD2SQCXoClFA8De3mb3u9Mcu7ngRuOKibpdm5qQ/Ot5eko3Kf730ajrys1tzAdzeezOEgr7PKJvqBgNF0CeEOfpIDi24VZIMJ27MprKGeJcF+X5O9/WhLfEdBtnzv8+RNBgTY0q54pfb6MiqfaOCQUHUU+LGy9nIjbBtMadPiqbRYMz5qPxFTkrfPMO+Wk6Ob92gMqObO+m61o70R5ZA00GLGe0ugETgUkBq2GQIPtqm7vU+F3KxSCFn1yBvm49NG53VHO7QbPgjlHRpw1Bo8e0MJdfjcsVCbWkuGHp1a63i/aV1V2L984hTqo52MVeyXfIuV+Aha2wreYAhklUKPWcSSseCWjzXwudM2LOjk/jwQMfNXQJNoscYNP8YLqtuRLNHrtV0LmHQHZPSiLLw9kJ7UKOmZpm0G0xvY2tlZCA8bG9ja2VkQGV4YW1wbGUub3JnPojO"
	for name, c := range map[string]struct {
		data   string
		locked bool
		want   map[string]string
		domain string
	}{
		"open":   {open, false, map[string]string{"key_id": "8F95AD426F7BA482", "public_key": "2989adb866e47dba73af9d0a8f95ad426f7ba482", "created": "2026-11-23T07:17:47Z"}, "example.net"},
		"locked": {locked, true, map[string]string{"key_id": "A97F6712C4BB6E6D", "public_key": "960f4a8f1161013d43943d2ca97f6712c4bb6e6d", "created": "2026-11-23T07:17:47Z"}, "example.org"},
	} {
		data, err := base64.StdEncoding.DecodeString(c.data)
		if err != nil {
			t.Fatal(err)
		}
		f, locked, ok := OpenPGP(data)
		if d := cmp.Diff(c.want, f.Details); d != "" || !ok || locked != c.locked || f.Words["domain"] != c.domain {
			t.Errorf("%s: locked %v, ok %v, words %v, differs (-want +got):\n%s", name, locked, ok, f.Words, d)
		}
		for n := range data { // cut anywhere, it is none or the same
			OpenPGP(data[:n])
		}
	}
	if _, _, ok := OpenPGP([]byte{0x98, 3, 4, 0, 0}); ok {
		t.Error("a public key is no secret one")
	}
}

func certificate(t testing.TB) (ed25519.PrivateKey, *x509.Certificate) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "www.example.net"},
		NotBefore: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, c
}

func TestCertificate(t *testing.T) {
	key, c := certificate(t)
	f, hash, ok := Certificate(c.Raw)
	want := Facts{
		Details: map[string]string{"expires": "2024-01-01T00:00:00Z", "not_before": "2023-01-01T00:00:00Z"},
		Words:   map[string]string{"subject": "www.example.net", "issuer": "www.example.net"},
	}
	if d := cmp.Diff(want, f); d != "" || !ok || hash != PublicKey(key.Public()) {
		t.Errorf("ok %v, key %s, differs (-want +got):\n%s", ok, hash, d)
	}
	if _, _, ok := Certificate(c.Raw[:100]); ok {
		t.Error("half a certificate was read")
	}
}

func TestPKCS12(t *testing.T) {
	key, c := certificate(t)
	for name, e := range map[string]struct {
		encoder       *pkcs12.Encoder
		password      string
		keys, plain   int
		locked        int
		expires, name string
	}{
		"modern":      {pkcs12.Modern, "x", 1, 0, 1, "", ""},
		"legacy":      {pkcs12.LegacyDES, "x", 1, 0, 1, "", ""},
		"no password": {pkcs12.Passwordless, "", 1, 1, 0, "2024-01-01T00:00:00Z", "www.example.net"},
	} {
		data, err := e.encoder.Encode(key, c, nil, e.password)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := PKCS12(data)
		if !ok || got.Keys != e.keys || got.Plain != e.plain || got.Locked != e.locked || got.Details["expires"] != e.expires || got.Words["subject"] != e.name {
			t.Errorf("%s: ok %v, %+v", name, ok, got)
		}
	}
	if _, ok := PKCS12([]byte("PK\x03\x04")); ok {
		t.Error("an archive was taken for PKCS#12")
	}
}

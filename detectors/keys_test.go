package detectors

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"mailsweep/decode"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

func block(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func rsaKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestKeysOfAllKinds(t *testing.T) {
	s := newSet(t)
	rsaKey := rsaKey(t)
	ec := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der := must[[]byte](t)
	openssh := must[*pem.Block](t)
	//lint:ignore SA1019 old keys are what is in old mail
	legacy := openssh(x509.EncryptPEMBlock(rand.Reader, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey), []byte("pass"), x509.PEMCipherAES128))
	var info struct {
		Algorithm struct{ OID asn1.ObjectIdentifier }
		Data      []byte
	}
	info.Algorithm.OID = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	info.Data = bytes.Repeat([]byte("sealed"), 40)
	sealed := der(asn1.Marshal(info))
	pgp := append([]byte{0x95, 1, 2, 4}, bytes.Repeat([]byte("packet"), 60)...)

	for name, c := range map[string]struct {
		text      string
		want      sweeper.Confidence
		keyType   string
		bits      string
		encrypted bool
	}{
		"PKCS#1":             {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)), sweeper.Confirmed, "ssh-rsa", "2048", false},
		"PKCS#8":             {block("PRIVATE KEY", der(x509.MarshalPKCS8PrivateKey(ec))), sweeper.Confirmed, "ecdsa-sha2-nistp256", "256", false},
		"SEC 1":              {block("EC PRIVATE KEY", der(x509.MarshalECPrivateKey(ec))), sweeper.Confirmed, "ecdsa-sha2-nistp256", "256", false},
		"OpenSSH":            {string(pem.EncodeToMemory(openssh(ssh.MarshalPrivateKey(ed, "sample")))), sweeper.Confirmed, "ssh-ed25519", "", false},
		"OpenSSH, encrypted": {string(pem.EncodeToMemory(openssh(ssh.MarshalPrivateKeyWithPassphrase(ed, "sample", []byte("pass"))))), sweeper.Likely, "ssh-ed25519", "", true},
		"PKCS#1, encrypted":  {string(pem.EncodeToMemory(legacy)), sweeper.Likely, "", "", true},
		"PKCS#8, encrypted":  {block("ENCRYPTED PRIVATE KEY", sealed), sweeper.Likely, "", "", true},
		"OpenPGP":            {"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\n" + wrap(pgp) + "\n=aBcD\n-----END PGP PRIVATE KEY BLOCK-----\n", sweeper.Confirmed, "pgp", "", false},
		"cut":                {"-----BEGIN RSA PRIVATE KEY-----\n" + wrap(pgp[:300]) + "\n-----END RSA PRIVATE KEY-----\n", sweeper.Likely, "", "", false},
		"a sample":           {"-----BEGIN RSA PRIVATE KEY-----\n" + strings.Repeat("... your key goes in this place ...\n", 4) + "-----END RSA PRIVATE KEY-----\n", sweeper.Review, "", "", false},
	} {
		got := search(t, s, texts("Hello,\n\n"+c.text+"\nregards\n"))
		if len(got) != 1 || got[0].Rule != "private-key" || got[0].Kind != sweeper.PrivateKey || got[0].Line != 3 {
			t.Errorf("%s: found %+v", name, got)
			continue
		}
		d := got[0].Details
		if got[0].Confidence != c.want || d["key_type"] != c.keyType || d["bits"] != c.bits || (d["encrypted"] == "yes") != c.encrypted {
			t.Errorf("%s: %v, %v (%s)", name, got[0].Confidence, d, got[0].Reason)
		}
		if !strings.HasPrefix(got[0].Prefix, "-----BEGIN ") || !strings.HasSuffix(got[0].Prefix, "-----") {
			t.Errorf("%s: prefix %q", name, got[0].Prefix)
		}
	}
}

func wrap(data []byte) string {
	s := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for len(s) > 64 {
		b.WriteString(s[:64] + "\n")
		s = s[64:]
	}
	return b.String() + s
}

// TestSameKeyHoweverWritten: indented, quoted, in JSON, on one line, with other
// line ends, in base64 or in binary, it is one key.
func TestSameKeyHoweverWritten(t *testing.T) {
	s := newSet(t)
	key := rsaKey(t)
	plain := block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
	trimmed := strings.TrimSpace(plain)
	fingerprints := map[string][]string{}
	k, err := secret.ParseKey(strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	add := func(name string, got []sweeper.Candidate) {
		if len(got) != 1 || got[0].Confidence != sweeper.Confirmed || got[0].Details["public_key"] == "" {
			t.Errorf("%s: found %+v", name, got)
			return
		}
		f := k.Fingerprint(got[0].Secret)
		fingerprints[f] = append(fingerprints[f], name)
	}
	for name, text := range map[string]string{
		"plain":        plain,
		"indented":     "  " + strings.ReplaceAll(trimmed, "\n", "\n    "),
		"quoted":       "> " + strings.ReplaceAll(trimmed, "\n", "\n> "),
		"quoted twice": ">> " + strings.ReplaceAll(trimmed, "\n", "\n>> "),
		"in JSON":      `{"key": "` + strings.ReplaceAll(plain, "\n", `\n`) + `"}`,
		"JSON in JSON": `{"x": "{\"key\": \"` + strings.ReplaceAll(plain, "\n", `\\n`) + `\"}"}`,
		"one line":     strings.ReplaceAll(trimmed, "\n", " "),
		"concatenated": `k = "` + strings.ReplaceAll(trimmed, "\n", "\\n\" +\n    \"") + `"`,
		"in base64":    "key: " + base64.StdEncoding.EncodeToString([]byte(plain)),
	} {
		add(name, search(t, s, texts(text)))
	}
	add("binary", search(t, s, sweeper.Mail{Files: []decode.File{{Path: "2/key.der", Kind: decode.DERKey, Data: x509.MarshalPKCS1PrivateKey(key)}}}))
	if len(fingerprints) != 1 {
		t.Errorf("one key has %d fingerprints: %v", len(fingerprints), fingerprints)
	}
}

func TestPuTTYKeys(t *testing.T) {
	s := newSet(t)
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer := must[ssh.PublicKey](t)(ssh.NewPublicKey(public))
	pub := base64.StdEncoding.EncodeToString(signer.Marshal())
	body := base64.StdEncoding.EncodeToString(append([]byte{0, 0, 0, 32}, private.Seed()...))
	file := func(encryption string) string {
		return "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: " + encryption + "\nComment: sample\nPublic-Lines: 2\n" +
			pub[:64] + "\n" + pub[64:] + "\nPrivate-Lines: 1\n" + body + "\nPrivate-MAC: " + strings.Repeat("0a", 32) + "\n"
	}
	for name, c := range map[string]struct {
		text string
		want sweeper.Confidence
	}{
		"plain":     {file("none"), sweeper.Confirmed},
		"CRLF":      {strings.ReplaceAll(file("none"), "\n", "\r\n"), sweeper.Confirmed},
		"quoted":    {"> " + strings.ReplaceAll(file("none"), "\n", "\n> "), sweeper.Confirmed},
		"encrypted": {file("aes256-cbc"), sweeper.Likely},
	} {
		got := search(t, s, texts(c.text))
		if len(got) != 1 || got[0].Rule != "putty-private-key" || got[0].Confidence != c.want ||
			got[0].Secret.Reveal() != body || got[0].Details["public_key"] != ssh.FingerprintSHA256(signer) {
			t.Errorf("%s: found %+v", name, got)
		}
	}
}

func TestContainers(t *testing.T) {
	s := newSet(t)
	cert := append([]byte{0, 5}, "X.509\x00\x00\x00\x03abc"...)
	entry := func(tag byte, content ...byte) []byte {
		return append([]byte{0, 0, 0, tag, 0, 1, 'a', 0, 0, 0, 0, 0, 0, 0, 0}, content...)
	}
	store := func(entries ...[]byte) []byte {
		return append([]byte{0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, byte(len(entries))}, bytes.Join(entries, nil)...)
	}
	withKey := store(entry(2, cert...), entry(1, append([]byte{0, 0, 0, 2, 9, 9, 0, 0, 0, 1}, cert...)...))
	for name, c := range map[string]struct {
		file decode.File
		rule string
		kind sweeper.Kind
		want sweeper.Confidence
	}{
		"PKCS#12":         {decode.File{Kind: decode.PKCS12, Data: []byte("x")}, "pkcs12-file", sweeper.KeyFile, sweeper.Confirmed},
		"PKCS#12 by name": {decode.File{Kind: decode.PKCS12, Data: []byte("x"), ByName: true}, "pkcs12-file", sweeper.KeyFile, sweeper.Likely},
		"KeePass":         {decode.File{Kind: decode.KeePass, Data: []byte("x")}, "keepass-file", sweeper.KeyFile, sweeper.Confirmed},
		"Password Safe":   {decode.File{Kind: decode.PasswordSafe, Data: []byte("x")}, "password-safe-file", sweeper.KeyFile, sweeper.Confirmed},
		"JKS with a key":  {decode.File{Kind: decode.JKS, Data: withKey}, "java-keystore-file", sweeper.KeyFile, sweeper.Confirmed},
		"a trust store":   {decode.File{Kind: decode.JKS, Data: store(entry(2, cert...))}, "java-keystore-file", sweeper.KeyFile, sweeper.Review},
		"a cut JKS":       {decode.File{Kind: decode.JKS, Data: withKey[:30]}, "java-keystore-file", sweeper.KeyFile, sweeper.Likely},
		"JCEKS, sealed":   {decode.File{Kind: decode.JKS, Data: store(entry(3, 1, 2))}, "java-keystore-file", sweeper.KeyFile, sweeper.Confirmed},
	} {
		c.file.Path, c.file.Name = "2/x", "x"
		got := search(t, s, sweeper.Mail{Files: []decode.File{c.file}})
		if len(got) != 1 || got[0].Rule != c.rule || got[0].Kind != c.kind || got[0].Confidence != c.want ||
			got[0].Secret.Reveal() != string(c.file.Data) || got[0].Path != "2/x" || got[0].Line != 1 || got[0].Reason == "" {
			t.Errorf("%s: found %+v", name, got)
		}
	}
	// A file that gitleaks would report by its name is reported once.
	m := sweeper.Mail{
		Texts: []decode.Text{{Path: "2/key.p12", View: decode.Head, Body: "key.p12"}},
		Files: []decode.File{{Path: "2/key.p12", Name: "key.p12", Kind: decode.PKCS12, Data: []byte("x")}},
	}
	if got := search(t, s, m); len(got) != 1 {
		t.Errorf("a key file and its name: found %q", brief(got))
	}
	off := newSet(t, writeRules(t, "[extend]\ndisabledRules = ['pkcs12-file']\n"))
	if got := search(t, off, m); len(got) != 0 {
		t.Errorf("a disabled rule found %q", brief(got))
	}
}

func TestProfiles(t *testing.T) {
	s := newSet(t)
	static := "-----BEGIN OpenVPN Static key V1-----\n" + strings.Repeat("0123456789abcdef0f1e2d3c4b5a6978\n", 16) + "-----END OpenVPN Static key V1-----\n"
	got := search(t, s, texts("client\n<tls-auth>\n"+static+"</tls-auth>\n<auth-user-pass>\nann\nTr0ub4dor\n</auth-user-pass>\n"))
	if len(got) != 2 || got[0].Rule != "openvpn-profile" || got[0].Kind != sweeper.PrivateKey ||
		got[1].Secret.Reveal() != "Tr0ub4dor" || got[1].Kind != sweeper.Password || got[1].Details["user"] != "ann" {
		t.Errorf(".ovpn: found %+v", got)
	}
	key := block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey(t)))
	if got := search(t, s, texts("client\n<key>\n"+key+"</key>\n")); len(got) != 1 || got[0].Rule != "private-key" {
		t.Errorf(".ovpn with a key: found %+v", got)
	}
	rdp := "full address:s:host.example.net\r\npassword 51:b:01000000D08C9DDF0115D1118C7A00C04FC297EB" + strings.Repeat("A5", 60) + "\r\n"
	if got := search(t, s, texts(rdp)); len(got) != 1 || got[0].Rule != "rdp-file" || got[0].Kind != sweeper.Password {
		t.Errorf(".rdp: found %+v", got)
	}
}

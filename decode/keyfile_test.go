package decode

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"
	"time"
)

func TestBinaryKeys(t *testing.T) {
	rsaKey := must(rsa.GenerateKey(rand.Reader, 2048))
	ecKey := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, der := range map[string][]byte{
		"PKCS#8 RSA": must(x509.MarshalPKCS8PrivateKey(rsaKey)), "PKCS#8 Ed25519": must(x509.MarshalPKCS8PrivateKey(edKey)),
		"PKCS#1": x509.MarshalPKCS1PrivateKey(rsaKey), "SEC 1": must(x509.MarshalECPrivateKey(ecKey)),
	} {
		if k, ok := keyFileOf(der); !ok || k != DERKey {
			t.Errorf("%s is not recognised", name)
		}
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(3), NotAfter: time.Unix(2_000_000_000, 0)}
	cert := must(x509.CreateCertificate(rand.Reader, template, template, &rsaKey.PublicKey, rsaKey))
	for name, der := range map[string][]byte{
		"a certificate": cert, "a public key": must(x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)), "a public key of PKCS#1": x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey),
	} {
		if k, ok := keyFileOf(der); ok {
			t.Errorf("%s is taken for %s", name, k)
		}
	}
}

func TestTooLargeForAKeyFile(t *testing.T) {
	r := attached("a.p12", append([]byte("\x00\x01"), noise(maxKeyFile)...))
	if len(r.Files) != 0 {
		t.Error("16 MiB and more is no container of keys")
	}
	wantSkips(t, r, "2/a.p12: unsupported")
}

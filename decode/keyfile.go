package decode

import (
	"bytes"
	"crypto/x509"
	"path"
	"strings"
)

// Kinds of key containers beside those that decode.go names.
const (
	PasswordSafe FileKind = "password-safe"
	DERKey       FileKind = "der-key" // a private key alone, binary: PKCS#8, PKCS#1 or SEC 1
)

const (
	// maxKeyFile is the size beyond which no file is a container of keys.
	maxKeyFile = 16 << 20
	// maxDERKey holds an RSA key of 8,192 bits; checking a larger one takes long.
	maxDERKey = 5 << 10
)

// keyFileOf recognises a container of keys by its content.
func keyFileOf(d []byte) (FileKind, bool) {
	switch {
	case len(d) > maxKeyFile:
	case bytes.HasPrefix(d, []byte("\x03\xd9\xa2\x9a")) && len(d) > 8:
		// keepass.info, "KDBX file format": the second signature tells versions apart.
		return KeePass, true
	case (bytes.HasPrefix(d, []byte("\xfe\xed\xfe\xed")) || bytes.HasPrefix(d, []byte("\xce\xce\xce\xce"))) &&
		len(d) > 12 && zero(d[4:7]) && (d[7] == 1 || d[7] == 2):
		// sun.security.provider.JavaKeyStore: magic, then a version of 1 or 2.
		return JKS, true
	case bytes.HasPrefix(d, []byte("PWS3")) && len(d) > 152:
		return PasswordSafe, true // formatV3.txt section 2: 152 bytes before the first record
	case isPKCS12(d):
		return PKCS12, true
	case isDERKey(d):
		return DERKey, true
	}
	return "", false
}

// keyFileByName is what a name promises, for content that nothing recognises.
func keyFileByName(name string) (FileKind, bool) {
	switch path.Ext(strings.ToLower(name)) {
	case ".p12", ".pfx":
		return PKCS12, true
	case ".jks", ".keystore":
		return JKS, true
	case ".kdbx", ".kdb":
		return KeePass, true
	case ".psafe3":
		return PasswordSafe, true
	}
	return "", false
}

// keyFile hands a container of keys to the detectors, whole.
func (w *walker) keyFile(n node) {
	k, sure := keyFileOf(n.data)
	if !sure {
		k, _ = keyFileByName(n.name)
	}
	if len(n.data) > maxKeyFile {
		w.skip(n.path, Unsupported, "too large for a container of keys")
		return
	}
	w.out.Files = append(w.out.Files, File{Path: n.path, Name: n.name, Kind: k, Data: n.data, ByName: !sure})
}

// isPKCS12 looks for the outer structure of a PFX (RFC 7292 section 4): version 3
// and a ContentInfo of type data or signedData. Some writers use indefinite
// lengths. A certificate begins with a SEQUENCE too, but holds no INTEGER first.
func isPKCS12(d []byte) bool {
	pfx, ok := derInside(d, 0x30)
	if !ok || !bytes.HasPrefix(pfx, []byte{2, 1, 3}) {
		return false
	}
	info, ok := derInside(pfx[3:], 0x30)
	oid := oidIn(info)
	return ok && (bytes.Equal(oid, oidData) || bytes.Equal(oid, oidSigned))
}

// Object identifiers as encoded: PKCS #7 data (RFC 5652 section 4) and the
// encryption schemes of PKCS #5 (RFC 8018 appendix C).
var (
	oidData  = []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
	oidPKCS5 = []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x05")
)

// derInside gives what follows the identifier and length of the element d begins
// with, when its tag is tag: its content and, since lengths are not trusted, all
// that comes after it.
func derInside(d []byte, tag byte) ([]byte, bool) {
	if len(d) < 2 || d[0] != tag {
		return nil, false
	}
	skip := 2
	if d[1] > 0x80 { // long form; 0x80 itself is the indefinite one
		skip += int(d[1] & 0x7f)
	}
	if skip > 6 || skip >= len(d) {
		return nil, false
	}
	return d[skip:], true
}

// oidIn is the object identifier that d begins with, nil when there is none.
func oidIn(d []byte) []byte {
	v, _, err := berNext(d, 0)
	if err != nil || v.tag != 0x06 {
		return nil
	}
	return v.value
}

// byDER recognises what is no key container: mail that is signed or encrypted
// (RFC 8551 section 3) and encrypted private keys (RFC 5958 section 3).
func byDER(d []byte) (kind, bool) {
	in, ok := derInside(d, 0x30)
	if !ok {
		return "", false
	}
	switch oid := oidIn(in); {
	case bytes.Equal(oid, oidSigned), bytes.Equal(oid, oidEnveloped), bytes.Equal(oid, oidEncrypted), bytes.Equal(oid, oidAuthEnveloped):
		return kindSigned, true
	}
	algorithm, ok := derInside(in, 0x30)
	if ok && bytes.HasPrefix(oidIn(algorithm), oidPKCS5) {
		return kindEncryptedKey, true
	}
	return "", false
}

func isDERKey(d []byte) bool {
	if len(d) < 32 || len(d) > maxDERKey {
		return false
	}
	in, ok := derInside(d, 0x30)
	if !ok || !bytes.HasPrefix(in, []byte{2, 1, 0}) && !bytes.HasPrefix(in, []byte{2, 1, 1}) {
		return false // all three forms begin with an INTEGER of 0 or 1
	}
	if _, err := x509.ParsePKCS8PrivateKey(d); err == nil {
		return true
	}
	if _, err := x509.ParsePKCS1PrivateKey(d); err == nil {
		return true
	}
	_, err := x509.ParseECPrivateKey(d)
	return err == nil
}

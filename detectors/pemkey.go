package detectors

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"

	"mailsweep/detectors/analysis"
	"mailsweep/detectors/lazydfa"
	"mailsweep/sweeper"
)

// maxKey bounds the keys that are parsed, in bytes of DER: checking an RSA key
// costs with the cube of its size. 16,384 bits are 9.5 KB.
const maxKey = 12 << 10

var (
	pemFrame  = lazydfa.MustCompile(`(?i)^-----BEGIN ([ A-Z0-9_-]*?PRIVATE KEY(?: BLOCK)?)-----([\s\S]*?)-----`)
	pemHeader = lazydfa.MustCompile(`(?i)\b(?:Proc-Type|DEK-Info|Comment|Version|Charset|Hash|Content-Domain|Key-Info):[ \t]*[^\n]*`)
	// joinedStrings is what stands between the lines of a key in source code.
	joinedStrings = lazydfa.MustCompile(`\\*["']\s*[+.]\s*\\*["']`)
	dekInfo       = lazydfa.MustCompile(`(?i)DEK-Info:[ \t]*([A-Z0-9-]+),([0-9A-F]+)`)
)

// pemKey looks into the private key in a PEM block (RFC 7468), however it was
// quoted, indented or escaped on its way.
func pemKey(block string) found {
	f := found{secret: block, kind: sweeper.PrivateKey, proven: map[string]string{}}
	m := pemFrame.FindStringSubmatch(block)
	if m == nil {
		f.verdict = verdict{sweeper.Likely, "a private key block in an unusual frame"}
		return f
	}
	label := strings.ToUpper(m[1])
	f.prefix = "-----BEGIN " + m[1] + "-----"
	der, headers := pemBody(m[2])
	switch {
	case len(der) == 0:
		f.verdict = verdict{sweeper.Review, "a private key's frame around something that is no key: a sample, or cut"}
		return f
	case len(der) > maxKey && !strings.HasPrefix(label, "PGP"):
		f.verdict = verdict{sweeper.Likely, "a private key block, too large to look into"}
		return f
	case strings.HasPrefix(label, "PGP"):
		f.pgpKey(der)
		return f
	case label == "ENCRYPTED PRIVATE KEY":
		f.verdict = encryptedPKCS8(der, f.proven)
		return f
	}
	whole := &pem.Block{Type: label, Headers: headers, Bytes: der}
	f.verdict = readKey(whole, f.proven)
	if f.verdict.confidence == sweeper.Confirmed {
		// What the way through a program has left between the lines is not part of
		// the key: escaped escapes, the plus signs of joined strings.
		f.secret = strings.TrimSpace(string(pem.EncodeToMemory(whole)))
	}
	return f
}

// pemBody undoes what mail and programs do to the lines of a PEM block. It gives
// nothing when they are not base64.
func pemBody(s string) (der []byte, headers map[string]string) {
	s = strings.NewReplacer(`\r`, "", `\\n`, "\n", `\n`, "\n", `\t`, "").Replace(s)
	s = joinedStrings.ReplaceAllString(s, "\n")
	if d := dekInfo.FindStringSubmatch(s); d != nil {
		headers = map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": d[1] + "," + d[2]}
		if i := strings.Index(s, d[0]); i >= 0 { // the block may be all on one line
			s = s[i+len(d[0]):]
		}
	}
	s = pemHeader.ReplaceAllString(s, "")
	if i := strings.LastIndex(s, "\n="); i >= 0 {
		s = s[:i] // the checksum of OpenPGP's armour (RFC 9580, 6.1)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '+', r == '/', r == '=':
			return r
		case strings.ContainsRune(" \t\r\n>\"'`|\\,;*#\u00a0", r):
			return -1
		}
		return '!' // is no base64
	}, s)
	der, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, headers
	}
	return der, headers
}

// readKey says what a key block holds. Reading it is the proof; the public half
// names the key without giving it away.
func readKey(block *pem.Block, details map[string]string) verdict {
	key, err := ssh.ParseRawPrivateKey(pem.EncodeToMemory(block))
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		if locked.PublicKey != nil {
			describePublic(locked.PublicKey, details)
		}
		return encrypted(details)
	case err != nil:
		return verdict{sweeper.Likely, "a private key block that cannot be read: it may be cut, altered or of a rare kind"}
	}
	describe(key, details)
	return verdict{sweeper.Confirmed, "a private key that can be read"}
}

func encrypted(details map[string]string) verdict {
	details["encrypted"] = "yes"
	return verdict{sweeper.Likely, "a private key under a passphrase, which may be in another mail"}
}

// describe adds kind, size and public fingerprint of a key.
func describe(key any, details map[string]string) {
	if p, ok := key.(interface{ Public() crypto.PublicKey }); ok {
		if hash := analysis.PublicKey(p.Public()); hash != "" {
			details["public_key_sha256"] = hash
		}
		switch pub := p.Public().(type) {
		case *rsa.PublicKey:
			details["bits"] = strconv.Itoa(pub.N.BitLen())
		case *ecdsa.PublicKey:
			details["bits"] = strconv.Itoa(pub.Params().BitSize)
		}
	}
	if signer, err := ssh.NewSignerFromKey(key); err == nil {
		describePublic(signer.PublicKey(), details)
	}
}

func describePublic(key ssh.PublicKey, details map[string]string) {
	details["key_type"] = key.Type()
	details["public_key"] = ssh.FingerprintSHA256(key)
}

// encryptedPKCS8 checks the outer form of EncryptedPrivateKeyInfo (RFC 5958, 3).
func encryptedPKCS8(der []byte, details map[string]string) verdict {
	var info struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Data []byte
	}
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		return verdict{sweeper.Likely, "an encrypted private key block that cannot be read: it may be cut or altered"}
	}
	return encrypted(details)
}

// pgpKey looks into an OpenPGP block (RFC 9580).
func (f *found) pgpKey(data []byte) {
	facts, locked, ok := analysis.OpenPGP(data)
	f.learn(facts)
	f.proven["key_type"] = "pgp"
	switch {
	case !ok:
		f.verdict = verdict{sweeper.Likely, "an OpenPGP private key block that cannot be read"}
	case locked:
		f.verdict = encrypted(f.proven)
	default:
		f.verdict = verdict{sweeper.Confirmed, "an OpenPGP secret key"}
	}
}

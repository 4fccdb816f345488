package analysis

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"strconv"
)

// maxCertificate bounds what is parsed, in bytes of DER.
const maxCertificate = 32 << 10

// PublicKey is the SHA-256 of a public key as it stands in certificates
// (SubjectPublicKeyInfo, RFC 5280, section 4.1.2.7), in hexadecimal: what certificate
// logs and "openssl pkey -pubout -outform der | sha256sum" say.
func PublicKey(public crypto.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// Certificate tells whom a certificate names, who signed it and until when it is good
// (RFC 5280, section 4.1.2), and the hash of its key: see [PublicKey].
func Certificate(der []byte) (f Facts, key string, ok bool) {
	if len(der) > maxCertificate {
		return f, "", false
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return f, "", false
	}
	// A person's certificate has a name and an address: they are told as the
	// certificate's owner, who must replace it.
	subject := c.Subject.CommonName
	if len(c.DNSNames) > 0 {
		subject = c.DNSNames[0]
	}
	f.say("subject", subject)
	f.say("issuer", c.Issuer.CommonName)
	f.tell("expires", moment(c.NotAfter))
	f.tell("not_before", moment(c.NotBefore))
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return f, hex.EncodeToString(sum[:]), true
}

// Identifiers of RFC 7292 (PKCS #12) and RFC 5652.
var (
	oidData      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidKeyBag    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidShrouded  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidCertBag   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidX509InP12 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
)

// maxContainers bounds the parts of a file that are looked at; files have two or three.
const maxContainers = 64

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"tag:0,explicit,optional"`
}

type safeBag struct {
	ID         asn1.ObjectIdentifier
	Value      asn1.RawValue `asn1:"tag:0,explicit"`
	Attributes asn1.RawValue `asn1:"optional"`
}

// Container is what a PKCS#12 file shows without its password.
type Container struct {
	Facts
	Keys   int // that can be seen, under the password or not
	Plain  int // of them, not under the password
	Locked int // parts that show nothing
}

// PKCS12 reads what a PKCS#12 file shows without its password (RFC 7292, section 4):
// private keys, and the first certificate where it is not encrypted too. No password is
// tried. ok is false when it is no such file.
func PKCS12(data []byte) (c Container, ok bool) {
	var pfx struct {
		Version int
		Safe    contentInfo
		Mac     asn1.RawValue `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(data, &pfx); err != nil || !pfx.Safe.Type.Equal(oidData) {
		return c, false
	}
	var safe []byte
	if _, err := asn1.Unmarshal(pfx.Safe.Content.Bytes, &safe); err != nil {
		return c, false
	}
	var parts []contentInfo
	if _, err := asn1.Unmarshal(safe, &parts); err != nil || len(parts) > maxContainers {
		return c, false
	}
	for _, p := range parts {
		if !p.Type.Equal(oidData) {
			c.Locked++
			continue
		}
		var inner []byte
		var bags []safeBag
		if _, err := asn1.Unmarshal(p.Content.Bytes, &inner); err != nil {
			continue
		}
		if _, err := asn1.Unmarshal(inner, &bags); err != nil || len(bags) > maxContainers {
			continue
		}
		for _, b := range bags {
			c.add(b)
		}
	}
	if c.Keys > 0 {
		c.tell("keys", strconv.Itoa(c.Keys))
	}
	return c, true
}

func (c *Container) add(b safeBag) {
	switch {
	case b.ID.Equal(oidKeyBag):
		c.Keys++
		c.Plain++
	case b.ID.Equal(oidShrouded):
		c.Keys++
	case b.ID.Equal(oidCertBag) && c.Words["subject"] == "":
		var bag struct {
			ID    asn1.ObjectIdentifier
			Value asn1.RawValue `asn1:"tag:0,explicit"`
		}
		var der []byte
		if _, err := asn1.Unmarshal(b.Value.Bytes, &bag); err != nil || !bag.ID.Equal(oidX509InP12) {
			return
		}
		if _, err := asn1.Unmarshal(bag.Value.Bytes, &der); err != nil {
			return
		}
		if f, _, ok := Certificate(der); ok {
			c.Details, c.Words = f.Details, f.Words
		}
	}
}

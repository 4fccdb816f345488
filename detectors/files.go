package detectors

import (
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mailsweep/decode"
	"mailsweep/detectors/analysis"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

// container is a kind of key file that decode hands over whole.
type container struct {
	rule string // the rule that may be shown and disabled
	name string // for the reason
}

// containerOf gives the rule of a kind.
func containerOf(kind decode.FileKind) (container, bool) {
	switch kind {
	case decode.PKCS12:
		return container{"pkcs12-file", "a PKCS#12 container"}, true
	case decode.JKS:
		return container{"java-keystore-file", "a Java key store"}, true
	case decode.KeePass:
		return container{"keepass-file", "a KeePass database"}, true
	case decode.PasswordSafe:
		return container{"password-safe-file", "a Password Safe database"}, true
	case decode.DERKey:
		return container{"der-private-key", "a private key in binary form"}, true
	}
	return container{}, false
}

// file judges a container of keys. Its secret is its bytes; an empty file has none.
func (s *Set) file(f decode.File) (sweeper.Candidate, bool) {
	kind, known := containerOf(f.Kind)
	if !known || !s.has(kind.rule) || len(f.Data) == 0 {
		return sweeper.Candidate{}, false
	}
	c := sweeper.Candidate{
		Rule: kind.rule, Kind: sweeper.KeyFile, Secret: secret.New(string(f.Data)),
		Path: f.Path, View: decode.Body, Line: 1, Details: map[string]string{},
		Confidence: sweeper.Confirmed, Reason: kind.name + ", by its content",
	}
	switch {
	case f.ByName:
		c.Confidence, c.Reason = sweeper.Likely, "has the name of "+kind.name+"; its content was not recognised"
	case f.Kind == decode.PKCS12:
		c.Confidence, c.Reason = pkcs12File(f.Data, c.Details)
	case f.Kind == decode.JKS:
		c.Confidence, c.Reason = keyStore(f.Data, c.Details)
	case f.Kind == decode.DERKey:
		c.Kind = sweeper.PrivateKey
		if block := derKey(f.Data, c.Details); block != nil {
			// As PEM, so that it is the same key as in a text.
			c.Secret = secret.New(strings.TrimSpace(string(pem.EncodeToMemory(block))))
		}
	}
	return c, true
}

func (s *Set) has(id string) bool {
	_, ok := slices.BinarySearchFunc(s.rules, id, func(r *rule, id string) int { return strings.Compare(r.spec.ID, id) })
	return ok
}

// derKey finds out under which PEM label a binary key would stand.
func derKey(der []byte, details map[string]string) *pem.Block {
	if len(der) > maxKey {
		return nil
	}
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		describe(key, details)
		return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		describe(key, details)
		return &pem.Block{Type: "RSA PRIVATE KEY", Bytes: der}
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		describe(key, details)
		return &pem.Block{Type: "EC PRIVATE KEY", Bytes: der}
	}
	return nil
}

// pkcs12File reads what the container shows without its password.
func pkcs12File(data []byte, details map[string]string) (sweeper.Confidence, string) {
	box, ok := analysis.PKCS12(data)
	var f found
	if ok {
		f.learn(box.Facts)
		f.certified(box.Facts)
	}
	delete(f.proven, "expires") // a certificate's: see certified
	delete(f.proven, "not_before")
	maps.Copy(details, f.opened())
	switch {
	case box.Plain > 0:
		return sweeper.Confirmed, "a PKCS#12 container with a private key that needs no password"
	case box.Keys > 0:
		details["encrypted"] = "yes"
		return sweeper.Confirmed, "a PKCS#12 container with a private key under a password, which may be in another mail"
	case ok && box.Locked == 0:
		return sweeper.Review, "a PKCS#12 container with certificates only, no keys"
	}
	return sweeper.Confirmed, "a PKCS#12 container, by its content"
}

// keyStore counts what a Java key store holds. One with nothing but certificates
// (a trust store, as every Java program ships) has no secret in it. The layout is
// that of sun.security.provider.JavaKeyStore: magic, version, count, then entries
// of tag, alias, time and content; all integers big-endian.
func keyStore(data []byte, details map[string]string) (sweeper.Confidence, string) {
	r := &reader{data: data}
	r.skip(4)
	version, count := r.uint32(), r.uint32()
	keys := 0
	for range min(count, 100_000) {
		tag := r.uint32()
		r.skip(int(r.uint16())) // alias
		r.skip(8)               // time
		switch tag {
		case 1:
			keys++
			r.skip(int(r.uint32()))
			for range min(r.uint32(), 1000) {
				r.certificate(version)
			}
		case 2:
			r.certificate(version)
		default: // JCEKS: a sealed secret key, in Java's serialisation
			return sweeper.Confirmed, "a Java key store with secret keys"
		}
		if r.short {
			return sweeper.Likely, "a Java key store that is cut or damaged"
		}
	}
	details["keys"] = strconv.Itoa(keys)
	if keys == 0 {
		return sweeper.Review, "a Java key store with certificates only, no keys"
	}
	return sweeper.Confirmed, "a Java key store with private keys"
}

// reader reads big-endian fields; short is set once data ended too soon.
type reader struct {
	data  []byte
	short bool
}

func (r *reader) next(n int) []byte {
	if n < 0 || n > len(r.data) {
		r.short, r.data = true, nil
		return make([]byte, min(max(n, 0), 8))
	}
	out := r.data[:n]
	r.data = r.data[n:]
	return out
}

func (r *reader) skip(n int)     { r.next(n) }
func (r *reader) uint16() uint16 { return binary.BigEndian.Uint16(r.next(2)) }
func (r *reader) uint32() uint32 { return binary.BigEndian.Uint32(r.next(4)) }

func (r *reader) certificate(version uint32) {
	if version == 2 {
		r.skip(int(r.uint16())) // its type
	}
	r.skip(int(r.uint32()))
}

// named applies the user's rules that look at file names only, each once a file. Files
// that decode knows as containers were judged by their content: see file.
func (s *Set) named(m sweeper.Mail) []placed {
	if len(s.names) == 0 {
		return nil
	}
	var out []placed
	add := func(i int, path, name string, data func() string) {
		for _, r := range s.names {
			if name == "" || !r.path.MatchString(name) && !r.path.MatchString(path) {
				continue
			}
			out = append(out, placed{text: i, Candidate: sweeper.Candidate{
				Rule: r.spec.ID, Kind: sweeper.KeyFile, Confidence: sweeper.Likely,
				Reason: "the file's name matches the rule " + r.spec.ID,
				Secret: secret.New(data()), Path: path, View: decode.Body, Line: 1,
			}})
		}
	}
	for i, t := range m.Texts {
		if t.View == decode.Body && t.Body != "" {
			add(i, t.Path, t.Name, func() string { return t.Body })
		}
	}
	for i, f := range m.Files {
		if len(f.Data) > 0 {
			add(len(m.Texts)+i, f.Path, f.Name, func() string { return string(f.Data) })
		}
	}
	return out
}

package analysis

import (
	"crypto/ecdh"
	"encoding/base64"
	"strings"
)

// WireGuard tells the public key of a private one, 32 bytes in base64 (wireguard.com,
// "Protocol": Curve25519; wg(8), "wg pubkey"). Whoever runs the other ends knows the
// peer by it.
func WireGuard(private string) (f Facts, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(private)
	if err != nil {
		return f, false
	}
	public, ok := publicOf(raw)
	if ok {
		f.tell("public_key", base64.StdEncoding.EncodeToString(public))
	}
	return f, ok
}

// publicOf is X25519 with the base point (RFC 7748, section 6.1).
func publicOf(private []byte) ([]byte, bool) {
	key, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, false
	}
	return key.PublicKey().Bytes(), true
}

// ageKey tells the recipient of an age identity: both are Bech32 of an X25519 key
// (github.com/C2SP/C2SP/blob/main/age.md, "The X25519 recipient type").
func ageKey(value string) (Facts, bool) {
	if len(value) != 74 {
		return Facts{}, false
	}
	prefix, private, ok := fromBech32(strings.ToLower(value))
	if !ok || prefix != "age-secret-key-" {
		return checked(false), true
	}
	public, ok := publicOf(private)
	if !ok {
		return checked(false), true
	}
	f := checked(true)
	f.tell("public_key", toBech32("age", public))
	return f, true
}

// bech32Digits are the 32 digits of Bech32 (BIP 173).
const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32Sum is the checksum of BIP 173 over a prefix and digits; 1 over a whole text
// that is right.
func bech32Sum(prefix string, values []byte) uint32 {
	sum := uint32(1)
	step := func(v byte) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	for i := range len(prefix) {
		step(prefix[i] >> 5)
	}
	step(0)
	for i := range len(prefix) {
		step(prefix[i] & 31)
	}
	for _, v := range values {
		step(v)
	}
	return sum
}

func fromBech32(s string) (prefix string, data []byte, ok bool) {
	i := strings.LastIndexByte(s, '1')
	if i < 1 || len(s)-i < 7 {
		return "", nil, false
	}
	values := make([]byte, 0, len(s)-i)
	for _, c := range []byte(s[i+1:]) {
		v := strings.IndexByte(bech32Digits, c)
		if v < 0 {
			return "", nil, false
		}
		values = append(values, byte(v))
	}
	if bech32Sum(s[:i], values) != 1 {
		return "", nil, false
	}
	return s[:i], regroup(values[:len(values)-6], 5, 8, false), true
}

func toBech32(prefix string, data []byte) string {
	values := regroup(data, 8, 5, true)
	sum := bech32Sum(prefix, append(append([]byte{}, values...), make([]byte, 6)...)) ^ 1
	for i := range 6 {
		values = append(values, byte(sum>>(25-5*i)&31))
	}
	var b strings.Builder
	b.WriteString(prefix + "1")
	for _, v := range values {
		b.WriteByte(bech32Digits[v])
	}
	return b.String()
}

// regroup turns groups of so many bits into groups of others; what is left over is
// padded with zeros, or dropped.
func regroup(values []byte, from, to uint, padded bool) (out []byte) {
	var acc, n uint
	for _, v := range values {
		acc, n = acc<<from|uint(v), n+from
		for n >= to {
			n -= to
			out = append(out, byte(acc>>n&(1<<to-1)))
		}
		acc &= 1<<n - 1
	}
	if padded && n > 0 {
		out = append(out, byte(acc<<(to-n)&(1<<to-1)))
	}
	return out
}

package analysis

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"
)

// OpenPGP reads a secret key of version 4 and the user id after it (RFC 9580, sections
// 4.2 packets, 5.5.2 and 5.5.3 keys, 5.11 user ids): its id, when it was made, the
// domain of its user, and whether a passphrase protects it. ok is false when no secret
// key begins the data.
func OpenPGP(data []byte) (f Facts, locked, ok bool) {
	tag, body, rest, ok := pgpPacket(data)
	if !ok || tag != 5 {
		return f, false, false
	}
	if len(body) < 6 || body[0] != 4 {
		return f, false, true
	}
	public := pgpPublic(body)
	if public > 0 {
		// Section 5.5.4.2: SHA-1 of 0x99, the length and the public part; the id is
		// its end.
		head := binary.BigEndian.AppendUint16([]byte{0x99}, uint16(public))
		sum := sha1.Sum(append(head, body[:public]...))
		f.tell("key_id", strings.ToUpper(hex.EncodeToString(sum[12:])))
		f.tell("public_key", hex.EncodeToString(sum[:]))
		locked = len(body) > public && body[public] != 0 // section 3.7.2.1
	}
	f.tell("created", moment(time.Unix(int64(binary.BigEndian.Uint32(body[1:])), 0)))
	if tag, user, _, ok := pgpPacket(rest); ok && tag == 13 && len(user) < 300 {
		if i := strings.LastIndexByte(string(user), '@'); i >= 0 {
			f.say("domain", strings.ToLower(strings.TrimRight(string(user[i+1:]), "> ")))
		}
	}
	return f, locked, true
}

// pgpPacket takes the first packet off, whose length is known.
func pgpPacket(data []byte) (tag byte, body, rest []byte, ok bool) {
	if len(data) < 2 || data[0]&0x80 == 0 {
		return 0, nil, nil, false
	}
	head, size := 0, 0
	if data[0]&0x40 != 0 { // the present form
		tag = data[0] & 0x3f
		switch n := int(data[1]); {
		case n < 192:
			head, size = 2, n
		case n < 224 && len(data) > 2:
			head, size = 3, (n-192)<<8+int(data[2])+192
		case n == 255 && len(data) > 5:
			head, size = 6, int(binary.BigEndian.Uint32(data[2:]))
		default: // in parts: no key is
			return 0, nil, nil, false
		}
	} else {
		tag = data[0] >> 2 & 0xf
		width := 1 << (data[0] & 3)
		if width > 4 || len(data) < 1+width {
			return 0, nil, nil, false
		}
		head = 1 + width
		for _, b := range data[1:head] {
			size = size<<8 | int(b)
		}
	}
	if size > len(data)-head {
		return 0, nil, nil, false
	}
	return tag, data[head : head+size], data[head+size:], true
}

// pgpPublic is how long the public part of a version 4 key is, 0 when that cannot be
// told: version, time, algorithm, then what section 5.5.5 and 12 lists for it.
func pgpPublic(body []byte) int {
	at := 6
	number := func() bool { // a multiprecision integer: its length in bits, then the bytes
		if at+2 > len(body) {
			return false
		}
		at += 2 + (int(binary.BigEndian.Uint16(body[at:]))+7)/8
		return at <= len(body)
	}
	short := func() bool { // a length of one byte, then the bytes
		if at >= len(body) {
			return false
		}
		at += 1 + int(body[at])
		return at <= len(body)
	}
	var parts []func() bool
	switch body[5] {
	case 1, 2, 3: // RSA
		parts = []func() bool{number, number}
	case 16: // Elgamal
		parts = []func() bool{number, number, number}
	case 17: // DSA
		parts = []func() bool{number, number, number, number}
	case 18: // ECDH
		parts = []func() bool{short, number, short}
	case 19, 22: // ECDSA, EdDSA
		parts = []func() bool{short, number}
	case 25, 27: // X25519, Ed25519
		parts = []func() bool{func() bool { at += 32; return at <= len(body) }}
	default:
		return 0
	}
	for _, part := range parts {
		if !part() {
			return 0
		}
	}
	return at
}

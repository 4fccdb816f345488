package analysis

import (
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"strconv"
	"strings"
)

const (
	digits  = "0123456789"
	base62  = digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "abcdefghijklmnopqrstuvwxyz"
	hexDigs = "0123456789abcdefABCDEF"
)

// only reports a text of nothing but characters of an alphabet, and not empty.
func only(s, alphabet string) bool { return s != "" && strings.Trim(s, alphabet) == "" }

// inBase62 writes n with the digits before the capitals before the small letters,
// with leading zeros up to a width.
func inBase62(n uint32, width int) string {
	b := make([]byte, 0, 6)
	for ; n > 0; n /= 62 {
		b = append(b, base62[n%62])
	}
	for len(b) < width {
		b = append(b, '0')
	}
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

func checked(fits bool) Facts {
	if fits {
		return Facts{Checksum: Fits}
	}
	return Facts{Checksum: Fails}
}

// crcTail is 30 characters and the CRC-32 of them in six of base 62.
func crcTail(body string) (Facts, bool) {
	if len(body) != 36 || !only(body, base62) {
		return Facts{}, false
	}
	return checked(inBase62(crc32.ChecksumIEEE([]byte(body[:30])), 6) == body[30:]), true
}

// github checks a token of the form of April 2021: "a 32 bit checksum in the last 6
// digits of each token … CRC32 … Base62 … leading zeros" (github.blog, "Behind
// GitHub's new authentication token formats"). Longer ones (ghs_ may hold a web token)
// and github_pat_, whose checksum GitHub does not document, are not checked.
func github(value string) (Facts, bool) { return crcTail(value[4:]) }

// npm checks a token of npm, made as GitHub's are (github.blog changelog, 2021-09-23,
// "npm has a new access token format").
func npm(value string) (Facts, bool) { return crcTail(value[4:]) }

// grafana checks a service account token: glsa_, 32 characters, and the CRC-32 of all
// before it as eight hexadecimal digits, the lowest byte first (grafana/grafana,
// pkg/components/satokengen/tokengen.go).
func grafana(value string) (Facts, bool) {
	i := strings.LastIndexByte(value, '_')
	if len(value) != 46 || i != 37 || !only(value[i+1:], hexDigs) {
		return Facts{}, false
	}
	sum := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(value[:i])))
	return checked(hex.EncodeToString(sum) == strings.ToLower(value[i+1:])), true
}

// inBase36 writes n as seven digits of base 36.
func inBase36(n uint32) string {
	s := strconv.FormatUint(uint64(n), 36)
	return strings.Repeat("0", 7-len(s)) + s
}

package mailfile

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
)

// modifiedBase64 is the alphabet of RFC 3501 section 5.1.3: "," for "/", no padding.
var modifiedBase64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// decodeUTF7 decodes a folder name in IMAP's modified UTF-7 (RFC 3501 section
// 5.1.3). A name that is not well-formed is returned as it is: some servers keep
// their folders' names in UTF-8.
func decodeUTF7(name string) string {
	var b strings.Builder
	rest := name
	for {
		plain, after, found := strings.Cut(rest, "&")
		b.WriteString(plain)
		if !found {
			return b.String()
		}
		code, next, closed := strings.Cut(after, "-")
		if !closed {
			return name
		}
		rest = next
		if code == "" {
			b.WriteByte('&')
			continue
		}
		raw, err := modifiedBase64.DecodeString(code)
		if err != nil || len(raw)%2 != 0 {
			return name
		}
		units := make([]uint16, len(raw)/2)
		for i := range units {
			units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
		}
		b.WriteString(string(utf16.Decode(units)))
	}
}

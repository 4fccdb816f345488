package detectors

import (
	"encoding/base64"
	"iter"
	"strings"
)

// minRun is the shortest text that gitleaks takes for base64 (detect/codec).
const minRun = 16

// maxRun bounds what is decoded as one run by ourselves, in bytes.
const maxRun = 1 << 20

// runs yields the places of uninterrupted base64 of either alphabet, padding
// included, that are long enough to be decoded.
func runs(body string) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		for at := 0; at+minRun <= len(body); {
			// A run that begins here or later, and before the end of these bytes, has the
			// last of them.
			last := at + minRun - 1
			if !runByte[body[last]] {
				at = last + 1
				continue
			}
			from := last
			for from > at && runByte[body[from-1]] {
				from--
			}
			to := last + 1
			for to < len(body) && runByte[body[to]] {
				to++
			}
			if to-from < minRun {
				at = to
				continue
			}
			for end := to; to < len(body) && to < end+2 && body[to] == '='; {
				to++
			}
			if !yield(from, to) {
				return
			}
			at = to
		}
	}
}

// runByte are the characters of both alphabets of base64.
var runByte = func() (is [256]bool) {
	for c := range is {
		is[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/' || c == '+' || c == '-' || c == '_'
	}
	return is
}()

// hexDigits counts the hexadecimal digits that s begins with.
func hexDigits(s string) (n int) {
	for n < len(s) && isHex(s[n]) {
		n++
	}
	return n
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// wideText decodes a run that is base64 of UTF-16LE text in ASCII, as "powershell
// -EncodedCommand" takes it; gitleaks gives up on it for its zero bytes.
func wideText(run string) (string, bool) {
	// Every second byte is 0, which leaves few characters for these two.
	if len(run) > maxRun || len(run) < minRun || strings.IndexByte("AQgw", run[1]) < 0 || run[2] < 'A' || run[2] > 'D' {
		return "", false
	}
	head, err := base64.StdEncoding.DecodeString(run[:minRun])
	if err != nil || !wide(head) {
		return "", false
	}
	data, err := base64.StdEncoding.DecodeString(run)
	if err != nil || len(data)%2 != 0 || !wide(data) {
		return "", false
	}
	narrow := make([]byte, 0, len(data)/2)
	for i := 0; i < len(data); i += 2 {
		narrow = append(narrow, data[i])
	}
	return string(narrow), true
}

func wide(data []byte) bool {
	for i := 0; i+1 < len(data); i += 2 {
		if data[i+1] != 0 || !printable(data[i:i+1]) {
			return false
		}
	}
	return true
}

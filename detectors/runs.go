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
		done := 0 // no run that begins before may be given again
		// A run has one whole piece of eight bytes at least, from wherever these are counted.
		for at := 0; at+8 <= len(body); at += 8 {
			if hasSpace(body[at:at+8]) || !allRun(body[at:at+8]) {
				continue
			}
			from, to := at, at+8
			for from > done && runByte[body[from-1]] {
				from--
			}
			for to < len(body) && runByte[body[to]] {
				to++
			}
			at = to &^ 7
			if to-from < minRun {
				continue
			}
			for end := to; to < len(body) && to < end+2 && body[to] == '='; {
				to++
			}
			if !yield(from, to) {
				return
			}
			done = to
		}
	}
}

// hasSpace reports a space or control character among eight bytes (H. S. Warren,
// "Hacker's Delight", section 6-1).
func hasSpace(s string) bool {
	_ = s[7]
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	const ones = ^uint64(0) / 255
	return (x-ones*(' '+1))&^x&(ones<<7) != 0
}

func allRun(s string) bool {
	for i := range len(s) {
		if !runByte[s[i]] {
			return false
		}
	}
	return true
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

func longestHex(s string) (best int) {
	for i := 0; i < len(s); {
		n := hexDigits(s[i:])
		best = max(best, n)
		i += n + 1
	}
	return best
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

package detectors

import (
	"encoding/base64"
	"encoding/hex"
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
		from := -1
		for i := 0; i <= len(body); i++ {
			if i < len(body) && runByte(body[i]) {
				if from < 0 {
					from = i
				}
				continue
			}
			if from >= 0 && i-from >= minRun {
				to := i
				for to < len(body) && to < i+2 && body[to] == '=' {
					to++
				}
				if !yield(from, to) {
					return
				}
			}
			from = -1
		}
	}
}

func runByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/' || c == '+' || c == '-' || c == '_'
}

// mayDecode reports whether gitleaks' decoder would find anything in body. It
// asks the same questions without a regular expression, which costs as much as
// all rules together, and seldom finds anything in mail. It may say yes where the
// decoder then finds nothing, never the reverse.
func mayDecode(body string) bool {
	for rest := body; ; {
		i := strings.IndexAny(rest, `%\+`)
		if i < 0 {
			break
		}
		mark, before := rest[i], rest[:i]
		rest = rest[i+1:]
		switch {
		case mark == '%' && hexDigits(rest) >= 2,
			mark == '\\' && rest != "" && (rest[0] == 'u' || rest[0] == 'U') && hexDigits(rest[1:]) >= 4,
			mark == '+' && strings.HasSuffix(before, "U") && hexDigits(rest) >= 4:
			return true
		}
	}
	for from, to := range runs(body) {
		if runDecodes(body[from:to]) {
			return true
		}
	}
	return false
}

func runDecodes(run string) bool {
	bare := strings.TrimRight(run, "=")
	switch n := longestHex(bare); {
	case n == len(bare) && n >= 32:
		b, err := hex.DecodeString(bare)
		return err == nil && printable(b)
	case n >= 32:
		return true // the decoder takes it apart: let it look
	}
	b, err := base64.StdEncoding.DecodeString(run)
	if err == nil && printable(b) {
		return true
	}
	// Padding is another matter to the URL alphabet, and to the pattern, which may
	// leave it out.
	b, err = base64.RawURLEncoding.DecodeString(bare)
	return err == nil && printable(b)
}

func printable(b []byte) bool {
	for _, c := range b {
		if c <= 8 || c >= 0x7f {
			return false
		}
	}
	return true
}

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
	if len(run) > maxRun || len(run) < minRun {
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

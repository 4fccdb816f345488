package decode

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// proofpointV2 reads u, in which "-" stands for "%" and "_" for "/".
func proofpointV2(rest string) string {
	return unescaped(strings.NewReplacer("-", "%", "_", "/").Replace(rawParam(rest, "u")))
}

// proofpointV3 reads /v3/__target__;characters!!more. In the target "*" stands for
// the next of the characters and "**X" for a run of them, X saying how many; they
// are UTF-8 in base64 without padding.
func proofpointV3(rest string) string {
	_, tail, ok := strings.Cut(rest, "/v3/__")
	if !ok {
		return ""
	}
	target, tail, ok := strings.Cut(tail, "__;")
	if !ok {
		target = strings.TrimRight(target, "_")
	}
	target = twoSlashes(unescaped(target))
	packed, _, _ := strings.Cut(tail, "!")
	chars, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(packed, "="))
	if err != nil || len(chars) == 0 {
		return target
	}
	var b strings.Builder
	for i := 0; i < len(target); i++ {
		if target[i] != '*' {
			b.WriteByte(target[i])
			continue
		}
		run := 1
		if i+2 < len(target) && target[i+1] == '*' {
			run = proofpointRun(target[i+2])
			i += 2
		}
		for ; run > 0 && len(chars) > 0; run-- {
			_, n := utf8.DecodeRune(chars)
			b.Write(chars[:n])
			chars = chars[n:]
		}
	}
	return b.String()
}

// proofpointRun is the length of a run: A is 2, and so on through A-Z a-z 0-9 - _.
func proofpointRun(c byte) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return int(c-'A') + 2
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 28
	case '0' <= c && c <= '9':
		return int(c-'0') + 54
	case c == '-':
		return 64
	case c == '_':
		return 65
	}
	return 0
}

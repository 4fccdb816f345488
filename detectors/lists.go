package detectors

import (
	"slices"
	"strings"
	"unicode"

	"mailsweep/detectors/analysis"
	"mailsweep/detectors/lazydfa"
	"mailsweep/sweeper"
)

// The rules of what is a list of words or codes. Their expressions find a list behind
// its name; whether it is one is said here.
const (
	walletSeedRule    = "wallet-seed"
	recoveryCodesRule = "recovery-codes"
)

var listRules = []string{walletSeedRule, recoveryCodesRule}

// listed is the list in a match of one of the rules for lists; its secret is "" when
// there is none.
func (h hit) listed() found {
	switch h.rule.spec.ID {
	case walletSeedRule:
		return walletSeed(h.secret)
	case recoveryCodesRule:
		return recoveryCodes(h.secret)
	}
	return found{}
}

var listWord = lazydfa.MustCompile(`[\p{L}\p{M}]+`)

// walletSeed takes the seed out of a row of words, however they are numbered and parted:
// the same seed is the same secret.
func walletSeed(row string) found {
	at := listWord.FindAllStringIndex(row, -1)
	words := make([]string, len(at))
	for i, a := range at {
		words[i] = strings.ToLower(row[a[0]:a[1]])
	}
	from, to, language, checksum := analysis.Mnemonic(words)
	if language == "" {
		return found{}
	}
	f := found{
		secret: strings.Join(words[from:to], " "), seen: row[at[from][0]:at[to-1][1]],
		verdict: verdict{sweeper.Confirmed, "the seed of a wallet in words of BIP 39 (" + language + "); its checksum is right"},
	}
	switch distinct := slices.Compact(slices.Sorted(slices.Values(words[from:to]))); {
	case len(distinct) <= 3:
		f.verdict = verdict{sweeper.Review, "the seed of a wallet for tests: a few words over and over"}
	case checksum != analysis.Fits:
		f.verdict = verdict{sweeper.Likely, "in the form of a wallet's seed (BIP 39, " + language + "), but its checksum is wrong: mistyped, or of a wallet that has another"}
	}
	return f
}

// listCode is a code in a list of recovery codes: one piece, or groups.
var listCode = lazydfa.MustCompile(`(?i)\b\d{4} \d{4}\b|\b[a-z0-9]{4,8}(?:-[a-z0-9]{3,8}){1,4}\b|\b[a-z0-9]{6,16}\b`)

// recoveryCodes are different codes of one form one after the other, at least three of
// them with digits. The first with digits begins the list, and one of another form ends it.
func recoveryCodes(list string) found {
	var codes []string
	begin, end, digits := 0, 0, 0
	for _, at := range listCode.FindAllStringIndex(list, -1) {
		code := list[at[0]:at[1]]
		if len(codes) > 0 && codeForm(code) != codeForm(codes[0]) {
			if digits >= 3 {
				break
			}
			codes, digits = nil, 0
		}
		numeric := strings.ContainsFunc(code, unicode.IsDigit)
		if len(codes) == 0 {
			if !numeric {
				continue
			}
			begin = at[0]
		}
		if slices.Contains(codes, code) {
			continue
		}
		codes, end = append(codes, code), at[1]
		if numeric {
			digits++
		}
	}
	if digits < 3 {
		return found{}
	}
	return found{
		secret: strings.Join(codes, " "), seen: list[begin:end],
		verdict: verdict{sweeper.Likely, "codes that let in without the second factor, each once; some may have been used"},
	}
}

// codeForm is where a code has its separators.
func codeForm(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return r
		}
		return 'x'
	}, code)
}

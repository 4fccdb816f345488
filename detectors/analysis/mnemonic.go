package analysis

import (
	"crypto/sha256"
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/tyler-smith/go-bip39/wordlists"
	"golang.org/x/text/unicode/norm"
)

// mnemonics are the word lists of BIP 39 that are written in Latin letters, by language:
// each word's place in its list.
var mnemonics = sync.OnceValue(func() map[string]map[string]int {
	all := map[string]map[string]int{}
	for language, list := range map[string][]string{
		"English": wordlists.English, "French": wordlists.French, "Spanish": wordlists.Spanish,
		"Italian": wordlists.Italian, "Czech": wordlists.Czech,
	} {
		places := make(map[string]int, len(list))
		for i, word := range list {
			places[norm.NFKD.String(word)] = i
		}
		all[language] = places
	}
	return all
})

// mnemonicLengths are how many words a seed may have, the longest first.
var mnemonicLengths = []int{24, 21, 18, 15, 12}

// Mnemonic finds the seed of a wallet in a row of words: 12 to 24 that are all in one
// list of BIP 39 (github.com/bitcoin/bips, bip-0039). from and to are its place among
// the words. The checksum is right where some words of the row have one; it is wrong
// where the words that are in a list are as many as a seed has, and none else fit. With
// no seed at all, language is "".
func Mnemonic(words []string) (from, to int, language string, checksum Checksum) {
	for _, name := range []string{"English", "French", "Spanish", "Italian", "Czech"} {
		places := make([]int, len(words))
		for i, word := range words {
			place, ok := mnemonics()[name][norm.NFKD.String(strings.ToLower(word))]
			if !ok {
				place = -1
			}
			places[i] = place
		}
		if begin, end, sum, ok := seedIn(places); ok && (language == "" || sum == Fits && checksum != Fits) {
			from, to, language, checksum = begin, end, name, sum
		}
	}
	return from, to, language, checksum
}

// seedIn finds a seed among the places of words in a list; -1 is a word that is in none.
func seedIn(places []int) (from, to int, sum Checksum, ok bool) {
	for begin := 0; begin < len(places); {
		end := begin
		for end < len(places) && places[end] >= 0 {
			end++
		}
		switch whole := slices.Contains(mnemonicLengths, end-begin); {
		case whole && mnemonicSum(places[begin:end]):
			return begin, end, Fits, true
		case whole && !ok:
			from, to, sum, ok = begin, end, Fails, true
		case !whole:
			for _, n := range mnemonicLengths {
				for at := begin; at+n <= end; at++ {
					if mnemonicSum(places[at : at+n]) {
						return at, at + n, Fits, true
					}
				}
			}
		}
		begin = end + 1
	}
	return from, to, sum, ok
}

// mnemonicSum reports whether the last bits of a seed are the first of the hash of the
// others: one bit for 32, eleven bits a word.
func mnemonicSum(places []int) bool {
	const bitsPerWord = 11
	all := new(big.Int)
	for _, p := range places {
		all.Lsh(all, bitsPerWord).Or(all, big.NewInt(int64(p)))
	}
	check := uint(len(places)) / 3
	sum := new(big.Int).And(all, big.NewInt(1<<check-1))
	entropy := make([]byte, check*4)
	all.Rsh(all, check).FillBytes(entropy)
	hash := sha256.Sum256(entropy)
	return sum.Uint64() == uint64(hash[0]>>(8-check))
}

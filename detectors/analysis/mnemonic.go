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

// mnemonics are the word lists of BIP 39 that are written in Latin letters.
var mnemonics = sync.OnceValue(func() []mnemonicList {
	all := []mnemonicList{
		{"English", wordlists.English, nil}, {"French", wordlists.French, nil}, {"Spanish", wordlists.Spanish, nil},
		{"Italian", wordlists.Italian, nil}, {"Czech", wordlists.Czech, nil},
	}
	for i, list := range all {
		all[i].places = make(map[string]int, len(list.words))
		for place, word := range list.words {
			all[i].places[norm.NFKD.String(word)] = place
		}
	}
	return all
})

type mnemonicList struct {
	language string
	words    []string
	places   map[string]int // by word
}

// mnemonicLengths are how many words a seed may have, the longest first.
var mnemonicLengths = []int{24, 21, 18, 15, 12}

// Mnemonic finds the seed of a wallet in a row of words: 12 to 24 that are all in one
// list of BIP 39 (github.com/bitcoin/bips, bip-0039). from and to are its place among
// the words. The checksum fits where it is that of some words of the row; it fails where
// the words that are in a list are just as many as a seed has, and theirs is another.
// With no seed at all, language is "".
func Mnemonic(words []string) (from, to int, language string, checksum Checksum) {
	folded := make([]string, len(words))
	for i, word := range words {
		folded[i] = norm.NFKD.String(strings.ToLower(word))
	}
	for _, list := range mnemonics() {
		places := make([]int, len(words))
		for i, word := range folded {
			place, ok := list.places[word]
			if !ok {
				place = -1
			}
			places[i] = place
		}
		if begin, end, sum, ok := seedIn(places); ok && (language == "" || sum == Fits && checksum != Fits) {
			from, to, language, checksum = begin, end, list.language, sum
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

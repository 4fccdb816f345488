package analysis

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tyler-smith/go-bip39"
	"github.com/tyler-smith/go-bip39/wordlists"
)

// TestMnemonic: seeds of each length that BIP 39 allows are found among other words, and
// one with two words changed for each other is not called right.
func TestMnemonic(t *testing.T) {
	rnd := rand.New(rand.NewPCG(39, 39))
	wrong := 0
	for round := range 200 {
		entropy := make([]byte, 16+4*(round%5))
		for i := range entropy {
			entropy[i] = byte(rnd.Uint32())
		}
		seed, err := bip39.NewMnemonic(entropy)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(seed)
		row := slices.Concat([]string{"Wallet:", "is"}, words, []string{"and", "thanks"})
		from, to, language, sum := Mnemonic(row)
		if from != 2 || to != 2+len(words) || language != "English" || sum != Fits {
			t.Fatalf("%d words: found %d to %d, %q, %v", len(words), from, to, language, sum)
		}
		words[1], words[2] = words[2], words[1]
		from, to, language, sum = Mnemonic(words)
		if from != 0 || to != len(words) || language != "English" {
			t.Fatalf("of words in another order %d to %d, %q", from, to, language)
		}
		if sum == Fails {
			wrong++
		}
	}
	if wrong < 150 { // one in 16 of the short ones is right by chance
		t.Errorf("only %d of 200 seeds in the wrong order are wrong", wrong)
	}
}

func TestMnemonicOfOtherLanguages(t *testing.T) {
	// Of sixteen bytes 0 to 15, by the word lists of bip-0039.
	for language, seed := range map[string]string{
		"English": "abandon amount liar amount expire adjust cage candy arch gather drum buyer",
		"Spanish": seedOf(t, "Spanish"), "French": seedOf(t, "French"), "Italian": seedOf(t, "Italian"), "Czech": seedOf(t, "Czech"),
	} {
		from, to, got, sum := Mnemonic(strings.Fields(strings.ToUpper(seed)))
		if from != 0 || to != 12 || got != language || sum != Fits {
			t.Errorf("%s: %d to %d, %q, %v", language, from, to, got, sum)
		}
	}
}

// seedOf writes sixteen bytes 0 to 15 in words of a language.
func seedOf(t *testing.T, language string) string {
	t.Helper()
	for _, list := range mnemonics() {
		if list.language == language {
			bip39.SetWordList(list.words)
		}
	}
	defer bip39.SetWordList(wordlists.English)
	entropy := make([]byte, 16)
	for i := range entropy {
		entropy[i] = byte(i)
	}
	seed, err := bip39.NewMnemonic(entropy)
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

func TestNoMnemonic(t *testing.T) {
	for _, text := range []string{
		"", "abandon", strings.Repeat("abandon ", 11),
		"please find the agreement for our next meeting with the board of your company below",
		"abandon ability able about above absent absorb abstract absurd abuse of access accident account",
	} {
		if _, _, language, _ := Mnemonic(strings.Fields(text)); language != "" {
			t.Errorf("%q is no seed, and was taken for one in %s", text, language)
		}
	}
}

package multipattern

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestFilter: a filter says what its pattern says, of texts that match and of those that
// nearly do.
func TestFilter(t *testing.T) {
	pieces := []string{"", "a", "ab", "é", "\xff", "key", "xkeyx", "KEY", "\u212aey", "import { a } from 'b'", "null", "nullx", "xnull", "a\nb", "a\n", "--mount=type=secret,", "a b", "aXa"}
	rnd, texts := rand.New(rand.NewPCG(3, 9)), pieces
	for range 2000 {
		text := ""
		for range rnd.IntN(6) {
			text += pieces[rnd.IntN(len(pieces))]
		}
		if rnd.IntN(3) == 0 {
			text = strings.Repeat(" -", 150) + text
		}
		texts = append(texts, text)
	}
	for _, e := range []string{
		`^(?:true|false|null)$`, `(?i)key$`, `^|x`, ``, `a*`, `\bkey\b`, `^$`, `(?m)^b$`, `import[ \t]+{[ \t\w,]+}[ \t]+from[ \t]+['"][^'"]+['"]`,
		`--mount=type=secret,|import`, `(?i)^(?:x|.*y|k.y)$`, `^a|b$`, `\Aé|\x{212a}`, `(?s)^.b`, `[^a]$`, `(?:^a|^k)ey`, `null|nil`, `\Ba`, `(?:)x|é\z`,
	} {
		re := regexp.MustCompile(e)
		f := NewFilter(re)
		for _, text := range texts {
			if got, want := f.MatchString(text), re.MatchString(text); got != want {
				t.Errorf("%s in %q: %v, want %v", e, text, got, want)
			}
		}
	}
}

// FuzzFilter does the same with whatever pattern.
func FuzzFilter(f *testing.F) {
	f.Add(`(?i)^(?:x|.*y)$|\bkey`, "a key")
	f.Add(`(?m)^[^a]*?$`, "\n\xff")
	f.Fuzz(func(t *testing.T, e, text string) {
		if len(e) > 100 || len(text) > 1000 {
			return
		}
		re, err := regexp.Compile(e)
		if err != nil {
			return
		}
		if got, want := NewFilter(re).MatchString(text), re.MatchString(text); got != want {
			t.Errorf("%s in %q: %v, want %v", e, text, got, want)
		}
	})
}

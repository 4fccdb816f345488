package multipattern

import (
	"math"
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

func TestNeed(t *testing.T) {
	for expr, want := range map[string]need{
		`\bhttps?://(\w{3,9})(?::\w{1,4})?@(\w+)`: {'@', 4 * (9 + 5 + 1)},
		`token=\w*~end`:               {'~', math.MaxInt},
		`(?:token=\w{3}~){2}`:         {'~', 4 * (3 + 1)},
		`token=(?:\w{3}~)?x`:          {},
		`token=(?:a~|b)`:              {},
		`token~\w+`:                   {}, // the anchor itself has it
		`(?:token=a{3}|secret=b{3})~`: {}, // each branch has its own anchor
	} {
		re, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := needOf(findAnchor(re).pattern); got != want {
			t.Errorf("%s needs %q within %d bytes, want %q within %d", expr, got.byte, got.reach, want.byte, want.reach)
		}
	}
}

// TestNeeded holds patterns that need a byte against themselves, where it is near, far,
// missing, or another match's.
func TestNeeded(t *testing.T) {
	s := newSet(t, `http://(\w{3,9})@(\w+)`, `token=\w*~`, `(?:key=\w{1,3}\$){2}`, `pw=[^\n]{0,20}@`)
	pieces := []string{"http://", "token=", "key=", "pw=", "abc", "a", "@", "~", "$", "é", "\n", " ", strings.Repeat("x", 90)}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		var b strings.Builder
		for range rnd.IntN(12) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		check(t, s, b.String())
	}
}

// TestBytesThatShareAClass has words of more different bytes than have classes.
func TestBytesThatShareAClass(t *testing.T) {
	words := []string{
		"пароль", "секрет", "ключ", "密码", "パスワード", "비밀번호", "λέξη", "סיסמה", "contraseña", "lösenord", "hasło",
		"qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "!#%&'()*+,-./", ":;<=>?@[]^_`{|}~",
	}
	var exprs []string
	for _, w := range words {
		exprs = append(exprs, "(?i)"+regexp.QuoteMeta(w)+`\s`)
	}
	s := newSet(t, exprs...)
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		var b strings.Builder
		for range rnd.IntN(30) {
			w := words[rnd.IntN(len(words))]
			if at := rnd.IntN(len(w)); rnd.IntN(3) == 0 {
				w = w[:at] + string(rune(rnd.IntN(0x3000))) + w[at:]
			}
			b.WriteString(w)
			b.WriteString([]string{" ", "", "\n"}[rnd.IntN(3)])
		}
		check(t, s, b.String())
		check(t, s, strings.ToUpper(b.String()))
	}
}

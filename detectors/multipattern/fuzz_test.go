package multipattern

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"mailsweep/detectors/lazydfa"
)

// grammar makes a pattern and a text of numbers, which a fuzzer or a seed gives.
type grammar struct {
	next  func(n int) int
	depth int
	b     strings.Builder
}

// atoms are what patterns are made of: words that can be anchors, characters with
// several spellings, classes beyond ASCII.
var atoms = []string{
	"ab", "key", "a", "b", "k", "s", "sk_", "-", "=", ".", `\d`, `\w`, `\s`, `\S`, "[ab]", "[^a]", "[a-c0-9]", "é", "[é-ü]", `[^\x00-\x7f]`,
	`\pL`, `[^a-z\n]`, `\x{212a}`, `\x{fffd}`, `[\x{17f}k]`, `\n`, "(?:key|token)", `(?i:ks)`, `(?s:.)`, `\W`, "(?:Ab|aB)", `\x{1f600}`,
}

var (
	asserts = []string{`\b`, `\B`, "^", "$", "(?m:^)", "(?m:$)", `\A`, `\z`}
	repeats = []string{"*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,2}?", "{2,}", "{0,4}", "{3,}?"}
	flags   = []string{"", "", "", "(?i)", "(?s)", "(?m)", "(?U)", "(?is)", "(?im)"}
	pieces  = []string{
		"a", "b", "k", "s", "K", "S", "key", "KEY", "token", "ab", "\u212a", "\u017f", "\u0130", "é", "É", "ü", "1", "_", "-", "=", ".", " ", "\n", "\r\n",
		"\x00", "\xff", "\xc3", "\xa9", "\xe2\x84", "\U0001f600", "\ufffd", "sk_", "aaaaaaaa", "0123", "kſ", "akeyb",
	}
)

func (g *grammar) pattern() string {
	g.b.Reset()
	g.b.WriteString(flags[g.next(len(flags))])
	g.alternation()
	return g.b.String()
}

func (g *grammar) alternation() {
	g.depth++
	defer func() { g.depth-- }()
	for i := range 1 + g.next(4)/2 {
		if i > 0 {
			g.b.WriteByte('|')
		}
		for range 1 + g.next(4) {
			g.term()
		}
	}
}

func (g *grammar) term() {
	switch n := g.next(8); {
	case n == 0:
		g.b.WriteString(asserts[g.next(len(asserts))])
		return
	case n == 1 && g.depth < 3:
		g.b.WriteString([]string{"(", "(?:", "(?i:"}[g.next(3)])
		g.alternation()
		g.b.WriteByte(')')
	default:
		atom := atoms[g.next(len(atoms))]
		if len(atom) > 1 && strings.Trim(atom, "abkeys_") == "" {
			atom = "(?:" + atom + ")"
		}
		g.b.WriteString(atom)
	}
	if g.next(3) == 0 {
		g.b.WriteString(repeats[g.next(len(repeats))])
	}
}

func (g *grammar) text(most int) string {
	var b strings.Builder
	for range g.next(most) {
		b.WriteString(pieces[g.next(len(pieces))])
	}
	return b.String()
}

// compiled gives a pattern that New takes, nil for one that matches the empty text.
func compiled(expr string) *regexp.Regexp {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil // a repeat of an assertion, or too many repeats within repeats
	}
	if parsed, err := syntax.Parse(expr, syntax.Perl); err != nil || shortest(parsed) == 0 {
		return nil
	}
	return re
}

// hold checks a set of patterns on a text, all of it and near some places.
func hold(t testing.TB, exprs []string, text string, near []Span) {
	t.Helper()
	var all []Pattern
	for _, e := range exprs {
		if re := compiled(e); re != nil {
			all = append(all, Pattern{Regexp: lazydfa.New(re)})
		}
	}
	s, err := New(all)
	if err != nil {
		t.Fatalf("%q: %v", exprs, err)
	}
	for range 2 { // the second time with the states of the first
		check(t, s, text)
	}
	checkNear(t, s, text, near)
}

// checkNear: nothing is found that is not there, and nothing that touches is missing.
func checkNear(t testing.TB, s *Set, text string, near []Span) {
	t.Helper()
	whole, err := s.FindAll(t.Context(), text, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	part, err := s.FindAll(t.Context(), text, near, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range part {
		if !slices.Contains(whole, m) {
			t.Errorf("%s in %.300q near %v: %v is no match", s.patterns[m.Pattern].re, text, near, m)
		}
	}
	for _, m := range whole {
		touches := len(near) == 0 || slices.ContainsFunc(near, func(n Span) bool { return m.Start <= n.End && n.Start <= m.End })
		if touches && !slices.Contains(part, m) {
			t.Errorf("%s in %.300q near %v: %v is missing", s.patterns[m.Pattern].re, text, near, m)
		}
	}
}

// places makes spans in order.
func places(text string, next func(n int) int) (near []Span) {
	at := 0
	for range next(4) {
		from := at + next(len(text)+1)
		to := from + next(8)
		if to > len(text) {
			break
		}
		near = append(near, Span{from, to})
		at = to
	}
	return near
}

func TestRandomPatterns(t *testing.T) {
	for seed := range uint64(600) {
		rnd := rand.New(rand.NewPCG(seed, 4))
		g := &grammar{next: rnd.IntN}
		var exprs []string
		for range 1 + rnd.IntN(3) {
			exprs = append(exprs, g.pattern())
		}
		for range 3 {
			text := g.text(60)
			hold(t, exprs, text, places(text, rnd.IntN))
		}
		if t.Failed() {
			t.Fatalf("seed %d: %q", seed, exprs)
		}
	}
}

// FuzzSet: pattern is read as choices in the grammar, or names one of the patterns of
// rules; text is as it comes, and once more with its bytes as choices.
func FuzzSet(f *testing.F) {
	f.Add([]byte{0}, "my.api_key = abcdefghijkl123")
	f.Add([]byte{1}, "ey"+strings.Repeat("a", 20)+".ey"+strings.Repeat("b", 20)+". ")
	f.Add([]byte{6}, "data:\n  a: 0123456789abc\nkind: secret")
	f.Add([]byte{7}, "token abc\ntoken def\n")
	f.Add([]byte{200, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}, "kk\u212a key\xff ab")
	f.Add([]byte{255, 0, 2, 2, 1, 1, 0, 7, 3, 3, 0, 1, 9, 9, 0, 4}, "a\nb\u017fkey")
	f.Fuzz(func(t *testing.T, pattern []byte, text string) {
		if len(pattern) == 0 || len(pattern) > 64 || len(text) > 4096 {
			return
		}
		var expr string
		if n := int(pattern[0]); n < 100 {
			expr = patterns[n%len(patterns)]
		} else {
			expr = (&grammar{next: choices(pattern[1:])}).pattern()
		}
		near := places(text, choices(pattern))
		hold(t, []string{expr}, text, near)
		made := (&grammar{next: choices([]byte(text))}).text(200)
		hold(t, []string{expr}, made, places(made, choices(pattern)))
	})
}

// choices reads numbers from bytes, 0 behind their end.
func choices(from []byte) func(n int) int {
	return func(n int) int {
		if len(from) == 0 {
			return 0
		}
		c := int(from[0])
		from = from[1:]
		if n > 256 && len(from) > 0 {
			c = c<<8 | int(from[0])
			from = from[1:]
		}
		return c % n
	}
}

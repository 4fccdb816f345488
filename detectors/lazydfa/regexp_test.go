package lazydfa

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// expressions have what an expression can have: preferences, loops of nothing, assertions
// of all kinds, groups that do not take part, characters beyond ASCII.
var expressions = []string{
	`a`, `a|ab`, `ab|a`, `(a|ab)(c|bcd)?`, `a*`, `a*?`, `(a*)*`, `(a*)+`, `(a|b*)*`, `(a*|b)*?c`, `(|a)*`, `(|a)+`, `(a|)*b?`,
	`(?:a{1,3}?)(a*)`, `(a{2,4})(a?)`, `x{0,20}?(?:key|k)[ =]{0,3}([a-z]{2,5})(?:;|$)`, `(?i)[\w.-]{0,50}?(?:key|api)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|:)([a-z0-9]{4,12})(?:[;\s]|$)`,
	`\ba`, `a\b`, `\Ba`, `a\B`, `\b`, `\B`, `^a`, `a$`, `^`, `$`, `^$`, `(?m)^a`, `(?m)a$`, `(?m)^`, `(?m)$`, `(?m)^$`, `(?m)(^|;)a*(;|$)`, `\Aa`, `a\z`, `^a|b`, `(?:^|\b)a`,
	`\bkey\b`, `(?:^|[^\pL\pN])(key|schlüssel)(?:[^\pL\pN]|$)`, `(?i)k`, `(?i)ſ+`, `[^a]`, `[^\x00-\x{10FFFF}]`, `(?s).`, `.`, `(?s).*`, `.*`, `.*?b`, `(?s)a.*?b|a`, `é+`, `[é-ü]x?`, `\x{FFFD}`, `\xff`,
	`(a)|(b)|(c)`, `((a)|b)*`, `(?:(a)|b)*`, `(?:(a)|(b))*c`, `(a+)(b+)?(a+)?`, `(?P<k>a)(?P<v>b)?`, `()`, `(a?)(a?)(a?)`, `(a??)(a??)(a)`, `(\b)a(\b)`, `(?:\b|a)+`, `(?:^)*a`, `(?:a$)?`, `a(?:$)*`, `(?m)(?:^a$\n?)+`, `[[:alpha:]]{2}\d`,
	`-----BEGIN[A-Z ]{0,9}-----[\s\S]{3,20}?KEY-----`, `(?:aa|aab|b)+`, `(aa|aab|b)+`, `a.?b|a..c`, `(?U)a+b*`, `(?i)straße|K`, `\S+@\S+`, `a||b`, `(?:)`,
}

var alphabet = []string{"a", "a", "b", "b", "c", "k", "key", "=", ":", ";", " ", "\n", "x", "1", "é", "ü", "ſ", "K", "\xff", "\xe2\x82", "\ufffd", "-----BEGIN", "KEY-----", "_", "schlüssel", "@", "$", "\x00", "😀", "\x80"}

func madeUp(rnd *rand.Rand) string {
	var t strings.Builder
	for range rnd.IntN(14) {
		t.WriteString(alphabet[rnd.IntN(len(alphabet))])
	}
	return t.String()
}

// same holds what is found against package regexp.
func same(t *testing.T, re *Regexp, text string) {
	t.Helper()
	is := re.Regexp
	if got, want := re.MatchString(text), is.MatchString(text); got != want {
		t.Errorf("%q in %q: matches %v, want %v", is, text, got, want)
	}
	if got, want := re.FindStringSubmatchIndex(text), is.FindStringSubmatchIndex(text); !slices.Equal(got, want) {
		t.Errorf("%q in %q: groups %v, want %v", is, text, got, want)
	}
	if got, want := re.FindStringIndex(text), is.FindStringIndex(text); !slices.Equal(got, want) {
		t.Errorf("%q in %q: at %v, want %v", is, text, got, want)
	}
	if got, want := re.FindAllStringIndex(text, -1), is.FindAllStringIndex(text, -1); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%q in %q: all %v, want %v", is, text, got, want)
	}
	if got, want := re.FindStringSubmatch(text), is.FindStringSubmatch(text); !slices.Equal(got, want) {
		t.Errorf("%q in %q: groups %q, want %q", is, text, got, want)
	}
	for from := range text {
		if from == 0 || !utf8.ValidString(text) {
			continue
		}
		got, found := re.Next(text, from)
		want, there := re.slowly(text, from, nil)
		if got != want || found != there {
			t.Errorf("%q in %q from %d: %v %v, want %v %v", is, text, from, got, found, want, there)
		}
	}
}

func TestSameAsRegexp(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, expr := range expressions {
		re := MustCompile(expr)
		for range 1500 {
			same(t, re, madeUp(rnd))
			if t.Failed() {
				return
			}
		}
		if re.automata() == nil || re.resting.Load() > 0 {
			t.Errorf("%q was left to package regexp", expr)
		}
	}
}

func FuzzSameAsRegexp(f *testing.F) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, expr := range expressions {
		f.Add(expr, madeUp(rnd))
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		is, err := regexp.Compile(expr)
		if err != nil || len(expr) > 100 || len(text) > 100 {
			return
		}
		same(t, New(is), text)
	})
}

// few leaves room for so many states.
func few(re *Regexp, states int) *Regexp {
	a := re.automata()
	a.forward.most, a.backward.most = states, states
	return re
}

// TestFewStates: what is found is the same when states are forgotten all the time, and
// searches are left to package regexp in between.
func TestFewStates(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	rested := 0
	for _, expr := range expressions {
		re := few(MustCompile(expr), 1+rnd.IntN(6))
		for range 300 {
			same(t, re, madeUp(rnd))
			if re.resting.Load() > 0 {
				rested++
				re.resting.Store(rnd.Int64N(3))
			}
		}
	}
	if rested < 1000 {
		t.Errorf("package regexp was asked only %d times", rested)
	}
}

// TestGoroutines: twenty share an expression while its states are made and forgotten, by
// itself and by others.
func TestGoroutines(t *testing.T) {
	defer func(was int64) { everyone.most = was }(everyone.most)
	for _, x := range []struct {
		states int
		bytes  int64
	}{{3, maxBytes}, {maxStates, maxBytes}, {maxStates, 20_000}} {
		everyone.most = x.bytes
		for _, expr := range expressions {
			re := few(MustCompile(expr), x.states)
			var wg sync.WaitGroup
			for n := range 20 {
				wg.Go(func() {
					rnd := rand.New(rand.NewPCG(uint64(n%5), 7))
					for range 5 {
						text := madeUp(rnd)
						if got, want := re.FindStringSubmatchIndex(text), re.Regexp.FindStringSubmatchIndex(text); !slices.Equal(got, want) {
							t.Errorf("%q in %q: groups %v, want %v", expr, text, got, want)
						}
					}
				})
			}
			wg.Wait()
		}
	}
}

// TestBytes: the states of all automata together take no more than they may.
func TestBytes(t *testing.T) {
	defer func(was int64) { everyone.most = was }(everyone.most)
	everyone.most = 0
	everyone.room()
	everyone.most = 100_000
	rnd := rand.New(rand.NewPCG(10, 11))
	var all []*Regexp
	for _, expr := range expressions {
		all = append(all, MustCompile(expr))
	}
	made := int64(0)
	for range 200 {
		for _, re := range all {
			before := everyone.made.Load()
			re.FindStringSubmatchIndex(madeUp(rnd))
			made += max(0, everyone.made.Load()-before)
		}
		kept := int64(0)
		for _, re := range all {
			a := re.automata()
			for key, st := range a.forward.kept {
				kept += int64(len(key) + 4*len(st.items) + 8*a.p.classes)
			}
			for key, st := range a.backward.kept {
				kept += int64(len(key) + 8*len(st.at) + 8*a.p.classes)
			}
		}
		if kept > everyone.most+10_000 {
			t.Fatalf("%d bytes are kept", kept)
		}
	}
	if made < 2*everyone.most {
		t.Errorf("only %d bytes were made: the test shows nothing", made)
	}
}

// TestReadsEachByteAFewTimes: a search reads no further than it must, so that all of them
// together read a text a few times, where all of it is matches and where a match once
// begun may go on for ever.
func TestReadsEachByteAFewTimes(t *testing.T) {
	block := "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xt\n", 3) + "-----END PRIVATE KEY-----\n"
	for _, x := range []struct{ expr, unit string }{
		{`(?i)-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[\s\S-]{64,}?KEY(?: BLOCK)?-----`, block},
		{`(?i)-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[\s\S-]{64,}?KEY(?: BLOCK)?-----`, "-----BEGIN PRIVATE KEY-----"},
		{`(?i)[\w.-]{0,50}?key\s?=\s?([\w.-]{10,150})(?:\s|$)`, "key=aB3dE6gH9jK2 "},
	} {
		a := MustCompile(x.expr).automata()
		text := strings.Repeat(x.unit, 256<<10/len(x.unit))
		found, sum := 0, 0
		for from := 0; ; {
			end, read, ok := a.forward.end(text, from, false)
			if !ok {
				t.Fatalf("%.20q: the automaton has too many states", x.unit)
			}
			if sum += read - from; end < 0 {
				break
			}
			found, from = found+1, end
		}
		if found < 1000 || sum > 3*len(text) {
			t.Errorf("%.20q: %d matches, for which %d bytes were read of %d", x.unit, found, sum, len(text))
		}
	}
}

// TestMuch: a text of a thousand lines, in which states are found that were made.
func TestMuch(t *testing.T) {
	re := MustCompile(`(?i)[\w.-]{0,50}?(?:access|auth|(?-i:[Aa]pi|API)|key|passw(?:or)?d|secret|token)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([\w.=-]{10,150}|[a-z0-9][a-z0-9+/]{11,}={0,3})(?:[\x60'"\s;]|\\[nr]|$)`)
	rnd := rand.New(rand.NewPCG(8, 9))
	words := []string{"the", "key", "is", "api_key", "=", ":", "=>", "token", "in", "a", "my.secret", "\n", "'", "abcdefghijklm", "x9y8z7w6v5u4t3", "é", "AUTH", "password"}
	var b strings.Builder
	for range 20000 {
		b.WriteString(words[rnd.IntN(len(words))])
		b.WriteString([]string{"", " "}[rnd.IntN(2)])
	}
	got, want := re.FindAllStringIndex(b.String(), -1), re.Regexp.FindAllStringIndex(b.String(), -1)
	if len(want) < 100 || !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%d matches, want %d", len(got), len(want))
	}
	t.Logf("%d matches, %d and %d states", len(got), len(re.automata().forward.kept), len(re.automata().backward.kept))
}

package multipattern

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"mailsweep/detectors/lazydfa"
)

// patterns of the kinds that rules are made of.
var patterns = []string{
	`(?i)[\w.-]{0,50}?(?:access|auth|(?-i:[Aa]pi|API)|key|passw(?:or)?d|secret|token)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|:|,)[\x60'"\s=]{0,5}([\w.=-]{10,150})(?:[\x60'"\s;]|\\[nr]|$)`,
	`\b(ey[a-zA-Z0-9]{17,}\.ey[a-zA-Z0-9\/\\_-]{17,}\.)(?:["\s;]|$)`,
	`(?i)-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[\s\S-]{64,}?KEY(?: BLOCK)?-----`,
	`\b((?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z2-7]{16})\b`,
	`(?i)\b(\d{15,16}(\||%)[0-9a-z\-_]{27,40})`,
	`(?:^|[\\'"\s>=:(,)])([a-zA-Z0-9_~.]{3}\dQ~[a-zA-Z0-9_~.-]{31,34})(?:$|[\\'"\s<),])`,
	`(?i)(?:\bkind:[ \t]*["']?\bsecret\b(?s:.){0,20}?\bdata:(?s:.){0,10}?\s+([\w.-]+:\s\w{10,})|\bdata:\s+([\w.-]+:\s\w{10,})(?s:.){0,20}?\bkind:[ \t]*\bsecret\b)`,
	`(?m)^token (\S+)$`,
	`ab?c|d[^e]f.*g`,
}

func newSet(t testing.TB, exprs ...string) *Set {
	t.Helper()
	var all []Pattern
	for _, e := range exprs {
		all = append(all, Pattern{Regexp: lazydfa.MustCompile(e)})
	}
	s, err := New(all)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// check holds what a set finds against what each pattern finds by itself.
func check(t testing.TB, s *Set, text string) {
	t.Helper()
	found, err := s.FindAll(t.Context(), text, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := make([][][]int, len(s.patterns))
	for _, m := range found {
		got[m.Pattern] = append(got[m.Pattern], []int{m.Start, m.End})
	}
	for i, p := range s.patterns {
		if d := cmp.Diff(p.re.Regexp.FindAllStringIndex(text, -1), got[i]); d != "" {
			t.Errorf("%s in %.300q (-pattern +set)\n%s", p.re, text, d)
		}
	}
}

func TestFindsWhatThePatternsFind(t *testing.T) {
	s := newSet(t, patterns...)
	for _, text := range []string{
		"", "nothing here", "my.api_key = abcdefghijkl123", "token: aaaaaaaaaaaaaaaaaaa; key=bbbbbbbbbbbbbb\nkey=cccccccccccc",
		"api_\u212aey=0123456789ab", "pa\u017fsword: 0123456789ab", "secret token: 0123456789abcdef\"", "key,key,key,key,key,key0123456789",
		"ey" + strings.Repeat("a", 20) + ".ey" + strings.Repeat("b", 20) + ". ", "xey" + strings.Repeat("a", 20) + ".ey" + strings.Repeat("b", 20) + ". ",
		strings.Repeat("-----BEGIN RSA PRIVATE KEY-----\n"+strings.Repeat("a", 100)+"\n-----END RSA PRIVATE KEY-----\n", 3),
		"-----BEGIN PRIVATE KEY-----" + strings.Repeat("x", 20<<10) + "KEY-----" + strings.Repeat("y", 20<<10) + "-----BEGIN PRIVATE KEY-----" + strings.Repeat("z", 70) + "KEY-----",
		"AKIAABCDEFGHIJKLMNOP", "xAKIAABCDEFGHIJKLMNOP ASIAABCDEFGHIJKLMNOP", "ÅAKIAABCDEFGHIJKLMNOP", "AKIAABCDEFGHIJKLMNOPé",
		"123456789012345|" + strings.Repeat("a", 30), "abc8Q~" + strings.Repeat("a", 33), " abc8Q~" + strings.Repeat("a", 33) + "<",
		"kind: Secret\ndata:\n  a: 0123456789abc", "data:\n  a: 0123456789abc\nkind: secret", "kind: Secret\ndata: kind: secret",
		"token abc\ntoken def\n", "x token abc", "token é", "ac abc d\nf g dxf  g\ndef g d\xfff g", "\xff\xfekey=0123456789ab\xff",
	} {
		check(t, s, text)
	}
}

func TestManyAnchors(t *testing.T) {
	s := newSet(t, patterns...)
	for _, unit := range []string{"key", "key ", "key=", "token=0123456789ab ", "ey", "eyeyeyeyeyeyeyeyeyeyey.", "-----BEGIN PRIVATE KEY-----", "AKIA", "data: kind: "} {
		for _, n := range []int{100, sureHits + 100} {
			check(t, s, strings.Repeat(unit, min(n, 1<<19/len(unit))))
		}
		sparse := unit + strings.Repeat(".", 2*denseHits)
		check(t, s, strings.Repeat(sparse, sureHits+100)) // all of them are remembered
	}
}

func TestWordsAreWanted(t *testing.T) {
	s, err := New([]Pattern{{Regexp: lazydfa.MustCompile(`\d{4}`), Words: []string{"Pin", "kode"}}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"1234": 0, "PIN 1234": 1, "1234 is the pin": 1, "the \u212aODE: 1234 5678": 2, "p in 1234": 0} {
		if got, err := s.FindAll(t.Context(), text, nil, nil); err != nil || len(got) != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

// TestWordsInEveryCase: they are wanted in what strings.ToLower makes of the text.
func TestWordsInEveryCase(t *testing.T) {
	for r := range unicode.MaxRune {
		if c := unicode.ToLower(r); r >= utf8.RuneSelf && !slices.Contains(spellings(c), r) {
			t.Errorf("%q is no spelling of %q", r, c)
		}
	}
	words := []string{"airtable", "\u043a\u043b\u044e\u0447", strings.Repeat("\u043f\u0430\u0440\u043e\u043b\u044c", 3), "\ufffdpin", "\ufffd", strings.Repeat("ki", 9), "", "\u00c5\u1e9e"}
	s := make([]*Set, len(words))
	for i, w := range words {
		var err error
		if s[i], err = New([]Pattern{{Regexp: lazydfa.MustCompile(`\d{4}`), Words: []string{"none", w}}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{
		"A\u0130rTABLE", "a\u0131rtable", "\u041aлю\u0427", "клю", strings.Repeat("\u041fаРо\u041bь", 3), "\u041fароль", "x\xffpIN", "\ufffdp\u0130n", "\xfe", "\ufffe",
		strings.Repeat("\u212a\u0130", 9), strings.Repeat("\u212a\u0130", 4), "\u212b\u00df", "\u00e5\u1e9e", "å",
	} {
		text += " 1234"
		for i, w := range words {
			got, err := s[i].FindAll(t.Context(), text, nil, nil)
			if want := strings.Contains(strings.ToLower(text), strings.ToLower(w)); err != nil || want != (len(got) == 1) {
				t.Errorf("word %q in %q: %v, %v", w, text, got, err)
			}
		}
	}
}

func TestNear(t *testing.T) {
	s := newSet(t, `token=\d+`)
	text := "token=1 " + strings.Repeat("x", 100) + " token=2 " + strings.Repeat("x", 100) + " token=3"
	at := strings.Index(text, "token=2")
	got, err := s.FindAll(t.Context(), text, []Span{{at + 6, at + 7}}, nil)
	if err != nil || len(got) != 1 || got[0].Start != at {
		t.Errorf("found %v, %v", got, err)
	}
}

// TestWhatIsEasilyMissed: a byte that is no UTF-8 reads as U+FFFD, and what begins with a repeat is
// under way where it looks as if nothing were.
func TestWhatIsEasilyMissed(t *testing.T) {
	check(t, newSet(t, `[^\x00-\x7f]\x{fffd}`, `x[\x{fffd}y]`), "é\xff x\xc3 x\ufffd xy")
	check(t, newSet(t, `.*\w`, `\s*x`, `[a-z]*@`), "b \xff é k  x\nab@ @")
}

func TestEmptyMatches(t *testing.T) {
	for _, e := range []string{`a*`, `\b`, `(?:a|b?)`, `(?:key){0,3}`} {
		if _, err := New([]Pattern{{Regexp: lazydfa.MustCompile(e)}}); err == nil {
			t.Errorf("%s, which matches everywhere, is taken", e)
		}
	}
}

func TestPlan(t *testing.T) {
	s := newSet(t, `\b(?:ghp|gho)_\w{36}`, `[a-z]+@[a-z]+`, `(?i)x?(?:alpha|beta)+\d`, `[Aa]pi.`, `.*token`)
	var got []string
	for i := range s.patterns {
		got = append(got, fmt.Sprint(s.Plan(i).Anchors))
	}
	want := []string{"[gho_ ghp_]", "[]", "[alpha beta]", "[api]", "[]"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestNothingIsAllocated: reading for what is not there takes no memory of its own. Under
// the race detector it is read all the same, but not counted: there, sync.Pool throws
// away at random what it is given, so that a search may have to make what it works with.
func TestNothingIsAllocated(t *testing.T) {
	s := newSet(t, patterns[:4]...)
	text := strings.Repeat("They asked for the key to the office; the author of the monthly token report said that access was a rapid matter.\n", 50)
	check(t, s, text)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := s.FindAll(t.Context(), text, nil, nil); err != nil {
			t.Error(err)
		}
	}); n > 0 && !raceEnabled {
		t.Errorf("%v allocations in a text without a match", n)
	}
}

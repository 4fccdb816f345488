package detectors

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestBadRulesFiles: an error names the file, the rule, the line and what is wrong.
func TestBadRulesFiles(t *testing.T) {
	const good = "[[rules]]\nid = \"good\"\nregex = '''good-[a-z]{8}'''\nkeywords = [\"good-\"]\n\n" // 5 lines
	for name, c := range map[string]struct {
		toml string
		line int
		want []string
	}{
		"no TOML":             {good + "[[rules]\nid = \"bad\"\n", 6, nil},
		"a bad value":         {good + "[[rules]]\nid = bad\n", 7, nil},
		"a wrong type":        {good + "[[rules]]\nid = \"bad\"\nentropy = \"high\"\nregex = 'x'\n", 8, nil},
		"an unknown key":      {good + "[[rules]]\nid = \"bad\"\nregx = 'x'\n", 8, []string{"unknown key", "regx"}},
		"an unknown table":    {good + "[ruels]\nid = \"bad\"\n", 6, []string{"unknown key", "ruels"}},
		"a bad pattern":       {good + "[[rules]]\nid = \"bad\"\ndescription = \"x\"\nregex = '''a(b'''\n", 9, []string{`rule "bad"`, "regex", "missing closing )"}},
		"a lookahead":         {good + "[[rules]]\nid = \"bad\"\nregex = '''a(?=b)'''\n", 8, []string{`rule "bad"`, "lookahead"}},
		"a lookbehind":        {good + "[[rules]]\nid = \"bad\"\nregex = '''(?<!a)b'''\n", 8, []string{`rule "bad"`, "lookbehind"}},
		"a back reference":    {good + "[[rules]]\nid = \"bad\"\nregex = '''(a)\\1'''\n", 8, []string{`rule "bad"`, "back references"}},
		"a long repeat":       {good + "[[rules]]\nid = \"bad\"\nregex = '''a{2000}'''\n", 8, []string{`rule "bad"`, "1000"}},
		"a bad path":          {good + "[[rules]]\nid = \"bad\"\nregex = 'x'\npath = '''*.php'''\n", 9, []string{`rule "bad"`, "path"}},
		"a bad allowlist":     {good + "[[rules]]\nid = \"bad\"\nregex = 'x'\n[[rules.allowlists]]\nregexes = ['a']\n[[rules.allowlists]]\nregexes = ['(']\n", 12, []string{`rule "bad"`, "allowlist"}},
		"a bad global list":   {good + "[[allowlists]]\nregexes = ['(']\n", 7, []string{"allowlist"}},
		"an empty allowlist":  {good + "[[rules]]\nid = \"bad\"\nregex = 'x'\n[[rules.allowlists]]\ndescription = 'x'\n", 9, []string{`rule "bad"`, "empty"}},
		"a bad condition":     {good + "[[rules]]\nid = \"bad\"\nregex = 'x'\n[[rules.allowlists]]\ncondition = 'xor'\nregexes = ['a']\n", 10, []string{`rule "bad"`, "xor"}},
		"a bad target":        {good + "[[rules]]\nid = \"bad\"\nregex = 'x'\n[[rules.allowlists]]\nregexes = ['a']\nregexTarget = 'word'\n", 11, []string{`rule "bad"`, "word"}},
		"two lists":           {good + "[[rules]]\nid = \"bad\"\nregex = 'x'\n[rules.allowlist]\nregexes = ['a']\n[[rules.allowlists]]\nregexes = ['a']\n", 6, []string{`rule "bad"`}},
		"one id twice":        {good + "[[rules]]\nid = \"good\"\nregex = 'x'\n", 6, []string{`rule "good"`, "line 1"}},
		"no id":               {good + "[[rules]]\nregex = 'x'\n", 6, []string{"id"}},
		"nothing to look for": {good + "[[rules]]\nid = \"bad\"\nentropy = 3\n", 6, []string{`rule "bad"`, "neither regex nor path"}},
		"a group too many":    {good + "[[rules]]\nid = \"bad\"\nregex = '(x)'\nsecretGroup = 2\n", 9, []string{`rule "bad"`, "secretGroup is 2"}},
		"empty matches":       {good + "[[rules]]\nid = \"bad\"\nregex = 'x*'\n", 8, []string{`rule "bad"`, "empty"}},
		"an unknown target":   {good + "[[allowlists]]\ntargetRules = ['nobody']\nregexes = ['a']\n", 6, []string{`"nobody"`}},
		"an unknown required": {good + "[[rules]]\nid = \"bad\"\nregex = 'x'\n[[rules.required]]\nid = 'nobody'\n", 9, []string{`rule "bad"`, `"nobody"`}},
		"amended too far":     {good + "[[rules]]\nid = \"npm-access-token\"\nsecretGroup = 9\n", 8, []string{"secretGroup is 9"}},
		"two required":        {good + "[[rules]]\nid = \"bad\"\nregex = 'x'\n[[rules.required]]\nid = 'good'\n[[rules.required]]\nid = 'nobody'\n", 11, []string{`"nobody"`}},
		"a nameless required": {good + "[[rules]]\nid = \"bad\"\nregex = 'x'\n[[rules.required]]\nwithinLines = 3\n", 9, []string{`rule "bad"`, "no id"}},
		"a second target":     {good + "[[allowlists]]\nregexes = ['a']\n[[allowlists]]\ntargetRules = ['nobody']\nregexes = ['a']\n", 8, []string{`"nobody"`}},
		"an older target":     {good + "[allowlist]\ntargetRules = ['nobody']\nregexes = ['a']\n", 6, []string{`"nobody"`}},
		"a targeted list":     {good + "[[allowlists]]\ntargetRules = ['npm-access-token']\nregexes = ['(']\n", 8, []string{`rule "npm-access-token"`, "allowlist"}},
		"an amending list":    {good + "[[rules]]\nid = \"npm-access-token\"\n[[rules.allowlists]]\nregexes = ['(']\n", 9, []string{`rule "npm-access-token"`, "allowlist"}},
		"a part too soon":     {"[[rules.allowlists]]\nregexes = ['a']\n" + good, 1, []string{"before its [[rules]]"}},
		"extending a path":    {good + "[extend]\npath = 'other.toml'\n", 6, []string{"--rules"}},
	} {
		path := writeRules(t, c.toml)
		_, err := New(Options{RulesFiles: []string{path}})
		var re *RuleError
		if !errors.As(err, &re) {
			t.Errorf("%s: error %v, want a RuleError", name, err)
			continue
		}
		if re.File != path || re.Line != c.line {
			t.Errorf("%s: at %s line %d, want line %d: %v", name, filepath.Base(re.File), re.Line, c.line, err)
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error does not say %q: %v", name, want, err)
			}
		}
	}
}

// A pattern of any length does not bury the line that says where it is.
func TestBadPatternIsCut(t *testing.T) {
	for name, pattern := range map[string]string{
		"a group left open": "(" + strings.Repeat("х", 5000),
		"a bad repeat":      "a**" + strings.Repeat("b", 5000) + "(",
	} {
		file := writeRules(t, "[[rules]]\nid = \"bad\"\ndescription = \"x\"\nregex = '''"+pattern+"'''\n")
		_, err := New(Options{RulesFiles: []string{file}})
		if err == nil || !strings.Contains(err.Error(), `:4: rule "bad"`) || utf8.RuneCountInString(err.Error()) > len(file)+200 {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}

func TestMissingRulesFile(t *testing.T) {
	if _, err := New(Options{RulesFiles: []string{filepath.Join(t.TempDir(), "none.toml")}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestAllErrorsAtOnce(t *testing.T) {
	_, err := New(Options{RulesFiles: []string{writeRules(t, "[[rules]]\nid='a'\nregex='('\n[[rules]]\nid='b'\nregex='['\n")}})
	if err == nil || !strings.Contains(err.Error(), `"a"`) || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("error %v", err)
	}
}

func TestUserRulesAddAndReplace(t *testing.T) {
	s := newSet(t, writeRules(t, `
title = "ours"
[[rules]]
id = "badge"
description = "badge numbers"
regex = '''\bbadge-([0-9]{6})\b'''
keywords = ["Badge-"]
tags = ["internal"]

[[rules]]
id = "npm-access-token"
regex = '''\bnpm-is-ours-[a-z]{8}\b'''
keywords = ["npm-is-ours"]
`))
	found := brief(search(t, s, texts("BADGE-1 badge-123456 "+npmToken+"\nnpm-is-ours-abcdwxyz")))
	if want := "badge:1:123456\nnpm-access-token:2:npm-is-ours-abcdwxyz\n"; found != want {
		t.Errorf("found\n%swant\n%s", found, want)
	}
}

func TestUserRuleAmends(t *testing.T) {
	s := newSet(t, writeRules(t, `
[[rules]]
id = "npm-access-token"
description = "ours"
[[rules.allowlists]]
regexes = ['''npm_x7Kq''']
`))
	if got := search(t, s, texts(npmToken+" npm_"+"a7Kq2mZp9Lw4Rt8Yv3Bn6Hc1Jd5Fs0GaQeUi")); len(got) != 1 || got[0].Secret.Reveal() == npmToken {
		t.Errorf("found %q", brief(got))
	}
}

func TestExtend(t *testing.T) {
	const rule = "[[rules]]\nid = \"mine\"\nregex = '''mine-[a-z]{8}'''\nkeywords = [\"mine-\"]\n"
	only := newSet(t, writeRules(t, "[extend]\nuseDefault = false\n"+rule))
	if len(only.Rules()) != 1 {
		t.Errorf("useDefault = false leaves %d rules, want 1", len(only.Rules()))
	}
	all := len(newSet(t).Rules())
	without := newSet(t, writeRules(t, "[extend]\ndisabledRules = [\"npm-access-token\", \"nobody\"]\n"+rule))
	if len(without.Rules()) != all {
		t.Errorf("one rule more and one less: %d, before %d", len(without.Rules()), all)
	}
	if got := search(t, without, texts(npmToken)); len(got) != 0 {
		t.Errorf("a disabled rule found %q", brief(got))
	}
	if w := strings.Join(without.Warnings(), "\n"); !strings.Contains(w, "nobody") || !strings.Contains(w, ":2:") {
		t.Errorf("warnings %q", w)
	}
}

// TestSlowRulesAreWarnings: what will be slow is said, with what to do; what will not
// be is not.
func TestSlowRulesAreWarnings(t *testing.T) {
	for name, c := range map[string]struct {
		regex, keywords string
		line            int
		want            string // "" is no warning
	}{
		"no keywords":              {`slow-[a-z]{8}`, "", 1, "tried on every text"},
		"nor words":                {`[0-9]{4}-[0-9]{6}`, "", 1, "from its first byte on, which is slow"},
		"scanned, a rare keyword":  {`[0-9]{4}-[0-9]{6}`, "badge", 0, ""},
		"scanned, one everywhere":  {`[0-9]{4}-[0-9]{6}`, "id", 4, "rarer keywords"},
		"a frequent anchor":        {`id[a-z ]{8}`, "id", 4, `at each "id"`},
		"a frequent one, no words": {`id[a-z ]{8}`, "", 1, `at each "id"`},
		"with a rare keyword":      {`id[a-z ]{8}`, "badge", 0, ""},
		"capitals":                 {`ID[a-z ]{8}`, "id", 0, ""},
		"with a digit behind":      {`id[0-9]{8}`, "id", 0, ""},
		"any text behind":          {`badge[\s\S]*number`, "badge", 3, "[\\s\\S]{0,500}"},
		"any text, lazily":         {`(?s)badge: (x|y).+?end`, "badge", 3, "reads on"},
		"all text":                 {`(?s)badge(.*)`, "badge", 3, "reads on"},
		"a whole line":             {`badge.*number`, "badge", 0, ""},
		"up to a quote":            {`badge "[^"]+"`, "badge", 0, ""},
		"so much text":             {`badge[\s\S]{0,900}number`, "badge", 0, ""},
		"a large one":              {`badge(?:abc[0-9]xyz[0-9]){900}`, "badge", 3, "repeats shorter"},
	} {
		rule := "[[rules]]\nid = \"mine\"\nregex = '''" + c.regex + "'''\n"
		if c.keywords != "" {
			rule += "keywords = [\"" + c.keywords + "\"]\n"
		}
		got := newSet(t, writeRules(t, rule)).Warnings()
		if c.want == "" {
			if len(got) > 0 {
				t.Errorf("%s: warned of %q", name, got)
			}
			continue
		}
		if len(got) != 1 || !strings.Contains(got[0], c.want) || !strings.Contains(got[0], fmt.Sprintf(":%d: rule \"mine\"", c.line)) {
			t.Errorf("%s: warned of %q, want %q at line %d", name, got, c.want, c.line)
		}
	}
	s := newSet(t, writeRules(t, "[[rules]]\nid = \"slow\"\nregex = '''slow-[a-z]{8}'''\n"))
	if got := search(t, s, texts("slow-abcdefgh")); len(got) != 1 {
		t.Errorf("found %q", brief(got))
	}
	if w := newSet(t).Warnings(); len(w) != 0 {
		t.Errorf("our own rules warn: %q", w)
	}
}

func TestUserAllowlists(t *testing.T) {
	s := newSet(t, writeRules(t, `
[[allowlists]]
paths = ['''(^|/)known-good\.txt$''']
[[allowlists]]
regexTarget = "line"
regexes = ['''known sample''']
[[allowlists]]
targetRules = ["npm-access-token"]
stopwords = ["x7kq"]
`))
	m := texts("known sample api_key="+genericIn, "api_key="+genericIn, npmToken)
	m.Texts[1].Path, m.Texts[1].Name = "2/a.zip!b/known-good.txt", "known-good.txt"
	if got := search(t, s, m); len(got) != 0 {
		t.Errorf("found %q", brief(got))
	}
	m.Texts[1].Path, m.Texts[1].Name = "2/a.zip!b/unknown.txt", "unknown.txt"
	if got := search(t, s, m); len(got) != 1 {
		t.Errorf("found %q", brief(got))
	}
}

func TestRequiredRules(t *testing.T) {
	s := newSet(t, writeRules(t, `
[[rules]]
id = "pair"
regex = '''\bpair-([a-z]{8})\b'''
keywords = ["pair-"]
[[rules.required]]
id = "half"
withinLines = 2
[[rules]]
id = "half"
regex = '''\bhalf-([a-z]{8})\b'''
keywords = ["half-"]
skipReport = true
`))
	if got := brief(search(t, s, texts("pair-abcdwxyz\nhalf-abcdwxyz\n"))); got != "pair:1:abcdwxyz\n" {
		t.Errorf("both halves: found %q", got)
	}
	if got := brief(search(t, s, texts("pair-abcdwxyz\n\n\n\nhalf-abcdwxyz\n"))); got != "" {
		t.Errorf("far from each other: found %q", got)
	}
}

func TestRuleByFileName(t *testing.T) {
	s := newSet(t, writeRules(t, "[[rules]]\nid = \"secrets-file\"\npath = '''(^|/)secrets\\.ya?ml$'''\n"))
	m := texts("a: b", "c: d")
	m.Texts[1].Path, m.Texts[1].Name = "2/secrets.yml", "secrets.yml"
	got := search(t, s, m)
	if len(got) != 1 || got[0].Rule != "secrets-file" || got[0].Path != "2/secrets.yml" || got[0].Secret.Reveal() != "c: d" {
		t.Errorf("found %q", brief(got))
	}
}

func TestRulesAreListed(t *testing.T) {
	file := writeRules(t, "\n\n[[rules]]\nid = \"mine\"\nregex = '''mine-[a-z]{8}'''\nkeywords = [\"mine-\"]\n")
	rules := newSet(t, file).Rules()
	seen := map[string]Rule{}
	for i, r := range rules {
		if i > 0 && rules[i-1].ID >= r.ID {
			t.Errorf("%s comes after %s", r.ID, rules[i-1].ID)
		}
		if r.Regex == "" && r.Path == "" && r.ID != labelledPassword || r.Description == "" && r.ID != "mine" || r.Line == 0 {
			t.Errorf("%s is not told in full: %+v", r.ID, r)
		}
		seen[r.ID] = r
	}
	if r := seen["mine"]; r.Origin != file || r.Line != 3 {
		t.Errorf("mine comes from %s line %d", r.Origin, r.Line)
	}
	if r := seen["mine"]; r.Search != AtAnchors || !slices.Equal(r.Anchors, []string{"mine-"}) || r.Longest != 13 || len(r.Source) != 64 {
		t.Errorf("mine is searched %q at %q, longest %d, source %q", r.Search, r.Anchors, r.Longest, r.Source)
	}
	if seen["facebook-access-token"].Search != Scanned || seen["pkcs12-file"].Search != ByFile {
		t.Errorf("facebook-access-token is searched %q, pkcs12-file %q", seen["facebook-access-token"].Search, seen["pkcs12-file"].Search)
	}
	if r := seen["npm-access-token"]; r.Origin != "gitleaks 8.30.1" || r.Kind != "token" {
		t.Errorf("npm-access-token: %+v", r)
	}
}

func TestDigestChangesWithTheRules(t *testing.T) {
	plain := newSet(t).Digest()
	other := newSet(t, writeRules(t, "[[allowlists]]\nstopwords = ['x']\n")).Digest()
	if plain == other || plain != newSet(t).Digest() || len(plain) != 64 {
		t.Errorf("digests %s and %s", plain, other)
	}
	moved := newSet(t, writeRules(t, "# a comment\n\n[[allowlists]]\nstopwords = ['x']\n")).Digest()
	if moved != other {
		t.Error("a comment changes the digest")
	}
}

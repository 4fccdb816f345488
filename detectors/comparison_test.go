package detectors

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/viper"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"
)

// Comparison holds the engine against gitleaks' own detector with the same rules. It is
// exported, as all of this file, for the tests outside of the package.
type Comparison struct {
	*engine
	*yardstick
	// Same counts the hits that both had, Decoded those of them that were decoded, and
	// Meant what only one had for a reason, by the name of that reason.
	Same, Decoded int
	Meant         map[string]int
}

// NewComparison compares what the engine finds with our rules.
func NewComparison(t testing.TB) *Comparison {
	t.Helper()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := s.engine.(*engine)
	return &Comparison{engine: e, yardstick: newYardstick(s.rules, e.global), Meant: map[string]int{}}
}

// NewPristine compares what the engine finds with the default rules as gitleaks has
// them, none mended and none added, with a detector that gitleaks made of them.
func NewPristine(t testing.TB) *Comparison {
	t.Helper()
	f, err := parseRules(gitleaksOrigin, []byte(config.DefaultConfig))
	if err != nil {
		t.Fatal(err)
	}
	specs := &ruleSet{}
	if _, err := specs.merge(f); err != nil {
		t.Fatal(err)
	}
	specs.sort()
	var c compiler
	global, byLine := c.globals(specs)
	if len(byLine) > 0 {
		t.Fatal("a global allowlist for lines: give it to the rules")
	}
	var rules []*rule
	for _, spec := range specs.rules {
		r := c.rule(spec)
		if spec.Regex != "" {
			r.regex = c.pattern(spec, 0, "regex", spec.Regex) // without wider endings
		}
		rules = append(rules, r)
	}
	if len(c.errs) > 0 {
		t.Fatal(c.errs)
	}
	e, err := newEngine(rules, global)
	if err != nil {
		t.Fatal(err)
	}
	cfg := defaultConfig(t)
	byNumber := map[string]config.Rule{}
	for i, r := range rules {
		theirs, ok := cfg.Rules[r.spec.ID]
		if !ok {
			t.Fatalf("gitleaks has no rule %s", r.spec.ID)
		}
		theirs.RuleID = strconv.Itoa(i) // see newYardstick
		byNumber[theirs.RuleID] = theirs
	}
	if len(byNumber) != len(cfg.Rules) {
		t.Fatalf("%d rules, gitleaks has %d", len(byNumber), len(cfg.Rules))
	}
	cfg.Rules = byNumber
	return &Comparison{engine: e, yardstick: measure(cfg, rules), Meant: map[string]int{}}
}

// defaultConfig is gitleaks' default configuration as it compiles it itself; through a
// viper of our own, because the global one would remember it.
func defaultConfig(t testing.TB) config.Config {
	t.Helper()
	v := viper.New()
	v.SetConfigType("toml")
	if err := v.ReadConfig(strings.NewReader(config.DefaultConfig)); err != nil {
		t.Fatal(err)
	}
	var vc config.ViperConfig
	if err := v.Unmarshal(&vc); err != nil {
		t.Fatal(err)
	}
	cfg, err := vc.Translate()
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// Fresh is gitleaks as its users have it.
func Fresh(t testing.TB) *detect.Detector {
	silence()
	return detect.NewDetector(defaultConfig(t))
}

// Differ fails the test where the two differ in a text: in a rule, a secret or, unless
// it was decoded, a place.
func (c *Comparison) Differ(t testing.TB, name, path, body string) {
	t.Helper()
	p := piece{body: body, name: name, path: path}
	found, err := c.engine.match(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	got := found.hits
	want := c.yardstick.match(t.Context(), p)
	count := map[string]int{}
	for _, h := range want {
		count[h.String()]++
	}
	for _, h := range got {
		if why := misplaced(h, body); why != "" {
			t.Errorf("%s: %v %s, in %s", name, h, why, excerpt(body, h))
		}
		if count[h.String()] > 0 {
			count[h.String()]--
			c.Same++
			if h.decoded {
				c.Decoded++
			}
			continue
		}
		if reason := more(h, body); reason != "" {
			c.Meant[reason]++
			continue
		}
		t.Errorf("only ours finds %v, in %s", h, excerpt(body, h))
	}
	for _, h := range want {
		if count[h.String()] > 0 {
			count[h.String()]--
			if reason := less(h, body); reason != "" {
				c.Meant[reason]++
				continue
			}
			t.Errorf("only gitleaks finds %v, in %s", h, excerpt(body, h))
		}
	}
}

// String is what has to be the same.
func (h hit) String() string {
	place := fmt.Sprint(" at ", h.start, "-", h.end)
	if h.decoded {
		place = " decoded"
	}
	return h.rule.spec.ID + place + ": " + strconv.Quote(h.secret)
}

func excerpt(body string, h hit) string {
	from, to := max(0, h.start-300), min(len(body), h.end+300)
	if h.decoded || to-from > 2000 {
		from, to = 0, min(len(body), 2000)
	}
	return fmt.Sprintf("%d bytes: %q", len(body), body[from:to])
}

// misplaced says what is wrong with a place. What was decoded is where something
// encoded is, or, when only the words before it were decoded, where it stands.
func misplaced(h hit, body string) string {
	switch {
	case h.start < 0 || h.end > len(body) || h.start >= h.end:
		return fmt.Sprintf("is at %d-%d", h.start, h.end)
	case body[h.start:h.end] == h.secret || h.isWide(body):
		return ""
	case !h.decoded:
		return fmt.Sprintf("stands where there is %q", body[h.start:h.end])
	}
	first, _ := (&layer{text: body}).decode()
	for _, s := range first.segments {
		if e := s.encoded; h.start > e.Start && h.start < e.End || h.end > e.Start && h.end < e.End {
			return fmt.Sprintf("begins or ends within encoded text: %q", body[e.Start:e.End])
		}
	}
	c := candidates{text: body}
	for e, ok := c.next(0); ok; e, ok = c.next(e.End) {
		if e.Start < h.end && h.start < e.End {
			return ""
		}
	}
	return fmt.Sprintf("was decoded where nothing is encoded: %q", body[h.start:h.end])
}

// isWide reports what was found in base64 of UTF-16 text; its place is that of the run.
func (h hit) isWide(body string) bool {
	for from, to := range runs(body) {
		if _, ok := wideText(body[from:to]); ok && h.decoded && h.start == from && h.end == to {
			return true
		}
	}
	return false
}

// more names the reason why only we find a hit.
func more(h hit, body string) string {
	if h.isWide(body) {
		return "base64 of UTF-16"
	}
	for _, a := range h.rule.byLine {
		for l, ok := (&layer{text: body}).decode(); h.decoded && ok; l, ok = l.decode() {
			if allows(a, l.text, h.secret, piece{}) {
				return "a line allowlist, on the line of something decoded that the match is not on"
			}
		}
		line := wholeLine(body, h)
		switch last := !strings.Contains(body[h.start:], "\n"); {
		case h.decoded: // no line of the text
		case len(line) > lineReach && allows(a, line, h.secret, piece{}):
			return "a line allowlist beyond reach"
		case last && allows(a, body, h.secret, piece{}):
			return "a line allowlist, on the last line, for what stands on another"
		}
	}
	return ""
}

// less names the reason why only gitleaks finds a hit: an allowlist for lines.
//   - Of what is decoded, gitleaks looks at the lines that decoded text is on, we at
//     those that the match is on (detect/codec.CurrentLine).
//   - Of a match that ends on the last line, gitleaks leaves out what is behind it.
func less(h hit, body string) string {
	if h.decoded && h.rule.spec.ID == connectionRule {
		return "what has to stand on the line of a connection string, in decoded text"
	}
	for _, a := range h.rule.byLine {
		if !h.decoded && !strings.Contains(body[h.end:], "\n") && allows(a, wholeLine(body, h), h.secret, piece{}) {
			return "a line allowlist, on the last line, behind the match"
		}
		for l, ok := (&layer{text: body}).decode(); h.decoded && ok; l, ok = l.decode() {
			if allows(a, l.text, h.secret, piece{}) {
				return "a line allowlist, on another line than what was decoded"
			}
		}
	}
	return ""
}

// wholeLine is the line of a hit. For the last one, which has no end, gitleaks takes
// the whole text (detect.location).
func wholeLine(body string, h hit) string {
	from := 1 + strings.LastIndexByte(body[:h.start], '\n')
	if i := strings.IndexByte(body[h.end:], '\n'); i >= 0 {
		return body[from : h.end+i]
	}
	return body[from:]
}

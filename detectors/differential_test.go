package detectors_test

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mailsweep/detectors"
	"mailsweep/detectors/detectorstest"
)

// fuzzedBytes is how much text is made up for one differential test; "make
// differential" asks for more.
func fuzzedBytes(t testing.TB) int {
	ask := os.Getenv("MAILSWEEP_DIFFERENTIAL")
	if ask == "" {
		return 120_000
	}
	n, err := strconv.Atoi(ask)
	if err != nil {
		t.Fatalf("MAILSWEEP_DIFFERENTIAL is %q, not a number of bytes", ask)
	}
	return n
}

// TestSameAsGitleaks: with our rules, the engine finds what gitleaks' detector finds.
func TestSameAsGitleaks(t *testing.T) { differential(t, detectors.NewComparison(t), 1) }

// TestSameAsGitleaksWithItsRules: with its default rules as they are, too.
func TestSameAsGitleaksWithItsRules(t *testing.T) { differential(t, detectors.NewPristine(t), 2) }

func differential(t *testing.T, c *detectors.Comparison, seed uint64) {
	_, all := samples(t)
	for _, s := range all {
		c.Differ(t, s.Name, "1/"+s.Name, s.Text)
	}
	if t.Failed() {
		t.FailNow()
	}
	done, texts := 0, 0
	m := &mutator{rnd: rand.New(rand.NewPCG(seed, 4)), samples: all}
	for most := fuzzedBytes(t); done < most && !t.Failed(); texts++ {
		name, text := m.text()
		c.Differ(t, name, "2/"+name, text)
		done += len(text)
	}
	t.Logf("%d texts of %d bytes made up: %d hits are the same, %d of them decoded; meant: %v", texts, done, c.Same, c.Decoded, c.Meant)
	if c.Same < texts/4 || c.Decoded < texts/40 {
		t.Errorf("too little was found to compare")
	}
	corpora(t, fuzzedBytes(t), func(text string) { c.Differ(t, "", "", text) })
	t.Logf("with the corpora: %d hits are the same, %d of them decoded; meant: %v", c.Same, c.Decoded, c.Meant)
}

// corpora hands over real mail and labelled samples, when there are any: all of them
// when asked for, else about so many bytes.
func corpora(t testing.TB, limit int, each func(text string)) {
	dir := os.Getenv("MAILSWEEP_CORPORA")
	if dir == "" {
		return
	}
	if limit > 1<<20 {
		limit = 1 << 40
	}
	rows(t, filepath.Join(dir, "secrets-dev.jsonl"), limit, each)
	n := 0
	err := filepath.WalkDir(filepath.Join(dir, "mail"), func(path string, d fs.DirEntry, err error) error {
		if n++; err != nil || d.IsDir() || n%10 != 0 || limit < 0 {
			return err
		}
		data, err := os.ReadFile(path)
		data = data[:min(len(data), 1<<20)]
		limit -= len(data)
		each(string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func rows(t testing.TB, path string, limit int, each func(text string)) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for n := 0; lines.Scan() && n < limit; {
		var row struct{ Text string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		n += len(row.Text)
		each(row.Text)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// mutator makes texts of samples.
type mutator struct {
	rnd     *rand.Rand
	samples []detectorstest.Sample
}

var (
	junk = []string{
		".", ",", ")", "(", "<", ">", "\"", "'", "`", ";", ":", "=", "|", "*", "&", "?", "!", "#", "@", "/", `\`, `\n`, `\\n`, "%", "-", "_", "+",
		" ", "  ", "\t", "\n", "\r\n", "\n\n", "\x00", "\xff", "\xc3", "\xe2\x80", "\xf0\x9f", "\u00a0", "\u200b", "”", "…", "é", "\u0130", "\u212a",
		"\u017f", "\ufffd", "\U0001f511", "\ufeff", "ſecret", "to\u212aen", "true", "false", "null", "gitleaks:allow", "--mount=type=secret,",
		"nothing to see here, ", "key", "api_key = ", "token: ", "password=", "secret", "Bearer ", "=3D", "=\n", "%41", `\u0041`, "U+0041 ", "%25%34%31",
		"example", "xxxxxxxx", "0123456789abcdef", "EXAMPLE", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	}
	names = []string{"", "", "", "main.tf", "a.yaml", "nuget.config", "b.php", "c.docx", "go.sum", "node_modules/a.js", "d.p12"}
)

func (m *mutator) pick(from []string) string { return from[m.rnd.IntN(len(from))] }

func (m *mutator) text() (name, text string) {
	var b strings.Builder
	for range 1 + m.rnd.IntN(5) {
		s := m.samples[m.rnd.IntN(len(m.samples))]
		if s.Name != "" && m.rnd.IntN(4) > 0 {
			name = s.Name
		}
		piece := s.Text
		for range m.rnd.IntN(3) {
			piece = m.mutate(piece)
		}
		for range m.rnd.IntN(4) {
			b.WriteString(m.pick(junk))
		}
		b.WriteString(m.encode(piece))
		for range m.rnd.IntN(4) {
			b.WriteString(m.pick(junk))
		}
	}
	if name == "" {
		name = m.pick(names)
	}
	text = b.String()
	if m.rnd.IntN(300) == 0 { // a large one
		filler := strings.Repeat(m.pick(junk)+m.pick(junk), 1+(64<<10)/8)
		text += filler + text
	}
	return name, text
}

func (m *mutator) mutate(s string) string {
	if s == "" {
		return s
	}
	at := m.rnd.IntN(len(s))
	to := min(len(s), at+1+m.rnd.IntN(12))
	switch m.rnd.IntN(9) {
	case 0:
		return s[:at] + s[to:]
	case 1:
		return s[:to] + s[at:to] + s[to:]
	case 2:
		return s[:at] + strings.Repeat(s[at:to], 1+m.rnd.IntN(8)) + s[to:]
	case 3:
		return s[:at] + m.pick(junk) + s[to:]
	case 4:
		return strings.ReplaceAll(s, "\n", "\r\n")
	case 5:
		return strings.NewReplacer("k", "\u212a", "s", "\u017f", "i", "\u0130").Replace(s[:at]) + s[at:]
	case 6:
		return s[:at] + strings.ToUpper(s[at:to]) + s[to:]
	case 7:
		return s + s
	}
	return s[:at] + m.pick(junk) + s[at:]
}

// encode encodes some texts, and some of these again.
func (m *mutator) encode(s string) string {
	if m.rnd.IntN(4) > 0 {
		return s
	}
	for range 1 + m.rnd.IntN(3)/2 + m.rnd.IntN(3)/2 {
		switch m.rnd.IntN(8) {
		case 0:
			s = base64.StdEncoding.EncodeToString([]byte(s))
		case 1:
			s = base64.RawURLEncoding.EncodeToString([]byte(s))
		case 2:
			s = hex.EncodeToString([]byte(s))
		case 3:
			s = url.QueryEscape(s)
		case 4:
			s = escaped(s, `\u`, "")
		case 5:
			s = escaped(s, "U+", " ")
		case 6: // as "powershell -EncodedCommand" takes it
			s = base64.StdEncoding.EncodeToString([]byte(strings.Join(strings.Split(s, ""), "\x00") + "\x00"))
		case 7: // a part of it
			at := m.rnd.IntN(len(s) + 1)
			s = s[:at] + base64.StdEncoding.EncodeToString([]byte(s[at:]))
		}
		if len(s) > 20_000 {
			break
		}
	}
	return s
}

func escaped(s, before, after string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteString(before + "00" + hex.EncodeToString([]byte{c}) + after)
	}
	return b.String()
}

// TestEveryDifferenceIsMeant: from what gitleaks finds as its users have it, what we
// find differs as the differences say that it does.
func TestEveryDifferenceIsMeant(t *testing.T) {
	c := detectors.NewContrasting(t)
	_, all := samples(t)
	m := &mutator{rnd: rand.New(rand.NewPCG(3, 4)), samples: all}
	for done := 0; done < fuzzedBytes(t)/2; {
		_, text := m.text()
		c.Differ(t, text)
		done += len(text)
	}
	t.Logf("%d are the same; meant: %v", c.Same, c.Meant)
	corpora(t, fuzzedBytes(t), func(text string) { c.Differ(t, text) })
	t.Logf("with the corpora: %d are the same; meant: %v", c.Same, c.Meant)
}

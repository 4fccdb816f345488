package detectors

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// BenchmarkDetect measures mail-like prose, and real mail where
// MAILSWEEP_CORPORA is set: as it is, without the endings for prose, and with
// encodings undone less often.
func BenchmarkDetect(b *testing.B) {
	sets := map[string][]string{"prose": prose(400)}
	if dir := os.Getenv("MAILSWEEP_CORPORA"); dir != "" {
		sets["corpora"] = corpusTexts(b, filepath.Join(dir, "mail"), 4<<20)
	}
	for name, bodies := range sets {
		for variant, change := range map[string]func(*gitleaks){
			"as-it-is":        func(*gitleaks) {},
			"their-endings":   func(g *gitleaks) { withTheirEndings(g) },
			"never-decoding":  func(g *gitleaks) { g.decoding = g.plain },
			"always-decoding": func(g *gitleaks) { g.plain = g.decoding },
			"decode-depth-5":  func(g *gitleaks) { g.decoding.MaxDecodeDepth = 5 },
		} {
			b.Run(name+"/"+variant, func(b *testing.B) {
				s := newSet(b)
				change(s.engine.(*gitleaks))
				m, size := texts(bodies...), 0
				for _, t := range bodies {
					size += len(t)
				}
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					search(b, s, m)
				}
			})
		}
	}
}

// withTheirEndings gives the rules their patterns as gitleaks wrote them.
func withTheirEndings(g *gitleaks) {
	for i, r := range g.rules {
		if r.regex == nil {
			continue
		}
		re, _ := compile(r.spec.Regex)
		key := strconv.Itoa(i)
		rule := g.plain.Config.Rules[key] // of both: they share their rules
		rule.Regex = re
		g.plain.Config.Rules[key] = rule
	}
}

// prose are made-up mails of about 2 KB that speak of keys and money.
func prose(n int) []string {
	const words = "Hello all, they asked for the key to the office and the author of the monthly report said that access " +
		"was a rapid matter, see the attached sheet. Please authorize the payment by Friday, the api of our partner is down.\n"
	out := make([]string, n)
	for i := range out {
		out[i] = strings.Repeat(words, 10)
	}
	return out
}

func corpusTexts(b *testing.B, root string, limit int) (out []string) {
	b.Helper()
	n := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if n++; n%10 != 0 {
			return nil
		}
		if limit <= 0 {
			return fs.SkipAll
		}
		data, err := os.ReadFile(path)
		limit -= len(data)
		out = append(out, string(data))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

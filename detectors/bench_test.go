package detectors

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/viper"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// BenchmarkDetect measures our detection beside gitleaks' own on the same texts: made-up
// ones, and where MAILSWEEP_CORPORA is set, what real mail decodes to. Between them, our
// engine with gitleaks' rules alone: what our rules and the reading of passwords cost.
func BenchmarkDetect(b *testing.B) {
	sets := []struct {
		name  string
		texts []string
	}{
		{"prose", prose(400)},
		{"no-keyword", []string{strings.Repeat("Wir treffen uns um 12 Uhr vor dem Bahnhof, bring bitte das Buch mit. ", 20000)}},
	}
	if dir := os.Getenv("MAILSWEEP_CORPORA"); dir != "" {
		kinds, err := os.ReadDir(filepath.Join(dir, "mail"))
		if err != nil {
			b.Fatal(err)
		}
		for _, k := range kinds {
			texts := decodedTexts(b, filepath.Join(dir, "mail", k.Name()), 4<<20)
			sets = append(sets, struct {
				name  string
				texts []string
			}{k.Name(), texts})
		}
	}
	ours, theirs, alone := newSet(b), pristine(b), NewPristine(b).engine
	for _, set := range sets {
		size := 0
		for _, t := range set.texts {
			size += len(t)
		}
		b.Run(set.name+"/mailsweep", func(b *testing.B) {
			mails := make([]sweeper.Mail, len(set.texts))
			for i, t := range set.texts {
				mails[i] = texts(t)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				ours.engine.(*engine).patterns.Forget()
				for _, m := range mails {
					search(b, ours, m)
				}
			}
		})
		b.Run(set.name+"/rules-of-gitleaks", func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				alone.patterns.Forget()
				for _, t := range set.texts {
					if _, err := alone.match(b.Context(), piece{body: t}); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(set.name+"/gitleaks", func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, t := range set.texts {
					theirs.DetectString(t)
				}
			}
		})
	}
}

// pristine is gitleaks as it comes.
func pristine(tb testing.TB) *detect.Detector {
	tb.Helper()
	silence()
	v := viper.New()
	v.SetConfigType("toml")
	if err := v.ReadConfig(strings.NewReader(config.DefaultConfig)); err != nil {
		tb.Fatal(err)
	}
	var vc config.ViperConfig
	if err := v.Unmarshal(&vc); err != nil {
		tb.Fatal(err)
	}
	cfg, err := vc.Translate()
	if err != nil {
		tb.Fatal(err)
	}
	return detect.NewDetector(cfg)
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

// decodedTexts are the texts of some of the mails below root, up to limit bytes.
func decodedTexts(b *testing.B, root string, limit int) (out []string) {
	b.Helper()
	n := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || limit <= 0 {
			return err
		}
		data, err := os.ReadFile(path)
		for _, raw := range bytes.SplitAfter(data, []byte("\n\nFrom ")) {
			if n++; n%10 != 0 || limit <= 0 {
				continue
			}
			budget := decode.NewBudget(decode.DefaultLimits(), int64(len(raw)))
			mail, err := decode.Decode(context.Background(), decode.MIME(context.Background(), raw, budget), budget)
			if err != nil {
				return err
			}
			for _, t := range mail.Texts {
				out = append(out, t.Body)
				limit -= len(t.Body)
			}
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

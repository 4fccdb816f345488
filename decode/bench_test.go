package decode

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// BenchmarkDecodeMail measures decoding alone, in bytes of raw mail, on as many
// goroutines as there are cores: over the mails of testdata, and over real mail
// where MAILSWEEP_CORPORA names some.
func BenchmarkDecodeMail(b *testing.B) {
	b.Run("testdata", func(b *testing.B) { benchmark(b, mailsIn(b, "testdata/mail")) })
	root := os.Getenv("MAILSWEEP_CORPORA")
	if root == "" {
		return
	}
	dirs, err := os.ReadDir(filepath.Join(root, "mail"))
	if err != nil {
		b.Fatal(err)
	}
	var all [][]byte
	for _, d := range dirs {
		mails := mailsIn(b, filepath.Join(root, "mail", d.Name()))
		all = append(all, mails...)
		b.Run(d.Name(), func(b *testing.B) { benchmark(b, mails) })
	}
	b.Run("all", func(b *testing.B) { benchmark(b, all) })
}

func mailsIn(b *testing.B, dir string) [][]byte {
	var out [][]byte
	for _, path := range files(b, dir, func(p string) bool { return !strings.HasSuffix(p, ".golden") }) {
		out = append(out, messages(readFile(b, path))...)
	}
	return out
}

// benchmark decodes the mails one after another; SetBytes says how large one is
// on average.
func benchmark(b *testing.B, mails [][]byte) {
	size := 0
	for _, raw := range mails {
		size += len(raw)
	}
	b.SetBytes(int64(size / len(mails)))
	b.ReportAllocs()
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			raw := mails[int(next.Add(1))%len(mails)]
			budget := NewBudget(DefaultLimits(), int64(len(raw)))
			if _, err := Decode(context.Background(), MIME(context.Background(), raw, budget), budget); err != nil {
				b.Error(err)
			}
		}
	})
}

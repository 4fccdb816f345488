package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkNotices plans, approves and writes the notices of exposures that have five to
// an owner. Its time for each exposure must not grow with their number.
func BenchmarkNotices(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				h := home{b, b.TempDir()}
				must(os.MkdirAll(filepath.Join(h.dir, "tmp"), 0o700))
				h.leaks(n, n/5)
				h.notices("files", "notices: {files: ../../out}\n")
				b.StartTimer()
				for _, step := range [][]string{{"plan"}, {"approve", "--all"}, {"send", "--send"}} {
					begin := time.Now()
					if out, errs, code := h.run(append([]string{"notify"}, step...)...); code != 0 {
						b.Fatalf("%v: exit %d: %.500s%s", step, code, out, errs)
					}
					b.ReportMetric(float64(time.Since(begin).Microseconds())/float64(n), step[0]+"-µs/exposure")
				}
			}
		})
	}
}

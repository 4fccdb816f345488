package decode

import (
	"os"
	"strings"
	"testing"
)

// An ordinary mail of a newsletter or of Outlook, with tables, styles and links.
func BenchmarkHTML(b *testing.B) {
	for _, name := range []string{"newsletter", "outlook", "reply"} {
		b.Run(name, func(b *testing.B) {
			src, err := os.ReadFile("testdata/html/" + name + ".html")
			if err != nil {
				b.Fatal(err)
			}
			page := strings.Repeat(string(src), 16)
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				mustHTML(b, page)
			}
		})
	}
}

//go:build unix

package mailfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"mailsweep/mailfile"
	"mailsweep/sweeper"
)

// BenchmarkUnchanged sweeps 100,000 files that have not changed.
func BenchmarkUnchanged(b *testing.B) {
	root := filepath.Join(b.TempDir(), "box")
	if err := os.Mkdir(root, 0o755); err != nil {
		b.Fatal(err)
	}
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 100_000 {
		path := filepath.Join(root, fmt.Sprintf("%d.M%06dP4711.mail.example.com:2,S", 1_700_000_000+i*7, i*31%1_000_000))
		if err := os.WriteFile(path, []byte(letter("a subject")), 0o644); err != nil {
			b.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			b.Fatal(err)
		}
		at = at.Add(7*time.Second + time.Duration(i*7919%1_000_000)*time.Microsecond)
	}
	sweep := func(since sweeper.Cursor) (sweeper.Cursor, int) {
		s, err := mailfile.New([]string{root}, mailfile.Options{})
		if err != nil {
			b.Fatal(err)
		}
		messages := 0
		for m := range s.Mailboxes(b.Context()) {
			for f := range s.Folders(b.Context(), m) {
				for p, err := range s.Changes(b.Context(), f, since) {
					if err != nil {
						b.Fatal(err)
					}
					messages += len(p.Messages)
					since = p.Next
				}
			}
		}
		return since, messages
	}
	first := time.Now()
	cursor, n := sweep(nil)
	took := time.Since(first)
	if n != 100_000 {
		b.Fatalf("%d messages", n)
	}
	before := cpuTime(b)
	for b.Loop() {
		if _, n := sweep(cursor); n != 0 {
			b.Fatalf("%d messages came again", n)
		}
	}
	b.ReportMetric((cpuTime(b)-before).Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(len(cursor)), "cursor-bytes")
	b.ReportMetric(took.Seconds(), "first-listing-s")
}

// cpuTime is the processor time of this process: on a busy machine it says more
// than the clock.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"mailsweep/store"
	"mailsweep/store/sqlite"
	"mailsweep/store/storetest"
	"mailsweep/sweeper"
)

// Lists of everything are read along an index: nothing is gathered to be sorted.
func TestListsStream(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "mailsweep.db"), sqlite.Options{})
	for name, q := range sqlite.ListQueries() {
		plan, err := sqlite.Plan(t.Context(), db, q)
		if err != nil || strings.Contains(plan, "FOR ORDER BY") {
			t.Errorf("%s: %v\n%s", name, err, plan)
		}
	}
}

// TestManyFindings fills a database with as many findings as LIST_FINDINGS says and
// lists them. By itself it uses few.
func TestManyFindings(t *testing.T) {
	n := 4_000
	if _, err := fmt.Sscan(os.Getenv("LIST_FINDINGS"), &n); err != nil && os.Getenv("LIST_FINDINGS") != "" {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "mailsweep.db")
	db := open(t, path, sqlite.Options{})
	run, err := db.Begin(t.Context(), sweeper.Run{})
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for i := 0; i < n; i += 1000 {
		p := storetest.Page("in", "", "")
		p.Run = run
		for j := range 1000 {
			m := storetest.Mail(fmt.Sprint("key ", i+j), storetest.Token(fmt.Sprint((i+j)/3)))
			m.Envelope.Received = m.Envelope.Received.Add(time.Duration((i+j)*7919%100_000) * time.Minute)
			p.Messages = append(p.Messages, m)
		}
		if _, err := db.Commit(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d findings written in %v", n, time.Since(start))

	got, peak := 0, uint64(0)
	measure := func() {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapInuse)
	}
	runtime.GC()
	measure()
	before := peak
	start = time.Now()
	for _, err := range db.Findings(t.Context(), store.FindingFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if got++; got%5000 == 0 {
			measure()
		}
	}
	t.Logf("%d findings listed in %v", got, time.Since(start))
	if got != n {
		t.Errorf("%d findings, want %d", got, n)
	}
	if grown := int64(peak) - int64(before); grown > 32<<20 {
		t.Errorf("listing took %d MB", grown>>20)
	}
	start = time.Now()
	exposures := 0
	for e, err := range db.Exposures(t.Context(), store.ExposureFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		exposures += e.Findings
	}
	t.Logf("exposures with %d findings listed in %v", exposures, time.Since(start))
	if info, err := os.Stat(path); err == nil {
		t.Logf("%d MB on disk", info.Size()>>20)
	}
}

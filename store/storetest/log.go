package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"mailsweep/store"
	"mailsweep/sweeper"
)

func runsAndLog(t *testing.T, h *house) {
	run := sweeper.Run{Started: day(3), Actor: "bob@desk", Case: "INC-8", Version: "v1", Digest: "rules-9",
		Sources: []string{"/mail", "m365:contoso"}, Filters: map[string]string{"mailbox": "ada*", "all": "true"}}
	id, err := h.Begin(h.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	got := all(t, h.Runs(h.Context()))[0] // the latest
	equal(t, "at work", got, store.Run{ID: id, Run: run, Summary: sweeper.Summary{Run: id}})
	h.run = id
	m := Mail("a", Token("one"))
	m.Parts, m.Bytes = 3, 70
	h.commit(h.page("in", "", "c1", m, Mail("b")))
	got = all(t, h.Runs(h.Context()))[0]
	equal(t, "searched so far", got.Summary, sweeper.Summary{Run: id, Messages: 2, Parts: 3, Bytes: 70})

	sum := sweeper.Summary{Run: id, Outcome: sweeper.Interrupted, Mailboxes: 1, Folders: 2, Messages: 3, Parts: 4, Bytes: 5,
		Findings: 6, NewFindings: 7, Exposures: 8, Skips: 9, SkipsByReason: map[string]int{"encrypted": 9}, Reread: 1,
		Seconds: 1.5, ByConfidence: map[sweeper.Confidence]int{sweeper.Likely: 2, sweeper.Confirmed: 6}}
	if err := h.End(h.Context(), id, sum); err != nil {
		t.Fatal(err)
	}
	if err := h.End(h.Context(), id, sum); err == nil {
		t.Error("a run ended twice")
	}
	if err := h.End(h.Context(), "no run", sum); err == nil {
		t.Error("a run that never began has ended")
	}
	got = all(t, h.Runs(h.Context()))[0]
	equal(t, "summary", got.Summary, sum)
	equal(t, "ended", got.Ended.IsZero(), false)
	equal(t, "runs", len(all(t, h.Runs(h.Context()))), 2)

	entries := all(t, h.Entries(h.Context()))
	equal(t, "entries", len(entries), 3)
	begin, end := entries[1], entries[2]
	equal(t, "begin", []string{begin.Actor, begin.Action, begin.Run, begin.Case}, []string{"bob@desk", "run begin", id, "INC-8"})
	equal(t, "end", []string{end.Actor, end.Action, end.Run, end.Case}, []string{"bob@desk", "run end", id, "INC-8"})
	equal(t, "began with", string(begin.Detail),
		`{"version":"v1","digest":"rules-9","sources":["/mail","m365:contoso"],"filters":{"all":"true","mailbox":"ada*"}}`)
	var detail struct {
		Outcome  string
		Messages int
	}
	if err := json.Unmarshal(end.Detail, &detail); err != nil {
		t.Fatal(err)
	}
	equal(t, "ended with", fmt.Sprint(detail), "{interrupted 3}")
}

func logIsOneChain(t *testing.T, h *house) {
	stores := []Store{h.Store, h.reopen(), h.reopen()}
	var wg sync.WaitGroup
	for n := range 30 {
		wg.Go(func() {
			_, err := stores[n%3].Begin(h.Context(), sweeper.Run{Actor: "ada@desk", Case: fmt.Sprint(n)})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	v, err := h.Verify(h.Context())
	if err != nil {
		t.Fatal(err)
	}
	entries := all(t, h.Entries(h.Context()))
	equal(t, "verification", v, store.Verification{Entries: 31, Head: entries[30].Hash})
	for i, e := range entries[1:] {
		equal(t, "prev", e.Prev, entries[i].Hash)
		equal(t, "hash", e.Hash, e.Sum())
	}

	v, err = h.Verify(h.Context(), entries[4].Hash, "a hash noted before the log was written anew")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "missing", v.Missing, []string{"a hash noted before the log was written anew"})
	equal(t, "intact", v.Intact(), false)
}

func otherKey(t *testing.T, h *house) {
	for _, s := range []Store{h.Store, h.reopen()} {
		if err := s.CheckKey(h.Context(), "0123456789abcdef"); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.CheckKey(h.Context(), "fedcba9876543210"); err == nil {
		t.Error("another key was taken")
	}
	if err := h.CheckKey(h.Context(), "0123456789abcdef"); err != nil {
		t.Error(err)
	}
}

func nothingForgotten(t *testing.T, h *house) {
	furnish(h)
	type state struct {
		Findings  []sweeper.Finding
		Exposures []sweeper.Exposure
		Runs      []store.Run
		Entries   []store.Entry
		Cursor    string
	}
	look := func() (s state) {
		s.Findings, s.Exposures = h.findings(store.FindingFilter{}), h.exposures(store.ExposureFilter{})
		s.Runs, s.Entries = all(t, h.Runs(h.Context())), all(t, h.Entries(h.Context()))
		s.Cursor, _ = h.cursor(scope("Sent"))
		return s
	}
	before := look()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h.Store = h.reopen()
	equal(t, "after reopening", look(), before)
}

func foldersAtOnce(t *testing.T, h *house) {
	const folders, pages = 8, 10
	var wg sync.WaitGroup
	for folder := range folders {
		wg.Go(func() {
			for n := range pages {
				p := h.page(fmt.Sprint("folder ", folder), cursorAt(n), cursorAt(n+1),
					Mail(fmt.Sprintf("%d in %d", n, folder), Token("the same everywhere"), Token(fmt.Sprint(folder, " ", n))))
				if _, err := h.Commit(h.Context(), p); err != nil && !errors.Is(err, sweeper.ErrStale) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	equal(t, "findings", len(h.findings(store.FindingFilter{})), 2*folders*pages)
	same, err := h.Exposure(h.Context(), Token("the same everywhere").Exposure)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "sightings", same.Findings, folders*pages)
}

func cursorAt(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint("c", n)
}

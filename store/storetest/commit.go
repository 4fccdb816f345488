package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mailsweep/decode"
	"mailsweep/store"
	"mailsweep/sweeper"
)

func pageIsWhole(t *testing.T, h *house) {
	h.commit(h.page("in", "", "c1", Mail("a", Token("one"))))
	bad := Token("three")
	bad.Confidence = 0 // no tier: a store must refuse it
	p := h.page("in", "c1", "c2", Mail("b", Token("two")), Mail("c", bad))
	p.Gone = []string{"a"}
	p.Skips = []sweeper.Skip{skip("", decode.Unreadable, "")}
	c, err := h.Commit(h.Context(), p)
	if err == nil {
		t.Fatal("a finding without a confidence was taken")
	}
	if strings.Contains(err.Error(), fingerprint("three")) || strings.Contains(err.Error(), "about c") {
		t.Errorf("the error quotes the mail: %v", err)
	}
	equal(t, "committed", c, sweeper.Committed{})
	equal(t, "findings", h.keys(store.FindingFilter{}), []string{"a"})
	equal(t, "exposures", len(h.exposures(store.ExposureFilter{})), 1)
	equal(t, "skips", len(h.skips(store.SkipFilter{})), 0)
	cursor, _ := h.cursor(scope("in"))
	equal(t, "cursor", cursor, "c1")
}

func pageTwice(t *testing.T, h *house) {
	p := done(reset(h.page("in", "", "c1", Mail("a", Token("one"), Token("two")), Mail("empty"))))
	p.Skips = []sweeper.Skip{skip("", decode.Unreadable, "two files")}
	equal(t, "first", h.commit(p), sweeper.Committed{New: [][]bool{{true, true}, {}}})
	before := h.exposures(store.ExposureFilter{})
	equal(t, "second", h.commit(p), sweeper.Committed{Repeated: true, New: [][]bool{{false, false}, {}}})
	equal(t, "findings", h.keys(store.FindingFilter{}), []string{"a", "a"})
	equal(t, "exposures", h.exposures(store.ExposureFilter{}), before)
	equal(t, "skips", len(h.skips(store.SkipFilter{})), 1)

	// A page that does not move the cursor cannot be told from its repetition: it is
	// done again, and changes nothing.
	still := h.page("in", "c1", "c1", Mail("b", Token("one")))
	equal(t, "still", h.commit(still).New, [][]bool{{true}})
	equal(t, "still again", h.commit(still).New, [][]bool{{false}})
	equal(t, "findings", h.keys(store.FindingFilter{}), []string{"a", "a", "b"})
}

func stalePage(t *testing.T, h *house) {
	h.commit(h.page("in", "", "c1"))
	h.commit(h.page("in", "c1", "c2"))
	for name, p := range map[string]sweeper.PageResult{
		"the first page again":    reset(h.page("in", "", "c1", Mail("a", Token("one")))),
		"a page from the middle":  h.page("in", "c1", "other", Mail("a", Token("one"))),
		"a cursor never stored":   h.page("in", "c9", "c10", Mail("a", Token("one"))),
		"a cursor of new folders": h.page("new", "c1", "c2", Mail("a", Token("one"))),
		"the beginning, no reset": h.page("in", "", "c3", Mail("a", Token("one"))),
	} {
		if _, err := h.Commit(h.Context(), p); !errors.Is(err, sweeper.ErrStale) {
			t.Errorf("%s: got %v, want ErrStale", name, err)
		}
	}
	equal(t, "findings", len(h.findings(store.FindingFilter{})), 0)
	cursor, _ := h.cursor(scope("in"))
	equal(t, "cursor", cursor, "c2")
}

func unknownRun(t *testing.T, h *house) {
	p := h.page("in", "", "c1", Mail("a", Token("one")))
	p.Run = "never begun"
	if _, err := h.Commit(h.Context(), p); err == nil || errors.Is(err, sweeper.ErrStale) {
		t.Fatalf("got %v, want an error that names the run", err)
	}
}

func foundAgain(t *testing.T, h *house) {
	h.commit(h.page("in", "", "c1", Mail("a", Token("one"), Token("two"))))
	first := h.run
	h.run = h.begin()
	surer := Token("one")
	surer.Reason, surer.Details = "introspected", map[string]string{"user": "ada"}
	moved := Token("one")
	moved.Line = 4
	c := h.commit(h.page("in", "c1", "c2", Mail("a", surer, moved, moved), Mail("b", Token("one"))))
	equal(t, "new", c.New, [][]bool{{false, true, false}, {true}})

	got := h.findings(store.FindingFilter{Run: h.run})
	equal(t, "this run's", len(got), 3)
	equal(t, "reason", got[0].Reason, "introspected")
	equal(t, "details", got[0].Details, map[string]string{"user": "ada"})
	equal(t, "new, listed", []bool{got[0].New, got[1].New, got[2].New}, []bool{false, true, true})
	equal(t, "the first run's", len(h.findings(store.FindingFilter{Run: first})), 2)
	equal(t, "new in this run", h.keys(store.FindingFilter{Run: h.run, New: true}), []string{"a", "b"})
	equal(t, "all: what was not found again was a sighting too", len(h.findings(store.FindingFilter{})), 4)
}

// An mbox was replaced: where one message began, another does.
func otherMail(t *testing.T, h *house) {
	h.commit(h.page("in", "", "c1", Mail("a", Token("one"))))
	was := h.findings(store.FindingFilter{})[0]
	other := Mail("a", Token("two"))
	other.Ref.InternetMessageID, other.Envelope.Subject = "<other@example.com>", "something else"
	c := h.commit(h.page("in", "c1", "c2", other))
	equal(t, "new", c.New, [][]bool{{true}})
	got := h.findings(store.FindingFilter{})
	equal(t, "there", len(got), 1)
	equal(t, "its subject", got[0].Subject, "something else")
	all := h.findings(store.FindingFilter{Gone: true, Fingerprint: was.Fingerprint})
	equal(t, "what was there is history", len(all), 1)
	equal(t, "with its own envelope", all[0].Envelope, was.Envelope)
	h.commit(h.page("in", "c2", "c3", Mail("a", Token("one"))))
	equal(t, "and back again", h.findings(store.FindingFilter{})[0].Subject, was.Subject)
	equal(t, "a history of three", len(h.findings(store.FindingFilter{Gone: true})), 3)
	equal(t, "exposures", len(h.exposures(store.ExposureFilter{})), 2)

	nameless := Mail("b", Token("three"))
	nameless.Ref.InternetMessageID = ""
	h.commit(h.page("in", "c3", "c4", nameless))
	nameless.Findings = []sweeper.Finding{Token("four")}
	nameless.Envelope.From, nameless.Envelope.Received = "eve@example.net", day(9)
	h.commit(h.page("in", "c4", "c5", nameless))
	equal(t, "told apart without a Message-ID", len(h.findings(store.FindingFilter{Fingerprint: fingerprint("three")})), 0)
}

func latestSkips(t *testing.T, h *house) {
	m := Mail("a", Token("one"))
	m.Skips = []sweeper.Skip{skip("2/a.pdf", decode.Unsupported, "PDF"), skip("3/b.zip", decode.Encrypted, "")}
	h.commit(h.page("in", "", "c1", m))
	equal(t, "before", len(h.skips(store.SkipFilter{})), 2)
	first := h.run
	h.run = h.begin()
	m.Skips = []sweeper.Skip{skip("3/b.zip", decode.Encrypted, ""), skip("4/c.zip", decode.Bomb, "")}
	h.commit(h.page("in", "c1", "c2", m))
	got := h.skips(store.SkipFilter{})
	equal(t, "after", []string{got[0].Path, got[1].Path}, []string{"3/b.zip", "4/c.zip"})
	equal(t, "ref", got[0].Ref, h.findings(store.FindingFilter{})[0].Ref)
	equal(t, "kept since the first run", len(h.skips(store.SkipFilter{Run: first})), 1)
	equal(t, "new", len(h.skips(store.SkipFilter{Run: h.run, New: true})), 1)

	p := h.page("in", "c2", "c2", m)
	p.Skips = []sweeper.Skip{{Ref: m.Ref, Skip: decode.Skip{Reason: decode.Unreadable}}}
	h.commit(p)
	equal(t, "with the source's own", len(h.skips(store.SkipFilter{})), 3)

	m.Findings, m.Skips = nil, nil
	h.commit(h.page("in", "c2", "c3", m))
	equal(t, "none", len(h.skips(store.SkipFilter{})), 0)
	equal(t, "findings stay", len(h.findings(store.FindingFilter{})), 1)
}

func keptEnvelope(t *testing.T, h *house) {
	h.commit(h.page("in", "", "c1", Mail("a", Token("one"))))
	before := h.findings(store.FindingFilter{})
	closed := Mail("a")
	closed.Envelope, closed.Ref.Thread = sweeper.Envelope{}, ""
	closed.Skips = []sweeper.Skip{skip("", decode.Unreadable, "permission")}
	h.commit(h.page("in", "c1", "c2", closed))
	equal(t, "finding", h.findings(store.FindingFilter{}), before)

	renamed := at(day(5), Mail("a"))
	renamed.Envelope.Subject = "read again"
	h.commit(h.page("in", "c2", "c3", renamed))
	got := h.findings(store.FindingFilter{})[0]
	equal(t, "subject", got.Subject, "read again")
	equal(t, "received", got.Received, day(5))
	equal(t, "exposure", h.exposures(store.ExposureFilter{})[0].FirstSeen, day(5))
}

func cancelledCommit(t *testing.T, h *house) {
	ctx, cancel := context.WithCancel(h.Context())
	cancel()
	if _, err := h.Commit(ctx, h.page("in", "", "c1", Mail("a", Token("one")))); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	equal(t, "findings", len(h.findings(store.FindingFilter{})), 0)
	h.commit(h.page("in", "", "c1", Mail("a", Token("one"))))
}

// Commits that are stopped at any moment are there wholly or not at all.
func interruptedCommits(t *testing.T, h *house) {
	const pages = 60
	stopped, patience := 0, 500*time.Microsecond
	for n := 0; n < pages; {
		ctx, cancel := context.WithTimeout(h.Context(), rand.N(patience))
		p := workPage("in", n)
		p.Run = h.run
		_, err := h.Commit(ctx, p)
		cancel()
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			stopped++
			patience += patience / 2 // comes to an end on any machine
		case err != nil:
			t.Fatal(err)
		default:
			n++
			patience = max(patience/2, 500*time.Microsecond)
		}
	}
	equal(t, "findings", len(h.findings(store.FindingFilter{})), 4*pages)
	if stopped == 0 {
		t.Error("no commit was stopped")
	}
}

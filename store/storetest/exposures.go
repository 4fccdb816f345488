package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"mailsweep/store"
	"mailsweep/sweeper"
)

func tokenIsOneExposure(t *testing.T, h *house) {
	first := h.run
	likely := Token("one")
	likely.Confidence, likely.Severity, likely.Details = sweeper.Likely, sweeper.Medium, map[string]string{"from": "a weak sighting"}
	b := at(day(7), Mail("b", Token("one")))
	b.Ref.Mailbox = "bob@example.com"
	h.commit(h.page("in", "", "c1", at(day(5), Mail("a", likely))))
	h.run = h.begin()
	h.commit(h.page("in", "c1", "c2", b, at(day(3), Mail("c", likely)), at(time.Time{}, Mail("d", likely))))
	want := sweeper.Exposure{
		ID: likely.Exposure, Fingerprint: likely.Fingerprint, Kind: sweeper.Token, Confidence: sweeper.Confirmed,
		Severity: sweeper.High, Preview: likely.Preview, State: "open", Findings: 4, Mailboxes: 2,
		FirstSeen: day(3), LastSeen: day(7), FirstRun: first, LastRun: h.run,
	}
	equal(t, "exposures", h.exposures(store.ExposureFilter{}), []sweeper.Exposure{want})
	equal(t, "its findings", h.keys(store.FindingFilter{Exposure: likely.Exposure}), []string{"b", "d", "c", "a"})
}

func passwordIsManyExposures(t *testing.T, h *house) {
	p := h.page("in", "", "c1")
	for i := range 34 {
		thread := fmt.Sprint("thread ", i)
		p.Messages = append(p.Messages, Mail("to "+thread, password("Welcome", thread)), Mail("reply in "+thread, password("Welcome", thread)))
	}
	h.commit(p)
	got := h.exposures(store.ExposureFilter{FindingFilter: store.FindingFilter{Fingerprint: fingerprint("Welcome")[:12]}})
	equal(t, "exposures", len(got), 34)
	for _, e := range got {
		equal(t, "findings of "+e.ID, e.Findings, 2)
	}
}

func exposureFollows(t *testing.T, h *house) {
	f := Token("one")
	h.commit(h.page("in", "", "c1", Mail("a", f)))
	f.Confidence, f.Severity, f.Details = sweeper.Review, sweeper.Low, map[string]string{"why": "an example"}
	h.commit(h.page("in", "c1", "c2", Mail("a", f)))
	got := h.exposures(store.ExposureFilter{})[0]
	equal(t, "weaker", []any{got.Confidence, got.Severity, got.Details}, []any{f.Confidence, f.Severity, f.Details})

	// More was learnt about what it opens: the finding belongs to another exposure,
	// and the old one says nothing any more.
	known := password("pw", "thread")
	h.commit(h.page("in", "c2", "c3", Mail("b", known)))
	known.Details = map[string]string{"user": "ada", "host": "db"}
	known.Exposure = sweeper.ExposureID(known)
	equal(t, "new", h.commit(h.page("in", "c3", "c4", Mail("b", known))).New, [][]bool{{false}})
	var ids []string
	for _, e := range h.exposures(store.ExposureFilter{FindingFilter: store.FindingFilter{Kinds: []sweeper.Kind{sweeper.Password}}}) {
		ids = append(ids, e.ID)
	}
	equal(t, "exposures", ids, []string{known.Exposure})
}

func exposureByID(t *testing.T, h *house) {
	p := h.page("in", "", "c1")
	for _, name := range names("token %d", 40) { // two of 40 ids begin with the same digit
		p.Messages = append(p.Messages, Mail(name, Token(name)))
	}
	h.commit(p)
	want := Token("token 7").Exposure
	for _, id := range []string{want, want[:10]} {
		got, err := h.Exposure(h.Context(), id)
		if err != nil || got.ID != want {
			t.Errorf("%q: got %q, %v", id, got.ID, err)
		}
	}
	for id, target := range map[string]error{"": store.ErrAmbiguous, "zz": store.ErrNotFound, want + "0": store.ErrNotFound} {
		if _, err := h.Exposure(h.Context(), id); !errors.Is(err, target) {
			t.Errorf("%q: got %v, want %v", id, err, target)
		}
	}
	ambiguous := 0
	for _, digit := range "0123456789abcdef" {
		if _, err := h.Exposure(h.Context(), string(digit)); errors.Is(err, store.ErrAmbiguous) {
			ambiguous++
		}
	}
	if ambiguous == 0 {
		t.Error("no beginning of one digit is ambiguous among 40 exposures")
	}
}

package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"mailsweep/decode"
	"mailsweep/notify"
	"mailsweep/store"
	"mailsweep/sweeper"
)

func (h *house) forget(f store.Forgetting) store.Forgotten {
	h.Helper()
	f.Reason, f.Actor, f.Case = "retention", "ada@here", "R-1"
	n, err := h.Forget(h.Context(), f)
	h.must(err)
	return n
}

// in puts a message into the mailbox of somebody.
func in(mailbox string, m sweeper.MessageResult) sweeper.MessageResult {
	m.Ref.Mailbox = mailbox
	return m
}

func (h *house) lastEntry() (last store.Entry) {
	h.Helper()
	for _, e := range all(h.T, h.Entries(h.Context())) {
		last = e
	}
	return last
}

func mailboxIsForgotten(t *testing.T, h *house) {
	one, both := Token("one"), Token("both")
	skipped := Mail("b")
	skipped.Skips = []sweeper.Skip{skip("2", decode.Encrypted, "")}
	h.commit(h.page("in", "", "c1", in("ada@example.com", Mail("a", one, both)), in("ada@example.com", skipped), in("bob@example.com", Mail("c", both))))
	h.assign(one.Exposure, "team:a")
	want := store.Forgotten{Messages: 2, Findings: 2, Skips: 1, Exposures: 1}
	f := store.Forgetting{Mailboxes: []string{"ADA@*"}, Try: true}
	entries := len(all(t, h.Entries(t.Context())))
	equal(t, "tried", h.forget(f), want)
	equal(t, "nothing is gone", []int{len(h.findings(store.FindingFilter{})), len(all(t, h.Entries(t.Context())))}, []int{3, entries})
	f.Try = false
	equal(t, "forgotten", h.forget(f), want)
	got := h.findings(store.FindingFilter{Gone: true})
	equal(t, "left", []any{len(got), got[0].Ref.Mailbox, len(h.skips(store.SkipFilter{}))}, []any{1, "bob@example.com", 0})
	left := h.exposures(store.ExposureFilter{})
	equal(t, "exposures", []any{len(left), left[0].ID, left[0].Findings}, []any{1, both.Exposure, 1})
	equal(t, "owners", h.owned(one.Exposure), "")
	e := h.lastEntry()
	var stone struct {
		Mailboxes []string
		Reason    string
		Forgotten store.Forgotten
	}
	h.must(json.Unmarshal(e.Detail, &stone))
	equal(t, "the tombstone", []any{e.Action, e.Actor, e.Case, stone.Mailboxes, stone.Reason, stone.Forgotten}, []any{"forget", "ada@here", "R-1", []string{"ADA@*"}, "retention", want})
	// What comes after goes on as before.
	equal(t, "seen again", h.commit(h.page("in", "c1", "c2", in("ada@example.com", Mail("a", one)))).New, [][]bool{{true}})
}

func oldIsForgotten(t *testing.T, h *house) {
	undated := Mail("u", Token("undated"))
	undated.Envelope.Received = day(0).AddDate(-3000, 0, 0)
	h.commit(h.page("in", "", "c1", at(day(1), Mail("a", Token("one"))), at(day(5), Mail("b", Token("one"), Token("two"))), undated))
	equal(t, "forgotten", h.forget(store.Forgetting{Before: day(3)}), store.Forgotten{Messages: 1, Findings: 1})
	for _, e := range h.exposures(store.ExposureFilter{}) {
		if e.Fingerprint == Token("one").Fingerprint {
			equal(t, "first seen", e.FirstSeen, day(5))
		}
	}
	equal(t, "left", len(h.findings(store.FindingFilter{})), 3)
}

func personIsForgotten(t *testing.T, h *house) {
	const ann = "Ann@example.com"
	f := Token("one")
	f.Details = map[string]string{"user": "ann@example.com", "host": "db1"}
	other := Mail("b", f)
	other.Envelope = sweeper.Envelope{
		Subject: "for ann@example.com", From: "Ann Lee <ann@example.com>", To: []string{"joe@example.com", "\"Lee, Ann\" <ANN@example.com>"}, Received: day(1),
		Authentication: decode.Authentication{By: "mx", Author: "ann@example.com"},
	}
	h.commit(h.page("in", "", "c1", in("ann@example.com", Mail("a", Token("two"))), in("joe@example.com", other)))
	h.assign(f.Exposure, "person:ann@example.com", "team:a")
	n := notice("N-1", "person:ann@example.com", notify.Item{Exposure: f.Exposure, Round: 1})
	n.Owner.Name, n.Owner.To = "Ann Lee", []string{"ann@example.com"}
	h.plan(n)
	got := h.forget(store.Forgetting{Person: ann})
	equal(t, "of her mailbox", []int{got.Messages, got.Findings, got.Exposures}, []int{1, 1, 1})
	left := h.findings(store.FindingFilter{})
	equal(t, "other mail", []any{len(left), left[0].From, left[0].To, left[0].Subject, left[0].Details["user"], left[0].Details["host"]},
		[]any{1, "[forgotten]", []string{"joe@example.com", "[forgotten]"}, "for [forgotten]", "[forgotten]", "db1"})
	equal(t, "owners", h.owned(f.Exposure), "team:a:open")
	kept := h.notice("N-1")
	equal(t, "the notice", []any{kept.Owner.ID, kept.Owner.Name, len(kept.Owner.To), len(kept.Items)}, []any{"[forgotten]", "[forgotten]", 0, 1})
	said := fmt.Sprint(left, h.exposures(store.ExposureFilter{}), kept, string(h.lastEntry().Detail))
	if strings.Contains(strings.ToLower(said), "ann@") || strings.Contains(said, "Lee") {
		t.Errorf("it still says %s", said)
	}
	equal(t, "once more", h.forget(store.Forgetting{Person: ann}), store.Forgotten{})
	v, err := h.Verify(t.Context())
	if err != nil || !v.Intact() {
		t.Errorf("the log: %+v, %v", v, err)
	}
}

package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"mailsweep/notify"
	"mailsweep/store"
	"mailsweep/sweeper"
)

func notice(id, owner string, items ...notify.Item) notify.Notice {
	return notify.Notice{
		ID: id, Owner: notify.Owner{ID: owner, Name: "the " + owner, Audience: notify.Inside, To: []string{"a@example.com", "b@example.com"}, Language: "de", Manager: "c@example.com"},
		Occasion: notify.First, Channel: "smtp", Items: items, Due: day(9), PlannedBy: "ada@here",
	}
}

func (h *house) plan(all ...notify.Notice) (ids string) {
	h.Helper()
	added, err := h.Plan(h.Context(), all)
	if err != nil {
		h.Fatal(err)
	}
	var words []string
	for _, n := range added {
		words = append(words, fmt.Sprint(n.ID, ":", len(n.Items)))
	}
	return strings.Join(words, " ")
}

// must ends the test on an error.
func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) notice(id string) notify.Notice {
	h.Helper()
	found := all(h.T, h.Notices(h.Context(), notify.NoticeFilter{IDs: []string{id}}))
	if len(found) != 1 {
		h.Fatalf("%d notices %s", len(found), id)
	}
	return found[0]
}

// start approves a notice and begins to send it.
func (h *house) start(id string) notify.Notice {
	h.Helper()
	h.must(h.Approve(h.Context(), id, "bob@here", true))
	n, err := h.Start(h.Context(), id, "<"+id+"@example.com>")
	h.must(err)
	return n
}

func noticesAreWhole(t *testing.T, h *house) {
	id := h.known(day(1))
	h.assign(id, "team:a")
	want := notice("N-1", "team:a", notify.Item{Exposure: id, Round: 1, Due: day(9)})
	equal(t, "planned", h.plan(want), "N-1:1")
	got := h.notice("N-1")
	if got.Planned.IsZero() {
		t.Error("nobody knows when it was planned")
	}
	want.Stage, want.Planned = notify.Planned, got.Planned
	equal(t, "planned", got, want)
	got = h.start("N-1")
	equal(t, "sending", []any{got.Stage, got.MessageID, got.ApprovedBy, got.Owner.To}, []any{notify.Sending, "<N-1@example.com>", "bob@here", want.Owner.To})
	h.must(h.Finish(t.Context(), "N-1", notify.Outcome{Stage: notify.Sent, Receipt: "250 queued", At: day(3), Actor: "ada@here"}))
	h.Store = h.reopen()
	got = h.notice("N-1")
	equal(t, "sent", []any{got.Stage, got.Receipt, got.Settled}, []any{notify.Sent, "250 queued", day(3)})
	o := all(t, h.Ownerships(t.Context(), store.OwnershipFilter{Exposure: id}))[0]
	equal(t, "the owner", []any{o.State, o.Since, o.Due}, []any{sweeper.Notified, day(3), day(9)})
	v, err := h.Verify(t.Context())
	if err != nil || !v.Intact() {
		t.Errorf("the log: %+v, %v", v, err)
	}
}

func nobodyIsToldTwice(t *testing.T, h *house) {
	id := h.known(day(1))
	h.assign(id, "team:a", "team:b")
	first := notify.Item{Exposure: id, Round: 1}
	equal(t, "first", h.plan(notice("N-1", "team:a", first)), "N-1:1")
	equal(t, "the same again", h.plan(notice("N-2", "team:a", first)), "")
	equal(t, "another owner", h.plan(notice("N-3", "team:b", first)), "N-3:1")
	equal(t, "another round", h.plan(notice("N-4", "team:a", first, notify.Item{Exposure: id + "x", Round: 1}), notice("N-5", "team:a", notify.Item{Exposure: id, Round: 2})), "N-4:1 N-5:1")
	h.start("N-1")
	h.must(h.Finish(t.Context(), "N-1", notify.Outcome{Stage: notify.Doubted, Receipt: "the line broke"}))
	equal(t, "while one is in doubt", h.plan(notice("N-6", "team:a", first)), "")
	h.must(h.Finish(t.Context(), "N-1", notify.Outcome{Stage: notify.Failed, Receipt: "550 no such user"}))
	equal(t, "when it failed for sure", h.plan(notice("N-7", "team:a", first)), "N-7:1")
	h.must(h.Cancel(t.Context(), "N-7", "ada@here", "a wrong address"))
	var told []notify.Telling
	for _, n := range all(t, h.Tellings(t.Context())) {
		if n.Owner == "team:b" {
			told = append(told, n)
		}
	}
	equal(t, "tellings", told, []notify.Telling{{Exposure: id, Owner: "team:b", Round: 1, Occasion: notify.First, Stage: notify.Planned}})
	equal(t, "when it was taken back", h.plan(notice("N-8", "team:a", first)), "N-8:1")
}

func stagesInTheirOrder(t *testing.T, h *house) {
	id := h.known(day(1))
	h.plan(notice("N-1", "team:a", notify.Item{Exposure: id, Round: 1}))
	stage := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, notify.ErrStage) {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := h.Start(t.Context(), "N-1", "<1>")
	stage("sent without approval", err)
	stage("finished before it began", h.Finish(t.Context(), "N-1", notify.Outcome{Stage: notify.Sent}))
	if err := h.Approve(t.Context(), "N-1", "ada@here", true); !errors.Is(err, notify.ErrSamePerson) {
		t.Errorf("approved by who planned it: %v", err)
	}
	h.start("N-1")
	_, err = h.Start(t.Context(), "N-1", "<2>")
	stage("begun twice", err)
	stage("approved while sending", h.Approve(t.Context(), "N-1", "eve@here", false))
	stage("cancelled while sending", h.Cancel(t.Context(), "N-1", "eve@here", ""))
	if err := h.Finish(t.Context(), "N-1", notify.Outcome{Stage: notify.Planned}); err == nil {
		t.Error("finished as planned")
	}
	h.must(h.Finish(t.Context(), "N-1", notify.Outcome{Stage: notify.Sent}))
	stage("sent twice", h.Finish(t.Context(), "N-1", notify.Outcome{Stage: notify.Sent}))
	if _, err := h.Start(t.Context(), "N-9", "<3>"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// oneSendsEach: of many who send at the same time, one begins each notice.
func oneSendsEach(t *testing.T, h *house) {
	id := h.known(day(1))
	const notices, senders = 12, 6
	for i := range notices {
		n := fmt.Sprint("N-", i)
		h.plan(notice(n, "team:"+n, notify.Item{Exposure: id, Round: 1}))
		h.must(h.Approve(t.Context(), n, "bob@here", true))
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	begun := map[string]int{}
	for range senders {
		group.Go(func() {
			for i := range notices {
				n := fmt.Sprint("N-", i)
				_, err := h.Start(context.WithoutCancel(t.Context()), n, "<"+n+">")
				if err != nil && !errors.Is(err, notify.ErrStage) {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					begun[n]++
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	for n, times := range begun {
		if times != 1 {
			t.Errorf("%s was begun %d times", n, times)
		}
	}
	equal(t, "begun", len(begun), notices)
	equal(t, "listed", len(all(t, h.Notices(t.Context(), notify.NoticeFilter{Stages: []notify.Stage{notify.Sending}}))), notices)
	equal(t, "of one owner", len(all(t, h.Notices(t.Context(), notify.NoticeFilter{Owner: "team:N-3"}))), 1)
}

func oneSenderAtATime(t *testing.T, h *house) {
	other := h.reopen()
	release, err := h.Alone(t.Context())
	h.must(err)
	for range 3 {
		if _, err := other.Alone(t.Context()); !errors.Is(err, notify.ErrBusy) {
			t.Fatalf("while another one sends: %v", err)
		}
	}
	h.must(release())
	release, err = other.Alone(t.Context())
	h.must(err)
	h.must(release())
}

func whatDidNotGoOutIsSentAgain(t *testing.T, h *house) {
	id := h.known(day(1))
	h.assign(id, "team:a")
	h.plan(notice("N-1", "team:a", notify.Item{Exposure: id, Round: 1, Due: day(9)}))
	h.start("N-1")
	h.must(h.Finish(t.Context(), "N-1", notify.Outcome{Stage: notify.Approved, Receipt: "connection refused"}))
	got := h.notice("N-1")
	equal(t, "approved again", []any{got.Stage, got.Receipt, got.Settled.IsZero()}, []any{notify.Approved, "connection refused", true})
	equal(t, "still its round", h.plan(notice("N-2", "team:a", notify.Item{Exposure: id, Round: 1})), "")
	_, err := h.Start(t.Context(), "N-1", "<1>")
	h.must(err)
	h.must(h.Finish(t.Context(), "N-1", notify.Outcome{Stage: notify.Sent, Actor: "ada@here"}))
	h.must(h.Finish(t.Context(), "N-1", notify.Outcome{Stage: notify.Failed, Receipt: "it came back: 550 no such user", Actor: "ada@here"}))
	o := all(t, h.Ownerships(t.Context(), store.OwnershipFilter{Exposure: id}))[0]
	equal(t, "nobody was told", []any{o.State, o.Due.IsZero(), o.Reason}, []any{sweeper.Open, true, "N-1 came back"})
	equal(t, "it can be planned again", h.plan(notice("N-3", "team:a", notify.Item{Exposure: id, Round: 1})), "N-3:1")
}

package storetest

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"mailsweep/store"
	"mailsweep/sweeper"
)

// say sets a state.
func (h *house) say(c store.Change) {
	h.Helper()
	if err := h.SetState(h.Context(), c); err != nil {
		h.Fatal(err)
	}
}

func (h *house) assign(exposure string, owners ...string) (changed bool) {
	h.Helper()
	changed, err := h.Assign(h.Context(), store.Assignment{Exposure: exposure, Owners: owners, Route: "a route", Actor: "ada@here"})
	if err != nil {
		h.Fatal(err)
	}
	return changed
}

// owned writes who owns an exposure and how far they are.
func (h *house) owned(exposure string) string {
	h.Helper()
	var words []string
	for _, o := range all(h.T, h.Ownerships(h.Context(), store.OwnershipFilter{Exposure: exposure})) {
		words = append(words, o.Owner+":"+string(o.State))
	}
	return strings.Join(words, " ")
}

// state is that of the exposure itself.
func (h *house) state(exposure string) sweeper.State {
	h.Helper()
	e, err := h.Exposure(h.Context(), exposure)
	if err != nil {
		h.Fatal(err)
	}
	return e.State
}

// known commits one mail with a token, received on a day.
func (h *house) known(t time.Time) (exposure string) {
	h.Helper()
	f := Token("one")
	h.commit(h.page("in", "", "c1", at(t, Mail("a", f))))
	return f.Exposure
}

func statesAreSaid(t *testing.T, h *house) {
	id := h.known(day(1))
	equal(t, "before", h.owned(id), "")
	h.say(store.Change{Exposure: id, To: sweeper.Dismissed, Reason: "a sample", Actor: "ada@here", Case: "IR-1"})
	equal(t, "after", h.owned(id), ":dismissed")
	equal(t, "the exposure", h.state(id), sweeper.Dismissed)
	equal(t, "listed", len(h.exposures(store.ExposureFilter{States: []sweeper.State{sweeper.Dismissed}})), 1)
	var last store.Entry
	for _, e := range all(t, h.Entries(t.Context())) {
		last = e
	}
	var detail map[string]string
	if err := json.Unmarshal(last.Detail, &detail); err != nil {
		t.Fatal(err)
	}
	equal(t, "the log", []string{last.Actor, last.Action, last.Case, detail["exposure"], detail["from"], detail["to"], detail["reason"]},
		[]string{"ada@here", "state", "IR-1", id, "open", "dismissed", "a sample"})
	// A new sighting does not bring a false alarm back.
	h.run = h.begin()
	h.commit(h.page("in", "c1", "c2", at(day(9), Mail("b", Token("one")))))
	equal(t, "seen again", h.state(id), sweeper.Dismissed)
	// Nor does it go when the store is opened again.
	h.Store = h.reopen()
	equal(t, "opened again", h.owned(id), ":dismissed")
}

func statesThatCannotBe(t *testing.T, h *house) {
	id := h.known(day(1))
	h.assign(id, "team:a", "team:b")
	h.say(store.Change{Exposure: id, Owner: "team:b", To: sweeper.Dismissed})
	entries := len(all(t, h.Entries(t.Context())))
	if err := h.SetState(t.Context(), store.Change{Exposure: id, To: sweeper.Rotated}); err == nil {
		t.Error("dismissed became rotated")
	}
	for _, c := range []store.Change{{Exposure: "none", To: sweeper.Rotated}, {Exposure: id, Owner: "team:c", To: sweeper.Rotated}} {
		if err := h.SetState(t.Context(), c); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := h.Assign(t.Context(), store.Assignment{Exposure: "none", Owners: []string{"team:a"}}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("%v", err)
	}
	equal(t, "states", h.owned(id), "team:a:open team:b:dismissed")
	equal(t, "entries of the log", len(all(t, h.Entries(t.Context()))), entries)
}

func ownersTakeOver(t *testing.T, h *house) {
	id := h.known(day(1))
	h.say(store.Change{Exposure: id, To: sweeper.Accepted, Until: day(20), Reason: "a test account", Actor: "ada@here"})
	equal(t, "changed", h.assign(id, "team:a", "team:b"), true)
	equal(t, "owners", h.owned(id), "team:a:accepted team:b:accepted")
	equal(t, "again", h.assign(id, "team:a", "team:b"), false)
	o := all(t, h.Ownerships(t.Context(), store.OwnershipFilter{Exposure: id, Owner: "team:a"}))[0]
	equal(t, "what was said", []any{o.Until, o.Reason, o.Route}, []any{day(20), "a test account", "a route"})
}

func ownersChange(t *testing.T, h *house) {
	id := h.known(day(1))
	h.assign(id, "team:a", "team:b")
	h.say(store.Change{Exposure: id, Owner: "team:a", To: sweeper.Notified})
	equal(t, "the least settled", h.state(id), sweeper.Open)
	h.assign(id, "team:c")
	equal(t, "who was told stays", h.owned(id), "team:a:notified team:c:open")
	h.say(store.Change{Exposure: id, To: sweeper.Rotated})
	equal(t, "all", h.owned(id), "team:a:rotated team:c:rotated")
	equal(t, "the exposure", h.state(id), sweeper.Rotated)
}

func reopenedByNewerMail(t *testing.T, h *house) {
	id := h.known(day(1))
	h.assign(id, "team:a", "team:b")
	h.say(store.Change{Exposure: id, Owner: "team:a", To: sweeper.Rotated, At: day(5)})
	h.say(store.Change{Exposure: id, Owner: "team:b", To: sweeper.Dismissed})
	h.commit(h.page("in", "c1", "c2", at(day(4), Mail("b", Token("one")))))
	equal(t, "older mail", h.owned(id), "team:a:rotated team:b:dismissed")
	newer := h.page("in", "c2", "c3", at(day(6), Mail("c", Token("one"))))
	h.commit(newer)
	equal(t, "newer mail", h.owned(id), "team:a:reopened team:b:dismissed")
	equal(t, "the exposure", h.state(id), sweeper.Reopened)
	h.say(store.Change{Exposure: id, Owner: "team:a", To: sweeper.Rotated, At: day(7)})
	h.commit(newer)
	equal(t, "the same page again", h.owned(id), "team:a:rotated team:b:dismissed")
	h.commit(h.page("in", "c3", "c4", at(time.Time{}, Mail("d", Token("one")))))
	equal(t, "mail without a date", h.owned(id), "team:a:reopened team:b:dismissed")
	v, err := h.Verify(t.Context())
	if err != nil || !v.Intact() {
		t.Errorf("the log: %+v, %v", v, err)
	}
}

func acceptedRiskLapses(t *testing.T, h *house) {
	id := h.known(day(1))
	h.say(store.Change{Exposure: id, To: sweeper.Accepted, Until: day(10), Reason: "until the migration"})
	for _, c := range []struct {
		now  time.Time
		n    int
		want string
	}{{day(9), 0, ":accepted"}, {day(10), 1, ":open"}, {day(11), 0, ":open"}} {
		n, err := h.Lapse(t.Context(), c.now, "ada@here")
		if err != nil {
			t.Fatal(err)
		}
		equal(t, c.now.String(), []any{n, h.owned(id)}, []any{c.n, c.want})
	}
	equal(t, "the exposure", h.state(id), sweeper.Open)
}

func overdueIsListed(t *testing.T, h *house) {
	id := h.known(day(1))
	h.assign(id, "team:a", "team:b", "team:c")
	h.say(store.Change{Exposure: id, Owner: "team:a", To: sweeper.Notified, Due: day(5)})
	h.say(store.Change{Exposure: id, Owner: "team:b", To: sweeper.Rotated, Due: day(5)})
	equal(t, "of team b", len(h.exposures(store.ExposureFilter{Owner: "team:b", States: []sweeper.State{sweeper.Rotated}})), 1)
	equal(t, "of team b, open", len(h.exposures(store.ExposureFilter{Owner: "team:b", States: []sweeper.State{sweeper.Open}})), 0)
	for now, want := range map[time.Time]int{day(5): 0, day(6): 1} {
		equal(t, "exposures overdue", len(h.exposures(store.ExposureFilter{Overdue: now})), want)
		equal(t, "of team b, overdue", len(h.exposures(store.ExposureFilter{Owner: "team:b", Overdue: now})), 0)
		got := all(t, h.Ownerships(t.Context(), store.OwnershipFilter{Overdue: now}))
		equal(t, now.String(), len(got), want)
		for _, o := range got {
			equal(t, "overdue", []any{o.Owner, o.Overdue(now)}, []any{"team:a", true})
		}
	}
}

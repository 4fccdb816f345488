package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"mailsweep/decode"
	"mailsweep/store"
	"mailsweep/sweeper"
)

// furnish commits five findings that differ in all that is filtered by.
func furnish(h *house) (firstRun string) {
	firstRun = h.run
	review := Token("example")
	review.Confidence, review.Severity, review.Rule = sweeper.Review, sweeper.Low, "generic"
	key := Token("key")
	key.Kind, key.Severity, key.Rule = sweeper.PrivateKey, sweeper.Critical, "private-key"
	bob := at(day(4), Mail("bob's", Token("pat")))
	bob.Ref.Mailbox = "Bob@Example.com"
	h.commit(h.page("Inbox/Kunden", "", "c1", at(day(3), Mail("review", review)), at(day(5), Mail("key", key)), bob))
	h.run = h.begin()
	h.commit(h.page("Sent", "", "s1", at(day(6), Mail("password", password("pw", "t"))), at(time.Time{}, Mail("dateless", Token("pat")))))
	return firstRun
}

func filteredFindings(t *testing.T, h *house) {
	first := furnish(h)
	type filter = store.FindingFilter
	for name, c := range map[string]struct {
		f    filter
		want []string
	}{
		"all":          {filter{}, []string{"key", "dateless", "bob's", "password", "review"}},
		"rules":        {filter{Rules: []string{"generic", "welcome"}}, []string{"password", "review"}},
		"kinds":        {filter{Kinds: []sweeper.Kind{sweeper.PrivateKey, sweeper.Password}}, []string{"key", "password"}},
		"confidence":   {filter{MinConfidence: sweeper.Likely}, []string{"key", "dateless", "bob's", "password"}},
		"severity":     {filter{MinSeverity: sweeper.High}, []string{"key", "dateless", "bob's"}},
		"mailbox":      {filter{Mailboxes: []string{"bob@*"}}, []string{"bob's"}},
		"mailboxes":    {filter{Mailboxes: []string{"nobody", "ADA@example.???"}}, []string{"key", "dateless", "password", "review"}},
		"folder":       {filter{Folders: []string{"inbox*"}}, []string{"key", "bob's", "review"}},
		"fingerprint":  {filter{Fingerprint: fingerprint("pat")[:8]}, []string{"dateless", "bob's"}},
		"exposure":     {filter{Exposure: Token("pat").Exposure}, []string{"dateless", "bob's"}},
		"since":        {filter{Received: sweeper.Window{Since: day(5)}}, []string{"key", "dateless", "password"}},
		"until":        {filter{Received: sweeper.Window{Until: day(5)}}, []string{"dateless", "bob's", "review"}},
		"run":          {filter{Run: first}, []string{"key", "bob's", "review"}},
		"new in a run": {filter{Run: h.run, New: true}, []string{"dateless", "password"}},
		"limit":        {filter{Limit: 2}, []string{"key", "dateless"}},
		"all at once":  {filter{Rules: []string{"github-pat"}, MinConfidence: sweeper.Confirmed, Folders: []string{"Sent"}, Run: h.run}, []string{"dateless"}},
		"none":         {filter{Rules: []string{"' OR 1=1 --"}}, nil},
	} {
		equal(t, name, h.keys(c.f), c.want)
	}
	for _, err := range h.Findings(h.Context(), filter{Run: "no run"}) {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown run: got %v, want ErrNotFound", err)
		}
	}
}

func filteredExposures(t *testing.T, h *house) {
	first := furnish(h)
	type filter = store.FindingFilter
	title := map[string]string{Token("key").Exposure: "key", Token("pat").Exposure: "pat", Token("example").Exposure: "example",
		password("pw", "t").Exposure: "password"}
	for name, c := range map[string]struct {
		f    store.ExposureFilter
		want []string
	}{
		"all":          {store.ExposureFilter{}, []string{"key", "pat", "password", "example"}},
		"open":         {store.ExposureFilter{States: []sweeper.State{sweeper.Open}}, []string{"key", "pat", "password", "example"}},
		"rotated":      {store.ExposureFilter{States: []sweeper.State{sweeper.Rotated, sweeper.Closed}}, nil},
		"rules":        {store.ExposureFilter{FindingFilter: filter{Rules: []string{"generic"}}}, []string{"example"}},
		"severity":     {store.ExposureFilter{FindingFilter: filter{MinSeverity: sweeper.High}}, []string{"key", "pat"}},
		"folder":       {store.ExposureFilter{FindingFilter: filter{Folders: []string{"Sent"}}}, []string{"pat", "password"}},
		"run":          {store.ExposureFilter{FindingFilter: filter{Run: h.run}}, []string{"pat", "password"}},
		"new in a run": {store.ExposureFilter{FindingFilter: filter{Run: h.run, New: true}}, []string{"password"}},
		"new before":   {store.ExposureFilter{FindingFilter: filter{Run: first, New: true}}, []string{"key", "pat", "example"}},
		"fingerprint":  {store.ExposureFilter{FindingFilter: filter{Fingerprint: fingerprint("pw")}}, []string{"password"}},
		"limit":        {store.ExposureFilter{FindingFilter: filter{Limit: 1}}, []string{"key"}},
	} {
		var got []string
		for _, e := range h.exposures(c.f) {
			got = append(got, title[e.ID])
		}
		equal(t, name, got, c.want)
	}
}

func filteredSkips(t *testing.T, h *house) {
	m := Mail("a")
	m.Skips = []sweeper.Skip{skip("1", decode.Encrypted, ""), skip("2", decode.Unsupported, "PDF")}
	p := h.page("in", "", "c1", m)
	p.Skips = []sweeper.Skip{skip("", decode.Unreadable, "")}
	h.commit(p)
	first := h.run
	h.run = h.begin()
	other := Mail("b")
	other.Ref.Mailbox = "bob@example.com"
	other.Skips = []sweeper.Skip{skip("3", decode.Encrypted, "")}
	h.commit(h.page("Sent", "", "s1", other))
	set := Mail("c") // whose folder a set of characters would match, too
	set.Ref.Mailbox, set.Ref.Folder = "cyd [EXT]@example.com", "E"
	set.Skips = []sweeper.Skip{skip("4", decode.Bomb, "")}
	h.commit(h.page("E", "", "e1", set))
	for name, c := range map[string]struct {
		f    store.SkipFilter
		want []string
	}{
		"all":     {store.SkipFilter{}, []string{"1", "2", "", "3", "4"}},
		"bracket": {store.SkipFilter{Mailboxes: []string{"*[ext]*"}}, []string{"4"}},
		"no set":  {store.SkipFilter{Folders: []string{"[EXT]"}}, nil},
		"mailbox": {store.SkipFilter{Mailboxes: []string{"ada*"}}, []string{"1", "2", ""}},
		"folder":  {store.SkipFilter{Folders: []string{"sent"}}, []string{"3"}},
		"run":     {store.SkipFilter{Run: first}, []string{"1", "2", ""}},
		"new":     {store.SkipFilter{Run: h.run, New: true}, []string{"3", "4"}},
	} {
		var got []string
		for _, s := range h.skips(c.f) {
			got = append(got, s.Path)
		}
		equal(t, name, got, c.want)
	}
}

func orderedLists(t *testing.T, h *house) {
	p := h.page("in", "", "c1")
	for i, name := range names("m%03d", 200) {
		f := Token(name)
		f.Severity = sweeper.Severity(1 + i%4)
		p.Messages = append(p.Messages, at(day(1+i*7%28), Mail(name, f)))
	}
	h.commit(p)
	got := h.findings(store.FindingFilter{})
	sorted := slices.IsSortedFunc(got, func(a, b sweeper.Finding) int {
		return slices.Compare([]int{-int(a.Severity), int(a.Received.Unix())}, []int{-int(b.Severity), int(b.Received.Unix())})
	})
	if len(got) != 200 || !sorted {
		t.Errorf("%d findings, sorted %v", len(got), sorted)
	}
	n := 0
	for _, err := range h.Findings(h.Context(), store.FindingFilter{}) {
		if n++; err != nil || n == 3 {
			break
		}
	}
	equal(t, "left after", n, 3)

	ctx, cancel := context.WithCancel(h.Context())
	defer cancel()
	var last error
	for _, err := range h.Findings(ctx, store.FindingFilter{}) {
		cancel()
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("a cancelled list ended with %v, want context.Canceled", last)
	}
}

func commitWhileListing(t *testing.T, h *house) {
	h.commit(h.page("in", "", "c0", Mail("a", Token("one")), Mail("b", Token("two"))))
	i := 0
	for range h.Findings(h.Context(), store.FindingFilter{}) {
		for range h.Exposures(h.Context(), store.ExposureFilter{}) { // lists within lists
			next := fmt.Sprint("c", i+1)
			h.commit(h.page("in", fmt.Sprint("c", i), next, Mail(next, Token(next))))
			i++
		}
	}
	equal(t, "findings", len(h.findings(store.FindingFilter{})), 2+i)
}

package simulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

const inboxDelta = ada + "/mailFolders/inbox/messages/delta"

func TestDeltaTellsTheFourKindsOfChange(t *testing.T) {
	w := newWorld(t, Options{})
	sent := w.deliver(5, "inbox")
	first, link := w.round(inboxDelta+"?$select=subject,isRead", immutable, "Prefer: odata.maxpagesize=2")
	if len(first) != 5 || first[0]["@odata.type"] != "#microsoft.graph.message" || first[0]["@odata.etag"] == nil || first[0]["body"] != nil {
		t.Fatalf("first round: %v", first)
	}
	none, link := w.round(link, immutable)
	if len(none) != 0 {
		t.Errorf("nothing changed, got %v", none)
	}
	do(t, w.tenant.Update(w.ada.ID, sent[0].ID, func(m *Message) { m.Subject = "changed" }))
	do(t, w.tenant.MarkRead(w.ada.ID, sent[1].ID, true))
	do(t, w.tenant.Delete(w.ada.ID, sent[2].ID))
	do(t, w.tenant.Move(w.ada.ID, sent[3].ID, "archive"))
	second, link := w.round(link, immutable)
	if len(second) != 4 {
		t.Fatalf("second round: %v", second)
	}
	if c := second[0]; c["subject"] != "changed" || c["@odata.etag"] == first[0]["@odata.etag"] || c["id"] != sent[0].ID {
		t.Errorf("changed: %v", c)
	}
	if c := second[1]; len(c) != 4 || c["isRead"] != true || c["parentFolderId"] == nil || c["@odata.etag"] != nil {
		t.Errorf("read flag: %v", c)
	}
	if c := second[2]; c["id"] != sent[2].ID || c["@removed"].(map[string]any)["reason"] != "deleted" || len(c) != 3 {
		t.Errorf("deleted: %v", c)
	}
	if c := second[3]; c["id"] != sent[3].ID || c["@removed"].(map[string]any)["reason"] != "changed" {
		t.Errorf("moved: %v", c)
	}
	do(t, w.tenant.Move(w.ada.ID, sent[3].ID, "inbox"))
	third, _ := w.round(link, immutable)
	if len(third) != 1 || third[0]["subject"] != "note 3" {
		t.Errorf("moved back: %v", third)
	}
}

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestDeltaTokensCarryTheQueryAndNotTheHeaders(t *testing.T) {
	w := newWorld(t, Options{})
	w.deliver(30, "inbox")
	for _, form := range []string{"delta", "delta()", "microsoft.graph.delta()"} {
		a := w.ok(ada+"/mailFolders('inbox')/messages/"+form+"?$select=subject", "Prefer: odata.maxpagesize=20", immutable)
		if len(a.value()) != 20 || !strings.Contains(a.next(), "?$skiptoken=") {
			t.Fatalf("%s: %d entries, next %s", form, len(a.value()), a.next())
		}
		b := w.ok(a.next())
		if len(b.value()) != 10 || b.value()[0]["body"] != nil || !strings.HasPrefix(b.value()[0]["id"].(string), mutableIDPrefix) {
			t.Errorf("%s: the second page forgets the headers, not the query: %v", form, b.value()[0])
		}
	}
	full := w.ok(inboxDelta).value()
	if len(full) != 10 || full[0]["body"] == nil || full[0]["internetMessageHeaders"] != nil {
		t.Errorf("default: %d entries, %v", len(full), full[0])
	}
	chosen := w.ok(inboxDelta + "?$select=internetMessageHeaders,uniqueBody").value()[0]
	if chosen["internetMessageHeaders"] == nil || chosen["uniqueBody"] == nil {
		t.Errorf("on request: %v", chosen)
	}
}

func TestDeltaIgnoresWhatIsChosenOfAttachments(t *testing.T) {
	w := newWorld(t, Options{})
	attached(w)
	got := w.ok(inboxDelta + "?$expand=" + q("attachments($select=id,name)")).value()[0]["attachments"].([]any)
	if got[0].(map[string]any)["contentBytes"] == nil {
		t.Errorf("in delta all content comes: %.100v", got[0])
	}
}

func TestDeltaTokensExpireAndAreChecked(t *testing.T) {
	w := newWorld(t, Options{})
	w.deliver(1, "inbox")
	_, link := w.round(inboxDelta)
	w.refused(link[:len(link)-3], 400, "BadRequest")
	if a := w.refused(inboxDelta+"?$deltatoken=nonsense", 400, "BadRequest"); a.message() != "Badly formed token." {
		t.Errorf("message %q", a.message())
	}
	token := link[strings.Index(link, "="):]
	w.refused(ada+"/mailFolders/archive/messages/delta?$deltatoken"+token, 400, "BadRequest")
	w.tenant.ExpireDeltaTokens("ada@contoso.example")
	a := w.refused(link, 410, "SyncStateNotFound")
	if want := "The sync state generation is not found; generation=108;[highest=109]."; a.message() != want {
		t.Errorf("message %q, want %q", a.message(), want)
	}
	if again, _ := w.round(inboxDelta); len(again) != 1 {
		t.Errorf("a new first round: %v", again)
	}
}

func TestDeltaParameters(t *testing.T) {
	w := newWorld(t, Options{})
	w.deliver(12, "inbox")
	for _, bad := range []string{"$search=x", "$skip=1", "$filter=" + q("isRead eq true"), "$orderby=subject", "changeType=bogus"} {
		w.refused(inboxDelta+"?"+bad, 400, "BadRequest")
	}
	recent, _ := w.round(inboxDelta + "?$filter=" + q("receivedDateTime ge 2026-03-02T12:10:00Z"))
	if len(recent) != 2 {
		t.Errorf("filtered: %v", strs(recent, "subject"))
	}
	top, _ := w.round(inboxDelta + "?$top=3")
	if len(top) != 3 {
		t.Errorf("$top limits the round: %d", len(top))
	}
	ordered, link := w.round(inboxDelta+"?$select=subject&$orderby="+q("receivedDateTime desc"), "Prefer: odata.maxpagesize=5")
	if got := strs(ordered, "subject"); len(got) != 12 || got[0] != "note 11" || got[11] != "note 0" {
		t.Errorf("ordered: %v", got)
	}
	if rest, _ := w.round(link); len(rest) != 0 {
		t.Errorf("after the ordered round: %v", rest)
	}
	deleted, _ := w.round(inboxDelta + "?changeType=deleted")
	if len(deleted) != 0 {
		t.Errorf("changeType=deleted: %v", deleted)
	}
}

func TestFilteredDeltaStopsAt5000(t *testing.T) {
	w := newWorld(t, Options{Audit: Audit{Off: true}})
	w.deliver(5100, "inbox")
	for query, want := range map[string]int{"": 5100, "&$filter=" + q("receivedDateTime ge 2020-01-01T00:00:00Z"): 5000} {
		got, _ := w.round(inboxDelta+"?$select=subject"+query, "Prefer: odata.maxpagesize=1000")
		if len(got) != want {
			t.Errorf("%q: %d", query, len(got))
		}
	}
}

// A client that applies deltas while the mailbox changes ends with what is in the folder.
func TestDeltaConvergesWhileMailChanges(t *testing.T) {
	for seed := range uint64(20) {
		w := newWorld(t, Options{Seed: seed, Faults: Faults{Rates: map[Fault]float64{Replay: 0.2, Duplicate: 0.2, ShortPage: 0.2, EmptyPage: 0.2}}})
		random := rand.New(rand.NewPCG(seed, 1))
		live := w.deliver(20, "inbox")
		known := map[string]string{}
		query := "?$select=subject"
		if seed%2 == 1 {
			query += "&$orderby=" + q("receivedDateTime desc")
		}
		where, rounds := inboxDelta+query, 0
		for rounds < 6 {
			a := w.ok(where, immutable, "Prefer: odata.maxpagesize=4")
			for _, e := range a.value() {
				id := e["id"].(string)
				switch {
				case e["@removed"] != nil:
					delete(known, id)
				case e["subject"] != nil:
					known[id] = e["subject"].(string)
				}
			}
			if where = a.next(); where == "" {
				where = a.delta()
				rounds++
			}
			if rounds < 5 {
				live = disorder(t, w, random, live)
			}
		}
		want := map[string]string{}
		inbox, _ := w.tenant.WellKnown(w.ada.ID, "inbox")
		for m := range w.tenant.Messages(w.ada.ID) {
			if m.FolderID == inbox.ID {
				want[m.ID] = m.Subject
			}
		}
		if fmt.Sprint(want) != fmt.Sprint(known) {
			t.Errorf("seed %d: known %d, in the folder %d\n%v\n%v", seed, len(known), len(want), known, want)
		}
	}
}

// disorder does one random thing to the mailbox.
func disorder(t *testing.T, w *world, random *rand.Rand, live []Message) []Message {
	t.Helper()
	i := random.IntN(len(live))
	id := live[i].ID
	switch random.IntN(6) {
	case 0:
		m, err := w.tenant.Deliver(w.ada.ID, Message{Subject: fmt.Sprint("new ", len(live)), Received: noon.Add(time.Duration(random.IntN(600)) * time.Minute)})
		do(t, err)
		return append(live, m)
	case 1:
		do(t, w.tenant.Update(w.ada.ID, id, func(m *Message) { m.Subject += "!" }))
	case 2:
		do(t, w.tenant.MarkRead(w.ada.ID, id, random.IntN(2) == 0))
	case 3:
		do(t, w.tenant.Move(w.ada.ID, id, "archive"))
	case 4:
		do(t, w.tenant.Move(w.ada.ID, id, "inbox"))
	case 5:
		if len(live) > 5 {
			do(t, w.tenant.Delete(w.ada.ID, id))
			return slices.Delete(live, i, i+1)
		}
	}
	return live
}

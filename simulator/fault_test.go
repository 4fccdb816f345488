package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"mailsweep/simulator/contract"
)

// raw asks without judging the body.
func (w *world) raw(where string) (status int, header http.Header, body string, err error) {
	w.Helper()
	if strings.HasPrefix(where, "/") {
		where = w.base + "/v1.0" + where
	}
	res, err := http.Get(where)
	if err != nil {
		return 0, nil, "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, string(data), err
}

func TestEveryFaultOfAnErrorIsToldOnce(t *testing.T) {
	for _, e := range plainErrors {
		w := newWorld(t, Options{Faults: Faults{Script: []Scripted{{Fault: e.fault}}}})
		m := w.deliver(1, "inbox")[0]
		where := ada + "/messages/" + m.ID + "/attachments"
		switch e.fault {
		case DirectoryGone, DeniedDirectory:
			where = "/users"
		case BadToken:
			where = inboxDelta + "?$deltatoken=x"
		case Inefficient:
			where = ada + "/messages"
		}
		status, _, body, _ := w.raw(where)
		var told struct {
			Error struct{ Code, Message string }
		}
		if err := json.Unmarshal([]byte(body), &told); err != nil || status != e.status || told.Error.Code != e.code {
			t.Errorf("%s: %d %s", e.fault, status, body)
		}
		if status, _, _, _ := w.raw(where); status == e.status && e.fault != BadToken {
			t.Errorf("%s: told twice", e.fault)
		}
	}
}

func TestFaultsOfTransport(t *testing.T) {
	ask := func(f Fault) (int, http.Header, string, error) {
		w := newWorld(t, Options{Faults: Faults{Script: []Scripted{{Fault: f}}}})
		w.deliver(5, "inbox")
		return w.raw(ada + "/mailFolders/inbox/messages?$top=2")
	}
	if status, h, body, _ := ask(Unavailable); status != 503 || body != "" || h.Get("Retry-After") != "10" {
		t.Errorf("503: %d %q %v", status, body, h)
	}
	if status, _, body, _ := ask(NotFoundEmpty); status != 404 || body != "" {
		t.Errorf("404: %d %q", status, body)
	}
	if status, h, body, _ := ask(BadGateway); status != 502 || !strings.HasPrefix(h.Get("Content-Type"), "text/html") || !strings.HasPrefix(body, "<html>") {
		t.Errorf("502: %d %q", status, body)
	}
	if status, _, body, _ := ask(TruncatedValue); status != 200 || !strings.HasSuffix(body, `"value":[`) {
		t.Errorf("truncated: %d %q", status, body)
	}
	if status, _, body, err := ask(TruncatedMiddle); status != 200 || err != nil || json.Valid([]byte(body)) {
		t.Errorf("truncated in the middle: %d %v", status, err)
	}
	if _, _, _, err := ask(ResetBody); err == nil {
		t.Error("the connection was not broken")
	}
	if _, _, _, err := ask(ResetEarly); err == nil {
		t.Error("the connection was not broken before the reply")
	}
	if _, _, body, _ := ask(ControlCharacters); json.Valid([]byte(body)) || !strings.Contains(body, "\x01") {
		t.Errorf("control characters: %.200q", body)
	}
	if _, _, body, _ := ask(ForeignLink); !strings.Contains(body, "https://graph.elsewhere.example/") {
		t.Errorf("foreign link: %.300s", body)
	}
	if status, _, body, err := ask(SlowBody); status != 200 || err != nil || !json.Valid([]byte(body)) {
		t.Errorf("slow: %d %v", status, err)
	}
	if status, _, body, _ := ask(Messageless); status != 500 || strings.Contains(body, `"message"`) {
		t.Errorf("without message: %d %s", status, body)
	}
}

func TestFormsOfRetryAfter(t *testing.T) {
	for fault, check := range map[Fault]func(string) bool{
		Throttled:        func(s string) bool { return s == "2.128" },
		ThrottledMailbox: func(s string) bool { return s == "1" },
		ThrottledSilent:  func(s string) bool { return s == "" },
		ThrottledHuge:    func(s string) bool { return s == "3600" },
		ThrottledEmpty:   func(s string) bool { return s == "1" },
		ThrottledDate:    func(s string) bool { _, err := http.ParseTime(s); return err == nil },
	} {
		w := newWorld(t, Options{Faults: Faults{Script: []Scripted{{Fault: fault}}}})
		status, h, _, _ := w.raw(ada + "/messages")
		if status != 429 || !check(h.Get("Retry-After")) {
			t.Errorf("%s: %d %q", fault, status, h.Get("Retry-After"))
		}
	}
}

func TestScriptsAndRates(t *testing.T) {
	bob := Match{Mailbox: "bob@contoso.example", Route: "/users/{id}/messages", Nth: 2}
	w := newWorld(t, Options{Faults: Faults{Script: []Scripted{{Match: bob, Fault: BadGateway, Times: 2}}}})
	w.tenant.AddUser(User{UserPrincipalName: "bob@contoso.example"})
	var got []int
	for range 4 {
		w.ok(ada + "/messages")
		status, _, _, _ := w.raw("/users/bob@contoso.example/messages")
		got = append(got, status)
	}
	if got[0] != 200 || got[1] != 502 || got[2] != 502 || got[3] != 200 {
		t.Errorf("the second and third of Bob's: %v", got)
	}
	rates := func(seed uint64) (string, int) {
		w := newWorld(t, Options{Seed: seed, Faults: Faults{Rates: map[Fault]float64{InternalError: 0.2, Unavailable: 0.1}}})
		var sb strings.Builder
		for range 500 {
			status, _, _, _ := w.raw(ada + "/messages")
			sb.WriteString(string(rune('0' + status/100)))
		}
		st := w.server.Stats()
		return sb.String(), st.Faults[InternalError]
	}
	one, n := rates(1)
	same, _ := rates(1)
	other, _ := rates(2)
	if one != same || one == other || n < 60 || n > 140 {
		t.Errorf("rates: equal seeds alike %v, others differ %v, %d of 500 at 0.2", one == same, one != other, n)
	}
}

func TestScriptsPassOverWhatTheirFaultCannotHappenTo(t *testing.T) {
	w := newWorld(t, Options{Faults: Faults{Script: []Scripted{{Match: Match{Nth: 2}, Fault: ExpiredDelta}, {Fault: AttachmentGone}}}})
	m := attached(w)
	_, link := w.round(inboxDelta) // without a token: neither spent nor counted
	w.ok("/users")
	w.ok(link)
	w.refused(link, 410, "SyncStateNotFound")
	w.ok(link)
	w.refused(ada+"/messages/"+m.ID+"/attachments", 404, "ErrorItemNotFound")
	if st := w.server.Stats(); st.Faults[ExpiredDelta] != 1 || st.Faults[AttachmentGone] != 1 {
		t.Errorf("faults: %v", st.Faults)
	}
	w = newWorld(t, Options{Faults: Faults{Script: []Scripted{{Match: Match{Route: "/$batch"}, Fault: Unavailable}}, Rates: map[Fault]float64{BadGateway: 1}}})
	if a := w.do("POST", "/$batch", `{"requests":[]}`); a.status != 503 {
		t.Errorf("a batch may be scripted as a whole: %d", a.status)
	}
	if a := w.do("POST", "/$batch", `{"requests":[]}`); a.status != 200 {
		t.Errorf("rates are for its parts: %d", a.status)
	}
}

func TestPagesTooLargeTimeOut(t *testing.T) {
	w := newWorld(t, Options{Faults: Faults{MaxEntries: 50}})
	w.deliver(80, "inbox")
	w.refused(ada+"/messages?$top=60", 504, "UnknownError")
	w.refused(inboxDelta, 504, "UnknownError", "Prefer: odata.maxpagesize=60")
	w.ok(ada + "/messages?$top=50")
	w = newWorld(t, Options{Faults: Faults{MaxBytes: 20_000}})
	w.deliver(80, "inbox")
	w.refused(ada+"/messages?$top=60", 504, "UnknownError")
	w.ok(ada + "/messages?$top=5")
}

func TestAttachmentPagesThatRepeat(t *testing.T) {
	w := newWorld(t, Options{Faults: Faults{Script: []Scripted{{Fault: AttachmentPaging, Times: -1}}}})
	m := attached(w)
	a := w.ok(ada + "/messages/" + m.ID + "/attachments?$select=id")
	b := w.ok(a.next())
	if len(a.value()) != 3 || a.value()[0]["id"] != b.value()[0]["id"] {
		t.Errorf("pages of %d and %d", len(a.value()), len(b.value()))
	}
}

func TestAFaultLeavesTheTenantAlone(t *testing.T) {
	w := newWorld(t, Options{Faults: Faults{Script: []Scripted{{Fault: InternalError}}}})
	body := `{"message":{"subject":"x","toRecipients":[{"emailAddress":{"address":"a@b.example"}}]}}`
	if a := w.do("POST", ada+"/sendMail", body); a.status != 500 || len(w.tenant.Sent()) != 0 {
		t.Errorf("%d, %d sent", a.status, len(w.tenant.Sent()))
	}
}

func TestClockOfSpeedShortensRetryAfter(t *testing.T) {
	w := newWorld(t, Options{Clock: NewClock(noon, 100), Limits: Limits{Requests: 1, Window: time.Hour}})
	w.ok(ada + "/messages")
	a := w.refused(ada+"/messages", 429, "ApplicationThrottled")
	if s := a.header.Get("Retry-After"); len(s) > 2 {
		t.Errorf("an hour at speed 100 is %s s", s)
	}
}

func TestFaultedRepliesNameTheirFault(t *testing.T) {
	if faultHeader != contract.FaultHeader {
		t.Fatalf("the header is %s, the contract's is %s", faultHeader, contract.FaultHeader)
	}
	page := ada + "/mailFolders/inbox/messages?$top=2"
	for _, f := range []Fault{Unavailable, NotFoundEmpty, BadGateway, Corrupt, ThrottledEmpty, Messageless, TruncatedValue, ControlCharacters, ShortPage, EmptyPage, ForeignLink, SlowBody} {
		w := newWorld(t, Options{Faults: Faults{Script: []Scripted{{Fault: f}}}})
		where := page
		if f == Corrupt {
			where = ada + "/messages/" + w.deliver(1, "inbox")[0].ID
		}
		_, h, _, err := w.raw(where)
		_, calm, _, _ := w.raw(where)
		if err != nil || h.Get(faultHeader) != string(f) || calm.Get(faultHeader) != "" {
			t.Errorf("%s: %q, and after it %q, %v", f, h.Get(faultHeader), calm.Get(faultHeader), err)
		}
	}
	w := newWorld(t, Options{Faults: Faults{MaxEntries: 1}, Limits: Limits{Requests: 1}})
	w.deliver(5, "inbox")
	if _, h, _, _ := w.raw(page); h.Get(faultHeader) != string(GatewayTimeout) || w.server.Stats().Faults[GatewayTimeout] != 1 {
		t.Errorf("a page that is too large: %q", h.Get(faultHeader))
	}
	if status, h, _, _ := w.raw(page); status != 429 || h.Get(faultHeader) != "" {
		t.Errorf("a limit is no fault: %d %q", status, h.Get(faultHeader))
	}
}

func TestFaultedPartsOfABatchNameTheirFault(t *testing.T) {
	w := newWorld(t, Options{Faults: Faults{Script: []Scripted{{Match: Match{Method: "GET"}, Fault: Throttled}}}})
	a := w.do("POST", "/$batch", `{"requests":[`+part("1", "GET", "/users", "")+`,`+part("2", "GET", "/users", `,"dependsOn":["1"]`)+`]}`, "Content-Type: application/json")
	told := map[any]any{}
	for _, r := range a.json["responses"].([]any) {
		told[r.(map[string]any)["id"]] = r.(map[string]any)["headers"].(map[string]any)[faultHeader]
	}
	if told["1"] != string(Throttled) || told["2"] != nil || a.header.Get(faultHeader) != "" {
		t.Errorf("parts %v, the batch %q", told, a.header.Get(faultHeader))
	}
}

package simulator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

const auditBody = `{"displayName":"t","filterStartDateTime":"2026-03-01T00:00:00Z","filterEndDateTime":"2026-03-04T00:00:00Z","recordTypeFilters":["exchangeItemAggregated"],"operationFilters":["MailItemsAccessed"]}`

func TestAuditQueriesTakeTimeAndTellOwnReads(t *testing.T) {
	clock := &handClock{now: noon}
	w := newWorld(t, Options{Clock: clock, AppID: "me", Audit: Audit{RunTime: 10 * time.Minute, Latency: time.Minute, NoV1: true}})
	w.deliver(3, "inbox")
	w.ok(ada + "/messages?$select=id") // tells nothing of the mail
	w.ok(ada + "/messages")
	w.ok(ada + "/messages") // the same again within the hour
	w.tenant.AddAuditRecord(AuditRecord{Operation: "MailItemsAccessed", RecordType: "ExchangeItemAggregated", UserPrincipalName: "ada@contoso.example",
		UserKey: "1003200", Created: noon.Add(-time.Hour), ClientIP: "203.0.113.9", Data: json.RawMessage(`{"RecordType":50}`)})
	if a := w.do("POST", "/security/auditLog/queries", auditBody); a.status != 404 {
		t.Errorf("v1.0: %d", a.status)
	}
	beta := w.base + "/beta/security/auditLog/queries"
	made := w.do("POST", beta, auditBody)
	if made.status != 201 || made.json["status"] != "notStarted" {
		t.Fatalf("%d %s", made.status, made.raw)
	}
	where := beta + "/" + made.json["id"].(string)
	clock.advance(5 * time.Minute)
	if s := w.ok(where).json["status"]; s != "running" {
		t.Errorf("after half its time: %v", s)
	}
	if n := len(w.ok(where + "/records").value()); n != 0 {
		t.Errorf("%d records of a running query", n)
	}
	clock.advance(5 * time.Minute)
	got := w.ok(where + "/records").value()
	if w.ok(where).json["status"] != "succeeded" || len(got) != 2 {
		t.Fatalf("records: %v", got)
	}
	own := got[1]
	data := own["auditData"].(map[string]any)
	items := data["Folders"].([]any)[0].(map[string]any)["FolderItems"].([]any)
	if own["userId"] != "me" || own["userPrincipalName"] != "ada@contoso.example" || data["AppId"] != "me" || len(items) != 3 || data["@odata.type"] != "#microsoft.graph.security.defaultAuditData" {
		t.Errorf("own reads: %v", own)
	}
	if id := items[0].(map[string]any)["InternetMessageId"].(string); !strings.HasPrefix(id, "<") {
		t.Errorf("InternetMessageId %q", id)
	}
}

func TestAuditStopsAfterAThousandReads(t *testing.T) {
	clock := &handClock{now: noon}
	w := newWorld(t, Options{Clock: clock})
	w.deliver(1100, "inbox")
	w.ok(ada + "/messages?$top=1000")
	w.ok(ada + "/messages?$top=1000&$skip=1000")
	clock.advance(3 * time.Minute)
	w.ok(ada + "/messages?$top=10&$skip=1090")
	made := w.do("POST", "/security/auditLog/queries", auditBody)
	got := w.ok("/security/auditLog/queries/" + made.json["id"].(string) + "/records").value()
	if len(got) != 1 || !strings.Contains(fmt.Sprint(got[0]), "Name:IsThrottled Value:True") {
		t.Errorf("%d records: %.500v", len(got), got)
	}
}

func TestAuditRecordsArePagedBy150(t *testing.T) {
	w := newWorld(t, Options{Clock: &handClock{now: noon}})
	for i := range 400 {
		w.tenant.AddAuditRecord(AuditRecord{Operation: "MailItemsAccessed", RecordType: "ExchangeItemAggregated", Created: noon.Add(-time.Duration(i) * time.Minute)})
	}
	made := w.do("POST", "/security/auditLog/queries", auditBody)
	ids, pages := map[string]bool{}, 0
	for next := "/security/auditLog/queries/" + made.json["id"].(string) + "/records"; next != ""; pages++ {
		a := w.ok(next)
		for _, id := range strs(a.value(), "id") {
			ids[id] = true
		}
		next = a.next()
	}
	if len(ids) != 400 || pages != 3 {
		t.Errorf("%d records on %d pages", len(ids), pages)
	}
}

func TestSendMailIsKept(t *testing.T) {
	w := newWorld(t, Options{AppID: "notifier"})
	body := `{"message":{"subject":"Meet","body":{"contentType":"Text","content":"now"},"toRecipients":[{"emailAddress":{"address":"bob@fabrikam.example"}}],
		"internetMessageHeaders":[{"name":"X-Ref","value":"7"}],
		"attachments":[{"@odata.type":"#microsoft.graph.fileAttachment","name":"a.txt","contentType":"text/plain","contentBytes":"aGk="}]}`
	if a := w.do("POST", ada+"/sendMail", body+`,"saveToSentItems":"false"}`, "Content-Type: application/json"); a.status != 202 || len(a.raw) != 0 {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	if n := len(w.ok(ada + "/mailFolders/sentitems/messages").value()); n != 0 {
		t.Errorf("%d saved against the wish", n)
	}
	w.do("POST", ada+"/microsoft.graph.sendMail", body+`}`, "Content-Type: application/json")
	kept := w.ok(ada + "/mailFolders/sentitems/messages").value()
	if len(kept) != 1 || kept[0]["subject"] != "Meet" || kept[0]["hasAttachments"] != true {
		t.Errorf("saved: %v", kept)
	}
	mime := base64.StdEncoding.EncodeToString([]byte("To: c@d.example\r\nSubject: mime\r\n\r\nhi\r\n"))
	if a := w.do("POST", ada+"/sendMail", mime, "Content-Type: text/plain"); a.status != 202 {
		t.Errorf("MIME: %d %s", a.status, a.raw)
	}
	if a := w.do("POST", ada+"/sendMail", "%%%", "Content-Type: text/plain"); a.status != 400 || a.code() != "ErrorMimeContentInvalidBase64String" {
		t.Errorf("no base64: %d %s", a.status, a.raw)
	}
	if a := w.do("POST", ada+"/sendMail", `{"message":{"subject":"x"}}`); a.status != 400 || a.code() != "ErrorInvalidRecipients" {
		t.Errorf("to nobody: %d %s", a.status, a.raw)
	}
	if a := w.do("POST", ada+"/sendMail", strings.Repeat("x", 4<<20+1)); a.status != 413 {
		t.Errorf("over 4 MB: %d", a.status)
	}
	sent := w.tenant.Sent()
	if len(sent) != 3 || sent[0].AppID != "notifier" || sent[0].From != w.ada.ID || sent[0].Saved || string(sent[1].Message.Attachments[0].Content) != "hi" || sent[2].MIME == nil {
		t.Errorf("sent: %+v", sent)
	}
	if st := w.server.Stats(); st.Writes != 6 {
		t.Errorf("%d writes", st.Writes)
	}
}

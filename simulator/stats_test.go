package simulator

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

func TestStatsCountWhatWasAsked(t *testing.T) {
	w := newWorld(t, Options{})
	w.deliver(15, "inbox")
	w.round(inboxDelta)
	w.refused(ada+"/messages/"+strings.Repeat("A", 30), 404, "ErrorItemNotFound")
	w.refused("/nonsense", 404, "UnknownError")
	st := w.server.Stats()
	if st.Requests != 4 || st.ByRoute["GET /users/{id}/mailFolders/{id}/messages/delta"] != 2 || st.ByRoute["GET (unknown)"] != 1 ||
		st.ByMailbox[w.ada.ID] != 3 || st.ByStatus[200] != 2 || st.ByStatus[404] != 2 || st.Writes != 0 || st.BytesSent == 0 {
		t.Errorf("%+v", st)
	}
	if len(st.Pages) != 2 || st.Pages[0].Entries != 10 || st.Pages[1].Entries != 5 || st.Pages[0].Mailbox != w.ada.ID || st.Pages[0].Bytes < 1000 {
		t.Errorf("pages: %+v", st.Pages)
	}
	w.server.ResetStats()
	if st := w.server.Stats(); st.Requests != 0 || len(st.ByRoute) != 0 {
		t.Errorf("after reset: %+v", st)
	}
}

func TestSearchFoldersShowWhatIsElsewhere(t *testing.T) {
	w := newWorld(t, Options{})
	w.deliver(3, "inbox")
	f, err := w.tenant.AddFolder(w.ada.ID, Folder{DisplayName: "Unread", Search: true})
	do(t, err)
	got := w.ok(ada + "/mailFolders/" + f.ID)
	if got.json["@odata.type"] != "#microsoft.graph.mailSearchFolder" || got.json["totalItemCount"] != 3.0 {
		t.Errorf("%v", got.json)
	}
	if n := len(w.ok(ada + "/mailFolders/" + f.ID + "/messages").value()); n != 3 {
		t.Errorf("%d messages", n)
	}
	w.refused(ada+"/mailFolders/"+f.ID+"/messages/delta", 400, "ErrorInvalidOperation")
}

// Readers and those who change the tenant do not disturb each other; for -race.
func TestTenantChangesWhileItIsRead(t *testing.T) {
	w := newWorld(t, Options{Limits: DefaultLimits()})
	m := attached(w)
	w.deliver(30, "inbox")
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			for n := range 40 {
				kept, err := w.tenant.Deliver(w.ada.ID, Message{Subject: fmt.Sprint(i, n)})
				if err != nil {
					t.Error(err)
					return
				}
				w.tenant.MarkRead(w.ada.ID, m.ID, n%2 == 0)
				w.tenant.Update(w.ada.ID, m.ID, func(m *Message) { m.Subject = fmt.Sprint(n) })
				w.tenant.Move(w.ada.ID, kept.ID, "archive")
				w.tenant.Delete(w.ada.ID, kept.ID)
				w.tenant.SetMailbox(w.ada.ID, Reachable)
			}
		})
		wg.Go(func() {
			for _, where := range []string{inboxDelta, ada + "/messages?$expand=attachments", ada + "/mailFolders?$expand=childFolders", "/users",
				ada + "/mailFolders/delta", ada + "/messages/" + m.ID + "/$value", ada + "/mailFolders/inbox/messages?$filter=isRead%20eq%20true"} {
				for range 10 {
					res, err := http.Get(w.base + "/v1.0" + where)
					if err != nil {
						t.Error(err)
						return
					}
					io.Copy(io.Discard, res.Body)
					res.Body.Close()
					if res.StatusCode != 200 {
						t.Errorf("%s: %d", where, res.StatusCode)
					}
				}
			}
		})
	}
	wg.Wait()
	if n := len(w.ok(ada + "/mailFolders/inbox/messages?$top=100").value()); n != 31 {
		t.Errorf("%d messages in the end", n)
	}
}

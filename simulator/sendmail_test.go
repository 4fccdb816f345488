package simulator

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
)

const letter = "From: Ada <ada@contoso.example>\r\nTo: bob@contoso.example, Bob <b2@contoso.example>, x@fabrikam.example\r\nSubject: =?utf-8?q?Schl=C3=BCssel?=\r\n" +
	"Message-ID: <n-1@contoso.example>\r\nx-mailsweep-notice: N-1\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain\r\n\r\nrotate it\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>rotate it</p>\r\n--b--\r\n"

func (w *world) sendMIME(mime string) answer {
	return w.do("POST", ada+"/sendMail", base64.StdEncoding.EncodeToString([]byte(mime)), "Content-Type: text/plain")
}

// TestSentMIMECanBeFound: it is in Sent Items as it was sent, by its Message-ID and by its
// custom headers.
func TestSentMIMECanBeFound(t *testing.T) {
	w := newWorld(t, Options{})
	bob := w.tenant.AddUser(User{UserPrincipalName: "b2@contoso.example", Mail: "bob@contoso.example", AccountEnabled: true})
	if a := w.sendMIME(letter); a.status != 202 || a.header.Get("request-id") == "" {
		t.Fatalf("%d %s", a.status, a.raw)
	}
	byHeader := "singleValueExtendedProperties/Any(ep: ep/id eq 'String {00020386-0000-0000-C000-000000000046} Name x-mailsweep-notice' and ep/value eq '%s')"
	for filter, want := range map[string]int{
		"internetMessageId eq '<n-1@contoso.example>'": 1, "internetMessageId eq '<n-2@contoso.example>'": 0,
		strings.ReplaceAll(byHeader, "%s", "N-1"): 1, strings.ReplaceAll(byHeader, "%s", "N-2"): 0,
	} {
		found := w.ok(ada + "/mailFolders/sentitems/messages?$select=id,subject,body,toRecipients&$filter=" + q(filter)).value()
		if len(found) != want {
			t.Fatalf("%s: %d", filter, len(found))
		}
		if want == 1 && (found[0]["subject"] != "Schlüssel" || found[0]["body"].(map[string]any)["contentType"] != "html" || len(found[0]["toRecipients"].([]any)) != 3) {
			t.Errorf("%v", found[0])
		}
	}
	if n := len(w.ok("/users/" + bob.ID + "/mailFolders/inbox/messages").value()); n != 0 {
		t.Errorf("%d were delivered, which nobody asked for", n)
	}
	if a := w.sendMIME(strings.Replace(letter, "<ada@", "<ceo@", 1)); a.status != 403 || a.code() != "ErrorSendAsDenied" {
		t.Errorf("as somebody else: %d %s", a.status, a.raw)
	}
}

func TestSentMailIsDelivered(t *testing.T) {
	w := newWorld(t, Options{Deliver: true, NewMessageIDs: true})
	bob := w.tenant.AddUser(User{UserPrincipalName: "b2@contoso.example", Mail: "bob@contoso.example", AccountEnabled: true})
	w.tenant.AddUser(User{UserPrincipalName: "x@contoso.example", Mail: "x@fabrikam.example", UserType: "Guest", Mailbox: Unlicensed})
	w.sendMIME(letter)
	got := w.ok("/users/" + bob.ID + "/mailFolders/inbox/messages?$select=internetMessageId,from,isRead,bccRecipients").value()
	kept := w.ok(ada + "/mailFolders/sentitems/messages?$select=internetMessageId").value()
	if len(got) != 1 || got[0]["isRead"] != false || got[0]["internetMessageId"] != kept[0]["internetMessageId"] || got[0]["internetMessageId"] == "<n-1@contoso.example>" {
		t.Errorf("%v, sent %v", got, kept)
	}
	if n := len(w.ok("/users/" + w.ada.ID + "/mailFolders/inbox/messages").value()); n != 0 {
		t.Errorf("%d came back to who sent it", n)
	}
}

// TestReplyLost: the mail is out, and who sent it hears nothing.
func TestReplyLost(t *testing.T) {
	w := newWorld(t, Options{Faults: Faults{Script: []Scripted{{Match: Match{Route: "/users/{id}/sendMail"}, Fault: LostReply}}}})
	body := base64.StdEncoding.EncodeToString([]byte(letter))
	resp, err := http.Post(w.base+"/v1.0"+ada+"/sendMail", "text/plain", strings.NewReader(body))
	if err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		t.Fatalf("a reply came: %s", resp.Status)
	}
	if n := len(w.tenant.Sent()); n != 1 {
		t.Errorf("%d were sent", n)
	}
}

package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"mailsweep/simulator/contract"
)

// walker reads everything of a tenant as a sweeper would, through the contract.
type walker struct {
	*testing.T
	base                          string
	messages, attachments, nested int
	seen                          map[string]bool // message ids
	texts                         strings.Builder
}

func walk(t *testing.T, ten *Tenant) *walker {
	t.Helper()
	hs := httptest.NewServer(contract.Handler(t, NewServer(ten, Options{})))
	t.Cleanup(hs.Close)
	w := &walker{T: t, base: hs.URL + "/v1.0", seen: map[string]bool{}}
	w.pages("/users?$top=7&$count=true&$select=id,displayName,mail,userPrincipalName,department,userType,accountEnabled", func(u map[string]any) {
		w.user(u["id"].(string))
	})
	w.pages("/groups?$top=5", func(g map[string]any) {
		w.pages("/groups/"+g["id"].(string)+"/transitiveMembers/microsoft.graph.user?$select=id", func(map[string]any) {})
	})
	return w
}

// get asks and returns the status and the body.
func (w *walker) get(address string) (int, []byte) {
	w.Helper()
	if strings.HasPrefix(address, "/") {
		address = w.base + address
	}
	req, err := http.NewRequest("GET", address, nil)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Add("Prefer", `IdType="ImmutableId"`)
	req.Header.Add("Prefer", "odata.maxpagesize=25")
	req.Header.Set("ConsistencyLevel", "eventual")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	return res.StatusCode, body
}

func (w *walker) object(address string) map[string]any {
	w.Helper()
	status, body := w.get(address)
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil || status != 200 {
		w.Fatalf("%s: %d %v", address, status, err)
	}
	return v
}

// pages calls each with the entries of a collection, over all its pages.
func (w *walker) pages(address string, each func(map[string]any)) {
	w.Helper()
	for address != "" {
		page := w.object(address)
		for _, v := range page["value"].([]any) {
			each(v.(map[string]any))
		}
		address, _ = page["@odata.nextLink"].(string)
	}
}

func (w *walker) user(id string) {
	w.get("/users/" + id + "/manager")
	w.object("/users/" + id)
	mail := "/users/" + url.PathEscape(id)
	if status, _ := w.get(mail + "/mailFolders/inbox?$select=id"); status != 200 {
		return // no mailbox, or none that we may read
	}
	w.object(mail + "/mailboxSettings")
	w.pages(mail+"/mailFolders/inbox/messageRules", func(map[string]any) {})
	w.pages(mail+"/mailFolders/delta", func(map[string]any) {})
	w.pages(mail+"/messages?$top=50&$orderby=receivedDateTime%20desc", func(map[string]any) {})
	w.children(mail, mail+"/mailFolders?includeHiddenFolders=true&$top=3")
	w.children(mail, mail+"/mailFolders/recoverableitemsroot/childFolders?includeHiddenFolders=true")
}

func (w *walker) children(mail, address string) {
	w.pages(address, func(f map[string]any) {
		id := url.PathEscape(f["id"].(string))
		w.folder(mail, mail+"/mailFolders/"+id)
		w.children(mail, mail+"/mailFolders/"+id+"/childFolders?includeHiddenFolders=true")
	})
}

// folder reads the messages of a folder by delta, with their bodies.
func (w *walker) folder(mail, folder string) {
	w.pages(folder+"/messages/delta?$select=subject,body,hasAttachments,internetMessageId,internetMessageHeaders,from,receivedDateTime", func(m map[string]any) {
		id := m["id"].(string)
		if w.seen[id] {
			w.Errorf("message %s twice", id)
		}
		w.seen[id] = true
		w.messages++
		body := m["body"].(map[string]any)["content"].(string)
		w.texts.WriteString(m["subject"].(string) + "\n" + body + "\n")
		message := mail + "/messages/" + url.PathEscape(id)
		if has := m["hasAttachments"] == true; has || strings.Contains(body, "cid:") {
			w.attached(message, has)
		}
	})
}

func (w *walker) attached(message string, has bool) {
	w.object(message + "?$expand=attachments")
	if status, mime := w.get(message + "/$value"); status != 200 || len(mime) < 100 {
		w.Errorf("%s/$value: %d, %d bytes", message, status, len(mime))
	}
	shown := false
	w.pages(message+"/attachments?$select=id,name,size,isInline,contentType", func(a map[string]any) {
		w.attachments++
		shown = shown || a["isInline"] == false
		one := message + "/attachments/" + url.PathEscape(a["id"].(string))
		w.object(one)
		if status, _ := w.get(one + "/$value"); a["@odata.type"] != "#microsoft.graph.referenceAttachment" && status != 200 {
			w.Errorf("%s/$value: %d", one, status)
		}
		if a["@odata.type"] == "#microsoft.graph.itemAttachment" {
			w.nested++
			whole := w.object(one + "?$expand=microsoft.graph.itemattachment/item($expand=microsoft.graph.message/attachments)")
			w.texts.WriteString(whole["item"].(map[string]any)["body"].(map[string]any)["content"].(string) + "\n")
		}
	})
	if shown != has {
		w.Errorf("%s: hasAttachments %v, shown ones %v", message, has, shown)
	}
}

// TestGeneratedTenantKeepsToTheContract walks a made tenant; the handler fails the test
// at each request or reply that Microsoft's contract does not know.
func TestGeneratedTenantKeepsToTheContract(t *testing.T) {
	size := Size{Seed: 5, Mailboxes: 13, Messages: 60, Secrets: 5, Unreachable: true}
	ten, answers := Generate(size)
	w := walk(t, ten)
	if w.messages != size.Mailboxes*size.Messages || w.attachments == 0 || w.nested == 0 {
		t.Errorf("%d messages, %d attachments, %d nested mails", w.messages, w.attachments, w.nested)
	}
	for _, a := range answers.List {
		if !w.seen[a.MessageID] {
			t.Errorf("%v: its message was not among those read", a)
		}
	}
}

func TestLoadedTenantKeepsToTheContract(t *testing.T) {
	raw := eml("From: =?utf-8?q?J=C3=BCrgen?= <j@b.example>", "To: undisclosed-recipients:;", "Cc: not an address", "Subject: s", "Date: nonsense", "MIME-Version: 1.0",
		"Content-Type: multipart/mixed; boundary=b", "", "--b", "", "control \x01\x00 and \xff bytes", "--b", "Content-Type: message/rfc822", "", "Subject: inner", "", "deep", "--b",
		"Content-Type: image/png; name=\"a\x02.png\"", "Content-ID: <x>", "", "png", "--b--")
	w := walk(t, func() *Tenant {
		ten, err := Load(fstest.MapFS{"ada/1.eml": raw, "ada/2.eml": eml("", "no header at all"), "ada/sub/3.eml": eml("Subject: x", "", "")}, "contoso.example")
		if err != nil {
			t.Fatal(err)
		}
		return ten
	}())
	if w.messages != 3 || w.attachments != 2 || w.nested != 1 || !strings.Contains(w.texts.String(), "deep") {
		t.Errorf("%d messages, %d attachments, %d nested, texts %q", w.messages, w.attachments, w.nested, w.texts.String())
	}
}

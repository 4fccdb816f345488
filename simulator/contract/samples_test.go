package contract

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var jsonHeader = http.Header{"Content-Type": {"application/json"}}

func load(t *testing.T) *Contract {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// samples are the replies that Microsoft's documentation prints. wrong is what the check
// must say of those whose values are placeholders or slips of the pen: they show that it
// looks.
var samples = []struct{ name, method, path, wrong string }{
	{"doc-message-get", "GET", "/v1.0/me/messages/x", ""},
	{"doc-message-get-headers", "GET", "/v1.0/users/u/messages/x", ""},
	{"doc-message-get-text-uniquebody", "GET", "/users/u/messages/x", ""},
	{"doc-messages-list", "GET", "/users/u/messages", ""},
	{"doc-mailfolder-messages", "GET", "/users/u/mailFolders/x/messages", ""},
	{"doc-mailfolders", "GET", "/beta/users/u/mailFolders", ""},
	{"doc-mailfolders-hidden", "GET", "/users/u/mailFolders", ""},
	{"doc-childfolders-hidden", "GET", "/users/u/mailFolders('inbox')/childFolders", ""},
	{"doc-delta-page1", "GET", "/users/u/mailFolders/x/messages/delta", ""},
	{"doc-delta-page2", "GET", "/users/u/mailFolders/x/messages/delta()", ""},
	{"doc-delta-page3", "GET", "/users/u/mailFolders('x')/messages/microsoft.graph.delta()", ""},
	{"doc-delta-page4", "GET", "/me/mailFolders/x/messages/delta", "/value/1/isRead: a string"},
	{"doc-attachment-file", "GET", "/users/u/messages/x/attachments/y", ""},
	{"doc-attachment-item", "GET", "/users/u/messages/x/attachments/y", ""},
	{"doc-attachment-item-expanded", "GET", "/users/u/messages/x/attachments/y", ""},
	{"doc-attachment-item-nested", "GET", "/users/u/messages/x/attachments/y", ""},
	{"doc-attachment-reference", "GET", "/users/u/messages/x/attachments/y", ""},
	{"doc-attachments-list", "GET", "/users/u/messages/x/attachments", "begin with #"},
	{"doc-mailboxsettings", "GET", "/me/mailboxSettings", "/automaticRepliesSetting/"},
	{"doc-messagerules", "GET", "/me/mailFolders/inbox/messageRules", ""},
	{"doc-translateexchangeids", "POST", "/me/translateExchangeIds", ""},
	{"doc-users-list", "GET", "/users", ""},
	{"doc-users-list-count", "GET", "/users", ""},
	{"doc-approleassignedto", "GET", "/servicePrincipals/x/appRoleAssignedTo", ""},
	{"doc-approleassignments", "GET", "/servicePrincipals/x/appRoleAssignments", ""},
	{"doc-oauth2permissiongrants", "GET", "/oauth2PermissionGrants", ""},
	{"doc-group-threads", "GET", "/groups/g/threads", "/value/0/lastDeliveredDateTime"},
	{"doc-group-posts", "GET", "/groups/g/threads/t/posts", "/value/0/body/contentType"},
	{"doc-batch-response", "POST", "/$batch", ""},
}

func TestSamplesOfTheDocumentation(t *testing.T) {
	c := load(t)
	for _, s := range samples {
		err := c.Reply(s.method, s.path, 200, jsonHeader, sample(t, s.name))
		switch {
		case s.wrong == "" && err != nil:
			t.Errorf("%s: %v", s.name, err)
		case s.wrong != "" && (err == nil || !strings.Contains(err.Error(), s.wrong)):
			t.Errorf("%s: got %v, want a complaint of %q", s.name, err, s.wrong)
		}
	}
}

func TestErrors(t *testing.T) {
	c := load(t)
	for _, name := range []string{"doc-error-403-accesspolicy", "doc-error-shape", "doc-error-sendmail-mime-400"} {
		if err := c.Reply("GET", "/users/u/messages", 400, jsonHeader, sample(t, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.Reply("GET", "/users", 502, http.Header{"Content-Type": {"text/html"}}, []byte("<html></html>")); err != nil {
		t.Error(err) // a gateway before Graph
	}
	for body, wrong := range map[string]string{
		``:                                    "", // 503 and 404 come so
		`{"error":{"code":"X"}}`:              "", // no message
		`{"error":{"code":"X","message":""}}`: "",
		`{"error":{"code":"X","message":"m","innererror":{"requestId":"r"}}}`: "",
		`{"error":{"message":"m"}}`:                    "/error/code",
		`{"error":"m"}`:                                "object with error",
		`{"error":{"code":"X","reason":"m"}}`:          "/error/reason",
		`{"error":{"code":"X","innerError":"m"}}`:      "/error/innerError",
		`{"error":{"code":"X"},"value":[]}`:            "error alone",
		`<html></html>`:                                "no JSON",
		`{"error":{"code":"X","code":"Y"}}`:            "stands twice",
		`{"error":{"code":"X","details":[{"a":"b"}]}}`: "/error/details/0",
	} {
		err := c.Reply("GET", "/users/u/messages", 503, jsonHeader, []byte(body))
		if (err == nil) != (wrong == "") || err != nil && !strings.Contains(err.Error(), wrong) {
			t.Errorf("%s: got %v, want %q", body, err, wrong)
		}
	}
}

// TestMutatedSamplesFail breaks a good sample in one way each.
func TestMutatedSamplesFail(t *testing.T) {
	c := load(t)
	message := func(change func(map[string]any)) []byte {
		var m map[string]any
		if err := json.Unmarshal(sample(t, "doc-message-get"), &m); err != nil {
			t.Fatal(err)
		}
		change(m)
		b, _ := json.Marshal(m)
		return b
	}
	set := func(name string, v any) func(map[string]any) { return func(m map[string]any) { m[name] = v } }
	for want, change := range map[string]func(map[string]any){
		"/wellKnownName: the contract has no property": set("wellKnownName", "inbox"),
		"/isRead: a string":                            set("isRead", "true"),
		"/isDeliveryReceiptRequested: a number":        set("isDeliveryReceiptRequested", 1),
		"/receivedDateTime: this text":                 set("receivedDateTime", "2018-09-09 03:15:08"),
		"/sentDateTime: this text":                     set("sentDateTime", "2018-02-30T03:15:08Z"),
		"/importance: \"urgent\"":                      set("importance", "urgent"),
		"/toRecipients: an object":                     set("toRecipients", map[string]any{}),
		"/toRecipients: null":                          set("toRecipients", nil),
		"/toRecipients/0: null":                        set("toRecipients", []any{nil}),
		"/toRecipients/0/address":                      set("toRecipients", []any{map[string]any{"address": "x"}}),
		"/body/contentType":                            set("body", map[string]any{"contentType": "HTML"}),
		"/id: null":                                    set("id", nil),
		"/@removed":                                    set("@removed", map[string]any{"reason": "gone"}),
		"/@odata.type: the contract has no type":       set("@odata.type", "#microsoft.graph.mail"),
		"does not derive from microsoft.graph.message": set("@odata.type", "#microsoft.graph.fileAttachment"),
		"/@odata.colour":                               set("@odata.colour", "red"),
		"/items@odata.context":                         set("items@odata.context", "x"),
		"/attachments/0/contentBytes: this text":       set("attachments", []any{map[string]any{"@odata.type": "#microsoft.graph.fileAttachment", "contentBytes": "a b"}}),
		"/attachments/0/contentBytes: the contract":    set("attachments", []any{map[string]any{"@odata.type": "#microsoft.graph.itemAttachment", "contentBytes": "ab"}}),
		"/attachments/0/size: 3000000000 is no":        set("attachments", []any{map[string]any{"size": int64(3000000000)}}),
		"/attachments/0/size: 1.5 is no":               set("attachments", []any{map[string]any{"size": 1.5}}),
	} {
		err := c.Reply("GET", "/users/u/messages/x", 200, jsonHeader, message(change))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "/users/u/messages/x") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	for _, r := range []struct{ path, body, want string }{
		{"/users/u/messages", `{"@odata.context":"x"}`, "value array"},
		{"/users/u/messages", `{"value":{}}`, "/value: an object"},
		{"/users/u/messages", `[]`, "an array"},
		{"/users/u/messages", `{"value":[`, "no JSON"},
		{"/users/u/messages", `{"value":[]}{}`, "goes on"},
		{"/users/u/messages", "{\"value\":[{\"id\":\"\x01\"}]}", "no JSON"},
		{"/users/u/messages", `{"value":[],"@odata.nextLink":"/users"}`, "absolute"},
		{"/users/u/messages", `{"value":[],"next":"x"}`, "/next"},
		{"/users/u/mailFolders/x/messages/delta", `{"value":[]}`, "either"},
		{"/users/u/mailFolders/x/messages/delta", `{"value":[],"@odata.nextLink":"http://x","@odata.deltaLink":"http://x"}`, "either"},
		{"/users/u/contacts", `{"value":[]}`, "no path"},
		{"/users/u/sendMail", `{}`, "no GET"},
	} {
		err := c.Reply("GET", r.path, 200, jsonHeader, []byte(r.body))
		if err == nil || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%s %s: got %v, want %q", r.path, r.body, err, r.want)
		}
	}
}

// TestAdditions: what the document lacks is accepted, and nothing beside it.
func TestAdditions(t *testing.T) {
	c := load(t)
	for _, r := range []struct{ path, body string }{
		{"/users/u/mailFolders", `{"value":[{"id":"x","sizeInBytes":0}]}`},
		{"/users/u/mailFolders", `{"value":[{"@odata.type":"#microsoft.graph.mailSearchFolder","id":"x","isSupported":true}]}`},
		{"/users/u/messages", `{"value":[{"@odata.type":"#microsoft.graph.eventMessage","id":"x","meetingMessageType":"meetingRequest"}]}`},
		{"/users/u/messages/x/attachments/y", `{"@odata.type":"#microsoft.graph.itemAttachment","id":"x","item":{"@odata.type":"#microsoft.graph.event","start":{}}}`},
		{"/security/auditLog/queries", `{"value":[{"serviceFilter":"Exchange","recordTypeFilters":["exchangeItemAggregated"]}]}`},
		{"/security/auditLog/queries/q/records", `{"value":[{"id":"x","auditLogRecordType":"ExchangeItemAggregated","userType":"Regular","auditData":{"@odata.type":"#microsoft.graph.security.defaultAuditData","RecordType":2}}]}`},
		{"/groups", `{"value":[{"id":"x","displayName":"d","mail":null}]}`},
		{"/groups/g/transitiveMembers", `{"value":[{"@odata.type":"#microsoft.graph.user","id":"x","displayName":"d"}]}`},
		{"/users/u/manager", `{"@odata.type":"#microsoft.graph.user","id":"x"}`},
		{"/users/u/mailFolders/archive/childFolders/a/childFolders/b/messages", `{"value":[{"id":"x","singleValueExtendedProperties":[{"id":"y","value":"z"}]}]}`},
		{"/users/u/mailFolders('archive')/childFolders('a')", `{"id":"x"}`},
		{"/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')", `{"id":"x"}`},
		{"/users/u/settings/exchange", `{"primaryMailboxId":"x"}`},
		{"/users/u/mailboxSettings/userPurpose", `{"@odata.context":"x","value":"shared"}`},
	} {
		if err := c.Reply("GET", r.path, 200, jsonHeader, []byte(r.body)); err != nil {
			t.Error(err)
		}
	}
}

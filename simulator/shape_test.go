package simulator

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sample is an object of testdata/samples, the first entry where it is a collection.
func sample(t *testing.T, name string) map[string]any {
	t.Helper()
	data, err := os.ReadFile("testdata/samples/" + name + ".json")
	do(t, err)
	var v map[string]any
	do(t, json.Unmarshal(data, &v))
	if list, ok := v["value"].([]any); ok {
		return list[0].(map[string]any)
	}
	return v
}

// sameShape compares the properties of got with those of a sample; extra are those that
// the documentation's samples, being old, do not have, or have although they are empty.
func sameShape(t *testing.T, got map[string]any, name string, extra ...string) {
	t.Helper()
	sameKeys(t, name, got, sample(t, name), extra)
}

func sameKeys(t *testing.T, name string, got, want map[string]any, extra []string) {
	t.Helper()
	keys := func(m map[string]any) []string {
		var out []string
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !slices.Contains(extra, k) {
				out = append(out, k)
			}
		}
		return out
	}
	if d := cmp.Diff(keys(want), keys(got)); d != "" {
		t.Errorf("%s (-documented +ours):\n%s", name, d)
	}
	for k, v := range want {
		inner, ok1 := v.(map[string]any)
		ours, ok2 := got[k].(map[string]any)
		if ok1 && ok2 {
			sameKeys(t, name+"."+k, ours, inner, extra)
		}
	}
}

func TestShapesAreThoseOfTheDocumentation(t *testing.T) {
	w := newWorld(t, Options{})
	m := attached(w)
	where := ada + "/messages/" + m.ID
	sameShape(t, w.ok(where).json, "message-get", "conversationIndex")
	sameShape(t, w.ok(where+"?$select=internetMessageHeaders").json, "message-get-headers")
	list := w.ok(where + "/attachments").value()
	one := func(i int, query string) map[string]any {
		return w.ok(where + "/attachments/" + list[i]["id"].(string) + query).json
	}
	sameShape(t, one(0, ""), "attachment-file", "@odata.mediaContentType")
	sameShape(t, one(2, ""), "attachment-reference")
	sameShape(t, one(3, ""), "attachment-item")
	sameShape(t, one(3, "?$expand=microsoft.graph.itemattachment/item"), "attachment-item-expanded",
		"conversationId", "conversationIndex", "sender", "from", "bccRecipients", "categories", "replyTo")
	sameShape(t, w.ok(ada + "/mailFolders?includeHiddenFolders=true").value()[0], "mailfolders-hidden")
	if _, err := w.tenant.AddRule(w.ada.ID, MessageRule{DisplayName: "r", SubjectContains: []string{"win"}, Delete: true, StopProcessing: true}); err != nil {
		t.Fatal(err)
	}
	sameShape(t, w.ok(ada + "/mailFolders/inbox/messageRules").value()[0], "messagerules")
	sameShape(t, w.ok("/users?$count=true&$select=displayName,mail,mailNickname,otherMails,proxyAddresses,userPrincipalName", "ConsistencyLevel: eventual").value()[0], "users-list-count")
	sameShape(t, w.do("POST", ada+"/translateExchangeIds", `{"inputIds":["`+m.ID+`"],"sourceIdType":"restImmutableEntryId","targetIdType":"restId"}`).value()[0], "translateexchangeids")
	app := w.tenant.AddServicePrincipal(ServicePrincipal{DisplayName: "a"})
	w.tenant.Assign(AppRoleAssignment{PrincipalID: app.ID, ResourceID: app.ID})
	w.tenant.Grant(PermissionGrant{ClientID: app.ID})
	sameShape(t, w.ok("/servicePrincipals/" + app.ID + "/appRoleAssignedTo").value()[0], "approleassignedto")
	sameShape(t, w.ok("/oauth2PermissionGrants").value()[0], "oauth2permissiongrants")
	_, link := w.round(inboxDelta)
	do(t, w.tenant.Delete(w.ada.ID, m.ID))
	gone, _ := w.round(link)
	sameShape(t, gone[0], "delta-page4")
}

// The shapes of live replies that others captured (facts 1.3).
func TestContextsAreThoseOfLiveReplies(t *testing.T) {
	w := newWorld(t, Options{})
	m := w.deliver(1, "inbox")[0]
	for where, want := range map[string]string{
		ada + "/mailFolders": "users('ada%40contoso.example')/mailFolders",
		ada + "/mailFolders/archive?$select=id,displayName":   "users('ada%40contoso.example')/mailFolders(id,displayName)/$entity",
		ada + "/mailFolders/inbox/messages?$select=id,isRead": "users('ada%40contoso.example')/mailFolders('inbox')/messages(id,isRead)",
		ada + "/messages/" + m.ID:                             "users('ada%40contoso.example')/messages/$entity",
		inboxDelta:                                            "Collection(message)",
		ada + "/mailFolders/delta":                            "Collection(mailFolder)",
		"/users":                                              "users",
	} {
		got := w.ok(where).json["@odata.context"].(string)
		if _, after, _ := strings.Cut(got, "$metadata#"); after != want || !strings.HasPrefix(got, w.base+"/v1.0/") {
			t.Errorf("%s: %s", where, got)
		}
	}
}

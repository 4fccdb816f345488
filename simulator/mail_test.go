package simulator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const ada = "/users/ada@contoso.example"

func TestFoldersAreDirectChildrenAndHiddenOnesOnRequest(t *testing.T) {
	w := newWorld(t, Options{})
	shown := strs(w.ok(ada+"/mailFolders?$top=100").value(), "displayName")
	want := []string{"Archive", "Conversation History", "Deleted Items", "Drafts", "Inbox", "Junk Email", "Outbox", "Sent Items"}
	if d := cmp.Diff(want, shown); d != "" {
		t.Error(d)
	}
	all := strs(w.ok(ada+"/mailFolders?$top=100&includeHiddenFolders=true").value(), "displayName")
	if !slices.Contains(all, "Sync Issues") || slices.Contains(all, "Team Chat") || slices.Contains(all, "Deletions") {
		t.Errorf("with hidden ones: %v", all)
	}
	history := w.ok(ada + "/mailFolders/conversationhistory")
	if history.json["childFolderCount"] != 1.0 {
		t.Errorf("the hidden Team Chat counts as a child: %v", history.json)
	}
	chats := ada + "/mailFolders('conversationhistory')/childFolders"
	if n := len(w.ok(chats).value()); n != 0 {
		t.Errorf("%d hidden children shown unasked", n)
	}
	if got := w.ok(chats + "?includeHiddenFolders=true").value(); len(got) != 1 || got[0]["isHidden"] != true {
		t.Errorf("hidden children: %v", got)
	}
	expanded := w.ok(ada + "/mailFolders?$expand=childFolders&includeHiddenFolders=true&$top=50").value()
	for _, f := range expanded {
		if inner := f["childFolders"].([]any); float64(len(inner)) != f["childFolderCount"] {
			t.Errorf("%v: %d of %v children", f["displayName"], len(inner), f["childFolderCount"])
		}
	}
	if w.ok(ada + "/mailFolders/recoverableitemsdeletions").json["displayName"] != "Deletions" {
		t.Error("recoverable items are reached by name")
	}
	a := w.refused(ada+"/mailFolders?$select=wellKnownName", 400, "BadRequest")
	if want := "Parsing OData Select and Expand failed: Could not find a property named 'wellKnownName' on type 'microsoft.graph.mailFolder'."; a.message() != want {
		t.Errorf("message %q", a.message())
	}
	w.refused(ada+"/mailFolders/nonsense", 400, "ErrorInvalidIdMalformed")
}

func TestFolderPagesAndHiddenCount(t *testing.T) {
	w := newWorld(t, Options{VisibleChildren: true})
	if n := w.ok(ada + "/mailFolders/conversationhistory").json["childFolderCount"]; n != 0.0 {
		t.Errorf("VisibleChildren: count %v", n)
	}
	for i := range 7 {
		if _, err := w.tenant.AddFolder(w.ada.ID, Folder{DisplayName: "p" + string(rune('a'+i))}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for next := ada + "/mailFolders"; next != ""; {
		a := w.ok(next)
		if len(a.value()) > 10 {
			t.Errorf("default page is 10, got %d", len(a.value()))
		}
		got = append(got, strs(a.value(), "id")...)
		next = a.next()
	}
	if slices.Sort(got); len(slices.Compact(got)) != 15 {
		t.Errorf("%d folders", len(got))
	}
}

func TestFolderDelta(t *testing.T) {
	w := newWorld(t, Options{})
	where := ada + "/mailFolders/delta"
	w.refused(where+"?$top=5", 400, "BadRequest")
	first, link := w.round(where, "Prefer: odata.maxpagesize=3")
	if len(first) != 8 || strings.Contains(strings.Join(strs(first, "displayName"), " "), "Team Chat") {
		t.Errorf("first round: %v", strs(first, "displayName"))
	}
	f, err := w.tenant.AddFolder(w.ada.ID, Folder{ParentID: "inbox", DisplayName: "Projects"})
	if err != nil {
		t.Fatal(err)
	}
	second, link := w.round(link)
	if !slices.Contains(strs(second, "displayName"), "Projects") || len(second) != 2 {
		t.Errorf("the new folder and its parent: %v", strs(second, "displayName"))
	}
	if err := w.tenant.RemoveFolder(w.ada.ID, f.ID); err != nil {
		t.Fatal(err)
	}
	third, _ := w.round(link)
	if len(third) != 1 || third[0]["@removed"] == nil || third[0]["id"] != f.ID {
		t.Errorf("removed: %v", third)
	}
}

func TestMessageListPagesNewestFirst(t *testing.T) {
	w := newWorld(t, Options{})
	w.deliver(25, "inbox")
	w.deliver(3, "archive")
	a := w.ok(ada + "/mailFolders('inbox')/messages?$select=subject&$orderby=receivedDateTime%20desc")
	wantLink := w.base + "/v1.0" + ada + "/mailFolders('inbox')/messages?%24select=subject&%24orderby=receivedDateTime+desc&%24skip=10"
	if a.next() != wantLink {
		t.Errorf("nextLink\n%s want\n%s", a.next(), wantLink)
	}
	for _, m := range a.value() {
		if len(m) != 3 || m["@odata.etag"] == nil || m["id"] == nil {
			t.Fatalf("$select=subject gives subject, id and etag: %v", m)
		}
	}
	var got []string
	for next := ada + "/mailFolders/inbox/messages?$top=7&$select=subject"; next != ""; {
		a := w.ok(next)
		got = append(got, strs(a.value(), "subject")...)
		next = a.next()
	}
	if len(got) != 25 || got[0] != "note 24" || got[24] != "note 0" {
		t.Errorf("%d messages, from %s to %s", len(got), got[0], got[len(got)-1])
	}
	if n := len(w.ok(ada + "/messages?$top=1000").value()); n != 28 {
		t.Errorf("the whole mailbox has %d", n)
	}
	if n := string(w.ok(ada + "/mailFolders/inbox/messages/$count").raw); n != "25" {
		t.Errorf("$count %s", n)
	}
	w.refused(ada+"/messages?$top=0", 400, "BadRequest")
}

func TestMessageFilters(t *testing.T) {
	w := newWorld(t, Options{})
	sent := w.deliver(10, "inbox")
	count := func(filter string) int { return len(w.ok(ada + "/messages?$top=100&$filter=" + q(filter)).value()) }
	for filter, want := range map[string]int{
		"receivedDateTime ge 2026-03-02T12:05:00Z":                                                                             5,
		"receivedDateTime ge 2026-03-02T12:02:00Z and receivedDateTime lt 2026-03-02T12:05:00Z":                                3,
		"internetMessageId eq '" + sent[3].InternetMessageID + "' or internetMessageId eq '" + sent[4].InternetMessageID + "'": 2,
		"hasAttachments eq true":                              0,
		"contains(subject,'NOTE 7')":                          1,
		"from/emailAddress/address eq 'bob@fabrikam.example'": 10,
		"isRead eq false":                                     10,
	} {
		if got := count(filter); got != want {
			t.Errorf("%s: %d, want %d", filter, got, want)
		}
	}
	w.ok(ada + "/messages?$orderby=" + q("receivedDateTime desc") + "&$filter=" + q("receivedDateTime ge 2026-03-02T12:02:00Z and hasAttachments eq false"))
	bad := w.refused(ada+"/messages?$orderby="+q("receivedDateTime desc")+"&$filter="+q("hasAttachments eq true"), 400, "InefficientFilter")
	if bad.message() != "The restriction or sort order is too complex for this operation." {
		t.Errorf("message %q", bad.message())
	}
	w.refused(ada+"/messages?$filter="+q("contains(subject,'x') and receivedDateTime ge 2026-01-01T00:00:00Z"), 400, "InefficientFilter")
	w.refused(ada+"/messages?$filter="+q("nonsense eq 1"), 400, "BadRequest")
}

func TestSelectedOnlyPropertiesAndTextBodies(t *testing.T) {
	w := newWorld(t, Options{})
	m, err := w.tenant.Deliver(w.ada.ID, Message{Subject: "x", BodyType: "html", Body: "<html><head><style>p{}</style></head><body><p>one</p><!-- hidden --><p>t&amp;w</p></body></html>",
		Headers: []Header{{"X-Test", "1"}}})
	if err != nil {
		t.Fatal(err)
	}
	one := w.ok(ada+"/messages/"+m.ID, immutable)
	if one.json["internetMessageHeaders"] != nil || one.json["uniqueBody"] != nil || one.json["id"] != m.ID {
		t.Errorf("unasked: %v", one.json)
	}
	if one.header.Get("Preference-Applied") != "" {
		t.Error("a preference was applied that nobody had")
	}
	chosen := w.ok(ada+"/messages/"+m.ID+"?$select=internetMessageHeaders,uniqueBody,body", `Prefer: outlook.body-content-type="text"`, immutable, "client-request-id: abc")
	body := chosen.json["body"].(map[string]any)
	if body["contentType"] != "text" || body["content"] != "one\r\n\r\nt&w" || chosen.json["internetMessageHeaders"] == nil || chosen.json["uniqueBody"] == nil {
		t.Errorf("as text: %v", chosen.json)
	}
	if got := chosen.header.Get("Preference-Applied"); got != `outlook.body-content-type="text"` {
		t.Errorf("Preference-Applied %q", got)
	}
	if chosen.header.Get("client-request-id") != "abc" || chosen.header.Get("request-id") == "" {
		t.Errorf("request ids: %v", chosen.header)
	}
	if preview := one.json["bodyPreview"]; preview != "one\r\n\r\nt&w" {
		t.Errorf("preview %q", preview)
	}
}

func TestIDsChangeOnMoveUnlessImmutable(t *testing.T) {
	w := newWorld(t, Options{})
	m := w.deliver(1, "inbox")[0]
	changing := w.ok(ada + "/messages").value()[0]["id"].(string)
	if changing == m.ID {
		t.Fatal("without Prefer an id is not the immutable one")
	}
	w.ok(ada + "/messages/" + changing)
	w.ok(ada + "/mailFolders/inbox/messages('" + changing + "')")
	w.refused(ada+"/messages/"+strings.ToLower(m.ID), 404, "ErrorItemNotFound")
	if err := w.tenant.Move(w.ada.ID, m.ID, "archive"); err != nil {
		t.Fatal(err)
	}
	w.refused(ada+"/messages/"+changing, 404, "ErrorItemNotFound")
	w.refused(ada+"/mailFolders/inbox/messages/"+m.ID, 404, "ErrorItemNotFound")
	w.ok(ada + "/mailFolders/archive/messages/" + strings.ReplaceAll(m.ID, "=", "%3D"))
	w.refused(ada+"/messages/x", 400, "ErrorInvalidIdMalformed")
	got := w.do("POST", ada+"/translateExchangeIds", `{"inputIds":["`+m.ID+`","gone"],"sourceIdType":"restImmutableEntryId","targetIdType":"restId"}`).value()
	if got[0]["targetId"] == m.ID || got[1]["targetId"] != nil {
		t.Errorf("translated: %v", got)
	}
	w.ok(ada + "/messages/" + got[0]["targetId"].(string))
}

func TestMailboxesThatCannotBeRead(t *testing.T) {
	w := newWorld(t, Options{})
	for state, want := range map[MailboxState]struct {
		status int
		code   string
	}{
		Unlicensed: {404, "MailboxNotEnabledForRESTAPI"}, SoftDeleted: {404, "MailboxNotEnabledForRESTAPI"},
		OnPremises: {404, "MailboxNotEnabledForRESTAPI"}, OutOfScope: {403, "ErrorAccessDenied"},
	} {
		if err := w.tenant.SetMailbox(w.ada.ID, state); err != nil {
			t.Fatal(err)
		}
		w.refused(ada+"/mailFolders", want.status, want.code)
		w.ok(ada) // the directory knows the account all the same
	}
	w.refused("/users/nobody@contoso.example/messages", 404, "ErrorInvalidUser")
	w.refused("/users/"+w.ada.ID+"/calendars", 404, "UnknownError")
	w.refused("/me/messages", 400, "BadRequest")
	if a := w.do("PATCH", ada+"/messages/x", "{}"); a.status != 405 {
		t.Errorf("PATCH: %d", a.status)
	}
	if a := w.do("POST", ada+"/mailFolders/inbox/move", "{}"); a.status != 403 {
		t.Errorf("unknown write: %d", a.status)
	}
}

func TestBearerTokensExpireByTheClock(t *testing.T) {
	clock := &handClock{now: noon}
	w := newWorld(t, Options{Clock: clock, Auth: Bearer(clock, map[string]time.Time{"good": noon.Add(time.Hour)})})
	w.refused("/users", 401, "InvalidAuthenticationToken")
	w.refused("/users", 401, "InvalidAuthenticationToken", "Authorization: Bearer bad")
	w.ok("/users", "Authorization: Bearer good")
	clock.advance(time.Hour)
	w.refused("/users", 401, "InvalidAuthenticationToken", "Authorization: Bearer good")
}

func TestRulesOfTheInbox(t *testing.T) {
	w := newWorld(t, Options{})
	if _, err := w.tenant.AddRule(w.ada.ID, MessageRule{DisplayName: "out", ForwardTo: []Address{{"X", "x@evil.example"}}, StopProcessing: true}); err != nil {
		t.Fatal(err)
	}
	got := w.ok(ada + "/mailFolders/inbox/messageRules").value()
	if len(got) != 1 || got[0]["actions"].(map[string]any)["forwardTo"] == nil || got[0]["isEnabled"] != true {
		t.Errorf("rules: %v", got)
	}
}

func TestTheArchiveIsAMailboxOfItsOwn(t *testing.T) {
	w := newWorld(t, Options{})
	archive, err := w.tenant.AddArchive("ada@contoso.example")
	do(t, err)
	_, err = w.tenant.Deliver(archive, Message{Subject: "old"})
	do(t, err)
	if got := w.ok(w.base + "/beta" + ada + "/settings/exchange").json["inPlaceArchiveMailboxId"]; got != archive {
		t.Errorf("beta tells %v", got)
	}
	if _, told := w.ok(ada + "/settings/exchange").json["inPlaceArchiveMailboxId"]; told {
		t.Error("v1.0 tells of the archive")
	}
	if got := w.ok("/users/" + archive + "/messages").value(); len(got) != 1 || got[0]["subject"] != "old" {
		t.Errorf("archive: %v", got)
	}
	if n := len(w.ok(ada + "/messages").value()); n != 0 || len(w.ok("/users").value()) != 1 {
		t.Errorf("%d messages of the archive in the primary mailbox", n)
	}
}

package simulator

import (
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

func TestFoldersAreRenamedMovedAndRemoved(t *testing.T) {
	w := newWorld(t, Options{})
	f, err := w.tenant.AddFolder(w.ada.ID, Folder{ParentID: "inbox", DisplayName: "Projects"})
	do(t, err)
	inner, err := w.tenant.AddFolder(w.ada.ID, Folder{ParentID: f.ID, DisplayName: "Inner"})
	do(t, err)
	m, err := w.tenant.Deliver(w.ada.ID, Message{FolderID: inner.ID, Subject: "deep"})
	do(t, err)
	do(t, w.tenant.RenameFolder(w.ada.ID, f.ID, "Plans"))
	do(t, w.tenant.MoveFolder(w.ada.ID, f.ID, "archive"))
	if err := w.tenant.MoveFolder(w.ada.ID, f.ID, inner.ID); err == nil {
		t.Error("a folder was moved into itself")
	}
	if err := w.tenant.RemoveFolder(w.ada.ID, "inbox"); err == nil {
		t.Error("the inbox was removed")
	}
	got := w.ok(ada + "/mailFolders/archive/childFolders").value()
	if len(got) != 1 || got[0]["displayName"] != "Plans" || got[0]["id"] != f.ID {
		t.Errorf("under the archive: %v", got)
	}
	if got := w.ok(ada + "/mailFolders/archive/childFolders/" + f.ID + "/childFolders/" + inner.ID + "/messages").value(); len(got) != 1 {
		t.Errorf("by its parents' names: %v", got)
	}
	do(t, w.tenant.RemoveFolder(w.ada.ID, f.ID))
	w.refused(ada+"/mailFolders/"+inner.ID, 404, "ErrorItemNotFound")
	w.refused(ada+"/messages/"+m.ID, 404, "ErrorItemNotFound")
	if slices.ContainsFunc(w.tenant.Folders(w.ada.ID), func(x Folder) bool { return x.ID == inner.ID }) {
		t.Error("a folder outlived its parent")
	}
}

func TestFoldersAreFiltered(t *testing.T) {
	w := newWorld(t, Options{})
	w.deliver(2, "inbox")
	if got := strs(w.ok(ada+"/mailFolders?$filter="+q("displayName eq 'Inbox' or totalItemCount gt 5")).value(), "displayName"); len(got) != 1 || got[0] != "Inbox" {
		t.Errorf("%v", got)
	}
	w.refused(ada+"/mailFolders?$filter="+q("wellKnownName eq 'inbox'"), 400, "BadRequest")
}

func TestARemovedUserIsNoMore(t *testing.T) {
	w := newWorld(t, Options{})
	w.deliver(2, "inbox")
	_, link := w.round(inboxDelta)
	do(t, w.tenant.RemoveUser("ada@contoso.example"))
	w.refused(link, 404, "ErrorInvalidUser")
	w.refused(ada, 404, "Request_ResourceNotFound")
	if n := len(w.tenant.Users()); n != 0 {
		t.Errorf("%d users", n)
	}
	if err := w.tenant.RemoveUser("ada@contoso.example"); err == nil {
		t.Error("removed twice")
	}
}

func TestMessagesAreSearchedAndSorted(t *testing.T) {
	w := newWorld(t, Options{})
	for _, s := range []string{"beta", "alpha", "gamma"} {
		_, err := w.tenant.Deliver(w.ada.ID, Message{Subject: s, Body: "about " + s})
		do(t, err)
	}
	for query, want := range map[string][]string{
		"$orderby=subject":                   {"alpha", "beta", "gamma"},
		"$orderby=" + q("subject desc"):      {"gamma", "beta", "alpha"},
		"$orderby=receivedDateTime":          {"beta", "alpha", "gamma"},
		"$search=" + q(`"about alpha"`):      {"alpha"},
		"$search=" + q(`"subject:gamma"`):    {"gamma"},
		"$search=" + q(`"body:about"`):       {"gamma", "alpha", "beta"},
		"$search=" + q(`"from:nobody"`):      nil,
		"$top=2&$count=true&$select=subject": {"gamma", "alpha"},
	} {
		if d := cmp.Diff(want, strs(w.ok(ada+"/messages?"+query).value(), "subject")); d != "" {
			t.Errorf("%s: %s", query, d)
		}
	}
	w.refused(ada+"/messages?$search=x&$filter="+q("isRead eq false"), 400, "SearchWithFilter")
	w.refused(ada+"/messages?$orderby=shoeSize", 400, "BadRequest")
	sized := w.ok(ada + "/messages?$top=1&$expand=" + q("singleValueExtendedProperties($filter=id eq 'Integer 0x0E08')")).value()[0]
	if sized["singleValueExtendedProperties"] == nil {
		t.Errorf("size: %v", sized)
	}
}

func TestUsersAreSearchedCountedAndSorted(t *testing.T) {
	w := newWorld(t, Options{})
	w.tenant.AddUser(User{UserPrincipalName: "zoe@contoso.example", DisplayName: "Zoe Adams"})
	w.tenant.AddUser(User{UserPrincipalName: "bo@contoso.example", DisplayName: "Bo Zee"})
	const eventual = "ConsistencyLevel: eventual"
	if got := strs(w.ok("/users?$orderby="+q("displayName desc")).value(), "displayName"); strings.Join(got, ",") != "Zoe Adams,Bo Zee,Ada Byron" {
		t.Errorf("sorted: %v", got)
	}
	if got := w.ok("/users?$search="+q(`"displayName:ze"`), eventual).value(); len(got) != 1 {
		t.Errorf("searched: %v", got)
	}
	w.refused("/users?$search="+q(`"displayName:ze"`), 400, "Request_UnsupportedQuery")
	if n := string(w.ok("/users/$count?$filter="+q("userType ne 'Guest'"), eventual).raw); n != "3" {
		t.Errorf("$count %s", n)
	}
}

func TestFaultsKeepToTheirCalls(t *testing.T) {
	all := map[Fault]float64{}
	for _, f := range []Fault{ExpiredDelta, Replay, AttachmentGone, AttachmentPaging, ItemGone, FolderGone, DirectoryGone, Inefficient} {
		all[f] = 1
	}
	w := newWorld(t, Options{Faults: Faults{Rates: all}})
	w.deliver(1, "inbox")
	w.refused("/users", 404, "Request_ResourceNotFound")
	w.refused(ada+"/mailFolders", 404, "ErrorSyncFolderNotFound")
	if a := w.do("POST", "/$batch", `{"requests":[]}`); a.status != 200 {
		t.Errorf("the batch itself: %d", a.status)
	}
}

func TestPreviewLooksPastMarkup(t *testing.T) {
	style := "<html><head><style>" + strings.Repeat("p{color:red}", 1000) + "</style></head><body>"
	for body, want := range map[string]string{
		style + "<p>words</p>":            "words",
		strings.Repeat("é", 300):          strings.Repeat("é", 255),
		"<script>x()</script>a<br>b &lt;": "a\r\nb <",
		"<!-- never ends":                 "",
		"text <b":                         "text",
		"one\r\nline\nof <b>text\r\n":     "one line of text",
	} {
		if got := preview(&Message{BodyType: "html", Body: body}); got != want {
			t.Errorf("%.40q: %q, want %q", body, got, want)
		}
	}
	body := strings.Repeat("w", 4000)
	if got := preview(&Message{BodyType: "text", Body: body}); unsafe.StringData(got) == unsafe.StringData(body) {
		t.Error("the preview keeps the whole body alive")
	}
}

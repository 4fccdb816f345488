package simulator

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUsersArePagedAndSelected(t *testing.T) {
	w := newWorld(t, Options{})
	for i := range 250 {
		w.tenant.AddUser(User{UserPrincipalName: fmt.Sprintf("u%03d@contoso.example", i), Department: "Sales"})
	}
	var got []string
	pages := 0
	for next := "/users?$select=userPrincipalName"; next != ""; pages++ {
		a := w.ok(next)
		for _, u := range a.value() {
			if len(u) != 1 {
				t.Fatalf("selected one property, got %v", u)
			}
		}
		got = append(got, strs(a.value(), "userPrincipalName")...)
		next = a.next()
	}
	if slices.Sort(got); pages != 3 || len(slices.Compact(got)) != 251 {
		t.Errorf("%d users on %d pages, want 251 on 3", len(got), pages)
	}
	if n := len(w.ok("/users?$top=999").value()); n != 251 {
		t.Errorf("$top=999 gave %d", n)
	}
	w.refused("/users?$skip=5", 400, "Request_BadRequest")
	w.refused("/users?$select=mailboxSettings", 501, "NotImplemented")
	w.refused("/users?$select=shoeSize", 400, "BadRequest")
}

func TestUserFilters(t *testing.T) {
	w := newWorld(t, Options{})
	w.tenant.AddUser(User{UserPrincipalName: "bob@contoso.example", Mail: "bob@contoso.example", DisplayName: "Bob O'Neil", Department: "Sales",
		Aliases: []string{"o'neil@contoso.example"}})
	w.tenant.AddUser(User{UserPrincipalName: "guest@fabrikam.example", Mail: "guest@fabrikam.example", UserType: "Guest"})
	const eventual = "ConsistencyLevel: eventual"
	for _, c := range []struct {
		filter string
		want   []string
	}{
		{"department eq 'sales'", []string{"bob@contoso.example"}},
		{"displayName eq 'Bob O''Neil'", []string{"bob@contoso.example"}},
		{"startsWith(userPrincipalName,'ada') or startswith(mail,'GUEST')", []string{"ada@contoso.example", "guest@fabrikam.example"}},
		{"userPrincipalName in ('bob@contoso.example','nobody@contoso.example')", []string{"bob@contoso.example"}},
		{"accountEnabled eq true and not (department eq 'Sales')", []string{"ada@contoso.example"}},
		{"endsWith(mail,'@contoso.example')", []string{"ada@contoso.example", "bob@contoso.example"}},
		{"userType ne 'Guest'", []string{"ada@contoso.example", "bob@contoso.example"}},
		{"onPremisesSyncEnabled eq true OR userType ne 'Guest'", []string{"ada@contoso.example", "bob@contoso.example"}},
		{"proxyAddresses eq 'SMTP:bob@contoso.example'", []string{"bob@contoso.example"}},
		{"mail eq 'x' or proxyAddresses/any(a:a eq 'smtp:O''Neil@Contoso.example')", []string{"bob@contoso.example"}},
		{"proxyAddresses/any(x: x eq 'smtp:guest@fabrikam.example' or startswith(x,'smtp:bob@'))", []string{"bob@contoso.example", "guest@fabrikam.example"}},
		{"not proxyAddresses/Any(x:x eq 'smtp:bob@contoso.example') and mail ne null", []string{"ada@contoso.example", "guest@fabrikam.example"}},
		{"department eq null", []string{"ada@contoso.example", "guest@fabrikam.example"}},
	} {
		a := w.ok("/users?$count=true&$filter="+q(c.filter), eventual)
		if d := cmp.Diff(c.want, strs(a.value(), "userPrincipalName")); d != "" {
			t.Errorf("%s: %s", c.filter, d)
		}
		if n := int(a.json["@odata.count"].(float64)); n != len(c.want) {
			t.Errorf("%s: count %d", c.filter, n)
		}
	}
	w.refused("/users?$filter="+q("userType ne 'Guest'"), 400, "Request_UnsupportedQuery")
	w.refused("/users?$filter="+q("contains(displayName,'o')"), 400, "Request_UnsupportedQuery")
	w.refused("/users?$filter="+q("department like 'x'"), 400, "BadRequest")
	for _, bad := range []string{"proxyAddresses/any(p:q eq 'x')", "proxyAddresses/any(p eq 'x')", "proxyAddresses/any(p:p eq 'x'", "proxyAddresses/any()",
		"proxyAddresses/any(", "shoes/any(s:s eq 'x')", "proxyAddresses/any('p':p eq 'x')"} {
		w.refused("/users?$filter="+q(bad), 400, "BadRequest")
	}
	w.refused("/users?$filter="+q("shoeSize eq 4"), 400, "BadRequest")
	w.refused("/users?$filter="+q("displayName eq 'open"), 400, "BadRequest")
}

func TestOneUserManagerAndSettings(t *testing.T) {
	w := newWorld(t, Options{})
	w.tenant.AddUser(User{UserPrincipalName: "info@contoso.example", Purpose: SharedMailbox, ManagerID: w.ada.ID})
	if got := w.ok("/users/ADA@contoso.example").json["id"]; got != w.ada.ID {
		t.Errorf("by UPN: %v", got)
	}
	w.refused("/users/nobody@contoso.example", 404, "Request_ResourceNotFound")
	if got := w.ok("/users('info@contoso.example')/manager?$select=mail").json["mail"]; got != "ada@contoso.example" {
		t.Errorf("manager %v", got)
	}
	w.refused("/users/"+w.ada.ID+"/manager", 404, "Request_ResourceNotFound")
	if got := w.ok("/users/info@contoso.example/mailboxSettings").json["userPurpose"]; got != "shared" {
		t.Errorf("userPurpose %v", got)
	}
}

func TestGroupMembersOfMembers(t *testing.T) {
	w := newWorld(t, Options{})
	bob := w.tenant.AddUser(User{UserPrincipalName: "bob@contoso.example"})
	inner := w.tenant.AddGroup(Group{ID: "11111111-1111-4111-8111-111111111111", DisplayName: "inner", Members: []string{bob.ID, "22222222-2222-4222-8222-222222222222"}})
	outer := w.tenant.AddGroup(Group{ID: "22222222-2222-4222-8222-222222222222", DisplayName: "outer", Mail: "outer@contoso.example", Members: []string{w.ada.ID, inner.ID}})
	for path, want := range map[string][]string{
		"/members":                                {w.ada.ID, inner.ID},
		"/members/microsoft.graph.user":           {w.ada.ID},
		"/transitiveMembers":                      {w.ada.ID, inner.ID, bob.ID},
		"/transitiveMembers/microsoft.graph.user": {w.ada.ID, bob.ID},
	} {
		got := w.ok("/groups/" + outer.ID + path)
		var ids []string
		for _, v := range got.value() {
			if v["@odata.type"] != "#microsoft.graph.group" {
				ids = append(ids, v["id"].(string))
			}
		}
		var users []string
		for _, id := range want {
			if id != inner.ID {
				users = append(users, id)
			}
		}
		if d := cmp.Diff(users, ids); d != "" || len(got.value()) != len(want) {
			t.Errorf("%s: %d entries %s", path, len(got.value()), d)
		}
	}
	for query, want := range map[string][2][]string{
		"":                                     {{"businessPhones", "displayName", "userPrincipalName"}, {"groupTypes", "mailEnabled", "securityEnabled"}},
		"?$select=id,userPrincipalName":        {{"id", "userPrincipalName"}, {"id"}},
		"?$select=id,groupTypes,mail":          {{"id", "mail"}, {"groupTypes", "id", "mail"}},
		"?$select=displayName,createdDateTime": {{"createdDateTime", "displayName"}, {"createdDateTime", "displayName"}},
		"?$select=visibility":                  {{}, {"visibility"}},
	} {
		got := w.ok("/groups/" + outer.ID + "/members" + query).value()
		for i, of := range []string{"user", "group"} {
			for _, name := range want[i] {
				if _, ok := got[i][name]; !ok {
					t.Errorf("%s: the %s has no %s", query, of, name)
				}
			}
			if query != "" && len(got[i]) != len(want[i])+1 || got[i]["@odata.type"] != "#microsoft.graph."+of {
				t.Errorf("%s: the %s is %v", query, of, got[i])
			}
		}
		if _, wrong := got[1]["userPrincipalName"]; wrong {
			t.Errorf("%s: the group is told as a user: %v", query, got[1])
		}
	}
	w.refused("/groups/"+outer.ID+"/members?$select=shoeSize", 400, "BadRequest")
	if got := w.ok("/groups?$filter=" + q("mail eq 'outer@contoso.example'")).value(); len(got) != 1 || got[0]["id"] != outer.ID {
		t.Errorf("group by mail: %v", got)
	}
}

func TestPrincipalsAndTheirPermissions(t *testing.T) {
	w := newWorld(t, Options{})
	const mailRead = "810c84a8-4a9e-49e6-bf7d-12d183f40d01"
	resource := w.tenant.AddServicePrincipal(ServicePrincipal{AppID: graphAppID, DisplayName: "Microsoft Graph", AppRoles: []AppRole{{mailRead, "Mail.Read", "Read mail"}}})
	app := w.tenant.AddServicePrincipal(ServicePrincipal{AppID: "aaaaaaaa-0000-4000-8000-000000000001", DisplayName: "backup"})
	w.tenant.Assign(AppRoleAssignment{AppRoleID: mailRead, PrincipalID: app.ID, ResourceID: resource.ID, Created: noon})
	w.tenant.Grant(PermissionGrant{ClientID: app.ID, ResourceID: resource.ID, Scope: "Mail.Read User.Read"})
	found := w.ok("/servicePrincipals?$filter=" + q("appId eq '"+graphAppID+"'")).value()
	if len(found) != 1 || found[0]["id"] != resource.ID {
		t.Fatalf("by appId: %v", found)
	}
	assigned := w.ok("/servicePrincipals/" + resource.ID + "/appRoleAssignedTo").value()
	if len(assigned) != 1 || assigned[0]["principalDisplayName"] != "backup" || assigned[0]["appRoleId"] != mailRead {
		t.Errorf("appRoleAssignedTo: %v", assigned)
	}
	if own := w.ok("/servicePrincipals/" + app.ID + "/appRoleAssignments").value(); len(own) != 1 || own[0]["resourceDisplayName"] != "Microsoft Graph" {
		t.Errorf("appRoleAssignments: %v", own)
	}
	if grants := w.ok("/oauth2PermissionGrants").value(); len(grants) != 1 || grants[0]["scope"] != "Mail.Read User.Read" {
		t.Errorf("oauth2PermissionGrants: %v", grants)
	}
	if p := w.ok("/servicePrincipals(appId='" + graphAppID + "')"); p.json["displayName"] != "Microsoft Graph" {
		t.Errorf("by key appId: %v", p.json)
	}
}

func TestAssignmentsAndGrantsNameARoleAndAResource(t *testing.T) {
	w := newWorld(t, Options{})
	app := w.tenant.AddServicePrincipal(ServicePrincipal{DisplayName: "backup"})
	w.tenant.Assign(AppRoleAssignment{PrincipalID: app.ID})
	w.tenant.Grant(PermissionGrant{ClientID: app.ID})
	graph := w.ok("/servicePrincipals(appId='" + graphAppID + "')").json["id"]
	role := w.ok("/servicePrincipals/" + app.ID + "/appRoleAssignments").value()[0]
	if role["appRoleId"] != anyRole || role["resourceId"] != graph || role["resourceDisplayName"] != "Microsoft Graph" {
		t.Errorf("assignment: %v", role)
	}
	if grant := w.ok("/oauth2PermissionGrants").value()[0]; grant["resourceId"] != graph {
		t.Errorf("grant: %v", grant)
	}
}

// TestAccountsAreNamedAsTheDirectoryDoes: by id and principal name; an address finds them
// by a filter only.
func TestAccountsAreNamedAsTheDirectoryDoes(t *testing.T) {
	w := newWorld(t, Options{})
	bob := w.tenant.AddUser(User{UserPrincipalName: "b2@contoso.example", Mail: "bob@contoso.example", PreferredLanguage: "de-DE", ManagerID: w.ada.ID})
	for _, name := range []string{bob.ID, "B2@contoso.example"} {
		u := w.ok("/users/" + name + "?$select=id,preferredLanguage,proxyAddresses").json
		if u["id"] != bob.ID || u["preferredLanguage"] != "de-DE" {
			t.Errorf("%s: %v", name, u)
		}
		if m := w.ok("/users/" + name + "/manager?$select=id,mail,accountEnabled").json; m["id"] != w.ada.ID || m["@odata.type"] != "#microsoft.graph.user" {
			t.Errorf("manager of %s: %v", name, m)
		}
	}
	w.refused("/users/bob@contoso.example", 404, "Request_ResourceNotFound")
	w.refused("/users/bob@contoso.example/manager", 404, "Request_ResourceNotFound")
	w.refused("/users/"+w.ada.ID+"/manager", 404, "Request_ResourceNotFound")
}

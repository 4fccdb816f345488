package m365

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mailsweep/notify"
	"mailsweep/simulator"
)

func staffed() *simulator.Tenant {
	tenant := simulator.NewTenant(tenantID, "contoso.example")
	boss := tenant.AddUser(simulator.User{UserPrincipalName: "eve@contoso.example", Mail: "Eve.Boss@contoso.example", DisplayName: "Eve Boss", AccountEnabled: true, Purpose: simulator.UserMailbox})
	tenant.AddUser(simulator.User{UserPrincipalName: "ann@contoso.example", Mail: "ann@contoso.example", DisplayName: "Ann O'Neil", Department: "Finance", ManagerID: boss.ID, AccountEnabled: true, Purpose: simulator.UserMailbox})
	tenant.AddUser(simulator.User{UserPrincipalName: "joe@contoso.example", Mail: "joe@contoso.example", DisplayName: "Joe", ManagerID: boss.ID, Purpose: simulator.UserMailbox})
	tenant.AddUser(simulator.User{UserPrincipalName: "security@contoso.example", Mail: "security@contoso.example", Purpose: simulator.SharedMailbox})
	return tenant
}

func staff(t *testing.T) (*Directory, *Client) {
	t.Helper()
	c, _ := serve(t, staffed(), simulator.Options{})
	return NewDirectory(c), c
}

func TestDirectory(t *testing.T) {
	d, c := staff(t)
	for address, want := range map[string]notify.Person{
		"ANN@contoso.example":      {Address: "ann@contoso.example", Name: "Ann O'Neil", Department: "Finance", Manager: "eve.boss@contoso.example"},
		"eve.boss@contoso.example": {Address: "eve.boss@contoso.example", Name: "Eve Boss"},
		"joe@contoso.example":      {Address: "joe@contoso.example", Name: "Joe", Manager: "eve.boss@contoso.example", Left: true},
	} {
		got, err := d.Person(t.Context(), address)
		if err != nil {
			t.Fatal(address, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", address, diff)
		}
	}
	for _, nobody := range []string{"x@contoso.example", "o'neil@contoso.example"} {
		if _, err := d.Person(t.Context(), nobody); !errors.Is(err, notify.ErrNobody) {
			t.Errorf("%s: %v", nobody, err)
		}
	}
	before := c.Requests()
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := d.Person(t.Context(), "ann@CONTOSO.example"); err != nil {
				t.Error(err)
			}
			if _, err := d.Person(t.Context(), "x@contoso.example"); !errors.Is(err, notify.ErrNobody) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := c.Requests() - before; n != 0 {
		t.Errorf("%d more requests for people that it knows", n)
	}
}

// TestDirectoryOutOfReach: that somebody is unknown is never read out of a failure, and a
// failure is not remembered.
func TestDirectoryOutOfReach(t *testing.T) {
	c, _ := talk(t,
		reply(http.StatusForbidden, graphError("Authorization_RequestDenied", "Insufficient privileges")),
		reply(http.StatusOK, `{"id":"1","mail":"ann@contoso.example"}`), reply(http.StatusOK, `{"id":"1","mail":"ann@contoso.example","displayName":"Ann"}`),
		reply(http.StatusNotFound, graphError("Request_ResourceNotFound", "no manager")),
	)
	d := NewDirectory(c)
	if _, err := d.Person(t.Context(), "ann@contoso.example"); err == nil || errors.Is(err, notify.ErrNobody) || !strings.Contains(err.Error(), "User.Read.All") {
		t.Errorf("without the permission: %v", err)
	}
	if p, err := d.Person(t.Context(), "ann@contoso.example"); err != nil || p.Name != "Ann" || p.Manager != "" {
		t.Errorf("%+v, %v", p, err)
	}
}

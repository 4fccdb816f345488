package simulator

import (
	"fmt"
	"strings"
	"time"
)

// ServicePrincipal is an application as the tenant knows it.
type ServicePrincipal struct {
	ID, AppID, DisplayName string
	AppRoles               []AppRole
}

// AppRole is a permission that applications can be given on a resource.
type AppRole struct{ ID, Value, DisplayName string }

// AppRoleAssignment gives a principal an application permission on a resource.
type AppRoleAssignment struct {
	ID, AppRoleID           string
	PrincipalID, ResourceID string // ids of service principals, or of a user for PrincipalType "User"
	PrincipalType           string // "ServicePrincipal" when empty
	Created                 time.Time
}

// PermissionGrant is a delegated consent: an oauth2PermissionGrant.
type PermissionGrant struct {
	ID, ClientID, ResourceID string
	ConsentType              string // "AllPrincipals" or "Principal"
	PrincipalID              string // the user of a "Principal" consent
	Scope                    string // separated by spaces
}

// graphAppID is the application id of Microsoft Graph, the same in every tenant.
const graphAppID = "00000003-0000-0000-c000-000000000000"

// anyRole is the role of who is assigned to an application without one of its roles
// (appRoleAssignment resource).
const anyRole = "00000000-0000-0000-0000-000000000000"

// AddServicePrincipal adds an application, with an id where it has none.
func (t *Tenant) AddServicePrincipal(p ServicePrincipal) ServicePrincipal {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.addPrincipal(p)
}

func (t *Tenant) addPrincipal(p ServicePrincipal) ServicePrincipal {
	if p.ID == "" {
		t.serial++
		p.ID = guid(t.id, "principal", fmt.Sprint(t.serial))
	}
	t.principals = append(t.principals, p)
	return p
}

// graph is the id of the principal of Microsoft Graph, which is added where it is missing.
func (t *Tenant) graph() string {
	for _, p := range t.principals {
		if strings.EqualFold(p.AppID, graphAppID) {
			return p.ID
		}
	}
	return t.addPrincipal(ServicePrincipal{AppID: graphAppID, DisplayName: "Microsoft Graph"}).ID
}

// Assign gives an application permission: on Microsoft Graph where no resource is named.
func (t *Tenant) Assign(a AppRoleAssignment) AppRoleAssignment {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.ID == "" {
		t.serial++
		a.ID = opaqueID("", 32, t.id, "assignment", fmt.Sprint(t.serial))
	}
	if a.AppRoleID == "" {
		a.AppRoleID = anyRole
	}
	if a.ResourceID == "" {
		a.ResourceID = t.graph()
	}
	if a.PrincipalType == "" {
		a.PrincipalType = "ServicePrincipal"
	}
	t.assignments = append(t.assignments, a)
	return a
}

// Grant gives a delegated consent: to Microsoft Graph where no resource is named.
func (t *Tenant) Grant(g PermissionGrant) PermissionGrant {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g.ID == "" {
		t.serial++
		g.ID = opaqueID("", 32, t.id, "grant", fmt.Sprint(t.serial))
	}
	if g.ResourceID == "" {
		g.ResourceID = t.graph()
	}
	if g.ConsentType == "" {
		g.ConsentType = "AllPrincipals"
	}
	t.grants = append(t.grants, g)
	return g
}

package simulator

import (
	"fmt"
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

// AddServicePrincipal adds an application, with an id where it has none.
func (t *Tenant) AddServicePrincipal(p ServicePrincipal) ServicePrincipal {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p.ID == "" {
		t.serial++
		p.ID = guid(t.id, "principal", fmt.Sprint(t.serial))
	}
	t.principals = append(t.principals, p)
	return p
}

// Assign gives an application permission.
func (t *Tenant) Assign(a AppRoleAssignment) AppRoleAssignment {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.ID == "" {
		t.serial++
		a.ID = opaqueID("", 32, t.id, "assignment", fmt.Sprint(t.serial))
	}
	if a.PrincipalType == "" {
		a.PrincipalType = "ServicePrincipal"
	}
	t.assignments = append(t.assignments, a)
	return a
}

// Grant gives a delegated consent.
func (t *Tenant) Grant(g PermissionGrant) PermissionGrant {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g.ID == "" {
		t.serial++
		g.ID = opaqueID("", 32, t.id, "grant", fmt.Sprint(t.serial))
	}
	if g.ConsentType == "" {
		g.ConsentType = "AllPrincipals"
	}
	t.grants = append(t.grants, g)
	return g
}

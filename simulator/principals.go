package simulator

import (
	"slices"
	"strings"
)

var principalKind = &kind{
	name: "servicePrincipal", set: "servicePrincipals",
	standard: []string{"*"},
	blank:    []string{"appDescription", "description", "homepage", "loginUrl", "notes", "deletedDateTime", "disabledByMicrosoftStatus"},
}

func (p *ServicePrincipal) entity(tenant string) entity {
	roles := [][]field{}
	for _, r := range p.AppRoles {
		roles = append(roles, []field{{"allowedMemberTypes", []string{"Application"}}, {"description", r.DisplayName},
			{"displayName", r.DisplayName}, {"id", r.ID}, {"isEnabled", true}, {"value", r.Value}})
	}
	return entity{id: p.ID, fields: []field{
		{"id", p.ID},
		{"accountEnabled", true},
		{"appDisplayName", p.DisplayName},
		{"appId", p.AppID},
		{"appOwnerOrganizationId", tenant},
		{"appRoleAssignmentRequired", false},
		{"displayName", p.DisplayName},
		{"servicePrincipalNames", []string{p.AppID}},
		{"servicePrincipalType", "Application"},
		{"tags", []string{}},
		{"appRoles", roles},
	}}
}

func (t *Tenant) allPrincipals() []ServicePrincipal {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.principals)
}

// principal finds a service principal by its id, or by appId=….
func (t *Tenant) principal(id string) *ServicePrincipal {
	app, byApp := strings.CutPrefix(strings.ReplaceAll(id, "'", ""), "appId=")
	for _, p := range t.allPrincipals() {
		if byApp && strings.EqualFold(p.AppID, app) || strings.EqualFold(p.ID, id) {
			return &p
		}
	}
	return nil
}

func (c *call) listPrincipals() *reply {
	var all []entity
	for _, p := range c.s.tenant.allPrincipals() {
		all = append(all, p.entity(c.s.tenant.id))
	}
	return c.list(listing{kind: principalKind, context: "servicePrincipals", standard: 100, most: 999, advanced: true, all: all})
}

func (c *call) getPrincipal() *reply {
	p := c.s.tenant.principal(c.ids[0])
	if p == nil {
		return c.noObject(c.ids[0])
	}
	return c.one(principalKind, p.entity(c.s.tenant.id))
}

var assignmentKind = &kind{name: "appRoleAssignment", set: "appRoleAssignments", standard: []string{"*"}}

func (c *call) listAssignedTo() *reply {
	return c.assignments("appRoleAssignedTo", func(a AppRoleAssignment, id string) bool { return a.ResourceID == id })
}

func (c *call) listAssignments() *reply {
	return c.assignments("appRoleAssignments", func(a AppRoleAssignment, id string) bool { return a.PrincipalID == id })
}

func (c *call) assignments(what string, of func(AppRoleAssignment, string) bool) *reply {
	t := c.s.tenant
	p := t.principal(c.ids[0])
	if p == nil {
		return c.noObject(c.ids[0])
	}
	t.mu.RLock()
	list := slices.Clone(t.assignments)
	t.mu.RUnlock()
	var all []entity
	for _, a := range list {
		if !of(a, p.ID) {
			continue
		}
		all = append(all, entity{id: a.ID, fields: []field{
			{"id", a.ID},
			{"deletedDateTime", nil},
			{"appRoleId", a.AppRoleID},
			{"createdDateTime", a.Created},
			{"principalDisplayName", t.displayName(a.PrincipalID)},
			{"principalId", a.PrincipalID},
			{"principalType", a.PrincipalType},
			{"resourceDisplayName", t.displayName(a.ResourceID)},
			{"resourceId", a.ResourceID},
		}})
	}
	return c.list(listing{kind: assignmentKind, context: "servicePrincipals" + inContext(p.ID) + "/" + what, standard: 100, most: 999, all: all})
}

// displayName is that of a service principal or user.
func (t *Tenant) displayName(id string) string {
	if p := t.principal(id); p != nil {
		return p.DisplayName
	}
	if u, _ := t.find(id); u != nil {
		return u.DisplayName
	}
	return ""
}

var grantKind = &kind{name: "oAuth2PermissionGrant", set: "oauth2PermissionGrants", standard: []string{"*"}}

func (c *call) listGrants() *reply { return c.permissionGrants("") }

func (c *call) listPrincipalGrants() *reply {
	p := c.s.tenant.principal(c.ids[0])
	if p == nil {
		return c.noObject(c.ids[0])
	}
	return c.permissionGrants(p.ID)
}

// permissionGrants lists delegated consents, those of one client or all.
func (c *call) permissionGrants(client string) *reply {
	t := c.s.tenant
	t.mu.RLock()
	list := slices.Clone(t.grants)
	t.mu.RUnlock()
	var all []entity
	for _, g := range list {
		if client == "" || g.ClientID == client {
			all = append(all, entity{id: g.ID, fields: []field{
				{"clientId", g.ClientID},
				{"consentType", g.ConsentType},
				{"id", g.ID},
				{"principalId", g.PrincipalID},
				{"resourceId", g.ResourceID},
				{"scope", g.Scope},
			}})
		}
	}
	return c.list(listing{kind: grantKind, context: "oauth2PermissionGrants", standard: 100, most: 999, all: all})
}

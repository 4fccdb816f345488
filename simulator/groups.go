package simulator

import (
	"slices"
	"strings"
)

var groupKind = &kind{
	name: "group", set: "groups",
	standard: []string{"*"},
	blank: []string{"classification", "createdDateTime", "expirationDateTime", "membershipRule", "preferredLanguage", "theme", "visibility",
		"onPremisesSyncEnabled", "renewedDateTime", "deletedDateTime"},
}

// memberKind is what members of groups are: users or groups.
var memberKind = &kind{name: "directoryObject", set: "directoryObjects", blank: slices.Concat(userKind.blank, groupKind.blank)}

func (g *Group) entity() entity {
	nick, _, _ := strings.Cut(g.Mail, "@")
	return entity{id: g.ID, fields: []field{
		{"id", g.ID},
		{"description", nil},
		{"displayName", g.DisplayName},
		{"groupTypes", []string{}},
		{"mail", g.Mail},
		{"mailEnabled", g.Mail != ""},
		{"mailNickname", nick},
		{"proxyAddresses", proxies(g.Mail)},
		{"securityEnabled", true},
	}}
}

// proxies are the addresses as proxyAddresses has them: the primary one in capitals.
func proxies(mail string, aliases ...string) []string {
	all := []string{}
	if mail != "" {
		all = append(all, "SMTP:"+mail)
	}
	for _, a := range aliases {
		all = append(all, "smtp:"+a)
	}
	return all
}

func (t *Tenant) allGroups() []*Group {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.groups[:len(t.groups):len(t.groups)]
}

func (t *Tenant) group(id string) *Group {
	for _, g := range t.allGroups() {
		if strings.EqualFold(g.ID, id) {
			return g
		}
	}
	return nil
}

func (c *call) listGroups() *reply {
	var all []entity
	for _, g := range c.s.tenant.allGroups() {
		all = append(all, g.entity())
	}
	return c.list(listing{kind: groupKind, context: "groups", standard: 100, most: 999, advanced: true, all: all})
}

func (c *call) getGroup() *reply {
	g := c.s.tenant.group(c.ids[0])
	if g == nil {
		return c.noObject(c.ids[0])
	}
	return c.one(groupKind, g.entity())
}

func (c *call) listMembers() *reply        { return c.members(false, false) }
func (c *call) listUserMembers() *reply    { return c.members(false, true) }
func (c *call) listAllMembers() *reply     { return c.members(true, false) }
func (c *call) listAllUserMembers() *reply { return c.members(true, true) }

// members lists who is in a group: deep with the members of its groups, each once, also
// where groups contain each other; usersOnly is the cast to microsoft.graph.user.
func (c *call) members(deep, usersOnly bool) *reply {
	g := c.s.tenant.group(c.ids[0])
	if g == nil {
		return c.noObject(c.ids[0])
	}
	l := listing{kind: memberKind, context: "directoryObjects", standard: 100, most: 999, advanced: true, mixed: true,
		sample: entity{fields: slices.Concat((&User{}).entity().fields, g.entity().fields)}}
	if usersOnly {
		l.kind, l.context, l.mixed = userKind, "users", false
	}
	seen := map[string]bool{g.ID: true}
	for queue := []*Group{g}; len(queue) > 0; queue = queue[1:] {
		for _, id := range queue[0].Members {
			user, _ := c.s.tenant.find(id)
			inner := c.s.tenant.group(id)
			switch {
			case seen[id]:
			case user != nil:
				l.all, l.kinds = append(l.all, user.entity()), append(l.kinds, userKind)
			case inner != nil && !usersOnly:
				l.all, l.kinds = append(l.all, inner.entity()), append(l.kinds, groupKind)
			}
			if deep && inner != nil && !seen[id] {
				queue = append(queue, inner)
			}
			seen[id] = true
		}
	}
	return c.list(l)
}

package simulator

import (
	"strconv"
	"strings"
)

var userKind = &kind{
	name: "user", set: "users",
	standard: []string{"businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation", "preferredLanguage", "surname", "userPrincipalName", "id"},
	blank: []string{"aboutMe", "ageGroup", "birthday", "city", "companyName", "country", "createdDateTime", "creationType", "employeeId", "employeeType",
		"externalUserState", "hireDate", "imAddresses", "legalAgeGroupClassification", "onPremisesDomainName", "onPremisesImmutableId",
		"onPremisesLastSyncDateTime", "onPremisesSamAccountName", "onPremisesSecurityIdentifier", "onPremisesSyncEnabled",
		"onPremisesUserPrincipalName", "postalCode", "preferredDataLocation", "securityIdentifier", "showInAddressList", "state",
		"streetAddress", "usageLocation", "deletedDateTime", "employeeHireDate", "faxNumber", "passwordPolicies"},
}

// exchangePlan is the service plan of Exchange Online Plan 2, as licences list it.
const exchangePlan = "efb87545-963c-4e0d-99df-69c6916d9eb0"

func (u *User) entity() entity {
	given, surname, _ := strings.Cut(u.DisplayName, " ")
	nick, _, _ := strings.Cut(u.UserPrincipalName, "@")
	plans := [][]field{}
	if u.Mailbox != Unlicensed && u.Mailbox != OnPremises {
		plans = append(plans, []field{{"capabilityStatus", "Enabled"}, {"service", "exchange"}, {"servicePlanId", exchangePlan}})
	}
	return entity{id: u.ID, fields: []field{
		{"businessPhones", []string{}},
		{"displayName", u.DisplayName},
		{"givenName", given},
		{"jobTitle", nil},
		{"mail", u.Mail},
		{"mobilePhone", nil},
		{"officeLocation", nil},
		{"preferredLanguage", u.PreferredLanguage},
		{"surname", surname},
		{"userPrincipalName", u.UserPrincipalName},
		{"id", u.ID},
		{"accountEnabled", u.AccountEnabled},
		{"assignedPlans", plans},
		{"department", u.Department},
		{"mailNickname", nick},
		{"otherMails", []string{}},
		{"proxyAddresses", proxies(u.Mail, u.Aliases...)},
		{"userType", u.UserType},
	}}
}

func userEntities(users []User) []entity {
	out := make([]entity, len(users))
	for i := range users {
		out[i] = users[i].entity()
	}
	return out
}

func (c *call) listUsers() *reply {
	if has(names(c.option("$select")), "mailboxSettings") {
		return c.fail(501, "NotImplemented", "The mailboxSettings property can be selected for one user only.")
	}
	return c.list(listing{kind: userKind, context: "users", standard: 100, most: 999, advanced: true,
		all: userEntities(c.s.tenant.Users())})
}

func (c *call) countUsers() *reply {
	if !c.eventual() {
		return c.fail(400, "Request_BadRequest", "$count is not currently supported without the header ConsistencyLevel: eventual.")
	}
	l := listing{kind: userKind, advanced: true, all: userEntities(c.s.tenant.Users())}
	c.params.Set("$count", "true")
	var sample entity
	if len(l.all) > 0 {
		sample = l.all[0]
	}
	found, bad := c.filtered(l, sample)
	if bad != nil {
		return bad
	}
	return c.number(len(found))
}

// number is the reply of $count.
func (c *call) number(n int) *reply {
	return &reply{status: 200, kind: "text/plain", body: body{{data: []byte(strconv.Itoa(n))}}, entries: -1}
}

func (c *call) getUser() *reply {
	if !c.accountNamed() {
		return c.noObject(c.ids[0])
	}
	e := c.user.entity()
	if has(names(c.option("$select")), "mailboxSettings") {
		e.fields = append(e.fields, field{"mailboxSettings", []field{{"userPurpose", string(c.user.Purpose)}}})
	}
	return c.one(userKind, e)
}

// accountNamed says whether the call names an account as the directory takes it: by id or
// principal name, by no other address.
func (c *call) accountNamed() bool {
	return c.user != nil && !strings.HasPrefix(c.user.ID, "MBX:") &&
		(strings.EqualFold(c.ids[0], c.user.ID) || strings.EqualFold(c.ids[0], c.user.UserPrincipalName))
}

func (c *call) getManager() *reply {
	if !c.accountNamed() {
		return c.noObject(c.ids[0])
	}
	manager, _ := c.s.tenant.find(c.user.ManagerID)
	if c.user.ManagerID == "" || manager == nil {
		return c.noObject("manager")
	}
	e := manager.entity()
	chosen, bad := c.selection(userKind, e)
	if bad != nil {
		return bad
	}
	w := newWriter(1024)
	w.open('{')
	w.string("@odata.context", c.context("directoryObjects"+selected(c.option("$select"))+"/$entity"))
	w.string("@odata.type", "#microsoft.graph.user")
	e.write(w, chosen)
	w.close('}')
	return c.json(w)
}

func (c *call) getMailboxSettings() *reply {
	w := newWriter(1024)
	w.open('{')
	w.string("@odata.context", c.context("users"+inContext(c.ids[0])+"/mailboxSettings"))
	settings := entity{fields: []field{
		{"archiveFolder", c.archiveFolder()},
		{"timeZone", "UTC"},
		{"delegateMeetingMessageDeliveryOptions", "sendToDelegateOnly"},
		{"dateFormat", "yyyy-MM-dd"},
		{"timeFormat", "HH:mm"},
		{"userPurpose", string(c.user.Purpose)},
		{"automaticRepliesSetting", []field{{"status", "disabled"}, {"externalAudience", "all"}, {"internalReplyMessage", nil}, {"externalReplyMessage", nil}}},
		{"language", []field{{"locale", "en-US"}, {"displayName", "English (United States)"}}},
	}}
	k := &kind{name: "mailboxSettings", blank: []string{"workingHours"}, standard: []string{"*"}}
	chosen, bad := c.selection(k, settings)
	if bad != nil {
		return bad
	}
	settings.write(w, chosen)
	w.close('}')
	return c.json(w)
}

func (c *call) archiveFolder() string {
	c.box.mu.RLock()
	defer c.box.mu.RUnlock()
	return c.box.wellKnown["archive"].ID
}

func (c *call) getUserPurpose() *reply {
	w := newWriter(256)
	w.open('{')
	w.string("@odata.context", c.context("users"+inContext(c.ids[0])+"/mailboxSettings/userPurpose"))
	w.string("value", string(c.user.Purpose))
	w.close('}')
	return c.json(w)
}

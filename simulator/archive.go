package simulator

import "strings"

// AddArchive gives user an in-place archive mailbox and returns its id, by which it can
// be filled and read as a user can: "MBX:<guid>@<tenant>". It is in no list of users.
// Graph does not promise to read archives; that it does was measured by others.
func (t *Tenant) AddArchive(user string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	owner := t.byName[strings.ToLower(user)]
	if owner == nil {
		return "", unknownUser(user)
	}
	if owner.archive == nil {
		u := *owner.user
		u.ID, u.Mail = "MBX:"+guid("archive", u.ID)+"@"+t.id, ""
		owner.archive = &account{user: &u, box: newMailbox(t.id, u.ID)}
		t.byName[strings.ToLower(u.ID)] = owner.archive
	}
	return owner.archive.user.ID, nil
}

// getExchangeSettings tells the mailboxes of a user: the archive in beta only.
func (c *call) getExchangeSettings() *reply {
	if c.user == nil {
		return c.noObject(c.ids[0])
	}
	t := c.s.tenant
	t.mu.RLock()
	archive := ""
	if a := t.byName[strings.ToLower(c.user.ID)]; a != nil && a.archive != nil {
		archive = a.archive.user.ID
	}
	t.mu.RUnlock()
	w := newWriter(512)
	w.open('{')
	w.string("@odata.context", c.context("users"+inContext(c.ids[0])+"/settings/exchange"))
	w.string("primaryMailboxId", "MBX:"+guid("mailbox", c.user.ID)+"@"+t.id)
	if c.version == "/beta" {
		w.text("inPlaceArchiveMailboxId", archive)
	}
	w.close('}')
	return c.json(w)
}

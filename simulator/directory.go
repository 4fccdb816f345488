package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Tenant is an organisation: its directory and its mailboxes. What it is asked to
// change is seen by every server of it at once. Safe for use by many goroutines.
//
// Ids that it gives follow from the tenant's id and from the order in which things
// were added to it, or to their mailbox: the same calls make the same tenant.
type Tenant struct {
	id, domain string

	mu          sync.RWMutex
	serial      uint64
	accounts    []*account
	byName      map[string]*account // lower-case id, UPN and addresses
	groups      []*Group
	principals  []ServicePrincipal
	assignments []AppRoleAssignment
	grants      []PermissionGrant
	sent        []SentMail
	audit       auditLog
}

// account is a user and the mailbox that belongs to it. The user is replaced, never
// changed in place; both pointers are guarded by Tenant.mu.
type account struct {
	user    *User
	box     *mailbox
	archive *account
}

// NewTenant makes an empty tenant. id is a GUID; empty, it follows from domain, which
// is the domain that addresses get, such as "contoso.example".
func NewTenant(id, domain string) *Tenant {
	if id == "" {
		id = guid("tenant", domain)
	}
	return &Tenant{id: id, domain: domain, byName: map[string]*account{}}
}

// ID is the tenant's GUID.
func (t *Tenant) ID() string { return t.id }

// Domain is the domain of the tenant's addresses.
func (t *Tenant) Domain() string { return t.domain }

// AddUser adds an account and returns it as it stands. It gets an id where it has
// none, "Member" as its type, and a mailbox with the well-known folders unless it is
// Unlicensed. An account of the same id is replaced, its mailbox with it.
func (t *Tenant) AddUser(u User) User {
	t.mu.Lock()
	defer t.mu.Unlock()
	if u.ID == "" {
		t.serial++
		u.ID = guid(t.id, "user", fmt.Sprint(t.serial))
	}
	if u.UserPrincipalName == "" {
		u.UserPrincipalName = u.Mail
	}
	if u.UserType == "" {
		u.UserType = "Member"
	}
	if u.Purpose == "" {
		u.Purpose = UserMailbox
	}
	t.forget(u.ID)
	a := &account{user: &u}
	if u.Mailbox != Unlicensed {
		a.box = newMailbox(t.id, u.ID)
	}
	t.accounts = append(t.accounts, a)
	t.index(a)
	return u
}

func (t *Tenant) index(a *account) {
	for _, name := range append([]string{a.user.ID, a.user.UserPrincipalName, a.user.Mail}, a.user.Aliases...) {
		if name != "" {
			t.byName[strings.ToLower(name)] = a
		}
	}
}

// forget takes the account of that id out of the directory, and says whether there was one.
func (t *Tenant) forget(id string) bool {
	i := slices.IndexFunc(t.accounts, func(a *account) bool { return a.user.ID == id })
	if i < 0 {
		return false
	}
	gone := t.accounts[i]
	t.accounts = slices.Delete(slices.Clone(t.accounts), i, i+1)
	for name, a := range t.byName {
		if a == gone || a == gone.archive {
			delete(t.byName, name)
		}
	}
	return true
}

// Users are the accounts in the order in which they were added.
func (t *Tenant) Users() []User {
	t.mu.RLock()
	defer t.mu.RUnlock()
	out := make([]User, len(t.accounts))
	for i, a := range t.accounts {
		out[i] = *a.user
	}
	return out
}

// size is the number of accounts.
func (t *Tenant) size() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.accounts)
}

// RemoveUser takes an account, by id, UPN or address, and its mailbox away.
func (t *Tenant) RemoveUser(user string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.byName[strings.ToLower(user)]
	if a == nil {
		return unknownUser(user)
	}
	t.forget(a.user.ID)
	return nil
}

// SetMailbox changes how the service answers for a mailbox. The mail is kept, so that
// it can be reached again.
func (t *Tenant) SetMailbox(user string, s MailboxState) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.byName[strings.ToLower(user)]
	if a == nil {
		return unknownUser(user)
	}
	u := *a.user
	u.Mailbox = s
	a.user = &u
	if a.box == nil && s != Unlicensed {
		a.box = newMailbox(t.id, u.ID)
	}
	return nil
}

// find returns the user and mailbox of an id, UPN or address; a nil user is unknown,
// a nil mailbox means that the user never had one.
func (t *Tenant) find(user string) (*User, *mailbox) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	a := t.byName[strings.ToLower(user)]
	if a == nil {
		return nil, nil
	}
	return a.user, a.box
}

// mailboxOf is find for those who change the mail.
func (t *Tenant) mailboxOf(user string) (*mailbox, error) {
	u, box := t.find(user)
	if u == nil {
		return nil, unknownUser(user)
	}
	if box == nil {
		return nil, fmt.Errorf("simulator: %s has no mailbox: give it a state other than Unlicensed", user)
	}
	return box, nil
}

func unknownUser(user string) error {
	return fmt.Errorf("simulator: no user %q in the tenant: add it first", user)
}

// Group is a group of the directory. Members are ids of users or of other groups.
type Group struct {
	ID, DisplayName, Mail string
	Members               []string
}

// AddGroup adds a group, with an id where it has none.
func (t *Tenant) AddGroup(g Group) Group {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g.ID == "" {
		t.serial++
		g.ID = guid(t.id, "group", fmt.Sprint(t.serial))
	}
	g.Members = slices.Clone(g.Members)
	t.groups = append(t.groups, &g)
	return g
}

// guid makes a GUID that follows from its parts.
func guid(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

package notify

import (
	"time"

	"mailsweep/sweeper"
)

// Policy says who owns what, by when it is due, and who approves. It is read by
// [ReadPolicy] and does not change; it may be used from many goroutines.
type Policy struct {
	Organisation Organisation
	Routes       []*Route
	// Due is how long each severity may stay open after the owner was told.
	Due map[sweeper.Severity]time.Duration
	// Remind is when an owner who has not answered is told again, after the first notice.
	Remind []time.Duration
	// Escalate is when the owner's manager is told, too; zero is never.
	Escalate time.Duration
	// Channels are by which owners are told, by their audience; "" is none.
	Channels map[Audience]string
	// Quiet is when nothing is sent.
	Quiet Quiet
	// SecondPerson asks for an approval by somebody else than who planned, of every
	// notice. Those that leave the organisation always need one.
	SecondPerson bool

	teams     map[string]Owner
	fallback  string
	customers *Customers
	inventory *Inventory
	wordings  map[string]*wording // by audience and language: "inside.en"
	guides    map[string]Guide    // by language
}

// Organisation is whoever runs mailsweep.
type Organisation struct {
	Name    string
	Domains Domains
	// Contact is the address that owners answer to.
	Contact string
	// Verify is a page of the organisation, published and known, where somebody who
	// doubts a notice finds how to check its reference.
	Verify   string
	Language string // of notices to owners who have none
}

// Route gives what it matches to owners.
type Route struct {
	Name   string
	Line   int
	When   Condition
	Owners []Selector
}

// Selector names an owner: one of the policy by its name, or one of these, which depend
// on the leak.
type Selector string

const (
	// ToMailbox is the person whose mailbox has the earliest mail with the secret.
	ToMailbox Selector = "mailbox"
	// ToManager is that person's manager, as the directory has it.
	ToManager Selector = "manager"
	// ToSender is who mailed it first, where that is somebody of the organisation.
	ToSender Selector = "sender"
	// ToCustomer is each customer who mailed it to us or to whom we mailed it.
	ToCustomer Selector = "customer"
	// ToInventory is whom the inventory has for it.
	ToInventory Selector = "inventory"
)

// selectors in the order in which a complaint names them.
func selectors() []Selector {
	return []Selector{ToMailbox, ToManager, ToSender, ToCustomer, ToInventory}
}

package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Decision is whom a leak was given to, and why.
type Decision struct {
	Owners []Owner
	// Route decided; nil when it was the fallback, or nothing.
	Route *Route
	// Steps say in words what was looked at, the last one what was decided.
	Steps []string
}

// Routed reports whether somebody owns it.
func (d Decision) Routed() bool { return len(d.Owners) > 0 }

// Route decides who owns a leak: the owners of the first route that matches. A route
// whose owners are all unknown for this leak (no manager in the directory, nobody in the
// inventory) decides nothing, and says so. The error is the directory's: then nothing
// is known, and the leak is to be routed again.
func (p *Policy) Route(ctx context.Context, l Leak, dir Directory) (Decision, error) {
	var d Decision
	who := &holder{leak: l, dir: dir, own: p.Organisation.Domains}
	for _, r := range p.Routes {
		why, err := r.When.mismatch(l, p.Organisation.Domains, func() (string, error) {
			person, _, err := who.person(ctx)
			return person.Department, err
		})
		if err != nil {
			return d, err
		}
		if why != "" {
			d.note(r, "does not match: %s", why)
			continue
		}
		for _, s := range r.Owners {
			owners, why, err := p.choose(ctx, s, l, who)
			if err != nil {
				return d, err
			}
			if len(owners) == 0 {
				d.note(r, "matches, but %s", why)
			}
			d.add(owners)
		}
		if d.Routed() {
			d.Route = r
			d.note(r, "decides: %s", names(d.Owners))
			return d, nil
		}
	}
	if o, ok := p.teams[p.fallback]; ok {
		d.Owners = []Owner{o}
		d.Steps = append(d.Steps, "no route decided; the fallback is "+o.Name)
		return d, nil
	}
	d.Steps = append(d.Steps, "no route decided, and there is no fallback: nobody owns it")
	return d, nil
}

func (d *Decision) note(r *Route, format string, args ...any) {
	d.Steps = append(d.Steps, fmt.Sprintf("line %d, %s: ", r.Line, r.Name)+fmt.Sprintf(format, args...))
}

func (d *Decision) add(owners []Owner) {
	for _, o := range owners {
		if !slices.ContainsFunc(d.Owners, func(k Owner) bool { return k.ID == o.ID }) {
			d.Owners = append(d.Owners, o)
		}
	}
}

func names(owners []Owner) string {
	var all []string
	for _, o := range owners {
		all = append(all, o.Name)
	}
	return strings.Join(all, ", ")
}

// choose gives the owners that a selector means for a leak; why says in words why none.
func (p *Policy) choose(ctx context.Context, s Selector, l Leak, who *holder) (owners []Owner, why string, err error) {
	switch s {
	case ToMailbox:
		person, ok, err := who.person(ctx)
		if err != nil || !ok {
			return nil, "its mailbox is no address of the organisation", err
		}
		return []Owner{p.personal(person)}, "", nil
	case ToManager:
		person, _, err := who.person(ctx)
		if err != nil || person.Manager == "" {
			return nil, "no manager is known of " + cmp.Or(person.Address, "its mailbox"), err
		}
		return p.byAddress(ctx, person.Manager, who.dir)
	case ToSender:
		for _, f := range l.Sightings {
			if from := addressOf(f.From); p.Organisation.Domains.Contain(from) {
				return p.byAddress(ctx, from, who.dir)
			}
		}
		return nil, "nobody of the organisation mailed it", nil
	case ToCustomer:
		return p.outside(l)
	case ToInventory:
		e, ok := p.inventory.find(l)
		if !ok {
			return nil, "the inventory has nobody for it", nil
		}
		o, _ := p.named(e.owner)
		return []Owner{o}, "", nil
	}
	return []Owner{p.teams[string(s)]}, "", nil
}

// outside are the customers who mailed it to us, or to whom we mailed it.
func (p *Policy) outside(l Leak) (owners []Owner, why string, err error) {
	why = "nobody outside had it"
	for _, f := range l.Sightings {
		for _, a := range append([]string{addressOf(f.From)}, recipients(f)...) {
			if a == "" || p.Organisation.Domains.Contain(a) {
				continue
			}
			if c := p.customers.of(a); c != nil {
				if !slices.ContainsFunc(owners, func(o Owner) bool { return o.ID == c.ID }) {
					owners = append(owners, *c)
				}
			} else {
				why = "no customer has the domain " + domainOf(a)
			}
		}
	}
	return owners, why, nil
}

// named is an owner of the policy, or a person of the organisation by the address.
func (p *Policy) named(name string) (Owner, bool) {
	if o, ok := p.teams[name]; ok {
		return o, true
	}
	address := strings.ToLower(name)
	if !isAddress(address) || !p.Organisation.Domains.Contain(address) {
		return Owner{}, false
	}
	return p.personal(Person{Address: address}), true
}

// byAddress is somebody of the organisation; who is not in the directory is an address.
func (p *Policy) byAddress(ctx context.Context, address string, dir Directory) ([]Owner, string, error) {
	if !p.Organisation.Domains.Contain(address) {
		return nil, address + " is not of the organisation", nil
	}
	person, err := dir.Person(ctx, address)
	if errors.Is(err, ErrNobody) {
		person, err = Person{Address: address}, nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("ask the directory for %s: %w", address, err)
	}
	return []Owner{p.personal(person)}, "", nil
}

// personal is a person as an owner. Who has left is told by way of the manager.
func (p *Policy) personal(person Person) Owner {
	address, manager := strings.ToLower(person.Address), strings.ToLower(person.Manager)
	o := Owner{ID: "person:" + address, Name: cmp.Or(person.Name, person.Address), Audience: Inside, To: []string{address}, Language: person.Language, Manager: manager}
	if person.Left {
		o.To, o.Name = nil, o.Name+" (who has left)"
		if manager != "" && p.Organisation.Domains.Contain(manager) {
			o.To = []string{manager}
		}
	}
	return o
}

// holder is the person whose mailbox has the earliest mail with a secret, looked up once.
type holder struct {
	leak  Leak
	dir   Directory
	own   Domains
	found Person
	ok    bool
	asked bool
}

func (h *holder) person(ctx context.Context) (p Person, ok bool, err error) {
	if h.asked || len(h.leak.Sightings) == 0 {
		return h.found, h.ok, nil
	}
	address := strings.ToLower(h.leak.Sightings[0].Ref.Mailbox)
	if isAddress(address) && h.own.Contain(address) {
		h.found, err = h.dir.Person(ctx, address)
		switch {
		case errors.Is(err, ErrNobody):
			h.found = Person{Address: address}
		case err != nil:
			return Person{}, false, fmt.Errorf("ask the directory for %s: %w", address, err)
		}
		h.ok = true
	}
	h.asked = true
	return h.found, h.ok, nil
}

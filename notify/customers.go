package notify

import (
	"slices"
	"strings"

	"mailsweep/lined"
)

// Customers are organisations outside that are told of their secrets, by the domains of
// their mail.
type Customers struct{ byDomain map[string]*Owner }

// providers give addresses to everybody: a domain of theirs says not whose a mail is.
var providers = []string{
	"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com", "aol.com", "icloud.com", "me.com",
	"gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de", "proton.me", "protonmail.com", "mail.com", "mail.ru", "yandex.ru", "yandex.com",
	"orange.fr", "free.fr", "libero.it", "qq.com", "163.com", "126.com", "zoho.com", "fastmail.com", "comcast.net",
}

// customers reads a CSV file: domain, customer, contact, and if wanted language and
// account_manager. A customer with several domains has a line for each.
func (r *reader) customers(f *lined.File, data []byte) *Customers {
	own := r.policy.Organisation.Domains
	c := &Customers{map[string]*Owner{}}
	byName := map[string]*Owner{}
	domains := map[string]Domains{}
	rows := table(f, data, []string{"domain", "customer", "contact"}, []string{"language", "account_manager"})
	for _, row := range rows {
		domain, name := strings.ToLower(row.value["domain"]), plain(row.value["customer"])
		switch {
		case domain == "" || name == "":
			continue
		case !isDomain(domain):
			f.Complain(row.line, "%q is no domain", domain)
		case slices.Contains(providers, domain):
			f.Complain(row.line, "anybody can have an address at %s: it says not who a customer is", domain)
		case own.Contain(domain):
			f.Complain(row.line, "%s is a domain of the organisation itself", domain)
		case c.byDomain[domain] != nil:
			f.Complain(row.line, "%s stands twice", domain)
		}
		r.spoken(f, row.line, Outside, row.value["language"])
		domains[name] = append(domains[name], domain, "*."+domain)
		o := byName[name]
		if o == nil {
			o = &Owner{ID: "customer:" + name, Name: name, Audience: Outside, Language: row.value["language"], Manager: strings.ToLower(row.value["account_manager"])}
			byName[name] = o
		}
		if contact := strings.ToLower(row.value["contact"]); contact != "" && !slices.Contains(o.To, contact) {
			o.To = append(o.To, contact)
		}
		c.byDomain[domain] = o
	}
	for _, row := range rows {
		contact, manager := strings.ToLower(row.value["contact"]), strings.ToLower(row.value["account_manager"])
		switch name := plain(row.value["customer"]); {
		case contact != "" && !isAddress(contact):
			f.Complain(row.line, "%q is no address", contact)
		case contact != "" && !domains[name].Contain(contact):
			f.Complain(row.line, "the contact %s is outside of %s's domains: a notice about their secrets must not go there", contact, name)
		}
		if manager != "" && !own.Contain(manager) {
			f.Complain(row.line, "the account manager %s is not of the organisation", manager)
		}
	}
	return c
}

// of is the customer of an address, by its domain or one above it; nil for none.
func (c *Customers) of(address string) *Owner {
	if c == nil {
		return nil
	}
	for domain := domainOf(address); domain != ""; {
		if o := c.byDomain[domain]; o != nil {
			return o
		}
		_, above, ok := strings.Cut(domain, ".")
		if !ok {
			break
		}
		domain = above
	}
	return nil
}

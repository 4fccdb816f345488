package notify

import (
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailsweep/lined"
	"mailsweep/sweeper"
)

// ReadPolicy reads a policy and the tables that it names, from one directory. rules are
// the ids that there are. All that is wrong is told at once, each with its file and
// line; there is no policy with anything wrong in it.
func ReadPolicy(dir fs.FS, name string, rules []string) (*Policy, error) {
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		return nil, err
	}
	f, root, err := lined.Parse(name, data)
	if err != nil {
		return nil, err
	}
	r := &reader{file: f, dir: dir, rules: rules, policy: &Policy{Due: defaultDue(), teams: map[string]Owner{}}}
	s := root.Struct("organisation", "owners", "customers", "inventory", "routes", "fallback", "due", "remind", "escalate", "second_person", "channels", "quiet", "templates", "guide")
	r.words(s)
	r.organisation(s.Need("organisation"))
	r.owners(s.Get("owners"))
	r.tables(s)
	r.routes(s.Need("routes"))
	r.fallback(s.Get("fallback"))
	r.times(s)
	r.channels(s.Get("channels"))
	r.quiet(s.Get("quiet"))
	r.policy.SecondPerson = s.Get("second_person").Bool()
	if err := r.err(); err != nil {
		return nil, err
	}
	return r.policy, nil
}

func defaultDue() map[sweeper.Severity]time.Duration {
	const day = 24 * time.Hour
	return map[sweeper.Severity]time.Duration{sweeper.Critical: day, sweeper.High: 3 * day, sweeper.Medium: 14 * day, sweeper.Low: 90 * day}
}

type reader struct {
	file   *lined.File
	more   []*lined.File // the tables
	dir    fs.FS
	rules  []string
	policy *Policy
}

func (r *reader) err() error {
	errs := []error{r.file.Err()}
	for _, f := range r.more {
		errs = append(errs, f.Err())
	}
	return join(errs)
}

func (r *reader) organisation(v lined.Value) {
	s := v.Struct("name", "domains", "contact", "verify", "language")
	o := &r.policy.Organisation
	o.Name, o.Language = plain(s.Need("name").Text()), s.Get("language").Text()
	for _, a := range []Audience{Inside, Outside} {
		r.spoken(r.file, s.Get("language").Line(), a, o.Language)
	}
	for _, d := range s.Need("domains").Items() {
		domain := strings.ToLower(d.Text())
		if !isDomain(strings.TrimPrefix(domain, "*.")) {
			d.Complain("%q is no domain", domain)
		}
		o.Domains = append(o.Domains, domain)
	}
	contact := s.Need("contact")
	if o.Contact = contact.Text(); o.Contact != "" && !isAddress(o.Contact) {
		contact.Complain("%q is no address", o.Contact)
	}
	verify := s.Need("verify")
	o.Verify = verify.Text()
	if u, err := url.Parse(o.Verify); o.Verify != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		verify.Complain("%q is no https address of a page", o.Verify)
	}
}

func (r *reader) owners(v lined.Value) {
	for _, f := range v.Fields() {
		if slices.Contains(selectors(), Selector(f.Key)) {
			r.file.Complain(f.Line, "%q has a meaning of its own in routes: give the owner another name", f.Key)
		}
		s := f.Struct("name", "to", "language", "manager")
		o := Owner{ID: "team:" + f.Key, Name: plain(s.Get("name").Text()), Audience: Inside, Language: s.Get("language").Text()}
		r.spoken(r.file, s.Get("language").Line(), Inside, o.Language)
		if o.Name == "" {
			o.Name = f.Key
		}
		for _, to := range s.Need("to").Items() {
			o.To = append(o.To, r.inside(to))
		}
		o.Manager = r.inside(s.Get("manager"))
		r.policy.teams[f.Key] = o
	}
}

// inside is an address of the organisation.
func (r *reader) inside(v lined.Value) string {
	a := strings.ToLower(v.Text())
	switch {
	case a == "":
	case !isAddress(a):
		v.Complain("%q is no address", a)
	case !r.policy.Organisation.Domains.Contain(a):
		v.Complain("%s is not of the organisation's domains: who is outside is listed among the customers", a)
	}
	return a
}

func (r *reader) tables(s lined.Struct) {
	read := func(v lined.Value) (*lined.File, []byte) {
		name := v.Text()
		if name == "" {
			return nil, nil
		}
		data, err := fs.ReadFile(r.dir, name)
		if err != nil {
			v.Complain("%s cannot be read: %v", name, reason(err))
			return nil, nil
		}
		f := lined.New(name)
		r.more = append(r.more, f)
		return f, data
	}
	if f, data := read(s.Get("customers")); f != nil {
		r.policy.customers = r.customers(f, data)
	}
	if f, data := read(s.Get("inventory")); f != nil {
		r.policy.inventory = readInventory(f, data, r.policy.named)
	}
}

func (r *reader) routes(v lined.Value) {
	for i, item := range v.Items() {
		s := item.Struct("name", "when", "owners")
		route := &Route{Name: s.Get("name").Text(), Line: item.Line(), When: r.condition(s.Get("when"))}
		if route.Name == "" {
			route.Name = "route " + strconv.Itoa(i+1)
		}
		for _, o := range s.Need("owners").Items() {
			route.Owners = append(route.Owners, r.selector(o))
		}
		for _, before := range r.policy.Routes {
			if before.Name == route.Name {
				item.Complain("the route of line %d is called %q, too", before.Line, route.Name)
			}
			if before.When.covers(route.When) {
				item.Complain("%q is never reached: %q, in line %d, matches all that it matches", route.Name, before.Name, before.Line)
				break
			}
		}
		r.policy.Routes = append(r.policy.Routes, route)
	}
}

func (r *reader) selector(v lined.Value) Selector {
	name := v.Text()
	switch _, known := r.policy.teams[name]; {
	case known, slices.Contains(selectors(), Selector(name)):
	case name == "":
		v.Complain("an owner is empty")
	default:
		v.Complain("there is no owner %q: owners has %s, and there are %v", name, listed(slices.Sorted(maps.Keys(r.policy.teams))), selectors())
	}
	if Selector(name) == ToCustomer && r.policy.customers == nil {
		v.Complain("%q needs a list of customers", name)
	}
	if Selector(name) == ToInventory && r.policy.inventory == nil {
		v.Complain("%q needs an inventory", name)
	}
	return Selector(name)
}

func (r *reader) fallback(v lined.Value) {
	name := v.Text()
	if _, known := r.policy.teams[name]; name != "" && !known {
		v.Complain("there is no owner %q: owners has %s", name, listed(slices.Sorted(maps.Keys(r.policy.teams))))
	}
	r.policy.fallback = name
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

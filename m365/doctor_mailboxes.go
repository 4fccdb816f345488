package m365

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"golang.org/x/sync/errgroup"

	"mailsweep/doctor"
	"mailsweep/sweeper"
)

// probesAtOnce is how many mailboxes are tried at a time.
const probesAtOnce = 8

// probes are the mailboxes that were tried, by what came of it.
type probes struct {
	readable, outOfScope, absent, other []string
	first                               string // id of one that can be read
	kept, failed                        error  // of one that is out of scope, of one of the others
}

func (p probes) all() int { return len(p.readable) + len(p.outOfScope) + len(p.absent) + len(p.other) }

// choose lists the mailboxes of the selection.
func (e *examination) choose(ctx context.Context) []doctor.Check {
	k := doctor.Check{Name: "selection", Status: doctor.Unknown}
	if !e.ready() {
		k.Finding = "the mailboxes were not listed: mend first what has failed above"
		return []doctor.Check{k}
	}
	if !e.x.Select.some() {
		k.Finding = "no mailbox is chosen, so none was tried"
		k.Advice = "mailsweep doctor m365: --mailbox ADDRESS tries one, --all tries some of all"
		return []doctor.Check{k}
	}
	src, err := e.c.Source(SourceOptions{Tenant: e.token.Tenant, Select: e.x.Select})
	if err != nil {
		return []doctor.Check{{Name: k.Name, Status: doctor.Failed, Finding: line(err.Error(), 300)}}
	}
	for m, err := range src.Mailboxes(ctx) {
		var skip *sweeper.Skip
		if errors.As(err, &skip) {
			e.missing = append(e.missing, skip.Ref.Mailbox)
			continue
		}
		var box *mailbox
		if err == nil {
			box, err = src.named(ctx, m.Name)
		}
		if err != nil {
			e.refused = err
			break
		}
		e.chosen = append(e.chosen, box)
	}
	return e.listing(k)
}

// listing says what came of the list.
func (e *examination) listing(k doctor.Check) []doctor.Check {
	var all []doctor.Check
	switch {
	case e.refused != nil:
		k.Status, k.Finding, k.Advice = doctor.Failed, "the directory did not give it: "+words(e.refused), refusedBy(e.refused)
	case len(e.chosen) == 0 && len(e.missing) == 0:
		k.Status, k.Finding, k.Advice = doctor.Failed, "it chooses no mailbox", "check the group, the filter and what is excluded"
	case len(e.chosen) > 0:
		k.Status, k.Finding = doctor.OK, count(len(e.chosen), "mailbox", "mailboxes")+" chosen"
	}
	if k.Status != doctor.Unknown {
		all = append(all, k)
	}
	if len(e.missing) > 0 {
		all = append(all, doctor.Check{Name: "no such account", Status: doctor.Failed, Finding: "the directory does not know " + examples(e.missing),
			Advice: "check the spelling, and that it is an account of this tenant; or drop it from the selection"})
	}
	return all
}

// words are those of the service, without what the layers between have added.
func words(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Error()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("nothing useful came within %s, however often it was asked", patience)
	}
	return line(err.Error(), 300)
}

func refusedBy(err error) string {
	var e *Error
	if !errors.As(err, &e) {
		return ""
	}
	switch e.meaning() {
	case forbidden, notCovered:
		return "grant User.ReadBasic.All, for groups GroupMember.Read.All too, with an administrator's consent"
	case signIn:
		return "the token was refused: check that m365.cloud is the tenant's"
	case malformed:
		return "the filter was refused: Graph takes OData, such as \"department eq 'Sales'\""
	}
	return "try again; with the request-id, Microsoft's support can look it up"
}

// probe asks some of the mailboxes for their inbox: its id, and nothing of what is in
// it. They are taken evenly from the list.
func (e *examination) probe(ctx context.Context) []doctor.Check {
	if len(e.chosen) == 0 {
		return nil
	}
	n := min(e.x.Probes, len(e.chosen))
	errs := make([]error, n)
	at := func(i int) *mailbox { return e.chosen[i*len(e.chosen)/n] }
	var g errgroup.Group
	g.SetLimit(probesAtOnce)
	for i := range n {
		g.Go(func() error {
			errs[i] = e.c.knock(ctx, at(i).id)
			return nil
		})
	}
	_ = g.Wait() // they give their errors by themselves
	for i, err := range errs {
		e.tried.add(at(i), err)
	}
	return e.tried.checks(len(e.chosen), len(e.x.Select.Addresses) > 0)
}

// knock asks a mailbox for the id of its inbox.
func (c *Client) knock(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := get[models.MailFolderable](ctx, c, call{mailbox: id}, c.url(query{{"$select", "id"}}, "users", id, "mailFolders", "inbox"),
		query{immutable}, models.CreateMailFolderFromDiscriminatorValue)
	return err
}

func (p *probes) add(m *mailbox, err error) {
	var e *Error
	switch {
	case err == nil:
		p.readable = append(p.readable, m.name)
		p.first = m.id
	case errors.As(err, &e) && e.Status == 403:
		p.outOfScope = append(p.outOfScope, m.name)
		p.kept = err
	case errors.As(err, &e) && (e.meaning() == notCovered || e.meaning() == vanished):
		p.absent = append(p.absent, m.name)
	default:
		p.other = append(p.other, m.name)
		p.failed = err
	}
}

// checks says what came of the probes. Named mailboxes are expected to be read; of a
// list some may well be none.
func (p *probes) checks(chosen int, named bool) []doctor.Check {
	of := fmt.Sprintf("%d of %d tried", len(p.readable), p.all())
	if chosen > p.all() {
		of += fmt.Sprintf(" (%d are chosen)", chosen)
	}
	status, missed := doctor.OK, doctor.Warning
	if len(p.readable) == 0 {
		status = doctor.Failed
	}
	if named || len(p.readable) == 0 {
		missed = doctor.Failed
	}
	k := doctor.Check{Name: "mailboxes", Status: status, Finding: of + " can be read"}
	if len(p.readable) > 0 {
		k.Finding += ": " + examples(p.readable)
	} else {
		k.Advice = "the lines below say why"
	}
	all := []doctor.Check{k}
	if len(p.outOfScope) > 0 {
		all = append(all, doctor.Check{Name: "out of scope", Status: missed, Finding: examples(p.outOfScope) + ": " + words(p.kept),
			Advice: "Test-ServicePrincipalAuthorization tells whether the scope holds it; a new grant may take two hours, and asking keeps the old answer alive"})
	}
	if len(p.absent) > 0 {
		all = append(all, doctor.Check{Name: "no mailbox", Status: missed, Finding: examples(p.absent) + ": missing, without a licence, on-premises or soft-deleted",
			Advice: "a sweep lists each of these as not covered; search them where they are"})
	}
	if len(p.other) > 0 {
		all = append(all, doctor.Check{Name: "no answer", Status: missed, Finding: examples(p.other) + ": " + words(p.failed), Advice: "try again later"})
	}
	return all
}

// examples names the first of a list.
func examples(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

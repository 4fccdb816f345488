package simulator

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"
)

// Size says how much of a tenant to make. Zero fields take the value that stands with
// them; a negative share or count is none.
type Size struct {
	Seed        uint64
	Domain      string    // contoso.example
	Mailboxes   int       // that can be reached: 10
	Messages    int       // in each of them: 200
	Attachments float64   // how many of them carry an attachment: 0.15
	Secrets     int       // planted in each mailbox: 2
	Body        int       // bytes of a body, about: 2000
	Until       time.Time // when the newest mail came: 1 March 2026
	// Passwords plants passwords as well: each tenth secret then is one. They have no
	// shape that default rules find.
	Passwords bool
	// Unreachable adds three accounts whose mail cannot be read: one without a licence,
	// one that is out of scope, one on premises.
	Unreachable bool
}

func (s Size) complete() Size {
	for _, f := range []struct {
		field    *int
		standard int
	}{{&s.Mailboxes, 10}, {&s.Messages, 200}, {&s.Secrets, 2}, {&s.Body, 2000}} {
		if *f.field == 0 {
			*f.field = f.standard
		}
		*f.field = max(*f.field, 0)
	}
	s.Mailboxes, s.Body = max(s.Mailboxes, 1), max(s.Body, 1)
	if s.Attachments == 0 {
		s.Attachments = 0.15
	}
	if s.Domain == "" {
		s.Domain = "contoso.example"
	}
	if s.Until.IsZero() {
		s.Until = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	}
	return s
}

// Generate makes a tenant of a size, with fake secrets planted in its mail, and the key
// to where they are. The same size makes the same tenant. Mailboxes share the texts and
// files of their mail; 100 mailboxes of 2,000 messages take a few seconds.
func Generate(size Size) (*Tenant, Answers) {
	size = size.complete()
	g := &generator{size: size, until: size.Until, tenant: NewTenant("", size.Domain), planted: map[*person][]plant{}}
	g.staff()
	for _, p := range g.people {
		if p.reads {
			g.readers = append(g.readers, p)
		}
		if p.Mailbox != Unlicensed {
			g.arrange(p)
		}
	}
	g.stock = g.write()
	rnd := rand.New(rand.NewPCG(size.Seed, 3))
	g.files, g.signature = g.ordinaryFiles(rnd), picture(rnd, 16)
	g.sow()
	g.deliver()
	g.answers.sort()
	return g.tenant, g.answers
}

// generator holds what the mailboxes of a tenant in the making share.
type generator struct {
	size      Size
	until     time.Time
	tenant    *Tenant
	people    []*person
	readers   []*person // those whose mailbox can be read
	outsiders []Address
	stock     stock
	files     []*Attachment
	signature []byte // the picture of signatures
	planted   map[*person][]plant

	mu      sync.Mutex
	answers Answers
}

// arrange gives a mailbox the folders of its owner.
func (g *generator) arrange(p *person) {
	for name, shown := range p.lang.folders {
		if f, ok := g.tenant.WellKnown(p.ID, name); ok {
			g.must(g.tenant.RenameFolder(p.ID, f.ID, shown))
		}
	}
	parents := [...]string{"", "inbox", "", ""}
	var ids [4]string
	for i, shown := range p.lang.projects {
		parent := parents[i]
		if i >= 2 {
			parent = ids[i-2]
		}
		f, err := g.tenant.AddFolder(p.ID, Folder{DisplayName: shown, ParentID: parent})
		g.must(err)
		ids[i] = f.ID
	}
	p.own = ids[:]
	hidden, err := g.tenant.AddFolder(p.ID, Folder{DisplayName: "ExternalContacts", Hidden: true})
	g.must(err)
	p.hidden = hidden.ID
}

// must is for calls on the tenant that only a mistake in this package can make fail.
func (g *generator) must(err error) {
	if err != nil {
		panic(fmt.Sprintf("simulator: generating: %v", err))
	}
}

// deliver fills the mailboxes, several at a time: what each one gets follows from its
// own random numbers, so the order does not matter.
func (g *generator) deliver() {
	work := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range work {
				g.fill(i, g.people[i])
			}
		})
	}
	for i, p := range g.people {
		if p.Mailbox != Unlicensed {
			work <- i
		}
	}
	close(work)
	wg.Wait()
}

// fill delivers to one mailbox: what was planted, strewn among ordinary mail.
func (g *generator) fill(i int, p *person) {
	rnd := rand.New(rand.NewPCG(g.size.Seed, uint64(1000+i)))
	plants := g.planted[p]
	ordinary := max(0, g.size.Messages-len(plants))
	total := ordinary + len(plants)
	const span = 2 * 365 * 24 * time.Hour
	step := span / time.Duration(total+1)
	for n := range total {
		left := len(plants)
		when := g.until.Add(-span + time.Duration(n+1)*step - time.Duration(rnd.Int64N(int64(step)))).Truncate(time.Second)
		if left > 0 && rnd.IntN(total-n) < left {
			g.bury(p, plants[0], when)
			plants = plants[1:]
			continue
		}
		_, err := g.tenant.Deliver(p.ID, g.ordinary(rnd, p, n, when))
		g.must(err)
	}
}

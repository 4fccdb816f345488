package simulator

import (
	"maps"
	"sync"
)

// Stats is what a server has been asked, from its start or the last ResetStats. Parts of
// a batch are counted as requests of their own too, beside the batch.
type Stats struct {
	Requests   int            // parts of batches included
	ByRoute    map[string]int // "GET /users/{id}/messages"
	ByMailbox  map[string]int // by user id
	ByStatus   map[int]int
	MostAtOnce map[string]int // in flight, by user id
	Throttled  int            // 429 replies
	Writes     int            // requests other than GET, HEAD and $batch
	BatchParts int
	Faults     map[Fault]int
	Pages      []Page // of messages, users, folders and the like, in the order in which they were sent
	BytesSent  int64  // of bodies, parts not counted again
}

// Page is one page of a collection that was sent.
type Page struct {
	Route   string
	Mailbox string // user id; "" outside of mailboxes
	Entries int
	Bytes   int64
}

// counters are Stats under a lock, and what is in flight.
type counters struct {
	mu     sync.Mutex
	stats  Stats
	flying map[string]int
}

func newStats() Stats {
	return Stats{ByRoute: map[string]int{}, ByMailbox: map[string]int{}, ByStatus: map[int]int{},
		MostAtOnce: map[string]int{}, Faults: map[Fault]int{}}
}

// request counts a call that was answered.
func (k *counters) request(c *call, out *reply) {
	k.mu.Lock()
	defer k.mu.Unlock()
	st := &k.stats
	st.Requests++
	st.ByStatus[out.status]++
	if out.status == 429 {
		st.Throttled++
	}
	if c.part {
		st.BatchParts++
	}
	name := c.method + " (unknown)"
	if c.route != nil {
		name = c.method + " " + c.route.template
	}
	st.ByRoute[name]++
	if c.method != "GET" && c.method != "HEAD" && (c.route == nil || c.route.area != service) {
		st.Writes++
	}
	if c.user != nil && c.route.area == exchange {
		st.ByMailbox[c.user.ID]++
	}
	if out.entries >= 0 {
		st.Pages = append(st.Pages, Page{Route: name, Mailbox: c.mailboxID(), Entries: out.entries, Bytes: out.body.length()})
	}
}

func (k *counters) sent(n int64) {
	k.mu.Lock()
	k.stats.BytesSent += n
	k.mu.Unlock()
}

func (k *counters) fault(f Fault) {
	k.mu.Lock()
	k.stats.Faults[f]++
	k.mu.Unlock()
}

// takeoff and landing count what is in flight for a mailbox, whoever asks.
func (k *counters) takeoff(mailbox string) {
	k.mu.Lock()
	k.flying[mailbox]++
	k.stats.MostAtOnce[mailbox] = max(k.stats.MostAtOnce[mailbox], k.flying[mailbox])
	k.mu.Unlock()
}

func (k *counters) landing(mailbox string) {
	k.mu.Lock()
	k.flying[mailbox]--
	k.mu.Unlock()
}

// mailboxID is the user id of a call for mail, else "".
func (c *call) mailboxID() string {
	if c.user == nil || c.route == nil || c.route.area != exchange {
		return ""
	}
	return c.user.ID
}

// Stats returns a copy of what was counted.
func (s *Server) Stats() Stats {
	s.counters.mu.Lock()
	defer s.counters.mu.Unlock()
	c := s.counters.stats
	c.ByRoute, c.ByMailbox, c.ByStatus = maps.Clone(c.ByRoute), maps.Clone(c.ByMailbox), maps.Clone(c.ByStatus)
	c.MostAtOnce, c.Faults = maps.Clone(c.MostAtOnce), maps.Clone(c.Faults)
	c.Pages = append([]Page(nil), c.Pages...)
	return c
}

// ResetStats forgets what was counted so far.
func (s *Server) ResetStats() {
	s.counters.mu.Lock()
	defer s.counters.mu.Unlock()
	s.counters.stats = newStats()
}

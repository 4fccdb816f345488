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

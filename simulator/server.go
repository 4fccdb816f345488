package simulator

import (
	"net/http"
	"time"
)

// Server answers for a tenant as Microsoft Graph does, under /v1.0 and /beta. Several
// servers may share a tenant; each has its own limits and faults. Safe for use by many
// goroutines.
type Server struct {
	tenant   *Tenant
	options  Options
	clock    Clock
	counters counters
}

// NewServer makes a server of a tenant.
func NewServer(t *Tenant, o Options) *Server {
	s := &Server{tenant: t, options: o, clock: o.Clock}
	if s.clock == nil {
		s.clock = NewClock(time.Now(), 1)
	}
	s.counters.stats = newStats()
	s.counters.flying = map[string]int{}
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	http.NotFound(w, r)
}

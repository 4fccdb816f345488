package simulator

import (
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
)

// limiter refuses what is over the limits.
type limiter struct {
	mu      *sync.Mutex
	limits  Limits
	clock   Clock
	boxes   map[string]*quota // application and mailbox
	apps    map[string]*window
	units   map[string]*bucket
	refused int
}

// quota is what one application may do to one mailbox.
type quota struct {
	inFlight int
	window   window
}

func newLimiter(l Limits, clock Clock) limiter {
	if l.Window <= 0 {
		l.Window = 10 * time.Minute
	}
	return limiter{mu: &sync.Mutex{}, limits: l, clock: clock,
		boxes: map[string]*quota{}, apps: map[string]*window{}, units: map[string]*bucket{}}
}

// admit lets a call in, or answers 429. done frees the place that it takes. What is
// refused does not count, so that waiting as told is always enough; Microsoft counts it.
func (s *Server) admit(c *call) (done func(), out *reply) {
	l := &s.limits
	l.mu.Lock()
	defer l.mu.Unlock()
	now := s.clock.Now()
	done = func() {}
	if l.limits.Global > 0 {
		if wait := l.app(c.app).take(now, l.limits.Global, 10*time.Second); wait > 0 {
			return done, l.refuse(c, wait, "TooManyRequests", "Please retry again later.")
		}
	}
	switch {
	case c.route.area == directory:
		return done, l.identity(c, now)
	case c.mailboxID() == "":
		return done, nil
	}
	q := l.boxes[c.app+" "+c.user.ID]
	if q == nil {
		q = &quota{}
		l.boxes[c.app+" "+c.user.ID] = q
	}
	if l.limits.Requests > 0 {
		if wait := q.window.take(now, l.limits.Requests, l.limits.Window); wait > 0 {
			return done, l.refuse(c, wait, "ApplicationThrottled", "Application is over its RequestRate limit.")
		}
	}
	if l.limits.InFlight > 0 && q.inFlight >= l.limits.InFlight {
		return done, l.refuse(c, time.Second, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
	}
	q.inFlight++
	s.counters.takeoff(c.user.ID)
	var once sync.Once
	return func() {
		once.Do(func() {
			l.mu.Lock()
			q.inFlight--
			l.mu.Unlock()
			s.counters.landing(c.user.ID)
		})
	}, nil
}

func (l *limiter) app(id string) *window {
	w := l.apps[id]
	if w == nil {
		w = &window{}
		l.apps[id] = w
	}
	return w
}

// refuse is a 429 that asks to wait, except that some do not say how long.
func (l *limiter) refuse(c *call, wait time.Duration, code, message string) *reply {
	out := c.fail(429, code, message)
	l.refused++
	if every := l.limits.SilentRetry; every > 0 && math.Mod(float64(l.refused)*every, 1) < every {
		return out
	}
	return out.set("Retry-After", retryAfter(wait, l.clock.Speed()))
}

// retryAfter are the caller's seconds for a time of the clock, whole ones where they are
// at least one.
func retryAfter(wait time.Duration, speed float64) string {
	seconds := wait.Seconds() / speed
	if seconds >= 1 || speed == 1 {
		return strconv.Itoa(int(math.Ceil(seconds)))
	}
	return strconv.FormatFloat(math.Ceil(seconds*1000)/1000, 'f', -1, 64)
}

// window counts requests in a sliding window, in slices of a sixtieth.
type window struct {
	slices [60]struct {
		number int64
		count  int
	}
}

// take counts one request, or says how long to wait when it is over the limit.
func (w *window) take(now time.Time, limit int, size time.Duration) time.Duration {
	slice := size / time.Duration(len(w.slices))
	number := now.UnixNano() / int64(slice)
	oldest := number - int64(len(w.slices)) + 1
	sum, first := 0, number
	for i := range w.slices {
		if s := w.slices[i]; s.number >= oldest && s.count > 0 {
			sum += s.count
			first = min(first, s.number)
		}
	}
	if sum < limit {
		s := &w.slices[number%int64(len(w.slices))]
		if s.number != number {
			s.number, s.count = number, 0
		}
		s.count++
		return 0
	}
	free := time.Unix(0, (first+int64(len(w.slices)))*int64(slice))
	return max(free.Sub(now), time.Millisecond)
}

// bucket holds resource units and fills at its size in ten seconds.
type bucket struct {
	units float64
	at    time.Time
}

// identity counts the resource units of a call to the directory: "GET users 2, …,
// $select -1, $expand +1, $top<20 -1", at least 1 (throttling-limits).
func (l *limiter) identity(c *call, now time.Time) *reply {
	size := l.limits.IdentityUnits
	if size < 0 {
		size = bucketOf(c.s.tenant.size())
	}
	if size == 0 {
		return nil
	}
	cost := unitCost(c)
	b := l.units[c.app]
	if b == nil {
		b = &bucket{units: float64(size), at: now}
		l.units[c.app] = b
	}
	rate := float64(size) / 10
	b.units = min(float64(size), b.units+now.Sub(b.at).Seconds()*rate)
	b.at = now
	if b.units < float64(cost) {
		wait := time.Duration((float64(cost) - b.units) / rate * float64(time.Second))
		return l.refuse(c, max(wait, time.Second), "TooManyRequests", "Please retry again later.").
			set("x-ms-throttle-scope", "Tenant_Application/ReadWrite/"+c.app+"/"+c.s.tenant.id).
			set("x-ms-throttle-information", "ResourceUnitLimitExceeded").
			set("x-ms-throttle-limit-percentage", "1.0")
	}
	b.units -= float64(cost)
	return nil
}

func unitCost(c *call) int {
	cost := 2
	if strings.HasPrefix(c.route.template, "/groups/{id}") {
		cost = 3
	}
	if c.option("$select") != "" {
		cost--
	}
	if c.option("$expand") != "" {
		cost++
	}
	if n, err := strconv.Atoi(c.option("$top")); err == nil && n < 20 {
		cost--
	}
	return max(cost, 1)
}

// bucketOf is the size of the identity bucket of a tenant with so many users.
func bucketOf(users int) int {
	switch {
	case users < 50:
		return 3500
	case users <= 500:
		return 5000
	default:
		return 8000
	}
}

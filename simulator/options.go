package simulator

import (
	"net/http"
	"strings"
	"time"
)

// Options say how a server behaves. The zero value answers at once, without limits,
// faults or sign-in.
type Options struct {
	Limits  Limits
	Latency time.Duration // before the first byte of each reply, by the clock
	Faults  Faults
	Clock   Clock // nil: the real one
	// Auth refuses a request: its error is told in a 401 InvalidAuthenticationToken.
	// Nil lets every request in. See [Bearer].
	Auth func(*http.Request) error
	Seed uint64 // of all random choices of faults
	// AppID is the application that calls, when its token does not say so (claim
	// "appid" or "azp" of a JWT). Empty, it is a fixed one.
	AppID string
	Audit Audit
	// VisibleChildren leaves hidden folders out of childFolderCount. Which of the two
	// Graph does is not known; MAPI counts them.
	VisibleChildren bool
	// BareItems leaves the internet headers of expanded items empty, as the samples of the
	// documentation have it. Whether Graph does so with all is not known.
	BareItems bool
	// Deliver puts mail that was sent into the inboxes of recipients who have one here.
	Deliver bool
	// NewMessageIDs gives each mail that was sent as MIME a Message-ID of the service's, as
	// SMTP submission does. Whether Graph ever does so is not known.
	NewMessageIDs bool
}

// Audit says how the tenant's audit log answers.
type Audit struct {
	RunTime time.Duration // from the creation of a query to its result
	Latency time.Duration // from an access to when queries find its record
	NoV1    bool          // /v1.0/security/auditLog is 404 UnknownError, as some tenants have it; /beta works
	Off     bool          // reads of mail leave no records
}

// Limits bound what a client may ask. A zero field is no limit.
type Limits struct {
	InFlight      int           // requests at once, for each application and mailbox
	Requests      int           // requests in a Window, for each application and mailbox
	Window        time.Duration // 10 minutes when zero
	Global        int           // requests in 10 s over everything, for each application
	IdentityUnits int           // resource units in 10 s for users, groups and principals; below zero: by the tenant's size
	// SilentRetry is how many of 429 replies leave Retry-After out: 0.1 is each tenth.
	SilentRetry float64
}

// DefaultLimits are those that Microsoft documents: 4 requests at once and 10,000 in
// 10 minutes for an application and mailbox, 130,000 in 10 s for an application, and
// the identity buckets by the tenant's size (throttling-limits, throttling-outlook).
func DefaultLimits() Limits {
	return Limits{InFlight: 4, Requests: 10_000, Window: 10 * time.Minute, Global: 130_000, IdentityUnits: -1}
}

// Clock is what windows, tokens and audit delays go by. Retry-After is told in seconds
// of the caller, who lives in real time: a clock of speed 60 asks for a sixtieth.
type Clock interface {
	Now() time.Time
	Speed() float64 // seconds of this clock in a real second; above 0
}

// NewClock is a clock that shows start now and runs speed times as fast as real time.
func NewClock(start time.Time, speed float64) Clock {
	if speed <= 0 {
		speed = 1
	}
	return &runningClock{start: start, began: time.Now(), speed: speed}
}

type runningClock struct {
	start, began time.Time
	speed        float64
}

func (c *runningClock) Now() time.Time {
	return c.start.Add(time.Duration(float64(time.Since(c.began)) * c.speed))
}

func (c *runningClock) Speed() float64 { return c.speed }

// Bearer lets in requests that carry one of the tokens. A token counts until its expiry
// by the clock; a zero expiry is none. A nil clock is the real one.
func Bearer(clock Clock, tokens map[string]time.Time) func(*http.Request) error {
	if clock == nil {
		clock = NewClock(time.Now(), 1)
	}
	return func(r *http.Request) error {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || token == "" {
			return errText("Access token is empty.")
		}
		expiry, known := tokens[token]
		switch {
		case !known:
			return errText("IDX14100: JWT is not well formed, there are no dots (.).")
		case !expiry.IsZero() && !clock.Now().Before(expiry):
			return errText("Lifetime validation failed, the token is expired.")
		}
		return nil
	}
}

// errText is an error that is told to the caller as it stands.
type errText string

func (e errText) Error() string { return string(e) }

package m365

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// maxTries is how often a request is sent before its failure is believed. With
	// one reply in five failing, one request in ten million is lost.
	maxTries = 10
	// maxCalls is how often to try when nothing has ever answered: for two seconds.
	maxCalls = 4
	// maxAway is how long to wait for a network that has gone.
	maxAway = 5 * time.Minute
	// maxThrottled is how often the service may say "later". It always says so for
	// a reason, and each time with the wait that it wants.
	maxThrottled = 30
	// maxWait bounds a single Retry-After. The longest window of the service is ten
	// minutes (learn.microsoft.com, "Outlook service limits").
	maxWait = 11 * time.Minute

	firstBackoff = 250 * time.Millisecond
	lastBackoff  = 30 * time.Second
)

// backoff is how long to wait after a failure that named no time: doubling from a
// quarter of a second, with half of it left to chance so that many requests that
// failed together do not come back together.
func backoff(try int) time.Duration {
	d := min(firstBackoff<<min(try-1, 20), lastBackoff)
	return d/2 + rand.N(d/2)
}

// retryAfter reads Retry-After: seconds, which may have a fraction, or a date (RFC
// 9110 section 10.2.3); -1 when there is none that can be read.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(v, 64); err == nil && s >= 0 {
		return time.Duration(min(s, maxWait.Seconds()) * float64(time.Second))
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), maxWait)
	}
	return -1
}

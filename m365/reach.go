package m365

import (
	"errors"
	"fmt"
	"net"
	"time"
)

// ErrUnreachable says that no connection can be made: that nothing has ever answered, or
// nothing for so long that waiting for it has no sense.
var ErrUnreachable = errors.New("Microsoft Graph cannot be reached")

// away reports whether an error is that no connection could be made.
func away(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}

// outage is what a request knows of a network that has gone: how often in a row it found
// no connection, and since when.
type outage struct {
	tries int
	since time.Time
}

// gone notes that there was no connection, and gives the error to end with; nil is to
// ask again. A request waits for the network however often that takes, and all of them
// end together: a cable that is out for a minute fails nothing, and one that stays out does
// not fail folder by folder. In a process that never had an answer the address is more
// likely wrong.
func (t *transport) gone(o *outage, err error) error {
	if o.tries++; o.tries == 1 {
		o.since = t.now()
	}
	last := t.answered.Load()
	long := t.now().Sub(o.since) >= maxAway
	switch {
	case last == 0 && o.tries >= maxCalls, long && last <= o.since.UnixNano():
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	case long: // others are answered
		return &gaveUp{err}
	}
	return nil
}

// newlyAway reports whether nobody was told yet that the network has gone, since the
// last answer: all requests notice it together.
func (t *transport) newlyAway() bool {
	last := t.answered.Load()
	return t.told.Swap(last) != last
}

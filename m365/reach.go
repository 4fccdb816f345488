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

// giveUp says whether what failed as often, and for as long, is to be believed, as the
// error to end with; nil is to ask again. Without a connection a request waits for the
// network however often that takes, and all of them end together: a cable that is
// out for a minute fails nothing, and one that stays out does not fail folder by folder. In
// a process that never had an answer the address is more likely wrong.
func (t *transport) giveUp(err error, failed int, since time.Time) error {
	last := t.answered.Load()
	switch {
	case !away(err) && failed >= maxTries:
		return &gaveUp{err}
	case !away(err):
		return nil
	case last == 0 && failed >= maxCalls || last != 0 && t.now().Sub(time.Unix(0, last)) >= maxAway:
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	case t.now().Sub(since) >= maxAway: // others are answered
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

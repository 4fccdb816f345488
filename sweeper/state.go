package sweeper

import (
	"fmt"
	"slices"
	"strings"
)

// State is how far an owner is with an exposure, and of an exposure, how far the
// least settled of its owners is.
type State string

const (
	Open         State = "open"         // nobody was told
	Notified     State = "notified"     // a notice is out
	Acknowledged State = "acknowledged" // the owner has said so
	Rotated      State = "rotated"      // said, or shown, to be of no use any more
	Closed       State = "closed"       // rotated, and checked
	Dismissed    State = "dismissed"    // a false alarm
	Accepted     State = "accepted"     // a risk that is taken, until a day
	Reopened     State = "reopened"     // seen in mail that came after the rotation
)

// states are all of them, the least settled first.
func states() []State {
	return []State{Reopened, Open, Notified, Acknowledged, Accepted, Rotated, Closed, Dismissed}
}

// Unsettled are the states in which somebody still has to do something.
func Unsettled() []State {
	return slices.DeleteFunc(states(), State.Settled)
}

// ParseState reads the word for a state.
func ParseState(s string) (State, error) {
	if i := slices.Index(states(), State(strings.ToLower(s))); i >= 0 {
		return states()[i], nil
	}
	return "", fmt.Errorf("%q is no state: use open, notified, acknowledged, rotated, closed, dismissed, accepted or reopened", s)
}

// Settled reports whether nobody has to do anything any more, or for now.
func (s State) Settled() bool {
	return s == Rotated || s == Closed || s == Dismissed || s == Accepted
}

// LeastSettled is the state of an exposure whose owners have these; [Open] when there
// are none.
func LeastSettled(all []State) State {
	for _, s := range states() {
		if slices.Contains(all, s) {
			return s
		}
	}
	return Open
}

// CanBecome says in the error why a state cannot be changed to another one by hand. A
// state may be said again, with another reason or day.
func (s State) CanBecome(to State) error {
	var may []State
	switch s {
	case Open, Notified, Acknowledged, Reopened:
		may = []State{Notified, Acknowledged, Rotated, Accepted, Dismissed}
	case Accepted:
		may = []State{Open, Acknowledged, Rotated, Dismissed}
	case Rotated:
		may = []State{Open, Closed, Dismissed}
	case Closed, Dismissed:
		may = []State{Open}
	}
	if s == to || slices.Contains(may, to) {
		return nil
	}
	words := make([]string, len(may))
	for i, m := range may {
		words[i] = string(m)
	}
	return fmt.Errorf("it is %s: from there it can become %s, not %s", s, strings.Join(words, ", "), to)
}

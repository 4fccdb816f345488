package sweeper

import "testing"

func TestStates(t *testing.T) {
	for _, s := range states() {
		if got, err := ParseState(string(s)); err != nil || got != s {
			t.Errorf("%s: %v, %v", s, got, err)
		}
		if err := s.CanBecome(s); err != nil {
			t.Errorf("%s again: %v", s, err)
		}
		if LeastSettled([]State{s}) != s {
			t.Errorf("%s alone", s)
		}
	}
	if _, err := ParseState("done"); err == nil {
		t.Error("done is a state")
	}
	for from, to := range map[State]State{Dismissed: Rotated, Closed: Dismissed, Open: Closed, Rotated: Accepted, Notified: Reopened} {
		if from.CanBecome(to) == nil {
			t.Errorf("%s becomes %s", from, to)
		}
	}
	for want, all := range map[State][]State{
		Open: nil, Reopened: {Dismissed, Reopened, Open}, Accepted: {Rotated, Accepted, Closed}, Closed: {Dismissed, Closed}, Notified: {Acknowledged, Notified},
	} {
		if got := LeastSettled(all); got != want {
			t.Errorf("%v: %s, want %s", all, got, want)
		}
	}
}

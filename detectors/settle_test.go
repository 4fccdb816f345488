package detectors

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"mailsweep/detectors/credentials"
)

// TestReach: many places are asked about at once as each would be.
func TestReach(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	for range 3000 {
		type span struct{ start, end int }
		var all []span
		for range rnd.IntN(6) {
			from := rnd.IntN(20)
			all = append(all, span{from, from + 1 + rnd.IntN(8)})
		}
		slices.SortFunc(all, func(a, b span) int { return a.start - b.start })
		var r reach
		for _, s := range all {
			r.add(s.start, s.end)
		}
		from := rnd.IntN(22)
		to := from + 1 + rnd.IntN(5)
		want := slices.ContainsFunc(all, func(s span) bool { return s.start < to && from < s.end })
		if got := r.touches(from, to); got != want {
			t.Fatalf("%v touch %d to %d: %v", all, from, to, got)
		}
	}
}

// TestSettleTold: what a rule knows by its form stays, a sure password takes the place of a
// generic hit, and one that is not sure gives way to it.
func TestSettleTold(t *testing.T) {
	known, generic := &rule{}, &rule{generic: true}
	at := func(start int, sure bool) told {
		return told{credentials.Found{Start: start, End: start + 5, Sure: sure}}
	}
	hits, all := settleTold(
		[]hit{{rule: known, start: 0, end: 50}, {rule: known, start: 2, end: 4}, {rule: generic, start: 60, end: 70}, {rule: generic, start: 80, end: 90}, {rule: generic, start: 82, end: 84, decoded: true}},
		[]told{at(40, true), at(65, true), at(75, false), at(88, false), at(100, true)})
	var got []int
	for _, h := range hits {
		got = append(got, h.start)
	}
	for _, x := range all {
		got = append(got, -x.Start)
	}
	if want := []int{0, 2, 80, 82, -65, -75, -100}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestCancelledWhereHitsAreCompared: who gives up while hits are settled and paired gets
// the error, and not all that there is.
func TestCancelledWhereHitsAreCompared(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := &rule{spec: ruleSpec{ID: "aws-secret-access-key"}}
	if kept := resolve(ctx, []hit{{rule: r, start: 1, end: 2}}); len(kept) != 0 {
		t.Errorf("%d hits were settled", len(kept))
	}
	if got := pair(ctx, []hit{{rule: r, secret: "x"}}, "AKIAIOSFODNN7QRSTUV2 x"); got[0].beside != nil {
		t.Error("a hit was paired")
	}
}

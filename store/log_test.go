package store_test

import (
	"testing"
	"time"

	"mailsweep/store"
)

// The form of the hash must never change: logs that were written with it would seem
// tampered with. The value is from another implementation (Python's hashlib).
func TestSum(t *testing.T) {
	e := store.Entry{
		Seq: 2, Time: time.Date(2024, 3, 1, 10, 30, 0, 5000, time.FixedZone("", 3600)), Actor: "ada@desk", Action: "run begin",
		Run: "20240301T093000Z-00000000", Case: "Fall Ä", Detail: []byte(`{"n":1}`), Prev: "00ff",
	}
	const want = "f1e60b91d27142ded32c1eb3d3f134590907447c7d348df7586207391e27a868"
	if got := e.Sum(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVerifierFindsTheFirstFault(t *testing.T) {
	var chain []store.Entry
	prev := ""
	for seq := range int64(4) {
		e := store.Entry{Seq: seq + 1, Action: "note", Prev: prev}
		e.Hash = e.Sum()
		chain, prev = append(chain, e), e.Hash
	}
	check := func(entries ...store.Entry) store.Verification {
		v := store.NewVerifier(chain[1].Hash)
		for _, e := range entries {
			v.Add(e)
		}
		return v.Result()
	}
	if v := check(chain...); !v.Intact() || v.Entries != 4 || v.Head != prev {
		t.Errorf("an intact chain: %+v", v)
	}
	if v := check(); v.Intact() || v.BrokenAt != 0 || len(v.Missing) != 1 {
		t.Errorf("an empty log that once had entries: %+v", v)
	}
	if v := check(chain[0], chain[1], chain[3]); v.BrokenAt != 4 {
		t.Errorf("an entry less: %+v", v)
	}
	if v := check(chain[1:]...); v.BrokenAt != 2 {
		t.Errorf("without the first: %+v", v)
	}
	second := chain[1]
	second.Actor = "eve"
	third := chain[2]
	third.Prev = "another"
	if v := check(chain[0], second, third, chain[3]); v.BrokenAt != 2 || v.Intact() {
		t.Errorf("two faults: %+v", v)
	}
}

package multipattern

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"mailsweep/detectors/lazydfa"
)

// TestTraceTellsWhatWasDone: the trace of a search is what the search did, which finds
// the same as without.
func TestTraceTellsWhatWasDone(t *testing.T) {
	s, err := New([]Pattern{
		{Regexp: lazydfa.MustCompile(`tok_[a-z]{4}\b`), Words: []string{"tok_"}},
		{Regexp: lazydfa.MustCompile(`tok_[0-9]{4}\b`), Words: []string{"number"}},
		{Regexp: lazydfa.MustCompile(`[0-9]{3}-[0-9]{3}`), Words: []string{"phone"}},
		{Regexp: lazydfa.MustCompile(`absent[0-9]`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	const text = "phone 123-456, tok_abcd tok_1234 tok_ab"
	trace := Trace{Timed: true}
	got, err := s.Trace(t.Context(), text, nil, nil, &trace)
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.FindAll(t.Context(), text, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the trace finds something else (-without +with)\n%s", d)
	}
	if d := cmp.Diff([]Search{
		{Pattern: 0, Open: true, Anchors: []Span{{15, 19}, {33, 37}}, Reads: []Span{{19, 24}, {37, 39}}, Windows: []Span{{14, 24}}, Read: 8, Ran: 10},
		{Pattern: 1, Anchors: []Span{{24, 28}}},
		{Pattern: 2, Open: true, Many: true, Windows: []Span{{0, 39}}, Ran: 39},
	}, trace.Searches, cmpopts.IgnoreUnexported(Search{}), cmpopts.IgnoreFields(Search{}, "Time", "PatternTime")); d != "" {
		t.Errorf("searches (-want +got)\n%s", d)
	}
	for _, one := range trace.Searches {
		if one.Time < one.PatternTime {
			t.Errorf("pattern %d took %v in a search of %v", one.Pattern, one.PatternTime, one.Time)
		}
	}
}

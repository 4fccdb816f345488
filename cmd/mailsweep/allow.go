package main

import (
	"iter"

	"mailsweep/sweeper"
)

// told tells findings as what they are, to act on or allowed, until so many of the first
// were told; 0 is no limit.
func told(by sweeper.Allower, findings iter.Seq2[sweeper.Finding, error], limit int) iter.Seq2[sweeper.Event, error] {
	return func(yield func(sweeper.Event, error) bool) {
		n := 0
		for f, err := range findings {
			if err != nil {
				yield(sweeper.Event{}, err)
				return
			}
			e := sweeper.Sighting(by, &f)
			if e.Finding != nil {
				n++
			}
			if !yield(e, nil) || limit > 0 && n == limit {
				return
			}
		}
	}
}

// Package store holds what the stores share: the filters with which findings,
// exposures and skips are listed, the runs they remember, and the entries of the
// hash-chained log. The stores themselves are in its subdirectories; storetest is
// the contract that each of them passes.
package store

import "errors"

// Advised is an error of a store together with what the user may do next, which
// the error's own words do not say: it goes on a line of its own.
type Advised struct {
	Err    error
	Advice string
}

func (e *Advised) Error() string { return e.Err.Error() }
func (e *Advised) Unwrap() error { return e.Err }

// ErrNotFound says that what was asked for is not in the store.
var ErrNotFound = errors.New("not found")

// ErrAmbiguous says that a shortened id stands for more than one thing.
var ErrAmbiguous = errors.New("ambiguous")

// ErrOtherKey says that a store was made with another fingerprint key.
var ErrOtherKey error = &Advised{
	errors.New("it was made with another fingerprint key: its findings could not be told from new ones"),
	"use the key it was made with (in the configuration directory, or in MAILSWEEP_FINGERPRINT_KEY), or another --db",
}

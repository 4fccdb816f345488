// Package store holds what the stores share: the filters with which findings,
// exposures and skips are listed, the runs they remember, and the entries of the
// hash-chained log. The stores themselves are in its subdirectories; storetest is
// the contract that each of them passes.
package store

import "errors"

// ErrNotFound says that what was asked for is not in the store.
var ErrNotFound = errors.New("not found")

// ErrAmbiguous says that a shortened id stands for more than one thing.
var ErrAmbiguous = errors.New("ambiguous")

// ErrOtherKey says that a store was made with another fingerprint key.
var ErrOtherKey = errors.New("it was made with another fingerprint key: its findings could not be told from new ones; " +
	"use the key it was made with (in the configuration directory, or in MAILSWEEP_FINGERPRINT_KEY), or another --db")

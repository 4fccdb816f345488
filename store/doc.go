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

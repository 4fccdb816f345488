//go:build race

package multipattern

// underRace: with the race detector a [sync.Pool] drops what it is given now and then, so
// that the count of allocations says nothing.
const underRace = true

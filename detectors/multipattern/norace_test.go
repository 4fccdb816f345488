//go:build !race

package multipattern

// raceEnabled says that the tests run under the race detector.
const raceEnabled = false

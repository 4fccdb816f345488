package main

import (
	"math"
	"runtime/debug"
)

// boundHeap has the garbage of one large message collected before the next one is read:
// left alone, the collector waits until the heap is twice what was in use. The bound
// is soft: a sweep that needs more gets more. A limit that the user has set
// (GOMEMLIMIT) stands. memory is that of the mail in flight, in bytes; what a small
// mail unpacks to comes on top, once for each worker.
func boundHeap(memory int64, workers int) {
	const own, each = 128 << 20, 16 << 20 // bytes: rules, caches and one large message; typical of a worker
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(own + memory + each*int64(max(workers, 1)))
	}
}

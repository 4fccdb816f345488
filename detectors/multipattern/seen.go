package multipattern

import (
	"hash/maphash"
	"sync"
)

const (
	// seenSlots is how many texts and windows are remembered.
	seenSlots = 1 << 15
	// seenLocks is how many parts of the slots have a lock of their own.
	seenLocks = 64
	// seenMatches is how many matches of one text are remembered: with more than that
	// it is searched anew. All slots together take up to 13 MB then.
	seenMatches = 16
	// seenText is how long a text is at least that is worth remembering, in bytes.
	seenText = 512
)

// seen remembers where in texts that were searched there were matches: what is quoted
// in each reply, and the same file in fifty mailboxes, is searched once. It keeps
// places and digests of texts under a key of this process, never a piece of a text. It
// does not grow: a newer text takes the place of an older one.
type seen struct {
	seeds [2]maphash.Seed
	slots []slot
	locks [seenLocks]sync.Mutex
}

// digest stands for a text. That two texts have the same one is as likely as guessing
// 128 bits that nobody knows.
type digest [2]uint64

type slot struct {
	of    digest
	used  bool
	found []Match // in order; not to be changed
}

func newSeen() *seen {
	return &seen{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, slots: make([]slot, seenSlots)}
}

func (s *seen) forget() {
	for i := range s.slots {
		lock := &s.locks[i%seenLocks]
		lock.Lock()
		s.slots[i] = slot{}
		lock.Unlock()
	}
}

// digest is that of a text as pattern sees it; of a text that all patterns were run
// on, pattern is -1.
func (s *seen) digest(pattern int, text string) digest {
	d := digest{maphash.String(s.seeds[0], text), maphash.String(s.seeds[1], text)}
	d[0] += uint64(pattern+1) * 0x9e3779b97f4a7c15 // odd: no two patterns add the same
	return d
}

// load appends what was found in a text; ok is false when that is not known.
func (s *seen) load(d digest, found []Match) ([]Match, bool) {
	lock := &s.locks[d[1]%seenLocks]
	lock.Lock()
	defer lock.Unlock()
	if at := &s.slots[d[1]%seenSlots]; at.used && at.of == d {
		return append(found, at.found...), true
	}
	return found, false
}

// store remembers what was found in a text.
func (s *seen) store(d digest, found []Match) {
	if len(found) > seenMatches {
		return
	}
	var kept []Match
	if len(found) > 0 {
		kept = append(kept, found...)
	}
	lock := &s.locks[d[1]%seenLocks]
	lock.Lock()
	defer lock.Unlock()
	s.slots[d[1]%seenSlots] = slot{d, true, kept}
}

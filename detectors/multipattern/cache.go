package multipattern

import (
	"hash/maphash"
	"sync"
)

const (
	// cacheSlots is how many texts are remembered.
	cacheSlots = 1 << 15
	// cacheLocks is how many parts of the slots have a lock of their own.
	cacheLocks = 64
	// cacheMatches is how many matches of one text are remembered: with more than that
	// it is searched anew. All slots together take up to 13 MB then.
	cacheMatches = 16
	// cacheText is how long a text is at least that is worth remembering, in bytes.
	cacheText = 512
)

// cache remembers where in texts that were searched there were matches: what is quoted
// in each reply, and the same file in fifty mailboxes, is searched once. It keeps
// places and digests of texts under a key of this process, never a piece of a text. It
// does not grow: a newer text takes the place of an older one.
type cache struct {
	seeds [2]maphash.Seed
	slots []slot
	locks [cacheLocks]sync.Mutex
}

// digest stands for a text. That two texts have the same one is as likely as guessing
// 128 bits that nobody knows.
type digest [2]uint64

type slot struct {
	of    digest
	used  bool
	found []Match // in order; not to be changed
}

func newCache() *cache {
	return &cache{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, slots: make([]slot, cacheSlots)}
}

func (s *cache) forget() {
	for i := range s.locks {
		s.locks[i].Lock()
		defer s.locks[i].Unlock()
	}
	clear(s.slots)
}

func (s *cache) digest(text string) digest {
	return digest{maphash.String(s.seeds[0], text), maphash.String(s.seeds[1], text)}
}

// load appends what was found in a text; ok is false when that is not known.
func (s *cache) load(d digest, found []Match) ([]Match, bool) {
	lock := &s.locks[d[1]%cacheLocks]
	lock.Lock()
	defer lock.Unlock()
	if at := &s.slots[d[1]%cacheSlots]; at.used && at.of == d {
		return append(found, at.found...), true
	}
	return found, false
}

// store remembers what was found in a text.
func (s *cache) store(d digest, found []Match) {
	if len(found) > cacheMatches {
		return
	}
	var kept []Match
	if len(found) > 0 {
		kept = append(kept, found...)
	}
	lock := &s.locks[d[1]%cacheLocks]
	lock.Lock()
	defer lock.Unlock()
	s.slots[d[1]%cacheSlots] = slot{d, true, kept}
}

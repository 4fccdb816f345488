package credentials

import "mailsweep/detectors/multipattern"

// last is the last place that one of [Words] was read at. A text made to be slow has the
// same words a million times; what stands between the same pages of text tells nothing
// again.
type last struct {
	at      multipattern.Match
	nothing bool   // was told
	passed  string // is what was counted, "" for nothing
	read    int    // is how far from its start values were read, 0 when none was
}

// sameBefore and sameBehind are how much of the text around a place must be the same,
// in bytes. What decides that a place tells nothing stands nearer, or is said of the
// whole text.
const (
	sameBefore = 512
	sameBehind = 1024
)

// again reports whether a place stands in the same text as the last one of its kind,
// which told nothing, and does what was done there.
func (p *page) again(at multipattern.Match) bool {
	l := &p.last[at.Pattern]
	if !l.nothing || at.Start < p.done || l.at.Start < sameBefore || at.End+sameBehind > len(p.text) ||
		p.text[l.at.Start-sameBefore:l.at.End+sameBehind] != p.text[at.Start-sameBefore:at.End+sameBehind] {
		return false
	}
	if l.passed != "" {
		p.passed.Add(l.passed)
	}
	if l.read > 0 {
		p.done = at.Start + l.read
	}
	l.at = at
	return true
}

// told notes what came of reading a place: found and done are what was known before.
func (p *page) told(at multipattern.Match, found, done int) {
	if at.Start < done {
		return
	}
	l := last{at: at, nothing: len(p.found) == found, passed: p.counted}
	if p.done > done {
		l.read = p.done - at.Start
	}
	p.last[at.Pattern] = l
}

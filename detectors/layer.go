package detectors

import (
	"slices"
	"sort"
	"strings"

	"mailsweep/detectors/multipattern"
)

// layer is a text in which encodings were undone so many times: none in the first.
type layer struct {
	text     string
	segments []segment // what was decoded to get here, in order
	below    *layer    // that it was decoded from
}

// segment is a piece of text that was decoded.
type segment struct {
	multipattern.Span                   // in the layer
	encoded           multipattern.Span // in the layer below
}

// decode undoes the encodings of a layer; ok is false when there are none. Text that
// does not decode stays as it is.
func (l *layer) decode() (up *layer, ok bool) {
	up = &layer{below: l}
	var b strings.Builder
	from := 0
	for _, e := range encodings(l.text) {
		text := e.decode(l.text)
		if text == "" {
			continue
		}
		if b.Len() == 0 {
			b.Grow(len(l.text))
		}
		b.WriteString(l.text[from:e.Start])
		up.segments = append(up.segments, segment{
			Span:    multipattern.Span{Start: b.Len(), End: b.Len() + len(text)},
			encoded: e.Span,
		})
		b.WriteString(text)
		from = e.End
	}
	if len(up.segments) == 0 {
		return up, false
	}
	b.WriteString(l.text[from:])
	up.text = b.String()
	return up, true
}

// decoded are the places of what was decoded, nil in the first layer.
func (l *layer) decoded() (all []multipattern.Span) {
	for _, s := range l.segments {
		all = append(all, s.Span)
	}
	return all
}

// first is the number of the first segment that does not end before a place.
func (l *layer) first(at int) int {
	return sort.Search(len(l.segments), func(i int) bool { return l.segments[i].End >= at })
}

// touches reports whether decoded text is at a place or next to it, as gitleaks sees
// it (detect/codec, SegmentsWithDecodedOverlap).
func (l *layer) touches(start, end int) bool {
	i := l.first(start)
	return i < len(l.segments) && l.segments[i].Start <= end
}

// original is where in the first layer a piece of this one comes from. Of what was
// decoded, it is all of the encoded text.
func (l *layer) original(start, end int) multipattern.Span {
	if l.below == nil {
		return multipattern.Span{Start: start, End: end}
	}
	return l.below.original(l.under(start, false), l.under(end, true))
}

// under maps a place to the layer below; one within a segment, to the segment's
// beginning or end.
func (l *layer) under(at int, end bool) int {
	i, _ := slices.BinarySearchFunc(l.segments, at, func(s segment, at int) int {
		if s.End < at || !end && s.End == at {
			return -1
		}
		return 1
	})
	switch {
	case i < len(l.segments) && (l.segments[i].Start < at || !end && l.segments[i].Start == at):
		if end {
			return l.segments[i].encoded.End
		}
		return l.segments[i].encoded.Start
	case i == 0:
		return at
	}
	before := l.segments[i-1]
	return at - before.End + before.encoded.End
}

package detectors

import (
	"context"
	"strings"
	"unicode/utf8"
)

const (
	// chunkSize bounds what is matched in one go. A pattern cannot be interrupted,
	// and the work for many matches grows with the square of the size: a chunk is
	// what keeps a cancelled sweep from waiting more than about a second.
	chunkSize = 256 << 10
	// chunkOverlap is how much the next chunk reads again. Half of it is the
	// longest match that is sure to be found at a cut: an RSA key of 16,384 bits
	// is 13 KB, the longest bounded pattern 1 KB.
	chunkOverlap = 64 << 10
)

// scan finds all hits in a text of any size. The error is ctx's; the hits until
// then come with it.
func scan(ctx context.Context, m matcher, p piece) ([]hit, error) {
	var all []hit
	for from := 0; ; {
		if err := ctx.Err(); err != nil {
			return all, err
		}
		to, next := cut(p.body, from)
		q := p
		q.body = p.body[from:to]
		// A chunk owns the matches that begin between the middles of its overlaps,
		// so each is found once, and by a chunk that sees it whole.
		lower, upper := from, len(p.body)
		if from > 0 {
			lower += chunkOverlap / 2
		}
		if next > 0 {
			upper = next + chunkOverlap/2
		}
		for _, h := range append(m.match(ctx, q), matchWide(ctx, m, q)...) {
			h.start += from
			h.end += from
			if h.start >= lower && h.start < upper {
				all = append(all, h)
			}
		}
		// gitleaks returns what it has when ctx ends and does not say so.
		if err := ctx.Err(); err != nil {
			return all, err
		}
		if next == 0 {
			return all, nil
		}
		from = next
	}
}

// cut chooses the end of the chunk that begins at from, and the start of the
// next one, 0 when there is none. It cuts after a line end or white space when
// there is one near, never within a character.
func cut(body string, from int) (to, next int) {
	if len(body)-from <= chunkSize+chunkOverlap {
		return len(body), 0
	}
	to = seam(body, from+chunkSize)
	return to, seam(body, to-chunkOverlap)
}

func seam(body string, at int) int {
	near := body[at-chunkOverlap/4 : at]
	if i := strings.LastIndexByte(near, '\n'); i >= 0 {
		return at - len(near) + i + 1
	}
	if i := strings.LastIndexAny(near, " \t"); i >= 0 {
		return at - len(near) + i + 1
	}
	for at > 0 && !utf8.RuneStart(body[at]) {
		at--
	}
	return at
}

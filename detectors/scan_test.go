package detectors

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// interrupter finds one thing in every piece, and ends the context meanwhile.
type interrupter struct {
	cancel context.CancelFunc
	pieces int
}

func (m *interrupter) match(context.Context, piece) []hit {
	m.pieces++
	m.cancel()
	return []hit{{rule: &rule{}, secret: "x", start: 0, end: 1}}
}

func TestScanTellsOfAnInterruption(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := &interrupter{cancel: cancel}
	for _, body := range []string{"small", strings.Repeat("large ", 1<<18)} {
		hits, err := scan(ctx, m, piece{body: body})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%d bytes: error %v", len(body), err)
		}
		// The second scan begins with a context that has ended.
		if m.pieces != 1 || len(body) == len("small") && len(hits) != 1 {
			t.Errorf("%d bytes: %d hits in %d pieces", len(body), len(hits), m.pieces)
		}
	}
}

// counter notes the pieces that it is given.
type counter struct{ pieces []string }

func (m *counter) match(_ context.Context, p piece) []hit {
	m.pieces = append(m.pieces, p.body)
	return nil
}

func TestCutsCoverTheText(t *testing.T) {
	for name, unit := range map[string]string{"lines": "a line\n", "words": "word ", "one word": "x", "wide characters": "é"} {
		m := &counter{}
		body := strings.Repeat(unit, 3*chunkSize/len(unit))
		if _, err := scan(t.Context(), m, piece{body: body}); err != nil {
			t.Fatal(err)
		}
		at := 0 // how far the pieces have come
		for i, p := range m.pieces {
			from := strings.Index(body[max(0, at-2*chunkOverlap):], p) + max(0, at-2*chunkOverlap)
			if i > 0 && (len(p) > chunkSize+2*chunkOverlap || !strings.HasPrefix(p, unit) || !strings.HasSuffix(p, unit)) {
				t.Errorf("%s: piece %d has %d bytes, %.8q…", name, i, len(p), p)
			}
			if from > at {
				t.Errorf("%s: a hole before piece %d", name, i)
			}
			at = from + len(p)
		}
		if len(m.pieces) < 3 || !strings.HasSuffix(body, m.pieces[len(m.pieces)-1]) {
			t.Errorf("%s: %d pieces", name, len(m.pieces))
		}
	}
}

// finder finds every X.
type finder struct{}

func (finder) match(_ context.Context, p piece) (hits []hit) {
	for i := range len(p.body) {
		if p.body[i] == 'X' {
			hits = append(hits, hit{rule: &rule{}, secret: "X", start: i, end: i + 1})
		}
	}
	return hits
}

func TestEveryPlaceBelongsToOnePiece(t *testing.T) {
	body := strings.Repeat("..X..\n", chunkSize/2)
	hits, err := scan(t.Context(), finder{}, piece{body: body})
	if err != nil || len(hits) != chunkSize/2 {
		t.Errorf("%d of %d places, error %v", len(hits), chunkSize/2, err)
	}
	for i, h := range hits {
		if h.start != 6*i+2 {
			t.Fatalf("place %d is %d", i, h.start)
		}
	}
}

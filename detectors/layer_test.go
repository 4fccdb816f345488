package detectors

import (
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
)

// piecewise is a text whose every part is known: plain, or encoded so often.
type piecewise struct {
	text  string
	parts []part
}

type part struct {
	from, to int // in the text
	plain    string
	times    int
}

func makePieces(rnd *rand.Rand) (p piecewise) {
	var b strings.Builder
	for range 1 + rnd.IntN(8) {
		plain := strings.Repeat(string(rune('a'+rnd.IntN(26))), 1+rnd.IntN(5)) + " "
		q := part{from: b.Len(), plain: plain}
		written := plain
		if rnd.IntN(2) == 0 {
			q.plain = "{" + strings.Repeat(plain, 8) + "}"
			written = q.plain
			q.times = 1 + rnd.IntN(3)
			for range q.times {
				switch rnd.IntN(3) {
				case 0:
					b64 := base64.StdEncoding.EncodeToString([]byte(written))
					if !strings.ContainsAny(b64, "0123456789+/") {
						b64 = escapeAll(written) // base64 without these is taken for a word
					}
					written = b64
				case 1:
					written = hex.EncodeToString([]byte("1" + written))
					q.plain = "1" + q.plain
				case 2:
					written = escapeAll(written)
				}
			}
		}
		b.WriteString(written)
		q.to = b.Len()
		p.parts = append(p.parts, q)
		b.WriteString("\n")
	}
	p.text = b.String()
	return p
}

func escapeAll(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(`\u00` + hex.EncodeToString([]byte{s[i]}))
	}
	return b.String()
}

// TestPlacesOfDecodedText: in every layer, a plain character is where it was, and a
// decoded one is all of the encoded text that it comes from.
func TestPlacesOfDecodedText(t *testing.T) {
	layers := 0
	for seed := range uint64(2000) {
		p := makePieces(rand.New(rand.NewPCG(seed, 6)))
		for l, depth := (&layer{text: p.text}), 0; ; depth++ {
			checkPlaces(t, p, l, depth)
			up, ok := l.decode()
			if !ok {
				break
			}
			l = up
			layers++
		}
		if t.Failed() {
			t.Fatalf("seed %d: %q", seed, p.text)
		}
	}
	if layers < 3000 {
		t.Errorf("only %d layers", layers)
	}
}

// checkPlaces goes through the lines of a layer; each is one part.
func checkPlaces(t *testing.T, p piecewise, l *layer, depth int) {
	t.Helper()
	lines := strings.SplitAfter(strings.TrimSuffix(l.text, "\n"), "\n")
	if len(lines) != len(p.parts) {
		t.Fatalf("layer %d has %d lines", depth, len(lines))
	}
	at := 0
	for i, line := range lines {
		q := p.parts[i]
		for k := range len(strings.TrimSuffix(line, "\n")) {
			got := l.original(at+k, at+k+1)
			want := [2]int{q.from, q.to}
			if q.times == 0 || depth == 0 {
				want = [2]int{q.from + k, q.from + k + 1}
			}
			if got.Start != want[0] || got.End != want[1] {
				t.Errorf("layer %d, byte %d (%q) comes from %v, want %v", depth, at+k, line[k], got, want)
				return
			}
		}
		whole := l.original(at, at+len(strings.TrimSuffix(line, "\n")))
		if whole.Start != q.from || whole.End != q.to {
			t.Errorf("layer %d, line %d comes from %v, want %d-%d", depth, i, whole, q.from, q.to)
		}
		at += len(line)
	}
}

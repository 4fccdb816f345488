package decode

import (
	"bytes"
	"io"
	"runtime"
	"testing"
)

// TestReadCopiesLittle: content of a known size is read into one buffer, other
// content is copied once.
func TestReadCopiesLittle(t *testing.T) {
	const size = 48 << 20
	data := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	for _, c := range []struct {
		said int64
		most float64 // bytes allocated, for each byte read
	}{{size, 1.01}, {-1, 2.2}, {size / 2, 2.2}, {1 << 50, 1.4}} {
		b := NewBudget(Limits{Bytes: 64 << 20, Time: 1 << 62}, -1)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, err := b.read(t.Context(), io.LimitReader(bytes.NewReader(data), size), -1, c.said)
		runtime.ReadMemStats(&after)
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%d bytes, error %v", len(got), err)
		}
		if ratio := float64(after.TotalAlloc-before.TotalAlloc) / size; ratio > c.most {
			t.Errorf("said to be %d bytes: %.2f times the content allocated, more than %.2f", c.said, ratio, c.most)
		}
	}
}

// TestReadTrustsNoSize: a claim alone takes no memory.
func TestReadTrustsNoSize(t *testing.T) {
	b := NewBudget(DefaultLimits(), 1000)
	for _, c := range []struct{ packed, said, want int64 }{
		{10, 1 << 40, 10*1032 + 1}, {0, 1 << 40, minPiece}, {-1, 1 << 62, ratioFloor + 1}, {1 << 40, 1 << 62, ratioFloor + 1}, {-1, -1, minPiece},
	} {
		if got := b.room(c.packed, c.said); got != c.want {
			t.Errorf("packed %d, said %d: a buffer of %d bytes, want %d", c.packed, c.said, got, c.want)
		}
	}
}

// TestReadToTheLimit: what the budget allows is read, to the byte.
func TestReadToTheLimit(t *testing.T) {
	for _, said := range []int64{-1, 5000, 10_000} {
		b := NewBudget(Limits{Bytes: 9_999, Time: 1 << 62}, -1)
		got, err := b.read(t.Context(), bytes.NewReader(make([]byte, 10_000)), -1, said)
		if len(got) != 9_999 || err != errOversized || b.bytes != 9_999 {
			t.Errorf("%d bytes, error %v, %d accounted for", len(got), err, b.bytes)
		}
	}
}

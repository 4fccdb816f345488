package decode

import (
	"context"
	"errors"
	"io"
	"time"
)

// Limits bound the work that one mail may cost, all its nested formats together.
type Limits struct {
	Depth int   // files within files within messages
	Parts int   // leaves and containers
	Bytes int64 // content, counted at every level of nesting
	// Ratio bounds Bytes by the size of the mail: at most Ratio times its size,
	// but never less than 32 MiB.
	Ratio int64
	Time  time.Duration
}

// DefaultLimits keep a hostile mail of half a megabyte within seconds and a few
// tens of megabytes, and let honest mail of Exchange's largest size (150 MB,
// learn.microsoft.com, Exchange Online limits) through.
func DefaultLimits() Limits {
	return Limits{Depth: 16, Parts: 10_000, Bytes: 512 << 20, Ratio: 64, Time: 30 * time.Second}
}

const (
	ratioFloor = 32 << 20
	// bombRatio is the expansion of one compressed stream beyond which it is no
	// honest file. Deflate reaches at most 1,032 (zlib.net, "Technical Details");
	// text of many repetitions, such as logs, seldom passes 100.
	bombRatio = 200
	bombFloor = 4 << 20
)

var (
	errOversized = errors.New("more bytes than the budget")
	errBomb      = errors.New("expands beyond any honest ratio")
)

// Budget is what is left of the [Limits] for one mail. It belongs to one
// goroutine. Make a new one for each mail.
type Budget struct {
	lim      Limits
	parts    int
	bytes    int64
	deadline time.Time
}

// NewBudget starts the budget, and its clock, for a mail of size bytes; size may
// be -1 when it is not known.
func NewBudget(lim Limits, size int64) *Budget {
	if size >= 0 && lim.Ratio > 0 {
		lim.Bytes = min(lim.Bytes, max(ratioFloor, lim.Ratio*size))
	}
	return &Budget{lim: lim, deadline: time.Now().Add(lim.Time)}
}

// late reports the time limit as context.DeadlineExceeded, and ctx's own end as it is.
func (b *Budget) late(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if time.Now().After(b.deadline) {
		return context.DeadlineExceeded
	}
	return nil
}

// take accounts for n bytes of content that are in memory already, and gives how
// many of them the budget lets through.
func (b *Budget) take(n int) (int, error) {
	if left := b.lim.Bytes - b.bytes; int64(n) > left {
		b.bytes = b.lim.Bytes
		return int(left), errOversized
	}
	b.bytes += int64(n)
	return n, nil
}

// read reads r to its end, within the budget. packed is the size of the
// compressed stream behind r, or -1 when r is not compressed; size is what the
// content is said to be, or -1. With an error it returns what was read until then.
func (b *Budget) read(ctx context.Context, r io.Reader, packed, size int64) ([]byte, error) {
	p := pieces{last: make([]byte, 0, b.room(packed, size))}
	for {
		if err := b.late(ctx); err != nil {
			return p.join(), err
		}
		n, err := r.Read(p.space())
		took, over := b.take(n)
		p.last = p.last[:len(p.last)+took]
		switch all := int64(p.full + len(p.last)); {
		case over != nil:
			return p.join(), over
		case packed >= 0 && all > bombFloor && all > bombRatio*max(packed, 1):
			return p.join(), errBomb
		case err == io.EOF:
			return p.join(), nil
		case err != nil:
			return p.join(), err
		}
	}
}

// room is how large a buffer for content of the size that is claimed may be: no
// larger than the budget, and no larger than deflate can make of its stream.
func (b *Budget) room(packed, size int64) int64 {
	const deflateRatio, end = 1032, 1 // a reader needs room to say that there is no more
	if packed >= 0 {
		size = min(size, deflateRatio*packed)
	}
	return max(minPiece, min(size, b.lim.Bytes-b.bytes)+end)
}

const (
	minPiece = 4 << 10
	maxPiece = 4 << 20
)

// pieces collect content of unknown size. They are joined once: a buffer that is
// copied each time it grows leaves several times its size behind.
type pieces struct {
	list [][]byte
	full int // bytes in list
	last []byte
}

// space gives room to read into, behind what is in the last piece.
func (p *pieces) space() []byte {
	if len(p.last) == cap(p.last) {
		p.list = append(p.list, p.last)
		p.full += len(p.last)
		p.last = make([]byte, 0, min(p.full, maxPiece))
	}
	return p.last[len(p.last):cap(p.last)]
}

func (p *pieces) join() []byte {
	if len(p.list) == 0 {
		return p.last
	}
	out := make([]byte, 0, p.full+len(p.last))
	for _, piece := range p.list {
		out = append(out, piece...)
	}
	return append(out, p.last...)
}

package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/therootcompany/xz"
)

// maxWindow bounds the memory that a stream may ask for by what its header says:
// the window of zstd --long and --ultra; xz -9 takes half of it.
const maxWindow = 128 << 20

var errWindow = &Skip{Reason: Oversized, Detail: "needs a window larger than the budget"}

// window is the largest window that a stream may have: more than the budget has
// bytes is never of use.
func (b *Budget) window() int64 { return max(zstd.MinWindowSize, min(maxWindow, b.lim.Bytes)) }

// most bounds the bytes that are taken out of a stream of packed bytes before the
// budget ends it. A window need not reach back further.
func (b *Budget) most(packed int64) int64 {
	const ahead = 256 << 10 // that the decompressor gives and nobody takes
	return min(b.lim.Bytes-b.bytes, max(bombFloor, bombRatio*packed)) + ahead
}

// lzmaRatio is more than LZMA can expand: a match of 273 bytes takes 14 decisions of
// at least 0.022 bits (log2(2048/2017)) each.
const lzmaRatio = 8192

// mostLZMA is most for LZMA and xz.
func (b *Budget) mostLZMA(packed int64) int64 { return min(b.most(packed), lzmaRatio*packed) }

// unpackers are the decompressors with large windows that one mail keeps: a new
// window for each of thousands of streams would be gigabytes.
type unpackers struct {
	xz   *xz.Reader
	zstd *zstd.Decoder
}

// readXZ starts to decompress r.
//
// It uses the port of XZ Embedded: the other library takes any dictionary that a
// block asks for, up to 4 GiB (github.com/ulikunitz/xz/pull/82).
func (w *walker) readXZ(r io.Reader) (io.Reader, error) {
	if w.with.xz != nil {
		return w.with.xz, w.with.xz.Reset(r)
	}
	x, err := xz.NewReader(r, uint32(w.b.window()))
	w.with.xz = x
	return x, err
}

// readZstd starts to decompress r, on the caller's goroutine; it starts none.
func (w *walker) readZstd(r io.Reader) (io.Reader, error) {
	if w.with.zstd != nil {
		return w.with.zstd, w.with.zstd.Reset(r)
	}
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(uint64(w.b.window())))
	w.with.zstd = d
	return d, err
}

// The functions below lower, in the head of a stream, the window that it asks for
// to most bytes. What the stream gives up to there stays the same. xz -9 asks for
// 64 MiB even where it packs ten bytes; a hostile mail asks a thousand times.

// headSize is how much of a stream they need: an xz file's two headers at their longest.
const headSize = 12 + 1024

// lowerXZ: xz file format 1.2.1, sections 2.1.1, 3.1 and 5.3.1. Blocks after the
// first are few in honest files; they are held to [Budget.window].
func lowerXZ(head []byte, most int64) {
	if len(head) < 13 {
		return
	}
	size := 4 * (int(head[12]) + 1)
	if head[12] == 0 || size < 8 || len(head) < 12+size {
		return
	}
	block, sum := head[12:12+size-4], head[12+size-4:]
	at := bytes.LastIndex(block, []byte{0x21, 1}) // LZMA2, which is always last; one byte of properties
	if at < 0 || at+2 >= len(block) || crc32.ChecksumIEEE(block) != binary.LittleEndian.Uint32(sum) {
		return
	}
	for code := range block[at+2] {
		if int64(2|code&1)<<(code/2+11) >= most {
			block[at+2] = code
			break
		}
	}
	binary.LittleEndian.PutUint32(sum, crc32.ChecksumIEEE(block))
}

// lowerLZMA: the header is one byte of properties, then the dictionary's size.
func lowerLZMA(head []byte, most int64) {
	if len(head) >= 5 && int64(binary.LittleEndian.Uint32(head[1:])) > most {
		binary.LittleEndian.PutUint32(head[1:], uint32(most))
	}
}

// lowerZstd: RFC 8878 sections 3.1.1.1.1 and 3.1.1.1.2. A frame of one segment has
// no window but its own size.
func lowerZstd(head []byte, most int64) {
	const singleSegment = 1 << 5
	if len(head) < 6 || !bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")) || head[4]&singleSegment != 0 {
		return
	}
	for exponent := range head[5] >> 3 {
		if int64(1)<<(10+exponent) >= most {
			head[5] = exponent << 3
			return
		}
	}
}

// lowered is r with its head changed by one of them.
func lowered(r io.Reader, lower func([]byte, int64), most int64) io.Reader {
	head := make([]byte, headSize)
	n, _ := io.ReadFull(r, head) // r says again what was wrong
	lower(head[:n], most)
	return io.MultiReader(bytes.NewReader(head[:n]), r)
}

// source is a stream in memory, from which a decompressor reads no further than it
// must. It fails once the time is up.
type source struct {
	w    *walker
	head []byte // what is read in place of the beginning of data
	data []byte
	at   int
	from int // where the last Read began
	due  int // where the clock is asked again
}

func (w *walker) source(data []byte) *source { return &source{w: w, data: data} }

// lower changes what is read of the head.
func (s *source) lower(change func([]byte, int64), most int64) *source {
	s.head = bytes.Clone(s.data[:min(len(s.data), headSize)])
	change(s.head, most)
	return s
}

func (s *source) late() error {
	if s.at < s.due {
		return nil
	}
	s.due = s.at + 4<<10
	return s.w.b.late(s.w.ctx)
}

func (s *source) Read(b []byte) (int, error) {
	if err := s.late(); err != nil {
		return 0, err
	}
	from := s.data
	if s.at < len(s.head) {
		from = s.head
	}
	if s.at >= len(from) {
		return 0, io.EOF
	}
	n := copy(b, from[s.at:])
	s.from = s.at
	s.at += n
	return n, nil
}

func (s *source) ReadByte() (byte, error) {
	if err := s.late(); err != nil {
		return 0, err
	}
	if s.at >= len(s.data) {
		return 0, io.EOF
	}
	c := s.data[s.at]
	if s.at < len(s.head) {
		c = s.head[s.at]
	}
	s.at++
	return c, nil
}

// rest is what has not been read.
func (s *source) rest() []byte { return s.data[s.at:] }

// windowFault gives errWindow in place of what decompressors say when they are
// asked for too large a window.
func windowFault(err error) error {
	if errors.Is(err, xz.ErrMemlimit) || errors.Is(err, zstd.ErrWindowSizeExceeded) {
		return errWindow
	}
	return err
}

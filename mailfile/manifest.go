package mailfile

import (
	"encoding/binary"
	"errors"

	"mailsweep/decode"
	"mailsweep/sweeper"
)

// record is what a cursor remembers of one file.
type record struct {
	name string // slot of its entry
	link string // as in entry
	stat
	kind kind
	// racy says that the file's time cannot prove that it is as it was; sum can.
	racy  bool
	sum   uint64 // of an mbox, of what was swept; of a racy file
	start int64  // of a message: where its separator stands, -1 without one

	offsets []int64 // of an mbox: where its messages begin, rising
	swept   int64   // of an mbox: everything before this offset was listed
	// partial says that the walk is in the middle of the mbox; old are messages of
	// its earlier state at or behind swept, of which it is not known whether they
	// are still there.
	partial bool
	old     []int64

	reason decode.Reason // of what is no mail
	detail string
}

// messages are the offsets of the messages that the record stands for.
func (r *record) messages() []int64 {
	switch r.kind {
	case message:
		return []int64{r.start}
	case mbox:
		return r.offsets
	}
	return nil
}

// manifest is a cursor, decoded. Records are sorted by name. mid says that the
// walk has not come further than the name at; records behind it are of an earlier walk.
type manifest struct {
	mid     bool
	at      string
	records []record
}

// passed is how many records the walk has left behind.
func (m *manifest) passed() int {
	if !m.mid {
		return 0
	}
	n := 0
	for n < len(m.records) && m.records[n].name <= m.at {
		n++
	}
	if n > 0 && m.records[n-1].name == m.at && m.records[n-1].partial {
		n-- // in its middle
	}
	return n
}

// cursorVersion is the first byte of every cursor; another one begins anew.
const cursorVersion = 2

const (
	flagKind    = 3
	flagRacy    = 4
	flagPartial = 8
	flagLink    = 16
)

// encoder writes records: what they share with the one before is left out.
type encoder struct {
	buf  []byte
	prev record
}

func (e *encoder) add(r *record) {
	b := e.buf
	flags := byte(r.kind)
	if r.racy {
		flags |= flagRacy
	}
	if r.partial {
		flags |= flagPartial
	}
	if r.link != "" {
		flags |= flagLink
	}
	b = append(b, flags)
	shared := 0
	for shared < min(len(r.name), len(e.prev.name)) && r.name[shared] == e.prev.name[shared] {
		shared++
	}
	b = binary.AppendUvarint(b, uint64(shared))
	b = appendString(b, r.name[shared:])
	if r.link != "" {
		b = appendString(b, r.link)
	}
	b = binary.AppendVarint(b, r.size)
	const second = 1e9
	b = binary.AppendVarint(b, r.mtime/second-e.prev.mtime/second)
	b = binary.AppendVarint(b, r.mtime%second)
	b = binary.AppendVarint(b, r.ctime-r.mtime)
	b = binary.AppendVarint(b, int64(r.inode-e.prev.inode))
	if r.racy || r.kind == mbox {
		b = binary.LittleEndian.AppendUint64(b, r.sum)
	}
	switch r.kind {
	case message:
		b = binary.AppendVarint(b, r.start)
	case mbox:
		b = binary.AppendUvarint(b, uint64(r.swept))
		b = appendOffsets(b, r.offsets)
		if r.partial {
			b = appendOffsets(b, r.old)
		}
	case other:
		b = appendString(b, string(r.reason))
		b = appendString(b, r.detail)
	}
	e.buf = b
	e.prev = record{name: r.name, stat: r.stat}
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendOffsets(b []byte, offsets []int64) []byte {
	b = binary.AppendUvarint(b, uint64(len(offsets)))
	last := int64(0)
	for _, o := range offsets {
		b = binary.AppendUvarint(b, uint64(o-last))
		last = o
	}
	return b
}

// cursor makes a cursor of records already encoded.
func cursor(mid bool, at string, records []byte) sweeper.Cursor {
	c := make([]byte, 0, 16+len(at)+len(records))
	c = append(c, cursorVersion, 0)
	if mid {
		c[1] = 1
	}
	return append(appendString(c, at), records...)
}

var errCursor = errors.New("not a cursor of this version")

// decodeManifest reads a cursor. It accepts nothing but what the encoder writes.
func decodeManifest(c sweeper.Cursor) (manifest, error) {
	d := decoder{rest: c}
	var m manifest
	version, mid := d.byte(), d.byte()
	if d.bad || version != cursorVersion || mid > 1 {
		return manifest{}, errCursor
	}
	m.mid = mid == 1
	m.at = d.string()
	const typical = 40 // bytes of a record
	m.records = make([]record, 0, len(d.rest)/typical)
	for len(d.rest) > 0 && !d.bad {
		m.records = append(m.records, d.record())
	}
	if d.bad {
		return manifest{}, errCursor
	}
	return m, nil
}

type decoder struct {
	rest []byte
	prev record
	any  bool // there is a record before
	bad  bool
}

func (d *decoder) record() record {
	flags := d.byte()
	r := record{
		kind:    kind(flags & flagKind),
		racy:    flags&flagRacy != 0,
		partial: flags&flagPartial != 0,
	}
	shared := d.uvarint()
	if shared > uint64(len(d.prev.name)) || r.kind > other || flags >= 2*flagLink || r.partial && r.kind != mbox {
		d.bad = true
		return r
	}
	r.name = d.prev.name[:shared] + d.string()
	if flags&flagLink != 0 {
		r.link = d.string()
	}
	r.size = d.varint()
	r.mtime = (d.prev.mtime/1e9 + d.varint()) * 1e9
	r.mtime += d.varint()
	r.ctime = r.mtime + d.varint()
	r.inode = d.prev.inode + uint64(d.varint())
	if r.racy || r.kind == mbox {
		r.sum = d.uint64()
	}
	switch r.kind {
	case message:
		r.start = d.varint()
	case mbox:
		r.swept = int64(d.uvarint())
		r.offsets = d.offsets()
		if r.partial {
			r.old = d.offsets()
		}
		d.bad = d.bad || r.swept < 0
	case other:
		r.reason = decode.Reason(d.string())
		r.detail = d.string()
	}
	d.bad = d.bad || d.any && r.name <= d.prev.name || r.size < 0
	d.prev, d.any = record{name: r.name, stat: r.stat}, true
	return r
}

func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.bad = true
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	d.take(n)
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	d.take(n)
	return v
}

// take consumes n bytes; n is not positive when there was no number.
func (d *decoder) take(n int) {
	if n <= 0 {
		d.bad, d.rest = true, nil
		return
	}
	d.rest = d.rest[n:]
}

func (d *decoder) uint64() uint64 {
	if len(d.rest) < 8 {
		d.bad, d.rest = true, nil
		return 0
	}
	v := binary.LittleEndian.Uint64(d.rest)
	d.rest = d.rest[8:]
	return v
}

func (d *decoder) string() string {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.bad, d.rest = true, nil
		return ""
	}
	s := string(d.rest[:n])
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) offsets() []int64 {
	n := d.uvarint()
	if n > uint64(len(d.rest)) { // each takes a byte at least
		d.bad, d.rest = true, nil
		return nil
	}
	offsets := make([]int64, n)
	last := int64(0)
	for i := range offsets {
		step := int64(d.uvarint())
		if step < 0 || last+step < last || i > 0 && step == 0 {
			d.bad = true
			return nil
		}
		last += step
		offsets[i] = last
	}
	return offsets
}

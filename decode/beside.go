package decode

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
)

// Where bytes stand that are none of an archive's format; the step in the path
// that is theirs.
const (
	leading  = "leading"  // the script or program that unpacks it
	between  = "between"  // entries that its directory does not list
	trailing = "trailing" // whatever was appended
)

// beside opens what stands in the file n besides that of which its format takes
// account. Padding, zeros and blanks, is nothing.
func (w *walker) beside(n node, where string, rest []byte) {
	rest = bytes.TrimLeft(rest, "\x00")
	if len(bytes.Trim(rest, "\x00 \t\r\n")) == 0 || w.err != nil {
		return
	}
	size, err := w.b.take(len(rest))
	c := n.child(where, rest[:size])
	c.name = ""
	w.fault(c.path, err)
	w.open(c)
}

// span is a range of the bytes of an archive.
type span struct{ from, to int }

func (s span) moved(by int) span { return span{s.from + by, s.to + by} }

// besides opens what is in none of the spans of the zip archive n. Where the
// directory is not intact that was said already, and only text is of interest.
func (w *walker) besides(n node, spans []span, intact bool) {
	if bytes.HasPrefix(n.data, []byte("PK\x07\x08PK")) || bytes.HasPrefix(n.data, []byte("PK00PK")) {
		spans = append(spans, span{0, 4}) // it was meant to be split
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	at := 0
	for _, s := range append(spans, span{len(n.data), len(n.data)}) {
		if gap := n.data[at:max(at, s.from)]; len(gap) > 0 && !w.spent(n.path) && (intact || isText(gap, false)) {
			where := between
			switch {
			case len(gap) == len(n.data): // no archive: a text that begins like one
				w.plainText(n)
				return
			case at == 0:
				where = leading
			case s.from == len(n.data):
				where = trailing
			}
			w.beside(n, where, gap)
		}
		at = max(at, s.to)
	}
}

// zipSpan is the range of an entry whose content, of packed bytes, begins at
// content: with its local header (APPNOTE 4.3.7) and its data descriptor (4.3.9).
func zipSpan(d []byte, content, packed int64, crc uint32) span {
	s := span{int(content), int(min(content+packed, int64(len(d))))}
	const header, longest = 30, 30 + 2*(1<<16-1)
	for head := d[max(0, s.from-longest):s.from]; ; {
		i := bytes.LastIndex(head, []byte("PK\x03\x04"))
		if i < 0 {
			break
		}
		size := s.from - max(0, s.from-longest) - i
		if h := d[s.from-size:]; size >= header && size == header+int(binary.LittleEndian.Uint16(h[26:]))+int(binary.LittleEndian.Uint16(h[28:])) {
			s.from -= size
			break
		}
		head = head[:i]
	}
	// Its sum, then its sizes in 32 or 64 bits; a signature before, or none.
	rest := d[s.to:]
	for _, sizes := range []int{8, 16} {
		for _, magic := range []string{"PK\x07\x08", ""} {
			at := len(magic)
			if len(rest) >= at+4+sizes && bytes.HasPrefix(rest, []byte(magic)) &&
				binary.LittleEndian.Uint32(rest[at:]) == crc && int64(binary.LittleEndian.Uint32(rest[at+4:])) == packed&(1<<32-1) &&
				(sizes == 8 || binary.LittleEndian.Uint32(rest[at+8:]) == uint32(packed>>32)) {
				return span{s.from, s.to + at + 4 + sizes}
			}
		}
	}
	return s
}

// zipFrame gives the ranges of what is in an archive beside its entries: its
// directory, of which the listed entries take size bytes, and its end records
// (APPNOTE 4.3.12 to 4.3.16).
func zipFrame(d []byte, size int) []span {
	e, ok := readZipEnd(d)
	if !ok {
		return nil
	}
	spans := []span{e.span}
	// The standard library believes the offset first.
	for _, from := range []uint64{e.offset, uint64(e.from) - e.size} {
		if from < uint64(e.from) && bytes.HasPrefix(d[from:], []byte("PK\x01\x02")) {
			return append(spans, span{int(from), min(int(from)+size, e.from)})
		}
	}
	return spans
}

// zipTail are the end records of an archive, and what they say of the directory.
type zipTail struct {
	span
	size, offset uint64
}

// readZipEnd reads the end record (APPNOTE 4.3.16) and, where there is one, that of
// a large archive (4.3.14, 4.3.15).
func readZipEnd(d []byte) (zipTail, bool) {
	at := zipEnd(d)
	if at < 0 {
		return zipTail{}, false
	}
	e := zipTail{
		span:   span{at, at + zipEndSize + int(binary.LittleEndian.Uint16(d[at+20:]))},
		size:   uint64(binary.LittleEndian.Uint32(d[at+12:])),
		offset: uint64(binary.LittleEndian.Uint32(d[at+16:])),
	}
	if at -= 20; at >= 0 && bytes.HasPrefix(d[at:], []byte("PK\x06\x07")) {
		if i := bytes.LastIndex(d[:at], []byte("PK\x06\x06")); i >= 0 && at-i >= 56 {
			e.from, e.size, e.offset = i, binary.LittleEndian.Uint64(d[i+40:]), binary.LittleEndian.Uint64(d[i+48:])
		}
	}
	return e, true
}

// lastArchive is the last zip archive in d, without what was appended to it (the
// standard library looks for the end in the last 64 KiB only) and, where its
// offsets show it, without what stands before it, which are base bytes.
func lastArchive(d []byte) (archive []byte, base int) {
	if zipEnd(d) < 0 {
		if at := bytes.LastIndex(d, []byte("PK\x05\x06")); at >= 0 && len(d)-at >= zipEndSize {
			d = d[:min(at+zipEndSize+int(binary.LittleEndian.Uint16(d[at+20:])), len(d))]
		}
	}
	e, ok := readZipEnd(d)
	from := uint64(e.from) - e.size
	if !ok || e.size > uint64(e.from) || e.offset >= from || !bytes.HasPrefix(d[from:], []byte("PK\x01\x02")) {
		return d, 0
	}
	base = int(from - e.offset)
	if !bytes.HasPrefix(d[base:], []byte("PK")) {
		return d, 0
	}
	return d[base:], base
}

const zipEndSize = 22

// zipEnd is the offset of the last end record (APPNOTE 4.3.16) whose comment fits,
// as the standard library finds it; -1 when there is none.
func zipEnd(d []byte) int {
	for at := len(d) - zipEndSize; at >= max(0, len(d)-zipEndSize-1<<16); at-- {
		if d[at] == 'P' && bytes.HasPrefix(d[at:], []byte("PK\x05\x06")) {
			if at+zipEndSize+int(binary.LittleEndian.Uint16(d[at+20:])) > len(d) {
				return -1
			}
			return at
		}
	}
	return -1
}

// xzEnd looks in d, whose last bytes a decompressor has taken no sense of, for the
// end of the last xz stream: its footer (xz file format, section 2.1.2). It gives
// the offset behind it, -1 when there is none.
func xzEnd(d []byte, from int) int {
	const footer = 12
	for at := max(from, footer); at <= len(d); at++ {
		if f := d[at-footer : at]; f[10] == 'Y' && f[11] == 'Z' && crc32.ChecksumIEEE(f[4:10]) == binary.LittleEndian.Uint32(f) &&
			!bytes.HasPrefix(bytes.TrimLeft(d[at:], "\x00"), []byte("\xfd7zXZ\x00")) {
			return at
		}
	}
	return -1
}

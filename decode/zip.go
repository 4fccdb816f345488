package decode

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// zipEntry is one file in a zip archive, found by its directory or, where that is
// damaged, by its local header.
type zipEntry struct {
	name    string // as UTF-8
	comment string
	flags   uint16
	method  uint16
	packed  int64 // size of its compressed stream, as far as the archive goes
	raw     func() (io.Reader, error)
	// size and crc of the content are what the directory says; known is false
	// where there is none.
	size  uint64
	crc   uint32
	known bool
	at    span // of the archive
}

func (e zipEntry) isDir() bool { return strings.HasSuffix(e.name, "/") && e.packed <= 2 }

// declared is the size of the content as the directory says, -1 when there is none.
func (e zipEntry) declared() int64 {
	if !e.known {
		return -1
	}
	return int64(min(e.size, 1<<62))
}

// zipMethodNames are, for people, names of methods that cannot be read.
var zipMethodNames = map[uint16]string{1: "shrunk", 6: "imploded", 9: "Deflate64", 14: "LZMA", 97: "WavPack", 98: "PPMd"}

func (w *walker) zip(n node) {
	entries, comment, frame, whole := w.zipEntries(n)
	if w.spent(n.path) {
		return // a directory that could not be read in time is not damaged
	}
	if types, ok := w.officeTypes(n, entries); ok {
		w.office(n, entries, types)
	} else {
		w.head(n.path, nameText(comment))
		for _, e := range entries {
			if w.spent(n.child(shortened(e.name), nil).path) || !w.zipEntry(n, e) {
				break
			}
		}
	}
	if len(entries) == w.mostEntries() && !w.spent(n.path) {
		w.skip(n.path, TooMany, "entries")
	} else {
		for _, e := range entries {
			frame = append(frame, e.at)
		}
		w.besides(n, frame, whole)
	}
	if !whole {
		w.skip(n.path, Damaged, "zip: the directory is not intact; entries were read one by one")
	}
}

// zipEntry opens one entry and reports whether to go on with the next.
func (w *walker) zipEntry(n node, e zipEntry) bool {
	c := w.entry(n, e.name)
	w.head(c.path, e.comment)
	if e.isDir() {
		return true
	}
	r, ok := w.zipOpen(c, e)
	if !ok {
		w.b.parts++
		return w.err == nil
	}
	return w.unpack(c, r, e.packed, e.declared())
}

// zipOpen starts the decompression of e, or records why it cannot be read.
func (w *walker) zipOpen(c node, e zipEntry) (io.Reader, bool) {
	// Bit 0 is encryption, bit 13 a masked header of strong encryption, method 99
	// WinZip's AES (APPNOTE 4.4.4, 4.4.5).
	if e.flags&(1|1<<13) != 0 || e.method == 99 {
		w.skip(c.path, Encrypted, "zip entry")
		return nil, false
	}
	raw, err := e.raw()
	if !w.fault(c.path, err) {
		return nil, false
	}
	r, err := w.inflate(raw, e)
	if !w.fault(c.path, windowFault(err)) {
		return nil, false
	}
	if e.known {
		return &checked{r: r, e: e}, true
	}
	return r, true
}

// inflate starts to decompress the entry e, by its method (APPNOTE 4.4.5).
func (w *walker) inflate(raw io.Reader, e zipEntry) (io.Reader, error) {
	switch e.method {
	case zip.Store:
		return raw, nil
	case zip.Deflate:
		return flate.NewReader(raw), nil
	case 12:
		return bzip2.NewReader(raw), nil
	case 20, 93:
		return w.readZstd(lowered(raw, lowerZstd, w.b.most(verbose*e.packed)))
	case 95:
		return w.readXZ(lowered(raw, lowerXZ, w.b.mostLZMA(verbose*e.packed)))
	}
	return nil, &Skip{Reason: Unsupported, Detail: strings.TrimSpace(fmt.Sprintf("zip method %d %s", e.method, zipMethodNames[e.method]))}
}

// checked tells at the end of an entry whether it is what the directory says. The
// standard library does so too, but keeps back what it read last.
type checked struct {
	r    io.Reader
	e    zipEntry
	size uint64
	crc  uint32
}

func (c *checked) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.size += uint64(n)
	c.crc = crc32.Update(c.crc, crc32.IEEETable, b[:n])
	if err == io.EOF && (c.size != c.e.size || c.crc != c.e.crc) {
		err = zip.ErrChecksum
	}
	return n, err
}

// mostEntries is how many entries of one archive are listed; directories, which
// are no parts, among them.
func (w *walker) mostEntries() int { return 2*w.b.lim.Parts + 1000 }

// zipEntries lists what an archive holds. frame are the ranges of its directory and
// end; whole is false when entries had to be found without the directory.
func (w *walker) zipEntries(n node) (entries []zipEntry, comment string, frame []span, whole bool) {
	// The standard library takes some 300 bytes of memory for each entry of the
	// directory; we look at no more entries than the budget has parts.
	most := w.mostEntries()
	if bytes.Count(n.data, []byte("PK\x01\x02")) > most {
		return salvage(n.data, most), "", nil, true
	}
	d, base := lastArchive(n.data)
	src := &meter{w: w, r: bytes.NewReader(d), left: 4*int64(len(d)) + 1<<20}
	z, err := zip.NewReader(src, int64(len(d)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return salvage(n.data, most), "", nil, false
	}
	directory := 0
	for _, f := range z.File {
		directory += 46 + len(f.Name) + len(f.Extra) + len(f.Comment) // APPNOTE 4.3.12
		e := zipEntry{
			name: zipName(f), comment: nameText(f.Comment), flags: f.Flags, method: f.Method,
			packed: int64(min(f.CompressedSize64, uint64(len(d)))), raw: f.OpenRaw,
			size: f.UncompressedSize64, crc: f.CRC32, known: true,
		}
		if at, err := f.DataOffset(); err == nil && at <= int64(len(d)) {
			e.at = zipSpan(d, at, e.packed, e.crc).moved(base)
		}
		entries = append(entries, e)
	}
	frame = zipFrame(d, directory)
	for i := range frame {
		frame[i] = frame[i].moved(base)
	}
	return entries, z.Comment, frame, true
}

// zipName is the name of f in UTF-8. The Info-ZIP Unicode Path field (APPNOTE
// 4.6.9) holds it where the name itself is in an old charset.
func zipName(f *zip.File) string {
	for x := f.Extra; len(x) >= 4; {
		id, size := binary.LittleEndian.Uint16(x), int(binary.LittleEndian.Uint16(x[2:]))
		x = x[4:]
		if size > len(x) {
			break
		}
		if id == 0x7075 && size > 5 && binary.LittleEndian.Uint32(x[1:]) == crc32.ChecksumIEEE([]byte(f.Name)) {
			return string(x[5:size])
		}
		x = x[size:]
	}
	return nameText(f.Name)
}

var errOverlap = fmt.Errorf("entries share their content: %w", errBomb)

// meter is the archive's bytes. It fails once far more were read than there are:
// then entries share their content, as only those of a bomb do ("A better zip
// bomb", David Fifield, 2019); and once the time is up.
type meter struct {
	w    *walker
	r    *bytes.Reader
	left int64
}

func (m *meter) ReadAt(b []byte, off int64) (int, error) {
	if err := m.w.b.late(m.w.ctx); err != nil {
		return 0, err
	}
	n, err := m.r.ReadAt(b, off)
	if m.left -= int64(n); m.left < 0 {
		return n, errOverlap
	}
	return n, err
}

// salvage finds entries by their local headers (APPNOTE 4.3.7), at most most of
// them. An entry whose size the header does not tell reaches as far as the next
// header; decompression ends it where it ends.
func salvage(d []byte, most int) (entries []zipEntry) {
	const size = 30
	for at := bytes.Index(d, []byte("PK\x03\x04")); at >= 0 && len(entries) < most; {
		h := d[at:]
		if len(h) < size {
			break
		}
		begin := size + int(binary.LittleEndian.Uint16(h[26:])) + int(binary.LittleEndian.Uint16(h[28:]))
		if begin > len(h) {
			break
		}
		e := zipEntry{
			name:   nameText(string(h[size : size+int(binary.LittleEndian.Uint16(h[26:]))])),
			flags:  binary.LittleEndian.Uint16(h[6:]),
			method: binary.LittleEndian.Uint16(h[8:]),
		}
		body := h[begin:]
		packed := int64(binary.LittleEndian.Uint32(h[18:]))
		if e.flags&8 != 0 && packed == 0 || packed > int64(len(body)) {
			packed = nextHeader(body)
		}
		body = body[:packed]
		e.packed = packed
		e.at = span{at, at + begin + int(packed)}
		e.raw = func() (io.Reader, error) { return bytes.NewReader(body), nil }
		entries = append(entries, e)
		next := bytes.Index(d[at+begin+int(packed):], []byte("PK\x03\x04"))
		if next < 0 {
			break
		}
		at += begin + int(packed) + next
	}
	return entries
}

// nextHeader is the offset of the next header of any kind in d, or its length.
func nextHeader(d []byte) int64 {
	end := len(d)
	for _, magic := range []string{"PK\x07\x08", "PK\x03\x04", "PK\x01\x02"} {
		if i := bytes.Index(d[:end], []byte(magic)); i >= 0 {
			end = i
		}
	}
	return int64(end)
}

// hasZipEnd reports whether d ends as a zip archive does: with an end record
// (APPNOTE 4.3.16) that stands right behind a directory.
func hasZipEnd(d []byte) bool {
	const size, longestComment = 22, 1<<16 - 1
	tail := d[max(0, len(d)-size-longestComment):]
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < size {
		return false
	}
	directory := int64(binary.LittleEndian.Uint32(tail[at+12:]))
	begin := int64(len(d)-len(tail)+at) - directory
	return begin >= 0 && bytes.HasPrefix(d[begin:], []byte("PK\x01\x02"))
}

package decode

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/therootcompany/xz"
	"github.com/ulikunitz/xz/lzma"
)

func isBzip2(d []byte) bool {
	// "BZh", the block size, then the digits of pi or, in an empty file, of its root.
	return len(d) >= 10 && bytes.HasPrefix(d, []byte("BZh")) && d[3] >= '1' && d[3] <= '9' &&
		(bytes.HasPrefix(d[4:], []byte("\x31\x41\x59\x26\x53\x59")) || bytes.HasPrefix(d[4:], []byte("\x17\x72\x45\x38\x50\x90")))
}

// isZstdSkippable: RFC 8878 section 3.1.2.
func isZstdSkippable(d []byte) bool {
	return len(d) >= 8 && d[0]&0xf0 == 0x50 && bytes.HasPrefix(d[1:], []byte("\x2a\x4d\x18"))
}

// isLZMA recognises a .lzma file, which has no magic, as xz does
// (liblzma/common/alone_decoder.c): properties in range, a dictionary of 2^n or
// 2^n + 2^(n-1) bytes, a size below 256 GiB or unknown. The range coder's first
// byte is always 0.
func isLZMA(d []byte) bool {
	if len(d) < 18 || d[0] > (4*5+4)*9+8 || d[13] != 0 {
		return false
	}
	dict, size := binary.LittleEndian.Uint32(d[1:]), binary.LittleEndian.Uint64(d[5:])
	rounded := dict - 1
	for _, shift := range []int{2, 3, 4, 8, 16} {
		rounded |= rounded >> shift
	}
	return dict != 0 && (dict == rounded+1 || dict == 1<<32-1) && (size == 1<<64-1 || size < 1<<38)
}

func (w *walker) gzip(n node) {
	src := w.source(n.data)
	r, err := gzip.NewReader(src)
	if !w.fault(n.path, err) {
		return
	}
	r.Multistream(false)
	name := r.Name // RFC 1952: Latin-1, which the library has decoded
	w.head(n.path, r.Comment)
	w.stream(n, name, &members{r, src}, src)
}

// members are the streams of one gzip file. The library takes what follows the
// last for a damaged one.
type members struct {
	r   *gzip.Reader
	src *source
}

func (m *members) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	if err == io.EOF && bytes.HasPrefix(m.src.rest(), []byte("\x1f\x8b")) {
		err = m.r.Reset(m.src)
		m.r.Multistream(false)
	}
	return n, err
}

// bounded ends a stream before bytes that are none of its format. back tells, by
// the error that they cause, how many of them were read.
type bounded struct {
	io.Reader
	src  *source
	back func(error) (int, bool)
}

func (r *bounded) Read(b []byte) (int, error) {
	n, err := r.Reader.Read(b)
	if err != nil && err != io.EOF {
		if back, ok := r.back(err); ok {
			r.src.at -= min(back, r.src.at)
			err = io.EOF
		}
	}
	return n, err
}

func (w *walker) bzip2(n node) {
	src := w.source(n.data)
	w.stream(n, "", &bounded{bzip2.NewReader(src), src, func(err error) (int, bool) {
		const magic = 2
		return magic, errors.Is(err, bzip2.StructuralError("bad magic value in continuation file"))
	}}, src)
}

func (w *walker) xz(n node) {
	src := w.source(bytes.TrimRight(n.data, "\x00")).lower(lowerXZ, w.b.mostLZMA(int64(len(n.data))))
	r, err := w.readXZ(src)
	if !w.fault(n.path, err) {
		return
	}
	w.stream(n, "", &bounded{r, src, func(err error) (int, bool) {
		const headers = 24 // a footer and a header may stand in the block read before
		end := -1
		if errors.Is(err, xz.ErrFormat) || errors.Is(err, xz.ErrBuf) {
			end = xzEnd(src.data, src.from-headers)
		}
		return src.at - end, end >= 0
	}}, src)
}

func (w *walker) lzma(n node) {
	src := w.source(n.data).lower(lowerLZMA, w.b.mostLZMA(int64(len(n.data))))
	r, err := lzma.ReaderConfig{DictCap: int(w.b.window())}.NewReader(src)
	var tooLarge *lzma.ErrDictSize
	if errors.As(err, &tooLarge) {
		err = errWindow
	}
	if w.fault(n.path, err) {
		w.stream(n, "", &drained{r: r}, src)
	}
}

// drained gives what the decoder had understood when its input ended too soon; it
// comes with the calls after the error.
type drained struct {
	r   io.Reader
	err error
}

func (d *drained) Read(b []byte) (int, error) {
	n, err := d.r.Read(b)
	switch {
	case d.err != nil && n == 0:
		return 0, d.err
	case d.err != nil || errors.Is(err, io.ErrUnexpectedEOF):
		d.err = io.ErrUnexpectedEOF
		return n, nil
	}
	return n, err
}

func (w *walker) zstd(n node) {
	src := w.source(n.data).lower(lowerZstd, w.b.most(int64(len(n.data))))
	r, err := w.readZstd(src)
	if !w.fault(n.path, err) {
		return
	}
	w.stream(n, "", &bounded{r, src, func(err error) (int, bool) {
		const magic = 4
		return magic, errors.Is(err, zstd.ErrMagicMismatch) && src.at > magic
	}}, src)
}

// stream opens the one file in a compressed stream; name is what the stream calls
// it, if it does. A tar in it is no step of its own in the path: what lies in
// x.tgz is "x.tgz!etc/passwd". r reads src, and no further than to the end of the
// stream: what follows is opened too.
func (w *walker) stream(n node, name string, r io.Reader, src *source) {
	guess := uncompressedName(n.name)
	if name == "" || base(name) == "" {
		name = guess
	}
	c := n.child(shortened(name), nil)
	if name != guess {
		w.head(c.path, plain(name))
	}
	data, err := w.b.read(w.ctx, r, int64(len(n.data)), -1)
	w.fault(c.path, windowFault(err))
	if w.err != nil || err != nil && len(data) == 0 {
		return
	}
	c.data = data
	if kindOf(c) == kindTar {
		c.path = n.path
	}
	w.open(c)
	if err == nil {
		w.beside(n, trailing, src.rest())
	}
}

// uncompressedName is the name of a compressed file without what compression
// added to it.
func uncompressedName(name string) string {
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	switch strings.ToLower(ext) {
	case ".gz", ".bz2", ".xz", ".lzma", ".zst", ".z", ".bz", ".zstd":
		if stem != "" {
			return stem
		}
	case ".tgz", ".tbz", ".tbz2", ".txz", ".tzst", ".tlz":
		return stem + ".tar"
	case ".svgz":
		return stem + ".svg"
	}
	if name == "" {
		return "data"
	}
	return name
}

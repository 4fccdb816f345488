package decode

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

const tarBlock = 512

// isTar checks the sum that each header carries; formats of before POSIX have no
// magic.
func isTar(d []byte) bool {
	if len(d) < tarBlock || d[0] == 0 {
		return false
	}
	field := strings.Trim(string(d[148:156]), " \x00")
	want, err := strconv.ParseInt(field, 8, 64)
	if err != nil {
		return false
	}
	// pax, "ustar Interchange Format": the sum of all bytes, the field itself as blanks.
	sum := int64(8 * ' ')
	for i, c := range d[:tarBlock] {
		if i < 148 || i >= 156 {
			sum += int64(c)
		}
	}
	return sum == want
}

func (w *walker) tar(n node) {
	src := bytes.NewReader(n.data)
	for t := tar.NewReader(&patient{w, src}); !w.spent(n.path); {
		h, err := t.Next()
		if err == io.EOF {
			return
		}
		if errors.Is(err, tar.ErrInsecurePath) {
			err = nil
		}
		if !w.fault(n.path, err) {
			if !errors.Is(err, tar.ErrHeader) || !nextTarHeader(src) {
				return
			}
			t = tar.NewReader(&patient{w, src})
			continue
		}
		if !w.tarEntry(n, h, t) {
			return
		}
	}
}

// tarEntry opens one entry and reports whether to go on with the next.
func (w *walker) tarEntry(n node, h *tar.Header, r io.Reader) bool {
	c := w.entry(n, nameText(h.Name))
	w.head(c.path, plain(nameText(h.Linkname)))
	w.head(c.path, h.PAXRecords["comment"])
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeCont, tar.TypeGNUSparse:
		// A sparse file may claim any size: its holes expand like a compressed stream.
		return w.unpack(c, r, int64(len(n.data)), min(h.Size, int64(len(n.data))))
	}
	return true
}

// nextTarHeader moves src to the next block that is a header, behind a damaged one.
func nextTarHeader(src *bytes.Reader) bool {
	var block [tarBlock]byte
	for {
		if _, err := io.ReadFull(src, block[:]); err != nil {
			return false
		}
		if isTar(block[:]) {
			_, err := src.Seek(-tarBlock, io.SeekCurrent)
			return err == nil
		}
	}
}

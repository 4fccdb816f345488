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
	src := w.source(n.data)
	end := 0 // of the last entry
	for t := tar.NewReader(src); !w.spent(n.path); {
		h, err := t.Next()
		if errors.Is(err, tar.ErrInsecurePath) {
			err = nil
		}
		switch {
		case err == io.EOF && src.nextTar(): // several, one after the other
			t = tar.NewReader(src)
			continue
		case err == io.EOF:
			w.beside(n, trailing, src.rest())
			return
		case err == nil:
			end = src.at + int(min(h.Size, int64(len(n.data)))+tarBlock-1)/tarBlock*tarBlock
			if !w.tarEntry(n, h, t) {
				return
			}
			continue
		}
		w.fault(n.path, err)
		if !errors.Is(err, tar.ErrHeader) || !nextTarHeader(src) {
			if rest := n.data[min(end, len(n.data)):]; isText(rest, false) {
				w.beside(n, trailing, rest)
			}
			return
		}
		t = tar.NewReader(src)
	}
}

// nextTar moves s to the archive that follows the end of one, if one does.
func (s *source) nextTar() bool {
	padding := len(s.rest()) - len(bytes.TrimLeft(s.rest(), "\x00"))
	next := (s.at + padding) / tarBlock * tarBlock
	if !isTar(s.data[next:]) {
		return false
	}
	s.at = next
	return true
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
func nextTarHeader(src *source) bool {
	for at := src.at; at+tarBlock <= len(src.data); at += tarBlock {
		if isTar(src.data[at:]) {
			src.at = at
			return true
		}
	}
	return false
}

package mailfile

import (
	"errors"
	"io"
)

// chunks hold a stream in memory. They are never copied to a larger place, so that a
// stream takes no more than its length.
type chunks struct {
	list [][]byte // all but the last of chunkSize bytes
	size int64
}

// fill reads up to limit bytes of r. cut says that there were more.
func (c *chunks) fill(r io.Reader, limit int64) (cut bool, err error) {
	for c.size < limit {
		chunk := make([]byte, min(chunkSize, limit-c.size))
		n, err := io.ReadFull(r, chunk)
		c.list = append(c.list, chunk[:n])
		c.size += int64(n)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	n, err := io.ReadFull(r, make([]byte, 1))
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n > 0, err
}

// ReadAt implements [io.ReaderAt].
func (c *chunks) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) && off < c.size {
		step := copy(b[n:], c.list[off/chunkSize][off%chunkSize:])
		n, off = n+step, off+int64(step)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

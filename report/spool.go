package report

import (
	"bytes"
	"compress/flate"
	"io"
)

// spool holds what must wait for the end of a document, compressed: skips are
// many and much alike (every picture of a mailbox is one), and take a twentieth
// of their size here. It keeps clear of the disk: what mail says stays in memory.
type spool struct {
	packed bytes.Buffer
	in     *flate.Writer
}

func (s *spool) add(b []byte) error {
	if s.in == nil {
		in, err := flate.NewWriter(&s.packed, flate.BestSpeed)
		if err != nil {
			return err
		}
		s.in = in
	}
	_, err := s.in.Write(b)
	return err
}

// writeTo writes all that was added, and is called once.
func (s *spool) writeTo(w io.Writer) error {
	if s.in == nil {
		return nil
	}
	if err := s.in.Close(); err != nil {
		return err
	}
	_, err := io.Copy(w, flate.NewReader(&s.packed))
	return err
}

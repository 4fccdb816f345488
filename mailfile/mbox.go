package mailfile

import (
	"bytes"
	"io"
	"strconv"
)

const (
	chunkSize = 256 << 10
	// lookahead is how much of a file must be at hand to judge a separator: the line
	// and the beginning of the next.
	lookahead = maxFromLine + 512
	// lookbehind is how much to see whether the line before is empty: two CRLF.
	lookbehind = 4
	// maxHeader bounds the search for Content-Length.
	maxHeader = 32 << 10
)

// extent is one message in an mbox: the bytes from start, where its separator
// stands, to end. The extents of an mbox cover it without gap or overlap; what
// stands before the first separator is one too, unless it is blank.
type extent struct{ start, end int64 }

// scanner finds the messages of an mbox. It holds one chunk of it.
type scanner struct {
	r     io.ReaderAt
	size  int64
	start int64 // of the next message
	buf   []byte
	base  int64 // where in the file buf begins
	err   error // other than the file's end
}

// newScanner scans the mbox r, of size bytes, from the separator at start.
func newScanner(r io.ReaderAt, start, size int64) *scanner {
	return &scanner{r: r, size: size, start: start}
}

// next gives the next message. It returns false at the end and after an error.
func (s *scanner) next() (extent, bool) {
	if s.start >= s.size || s.err != nil {
		return extent{}, false
	}
	e := extent{s.start, s.end(s.start)}
	if s.err != nil {
		return extent{}, false
	}
	s.start = e.end
	return e, true
}

// end finds where the message at start ends.
func (s *scanner) end(start int64) int64 {
	head := s.window(start, maxHeader)
	head = head[:min(len(head), maxHeader)]
	if body, length, ok := contentLength(head); ok {
		if end, ok := s.endsAt(start + int64(body) + length); ok {
			return end
		}
	}
	// A separator right below this one belongs to it: some programs write two.
	for {
		_, rest := cutLine(head)
		if !bytes.HasPrefix(rest, fromWord) {
			return s.find(start + int64(len(head)-len(rest)))
		}
		start += int64(len(head) - len(rest))
		head = rest
	}
}

// find gives the offset of the first separator at or after from, or the size.
func (s *scanner) find(from int64) int64 {
	for from < s.size && s.err == nil {
		text := s.window(from, lookahead)
		i := bytes.Index(text, fromWord)
		if i < 0 {
			if from+int64(len(text)) >= s.size {
				break
			}
			from += int64(len(text) - len(fromWord) + 1)
			continue
		}
		at := from + int64(i)
		if (i == 0 || text[i-1] == '\n' || text[i-1] == '\r') && s.separatorAt(at) {
			return at
		}
		from = at + 1
	}
	return s.size
}

// separatorAt reports whether a message begins at the offset at.
func (s *scanner) separatorAt(at int64) bool {
	before := min(at, lookbehind)
	text := s.window(at-before, int(before)+lookahead)
	if int64(len(text)) <= before {
		return false
	}
	behind, text := text[:before], text[before:]
	if !atLineStart(behind) {
		return false
	}
	return separates(text, endsEmpty(behind, at == before))
}

func atLineStart(behind []byte) bool {
	n := len(behind)
	return n == 0 || behind[n-1] == '\n' || behind[n-1] == '\r'
}

// endsEmpty reports whether behind, which ends with a line's end, ends with an
// empty line. whole says that behind is all there is.
func endsEmpty(behind []byte, whole bool) bool {
	behind = cutEnd(behind)
	return len(behind) == 0 && whole || atLineStart(behind) && len(behind) > 0
}

// cutEnd cuts one line's end off.
func cutEnd(text []byte) []byte {
	if t, ok := bytes.CutSuffix(text, []byte("\r\n")); ok {
		return t
	}
	return text[:max(len(text)-1, 0)]
}

// endsAt reports whether a message may end at the offset at: the file does, or,
// after at most an empty line, a separator follows. It gives the separator's offset.
func (s *scanner) endsAt(at int64) (int64, bool) {
	if at > s.size {
		return 0, false
	}
	buf := make([]byte, 4+lookahead)
	n, err := s.r.ReadAt(buf[:min(int64(len(buf)), s.size-at)], at)
	if err != nil && err != io.EOF {
		s.err = err
		return 0, false
	}
	text := buf[:n]
	for range 2 {
		if len(text) > 0 && (text[0] == '\n' || text[0] == '\r') {
			_, text = cutLine(text)
		}
	}
	if len(text) == 0 {
		return s.size, at+int64(n) == s.size
	}
	return at + int64(n-len(text)), separates(text, true)
}

// window gives the bytes at off, at least want of them unless the file ends before.
func (s *scanner) window(off int64, want int) []byte {
	have := s.base + int64(len(s.buf)) - off
	if off < s.base || have < 0 || have < int64(want) && off+have < s.size {
		s.fill(off)
	}
	if off < s.base || off > s.base+int64(len(s.buf)) {
		return nil // cut while it is being read
	}
	return s.buf[off-s.base:]
}

// fill reads the chunk at off and a little before, less what is at hand already.
func (s *scanner) fill(off int64) {
	if s.buf == nil {
		s.buf = make([]byte, 0, min(chunkSize, s.size))
	}
	off = min(max(off-lookbehind, 0), s.size)
	kept := 0
	if off >= s.base && off < s.base+int64(len(s.buf)) {
		kept = copy(s.buf, s.buf[off-s.base:])
	}
	s.base = off
	s.buf = s.buf[:max(kept, int(min(int64(cap(s.buf)), s.size-off)))]
	n, err := s.r.ReadAt(s.buf[kept:], off+int64(kept))
	short := n < len(s.buf)-kept
	s.buf = s.buf[:kept+n]
	switch {
	case err == io.EOF && short:
		s.size = off + int64(len(s.buf)) // cut while it is being read
	case err != nil && err != io.EOF:
		s.err = err
	}
}

// contentLength finds the field in the header that text begins with, and where
// the body begins.
func contentLength(text []byte) (body int, length int64, ok bool) {
	rest := text
	for len(rest) > 0 {
		var line []byte
		line, rest = cutLine(rest)
		if bytes.HasPrefix(rest, fromWord) {
			break // the next message, or one without a body
		}
		if len(line) == 0 {
			return len(text) - len(rest), length, ok
		}
		if line[0]|0x20 == 'c' && fieldName(line) == "content-length" {
			value := bytes.TrimSpace(line[bytes.IndexByte(line, ':')+1:])
			n, err := strconv.ParseInt(string(value), 10, 62)
			length, ok = n, err == nil && n >= 0
		}
	}
	return 0, 0, false // no end of the header in sight
}

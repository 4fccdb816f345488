package report

import (
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"mailsweep/sweeper"
	"mailsweep/visible"
)

// jsonl writes one object a line.
type jsonl struct{ out sink }

func newJSONL(w io.Writer) *jsonl { return &jsonl{out: sink{w: w}} }

func (j *jsonl) Handle(e sweeper.Event) error {
	switch {
	case e.Finding != nil:
		return j.line(recordFinding(e.Finding))
	case e.Allowed != nil:
		return j.line(recordAllowed(e.Allowed))
	case e.Skip != nil:
		return j.line(recordSkip(e.Skip))
	case e.Summary != nil:
		return j.line(recordSummary(e.Summary))
	}
	return j.out.err
}

func (j *jsonl) Close() error { return j.out.err }

func (j *jsonl) line(record any) error {
	if err := encode(&j.out, record, false); err != nil {
		return err
	}
	return j.out.flush()
}

// encode appends v as one line of JSON. Bytes that are no UTF-8 become U+FFFD
// (encoding/json does that), and runes that cannot be seen become \u escapes,
// which say the same to every reader of JSON and nothing to a terminal.
func encode(s *sink, v any, escapeHTML bool) error {
	start := s.Len()
	enc := json.NewEncoder(s)
	enc.SetEscapeHTML(escapeHTML)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	line := s.Bytes()[start:]
	if visible.Plain(line[:len(line)-1]) {
		return nil
	}
	escaped := escapeHidden(line[:len(line)-1])
	s.Truncate(start)
	s.Write(escaped)
	s.WriteByte('\n')
	return nil
}

// escapeHidden works on whole JSON: beyond ASCII, and at DEL, it has strings only.
func escapeHidden(line []byte) []byte {
	out := make([]byte, 0, len(line)+32)
	prev := rune(0)
	for len(line) > 0 {
		n := 0
		for n < len(line) && line[n] >= ' ' && line[n] < 0x7f {
			n++
		}
		if n > 0 {
			prev = rune(line[n-1])
			out = append(out, line[:n]...)
			line = line[n:]
			continue
		}
		r, size := utf8.DecodeRune(line)
		switch {
		case !visible.Hidden(prev, r):
			out = append(out, line[:size]...)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		prev, line = r, line[size:]
	}
	return out
}

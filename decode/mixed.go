package decode

import (
	"bytes"
	"strings"
	"unicode/utf16"
)

// mixedText reads text of which some lines are UTF-16LE and others are not: a log
// to which Windows PowerShell has appended with ">>". ok is false for everything
// else, text in UTF-16 alone included.
func mixedText(data []byte) (text string, ok bool) {
	if bytes.IndexByte(data, 0) < 0 || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return "", false
	}
	m := mixed{data: data}
	for m.at < len(data) && !m.hopeless() {
		switch {
		case m.wide && m.narrowFollows():
			m.flush()
			m.wide = false
		case !m.wide && m.wideFollows():
			m.flush()
			m.wide = true
		}
		m.next()
	}
	m.flush()
	if m.narrowBytes < 4 || m.latin < 4 || m.hopeless() {
		return "", false
	}
	return strings.Join(m.out, ""), true
}

// isMixed reports whether mixedText reads d.
func isMixed(d []byte) bool {
	_, ok := mixedText(d)
	return ok
}

type mixed struct {
	data []byte
	at   int
	wide bool

	out    []string
	units  []uint16 // of the wide piece that is being read
	narrow []byte   // of the narrow one
	// What was seen, to tell a log from a binary file.
	narrowBytes, latin, other, bad int
}

// next takes one unit or one byte.
func (m *mixed) next() {
	if !m.wide {
		c := m.data[m.at]
		m.narrow = append(m.narrow, c)
		m.narrowBytes++
		m.bad += int(suspects[c])
		m.at++
		return
	}
	if m.at+1 == len(m.data) {
		m.at++ // half a unit
		return
	}
	u := uint16(m.data[m.at]) | uint16(m.data[m.at+1])<<8
	switch {
	case u >= 0x100:
		m.other++
	case suspects[byte(u)] != 0:
		m.bad++
	default:
		m.latin++
	}
	m.units = append(m.units, u)
	m.at += 2
}

// hopeless reports whether this cannot be a log any more.
func (m *mixed) hopeless() bool {
	seen := m.narrowBytes + m.latin + m.other
	return seen > 256 && (m.bad*50 > seen || m.other > m.latin) || m.at >= len(m.data) && (m.bad*14 > seen || m.other > m.latin)
}

// flush ends a piece.
func (m *mixed) flush() {
	if len(m.units) > 0 {
		m.out = append(m.out, strings.ReplaceAll(string(utf16.Decode(m.units)), "\ufeff", ""))
	}
	if len(m.narrow) > 0 {
		m.out = append(m.out, guess(m.narrow))
	}
	m.units, m.narrow = m.units[:0], m.narrow[:0]
}

// wideFollows reports whether a byte order mark or two units of ASCII follow.
func (m *mixed) wideFollows() bool {
	d := m.data[m.at:]
	if bytes.HasPrefix(d, []byte("\xff\xfe")) {
		return true
	}
	return len(d) >= 4 && printable(d[0]) && d[1] == 0 && printable(d[2]) && d[3] == 0
}

// narrowFollows reports whether a line of ASCII follows that is no UTF-16: where a
// line begins four characters of it are enough, elsewhere Chinese could look like it.
func (m *mixed) narrowFollows() bool {
	least := 16
	if n := len(m.units); n == 0 || m.units[n-1] == '\n' {
		least = 4
	}
	d := m.data[m.at:]
	if bytes.HasPrefix(d, []byte("\r\n")) && (len(d) == 2 || d[2] != 0) {
		return true
	}
	n := 0
	for n < len(d) && n < least && printable(d[n]) && d[n] != '\n' {
		n++
	}
	return n == least || n >= 4 && (n == len(d) || d[n] == '\n') || n > 0 && least == 4 && (n == len(d) || d[n] == '\n' && (n+1 == len(d) || d[n+1] != 0))
}

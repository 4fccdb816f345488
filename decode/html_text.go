package decode

import (
	"strings"
	"unicode/utf8"
)

// layout writes text the way a page lays it out: white space collapses, blocks
// begin new lines, the cells of one table row stand on one line with a tab between
// them. Characters that nobody sees are left out, so that they cannot part a
// token, and every kind of space becomes an ordinary one.
type layout struct {
	b strings.Builder
	// What is owed before the next character, if one comes: line breaks, else
	// tabs, else spaces. After line breaks spaces are an indentation.
	breaks, tabs, spaces int
	row                  int   // where the row that is being written began
	rows                 []int // the same for the tables around this one
}

const (
	maxBreaks = 2  // one empty line, however many <br> there are
	maxTabs   = 32 // no table that people read has more empty cells in a row
)

func (l *layout) empty() bool { return l.b.Len() == 0 }

func (l *layout) String() string { return l.b.String() }

// block begins a new line. What a cell begins with begins no line of its own:
// Outlook puts a paragraph into every cell.
func (l *layout) block() {
	if l.tabs == 0 {
		l.breaks, l.spaces = max(l.breaks, 1), 0
	}
}

func (l *layout) lineBreak() {
	if l.tabs == 0 {
		l.breaks, l.spaces = min(l.breaks+1, max(l.breaks, maxBreaks)), 0
	}
}

// tableStart, rowEdge, cell and tableEnd follow the rows of nested tables.
func (l *layout) tableStart() {
	l.block()
	l.rows = append(l.rows, l.row)
	l.row = l.b.Len()
}

func (l *layout) rowEdge() {
	if l.tabs > 0 && l.b.Len() > l.row {
		l.tabs = 0 // empty cells at the end of the row; otherwise the tabs lead to this table
	}
	l.block()
	l.row = l.b.Len()
}

func (l *layout) cell() {
	if l.b.Len() > l.row {
		l.breaks, l.spaces, l.tabs = 0, 0, min(l.tabs+1, maxTabs)
		return
	}
	l.block()
}

func (l *layout) tableEnd() {
	l.rowEdge()
	if n := len(l.rows); n > 0 {
		l.row, l.rows = l.rows[n-1], l.rows[:n-1]
	}
}

// gap is white space that collapses.
func (l *layout) gap() {
	if l.breaks == 0 && l.tabs == 0 && l.spaces == 0 {
		l.spaces = 1
	}
}

// write adds visible characters.
func (l *layout) write(s string) {
	if s == "" {
		return
	}
	if l.breaks|l.tabs|l.spaces != 0 {
		l.pay()
	}
	l.b.WriteString(s)
}

func (l *layout) pay() {
	if l.breaks > 0 || l.tabs == 0 {
		if l.b.Len() > 0 {
			repeat(&l.b, '\n', l.breaks)
			repeat(&l.b, ' ', l.spaces)
		}
	} else {
		repeat(&l.b, '\t', l.tabs)
	}
	l.breaks, l.tabs, l.spaces = 0, 0, 0
}

func repeat(b *strings.Builder, c byte, n int) {
	for range n {
		b.WriteByte(c)
	}
}

// Classes of bytes. A byte is plain unless it needs a look.
const (
	plainByte = iota
	spaceByte
	deadByte // a control character
	leadByte // may begin a character that is no plain text, see [charClass]
)

var byteClass = [256]uint8{
	0x00: deadByte, 0x01: deadByte, 0x02: deadByte, 0x03: deadByte, 0x04: deadByte, 0x05: deadByte,
	0x06: deadByte, 0x07: deadByte, 0x08: deadByte, 0x0b: deadByte, 0x0e: deadByte, 0x0f: deadByte,
	0x10: deadByte, 0x11: deadByte, 0x12: deadByte, 0x13: deadByte, 0x14: deadByte, 0x15: deadByte,
	0x16: deadByte, 0x17: deadByte, 0x18: deadByte, 0x19: deadByte, 0x1a: deadByte, 0x1b: deadByte,
	0x1c: deadByte, 0x1d: deadByte, 0x1e: deadByte, 0x1f: deadByte, 0x7f: deadByte,
	'\t': spaceByte, '\n': spaceByte, '\f': spaceByte, '\r': spaceByte, ' ': spaceByte,
	0xc2: leadByte, 0xcd: leadByte, 0xd8: leadByte, 0xe1: leadByte, 0xe2: leadByte,
	0xe3: leadByte, 0xef: leadByte, 0xf3: leadByte,
}

type charKind uint8

const (
	charSeen  charKind = iota
	charSpace          // a space of its own width, which does not collapse
	charBreak
	charUnseen
)

// charClass says what a reader sees of r. Invisible are the default ignorable
// characters that occur in mail (unicode.org, DerivedCoreProperties.txt): soft
// hyphens, joiners, direction marks, fillers, variation selectors, tags. The controls from
// U+0080 count as spaces: they are quotes and dashes of Windows-1252 that some
// program took for Latin-1, and they do part words.
func charClass(r rune) charKind {
	switch {
	case 0x80 <= r && r <= 0xa0, r == 0x1680, 0x2000 <= r && r <= 0x200a, r == 0x202f, r == 0x205f, r == 0x3000:
		return charSpace
	case r == 0x2028, r == 0x2029:
		return charBreak
	case r == 0xad, r == 0x34f, r == 0x61c, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r == 0x3164, r == 0xffa0,
		0xfff9 <= r && r <= 0xfffb, 0x180b <= r && r <= 0x180e, 0x200b <= r && r <= 0x200f,
		0x202a <= r && r <= 0x202e, 0x2060 <= r && r <= 0x206f, 0xfe00 <= r && r <= 0xfe0f, r == 0xfeff,
		0xe0000 <= r && r <= 0xe0fff:
		return charUnseen
	}
	return charSeen
}

// add adds decoded text, whose white space counts when keep is set.
func (l *layout) add(s string, keep bool) {
	if keep {
		l.verbatim(s)
	} else {
		l.text(s)
	}
}

// text adds decoded text whose white space collapses.
func (l *layout) text(s string) {
	begin := 0 // s[begin:i] is still to be written, as it stands
	for i := 0; i < len(s); {
		switch byteClass[s[i]] {
		case plainByte:
			i++
		case spaceByte:
			if s[i] == ' ' && i > begin && i+1 < len(s) && byteClass[s[i+1]] == plainByte {
				i++ // one space between words
				continue
			}
			l.write(s[begin:i])
			for i < len(s) && byteClass[s[i]] == spaceByte {
				i++
			}
			l.gap()
			begin = i
		default:
			n, kind := lookAt(s[i:])
			if kind != charSeen {
				l.write(s[begin:i])
				begin = i + n
				l.special(kind)
			}
			i += n
		}
	}
	l.write(s[begin:])
}

// verbatim adds decoded text whose white space counts: preformatted text, and all
// that is no prose.
func (l *layout) verbatim(s string) {
	begin := 0
	for i := 0; i < len(s); {
		n, kind := 1, charSeen
		switch {
		case byteClass[s[i]] == plainByte, s[i] == ' ', s[i] == '\t':
		case s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n':
			n, kind = 2, charBreak
		case s[i] == '\n', s[i] == '\r', s[i] == '\f':
			kind = charBreak
		default:
			n, kind = lookAt(s[i:])
		}
		if kind != charSeen {
			l.write(s[begin:i])
			begin = i + n
			if kind == charBreak {
				l.breaks, l.spaces, l.tabs = l.breaks+1, 0, 0
			} else {
				l.special(kind)
			}
		}
		i += n
	}
	l.write(s[begin:])
}

// lookAt looks at the character at the start of s, whose first byte is a
// deadByte or a leadByte.
func lookAt(s string) (n int, kind charKind) {
	if s[0] < utf8.RuneSelf {
		return 1, charUnseen
	}
	r, n := utf8.DecodeRuneInString(s)
	return n, charClass(r)
}

func (l *layout) special(kind charKind) {
	switch kind {
	case charSpace:
		l.spaces++
	case charBreak:
		l.lineBreak()
	}
}

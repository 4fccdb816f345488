package decode

import (
	"bytes"
	"strconv"
	"strings"
)

// maxNesting is the depth of multiparts beyond which section numbers no longer
// grow: what is nested deeper is numbered on in the last of them.
const maxNesting = 32

// cutter cuts a multipart, and those inside it, at their delimiter lines (RFC 2046
// section 5.1) in one pass.
//
// It is not enmime's parser because that one loses text without a word (what
// follows a boundary within a line, preambles, sections whose header is damaged),
// and reads a multipart again for each level of nesting. What enmime finds, the
// tests say, is found here.
type cutter struct {
	p      *parser
	body   []byte
	levels []level        // multiparts that are open, the outermost first
	index  map[string]int // boundary to level
	depth  int            // of guesses, see parser.loose

	start int    // of the piece that is being read
	at    place  // what that piece is
	e     entity // its header, in a section
	id    string // its section number
}

type place uint8

const (
	inPreamble place = iota
	inSection
	inEpilogue
)

// level is one multipart.
type level struct {
	e        entity
	id       string
	frame    *frame
	shadowed int // the level that had the same boundary before, -1 when none had
}

// frame numbers sections.
type frame struct {
	prefix string
	n      int
}

// cut adds the parts of a multipart. id is its section number, prefix that of
// its sections; marks are its boundary, or guesses for it.
func (p *parser) cut(e entity, body []byte, marks []string, id, prefix string, depth int) {
	c := cutter{p: p, body: body, index: map[string]int{}, depth: depth}
	c.levels = []level{{e: e, id: id, frame: &frame{prefix: prefix}, shadowed: -1}}
	for _, m := range marks {
		c.index[m] = 0
	}
	for at := nextMark(body, 0); at >= 0; {
		line, next := lineAt(body, at)
		if k, closing, ok := c.delimiter(line); ok {
			if p.done(c.here()) {
				return
			}
			c.end(at, k)
			next = c.begin(k, next, closing)
		}
		at = nextMark(body, next)
	}
	c.end(len(body), -1)
}

// delimiter reads a line of the form "--boundary" or "--boundary--", with
// anything after a space, and gives the level that it belongs to.
func (c *cutter) delimiter(line []byte) (k int, closing, ok bool) {
	if len(line) < 3 || len(line) > 1024 || line[0] != '-' || line[1] != '-' {
		return 0, false, false
	}
	s := strings.TrimRight(string(line[2:]), " \t")
	for {
		if k, ok := c.index[s]; ok {
			return k, false, true
		}
		if cut, found := strings.CutSuffix(s, "--"); found {
			if k, ok := c.index[cut]; ok {
				return k, true, true
			}
		}
		i := strings.IndexAny(s, " \t")
		if i < 0 {
			return 0, false, false
		}
		s = s[:i]
	}
}

// begin starts the piece after a delimiter of level k and gives where its content
// begins. Levels inside k that were not closed end here. A level stays open after
// its closing delimiter: sections that follow it all the same are not lost.
func (c *cutter) begin(k, next int, closing bool) int {
	for i := len(c.levels) - 1; i > k; i-- {
		l := c.levels[i]
		if delete(c.index, l.e.boundary); l.shadowed >= 0 {
			c.index[l.e.boundary] = l.shadowed
		}
	}
	c.levels = c.levels[:k+1]
	l := &c.levels[k]
	if c.start = next; closing {
		c.at, c.id = inEpilogue, l.frame.prefix+"epilogue"
		return next
	}
	l.frame.n++
	c.at, c.id = inSection, l.frame.prefix+strconv.Itoa(l.frame.n)
	fallback := "text/plain"
	if l.e.typ == "multipart/digest" {
		fallback = "message/rfc822" // RFC 2046 section 5.1.5
	}
	fields, body := sectionHeader(c.body, next, func(line []byte) bool {
		_, _, ok := c.delimiter(line)
		return ok
	})
	c.e, c.start = c.p.sectionOf(fields, fallback), body
	c.e.inherit(l.e)
	if strings.HasPrefix(c.e.typ, "multipart/") && c.e.boundary != "" {
		c.p.words(c.e, c.id)
		c.push(l.frame)
	}
	return c.start
}

// here is the path of the piece that is being read.
func (c *cutter) here() string {
	if c.at == inPreamble {
		return c.levels[len(c.levels)-1].frame.prefix + "preamble"
	}
	return c.id
}

// push opens the multipart whose header has just been read.
func (c *cutter) push(outer *frame) {
	f := outer
	if len(c.levels) < maxNesting {
		f = &frame{prefix: c.id + "."}
	}
	shadowed, dup := c.index[c.e.boundary]
	if !dup {
		shadowed = -1
	}
	c.index[c.e.boundary] = len(c.levels)
	c.levels = append(c.levels, level{e: c.e, id: c.id, frame: f, shadowed: shadowed})
	c.at = inPreamble
}

// end adds the piece that ends at offset end, before a delimiter of level k.
func (c *cutter) end(end, k int) {
	piece := trimEnd(c.body[c.start:max(end, c.start)])
	top := len(c.levels) - 1
	l := c.levels[top]
	switch {
	case c.at == inPreamble && k != top:
		// No section of this multipart came.
		c.p.loose(l.e, piece, l.id, l.frame.prefix, c.depth+1)
	case c.at == inPreamble:
		c.p.around(piece, l.frame.prefix+"preamble")
	case c.at == inEpilogue:
		c.p.around(piece, c.id)
	case strings.HasPrefix(c.e.typ, "multipart/"):
		c.p.words(c.e, c.id)
		c.p.loose(c.e, piece, c.id, c.id+".", c.depth+1)
	default:
		c.p.leaf(c.e, piece, c.id)
	}
}

// maxGuesses bounds the multiparts within each other whose boundary is guessed.
const maxGuesses = 4

// loose adds a multipart whose boundary is missing, or is in none of its lines.
func (p *parser) loose(e entity, body []byte, id, prefix string, depth int) {
	e.words = ""
	if encodes(e.cte) { // RFC 2045 section 6.4 forbids it, and it is met
		body = decodeTransfer(e.cte, body).data
		e.cte = ""
		if hasDelimiter(body, e.boundary) {
			p.cut(e, body, []string{e.boundary}, id, prefix, depth)
			return
		}
	}
	p.lose(id, Damaged, "multipart without its boundary")
	marks := guessDelimiters(body)
	if len(marks) == 0 || depth > maxGuesses {
		e.typ, e.cte = "text/plain", ""
		p.leaf(e, body, id)
		return
	}
	p.cut(e, body, marks, id, prefix, depth)
}

// sectionHeader is splitHeader for a section, whose header begins at at and ends
// before a line for which stop holds. A blank line is the end of an empty header,
// but for one that programs put before the header by mistake.
func sectionHeader(body []byte, at int, stop func([]byte) bool) (fields []rawField, content int) {
	if line, next := lineAt(body, at); len(line) == 0 {
		after, _ := lineAt(body, next)
		if name, _ := fieldName(after); !strings.HasPrefix(name, "content-") {
			return nil, next
		}
		at = next
	}
	return knownHeader(body, at, stop)
}

// nextMark gives the offset of the next line that begins with two dashes, -1 when
// there is none. at is the beginning of a line.
func nextMark(body []byte, at int) int {
	at = min(at, len(body))
	if bytes.HasPrefix(body[at:], []byte("--")) {
		return at
	}
	if i := bytes.Index(body[at:], []byte("\n--")); i >= 0 {
		return at + i + 1
	}
	return -1
}

// hasDelimiter reports whether a line of body is a delimiter of that boundary.
func hasDelimiter(body []byte, boundary string) bool {
	if boundary == "" {
		return false
	}
	c := cutter{index: map[string]int{boundary: 0}}
	for at := nextMark(body, 0); at >= 0; {
		line, next := lineAt(body, at)
		if _, _, ok := c.delimiter(line); ok {
			return true
		}
		at = nextMark(body, next)
	}
	return false
}

// guessDelimiters finds lines that look like delimiters: two dashes, and the
// header of a section on the next line. It serves where the declaration of the
// boundary is lost, and for mails that are quoted whole in a text.
func guessDelimiters(body []byte) []string {
	const most = 1000
	var marks []string
	for at := nextMark(body, 0); at >= 0 && len(marks) < most; {
		line, next := lineAt(body, at)
		after, _ := lineAt(body, next)
		name, _ := fieldName(after)
		if len(line) > 2 && len(line) < 300 && strings.HasPrefix(name, "content-") {
			marks = append(marks, strings.TrimRight(string(line[2:]), " \t"))
		}
		at = nextMark(body, next)
	}
	return marks
}

// trimEnd removes the line end before a delimiter: it belongs to the delimiter.
func trimEnd(piece []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(piece, []byte("\n")), []byte("\r"))
}

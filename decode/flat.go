package decode

import (
	"bytes"
	"strconv"
	"strings"
)

// flat cuts body at every line that is one of the delimiters, whatever their
// order, and reads each piece as a section of its own. It is for structures that
// are nested beyond sense, damaged or hostile: one pass, and nothing is lost but
// the nesting.
func (p *parser) flat(body []byte, marks map[string]bool, prefix string) {
	start, n := 0, 0
	open := false // a section, not a preamble or an epilogue, begins at start
	emit := func(end int, id string) {
		piece := trimEnd(body[start:end])
		if !open {
			p.around(piece, id)
			return
		}
		n++
		p.section(piece, prefix+strconv.Itoa(n))
	}
	id := prefix + "preamble"
	for at := nextMark(body, 0); at >= 0 && p.left >= 0; {
		line, next := lineAt(body, at)
		if closing, ok := delimiter(line, marks); ok {
			emit(at, id)
			start, open, id = next, !closing, prefix+"epilogue"
		}
		at = nextMark(body, next)
	}
	emit(len(body), id)
}

// section adds one piece of a flat cut.
func (p *parser) section(piece []byte, id string) {
	fields, at := splitHeader(piece)
	e := p.sectionOf(fields, "text/plain")
	if strings.HasPrefix(e.typ, "multipart/") {
		// Its sections are pieces of their own: here are its header and preamble.
		p.words(e, id)
		p.around(piece[at:], id+".preamble")
		return
	}
	p.leaf(e, piece[at:], id)
}

// nextMark gives the offset of the next line that begins with two dashes, -1 when
// there is none. at is the beginning of a line.
func nextMark(body []byte, at int) int {
	if bytes.HasPrefix(body[min(at, len(body)):], []byte("--")) {
		return at
	}
	i := bytes.Index(body[max(min(at, len(body))-1, 0):], []byte("\n--"))
	if i < 0 {
		return -1
	}
	return max(min(at, len(body))-1, 0) + i + 1
}

// delimiter reads a line of the form "--name" or "--name--" (RFC 2046 section
// 5.1.1), with anything after a space.
func delimiter(line []byte, marks map[string]bool) (closing, ok bool) {
	if len(line) > 1024 {
		return false, false
	}
	s := strings.TrimRight(string(line[2:]), " \t")
	for _, s := range []string{s, firstWord(s)} {
		if marks[s] {
			return false, true
		}
		if cut, found := strings.CutSuffix(s, "--"); found && marks[cut] {
			return true, true
		}
	}
	return false, false
}

func firstWord(s string) string {
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i]
	}
	return s
}

// hasDelimiter reports whether a line of body is a delimiter of that boundary.
func hasDelimiter(body []byte, boundary string) bool {
	return boundary != "" && markAt(body, boundary) >= 0
}

// markAt gives the offset of the first delimiter line of that boundary, -1 when
// there is none.
func markAt(body []byte, boundary string) int {
	mark := []byte("\n--" + boundary)
	ends := func(at int) bool { return at == len(body) || bytes.IndexByte([]byte(" \t\r\n-"), body[at]) >= 0 }
	if bytes.HasPrefix(body, mark[1:]) && ends(len(mark)-1) {
		return 0
	}
	for at := 0; ; {
		i := bytes.Index(body[at:], mark)
		if i < 0 {
			return -1
		}
		if at += i + len(mark); ends(at) {
			return at - len(mark) + 1
		}
	}
}

// declaredDelimiters are all boundaries that body declares anywhere, and first.
func declaredDelimiters(body []byte, first string) map[string]bool {
	marks := map[string]bool{first: true}
	for _, word := range []string{"oundary", "OUNDARY"} {
		for at := 0; ; {
			i := bytes.Index(body[at:], []byte(word))
			if i < 0 {
				break
			}
			at += i + len(word)
			_, params := parseParams(";boundary"+firstLines(body[at:]), "")
			if b := params["boundary"]; b != "" && len(marks) < maxSiblings*4 {
				marks[b] = true
			}
		}
	}
	return marks
}

// firstLines is the beginning of s, long enough for one boundary (at most 70
// characters, RFC 2046 section 5.1.1; more are met).
func firstLines(s []byte) string {
	s = s[:min(len(s), 300)]
	if i := bytes.IndexByte(s, '\n'); i >= 0 {
		s = s[:i]
	}
	return string(bytes.TrimRight(s, "\r"))
}

// guessDelimiters finds lines that look like delimiters: two dashes, and the
// header of a section on the next line. It serves where the declaration of the
// boundary is lost, and for mails that are quoted whole in a text.
func guessDelimiters(body []byte) map[string]bool {
	marks := map[string]bool{}
	for at := nextMark(body, 0); at >= 0 && len(marks) < maxSiblings; {
		line, next := lineAt(body, at)
		after, _ := lineAt(body, next)
		name, _ := fieldName(after)
		if len(line) > 2 && len(line) < 300 && strings.HasPrefix(name, "content-") {
			marks[strings.TrimRight(string(line[2:]), " \t")] = true
		}
		at = nextMark(body, next)
	}
	return marks
}

// preamble is the text before the first section of the multipart with that
// boundary. parent is the boundary of the multipart that it is a section of, ""
// at the top; body is the top.
func preamble(body []byte, boundary, parent string) []byte {
	end := markAt(body, boundary)
	if end < 0 {
		return nil
	}
	text := body[:end]
	if parent == "" {
		return text
	}
	if i := bytes.LastIndex(text, []byte("\n--"+parent)); i >= 0 {
		text = text[i+1:]
	} else if !bytes.HasPrefix(text, []byte("--"+parent)) {
		return nil
	}
	_, header := lineAt(text, 0)
	text = text[header:]
	_, at := splitHeader(text)
	return text[at:]
}

// trimEnd removes the line end before a delimiter: it belongs to the delimiter.
func trimEnd(piece []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(piece, []byte("\n")), []byte("\r"))
}

// count reports whether s is in body more than limit times.
func count(body []byte, s string, limit int) bool {
	n := 0
	for at := 0; ; n++ {
		i := bytes.Index(body[at:], []byte(s))
		if i < 0 {
			return n > limit
		}
		if n > limit {
			return true
		}
		at += i + len(s)
	}
}

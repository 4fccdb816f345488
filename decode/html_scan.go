package decode

import "strings"

// htmlScanner cuts HTML into tags, text and the rest, by the rules of
// html.spec.whatwg.org section 13.2.5 as far as they decide where a thing ends.
// It runs in linear time, allocates nothing and gives back every byte: what it
// returns are substrings of src.
//
// QUIRK: golang.org/x/net/html has a Tokenizer, which the tests hold this scanner
// against. It is not used itself because it drops what must not be lost (a tag that
// the end cuts off, a repeated attribute, the attributes of an end tag, all that
// follows an unclosed script or quote), because it takes eight times as long, more
// than all of [htmlTexts], and because one tag of a million attributes makes each
// tag after it slow.
//
// Where a browser would hide the rest of the document for want of a closing
// mark (a quote, </style>), the scanner lets the rest stand as document: hiding
// a secret is worse than showing too much.
type htmlScanner struct {
	src string
	pos int
	// missing marks closing marks that do not occur from pos on, so that no
	// document makes us search it through more than once for each of them.
	missing map[string]bool
	valued  bool // see attr
}

type htmlToken uint8

const (
	htmlEnd     htmlToken = iota
	htmlText              // text, entities not yet decoded
	htmlStart             // a start tag: its attributes follow, see attr
	htmlClose             // an end tag: likewise
	htmlComment           // what stands in <!-- -->
	htmlCDATA             // what stands in <![CDATA[ ]]>
	htmlDecl              // what stands in any other <! >, <? > or </ >
)

// next returns the next token with its text, or the name of its tag as it stands.
func (s *htmlScanner) next() (htmlToken, string) {
	begin := s.pos
	for at := begin; ; at++ {
		i := strings.IndexByte(s.src[at:], '<')
		if i < 0 || at+i+1 == len(s.src) {
			s.pos = len(s.src)
			break
		}
		at += i
		c := s.src[at+1]
		closes := c == '/' && at+2 < len(s.src)
		if !letter(c) && !closes && c != '!' && c != '?' {
			continue
		}
		if at > begin {
			s.pos = at
			break
		}
		switch {
		case letter(c):
			return htmlStart, s.name(at + 1)
		case closes && letter(s.src[at+2]):
			return htmlClose, s.name(at + 2)
		default:
			return s.declaration(at + 1)
		}
	}
	if begin == s.pos {
		return htmlEnd, ""
	}
	return htmlText, s.src[begin:s.pos]
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func blank(c byte) bool { return byteClass[c] == spaceByte }

func (s *htmlScanner) name(at int) string {
	i := at
	for i < len(s.src) && !blank(s.src[i]) && s.src[i] != '/' && s.src[i] != '>' {
		i++
	}
	s.pos = i
	return s.src[at:i]
}

// attr returns the next attribute of the tag that next returned, entities not yet
// decoded; ok is false after the last. It must be called until then. valued is set
// when an equals sign followed the name.
func (s *htmlScanner) attr() (name, value string, ok bool) {
	i := s.pos
	for i < len(s.src) && (blank(s.src[i]) || s.src[i] == '/') {
		i++
	}
	if i == len(s.src) {
		s.pos = i
		return "", "", false
	}
	if s.src[i] == '>' {
		s.pos = i + 1
		return "", "", false
	}
	begin := i
	i++ // an equals sign in front belongs to the name
	for i < len(s.src) && !blank(s.src[i]) && s.src[i] != '/' && s.src[i] != '>' && s.src[i] != '=' {
		i++
	}
	name = s.src[begin:i]
	for i < len(s.src) && blank(s.src[i]) {
		i++
	}
	s.pos = i
	if s.valued = i < len(s.src) && s.src[i] == '='; s.valued {
		value = s.value(i + 1)
	}
	return name, value, true
}

// unclosed reports whether the tag that was read last ends with the document.
func (s *htmlScanner) unclosed() bool {
	return s.pos == len(s.src) && s.src[s.pos-1] != '>'
}

func (s *htmlScanner) value(i int) string {
	for i < len(s.src) && blank(s.src[i]) {
		i++
	}
	if i == len(s.src) {
		s.pos = i
		return ""
	}
	if q := s.src[i]; q == '"' || q == '\'' {
		i++
		if n := s.find(i, string(q)); n >= 0 {
			s.pos = n + 1
			return s.src[i:n]
		}
		// The quote is never closed: the value ends with its tag.
		s.pos = s.until(i, '>')
		return s.src[i:s.pos]
	}
	begin := i
	for i < len(s.src) && !blank(s.src[i]) && s.src[i] != '>' {
		i++
	}
	s.pos = i
	return s.src[begin:i]
}

// until returns where c next stands, or the end.
func (s *htmlScanner) until(at int, c byte) int {
	if i := strings.IndexByte(s.src[at:], c); i >= 0 {
		return at + i
	}
	return len(s.src)
}

// declaration reads what follows "<" at at: a comment, a CDATA section, a
// doctype, a processing instruction or junk that browsers take for a comment.
func (s *htmlScanner) declaration(at int) (htmlToken, string) {
	rest := s.src[at:]
	switch {
	case strings.HasPrefix(rest, "!--"):
		return htmlComment, s.comment(at + len("!--"))
	case strings.HasPrefix(rest, "![CDATA["):
		begin := at + len("![CDATA[")
		if end := s.find(begin, "]]>"); end >= 0 {
			s.pos = end + len("]]>")
			return htmlCDATA, s.src[begin:end]
		}
	}
	end := s.until(at, '>')
	s.pos = min(end+1, len(s.src))
	return htmlDecl, s.src[at:end]
}

// comment reads to the end of a comment: "-->", "--!>", or a ">" right at its
// start; without one it is the rest of the document.
func (s *htmlScanner) comment(begin int) string {
	rest := s.src[begin:]
	for _, empty := range []string{">", "->"} {
		if strings.HasPrefix(rest, empty) {
			s.pos = begin + len(empty)
			return ""
		}
	}
	for i := begin; ; i++ {
		i = s.until(i, '>')
		if i == len(s.src) {
			s.miss("-->")
			s.pos = i
			return rest
		}
		inner := s.src[begin:i]
		if text, ok := strings.CutSuffix(inner, "--"); ok {
			s.pos = i + 1
			return text
		}
		if text, ok := strings.CutSuffix(inner, "--!"); ok {
			s.pos = i + 1
			return text
		}
	}
}

// raw returns the text up to the end tag of name, a lower-case element in which
// "<" begins no tag. The end tag itself is the next token. ok is false, and
// nothing is read, when there is no such end tag.
func (s *htmlScanner) raw(name string) (text string, ok bool) {
	begin := s.pos
	end := s.findEndTag(begin, name)
	if end < 0 {
		return "", false
	}
	s.pos = end
	return s.src[begin:end], true
}

func (s *htmlScanner) findEndTag(at int, name string) int {
	if s.missing[name] {
		return -1
	}
	for {
		i := strings.Index(s.src[at:], "</")
		if i < 0 {
			s.miss(name)
			return -1
		}
		at += i + len("</")
		after := at + len(name)
		if after < len(s.src) && strings.EqualFold(s.src[at:after], name) &&
			(blank(s.src[after]) || s.src[after] == '/' || s.src[after] == '>') {
			return at - len("</")
		}
	}
}

// find returns where mark next stands, or -1.
func (s *htmlScanner) find(at int, mark string) int {
	if s.missing[mark] {
		return -1
	}
	i := strings.Index(s.src[at:], mark)
	if i < 0 {
		s.miss(mark)
		return -1
	}
	return at + i
}

func (s *htmlScanner) miss(mark string) {
	if s.missing == nil {
		s.missing = map[string]bool{}
	}
	s.missing[mark] = true
}

package decode

import (
	"slices"
	"strconv"
	"strings"
)

// maxParams bounds the length of a Content-Type that is looked at, in bytes.
const maxParams = 64 << 10

// parseParams reads a Content-Type or Content-Disposition (RFC 2045 section 5.1,
// RFC 2231) as mail programs write it: without semicolons, with unquoted file
// names that hold spaces, quotes that never close, encoded words in file names,
// continuations and charsets. Names are in lower case; of two of a name the first
// counts. hint is the charset of raw 8-bit values.
func parseParams(s, hint string) (value string, params map[string]string) {
	value, params, _ = parseAllParams(s, hint)
	return value, params
}

// parameter is one parameter as it was given: of a name there may be several.
type parameter struct{ name, value string }

// parseAllParams is parseParams that gives every parameter, too, those included
// that do not count.
func parseAllParams(s, hint string) (value string, params map[string]string, all []parameter) {
	s = s[:min(len(s), maxParams)]
	end := strings.IndexByte(s, ';')
	if end < 0 {
		end = len(s)
	}
	value = strings.TrimSpace(stripComments(s[:end]))
	rest := s[end:]
	if i := strings.IndexAny(value, " \t,"); i >= 0 && strings.Contains(value[i:], "=") {
		rest = value[i:] + s[end:] // the semicolon after the type is missing
		value = value[:i]
	} else if strings.Contains(value, "=") && !strings.Contains(value, "/") {
		rest, value = s, "" // the type is missing
	}
	value = strings.ToLower(strings.Join(strings.Fields(strings.Trim(value, `"'`)), ""))
	l := paramLexer{s: rest}
	params = map[string]string{}
	var pieces []paramPiece
	for {
		name, v, ok := l.next()
		if !ok {
			break
		}
		if i := strings.IndexByte(name, '*'); i >= 0 {
			pieces = append(pieces, pieceOf(name[:i], name[i:], v))
			continue
		}
		v = decodeWords(v, hint)
		all = append(all, parameter{name, v})
		if _, dup := params[name]; !dup {
			params[name] = v
		}
	}
	for _, p := range joinPieces(pieces) {
		all = append(all, p)
		params[p.name] = p.value
	}
	return value, params, all
}

type paramLexer struct{ s string }

// next gives the next "name=value".
func (l *paramLexer) next() (name, value string, ok bool) {
	for {
		l.s = strings.TrimLeft(l.s, " \t;,")
		if strings.HasPrefix(l.s, "(") {
			if i := strings.IndexByte(l.s, ')'); i >= 0 {
				l.s = l.s[i+1:]
				continue
			}
		}
		i := strings.IndexAny(l.s, "=;")
		if i < 0 {
			return "", "", false
		}
		name = strings.ToLower(strings.Trim(l.s[:i], " \t\"'"))
		sep := l.s[i]
		l.s = l.s[i+1:]
		if sep == ';' || name == "" {
			continue
		}
		// "(comment) name", or junk before a name.
		name = name[strings.LastIndexAny(name, " \t)")+1:]
		break
	}
	l.s = strings.TrimLeft(l.s, " \t")
	if strings.HasPrefix(l.s, `"`) {
		return name, l.quoted(), true
	}
	return name, l.unquoted(name), true
}

// quoted reads a quoted string. A backslash escapes only a quote or a backslash:
// file names of Windows hold it unescaped. Without a closing quote the string
// ends at the next semicolon.
func (l *paramLexer) quoted() string {
	var b strings.Builder
	s := l.s[1:]
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			l.s = s[i+1:]
			return b.String()
		default:
			b.WriteByte(s[i])
		}
	}
	before, after, _ := strings.Cut(s, ";")
	l.s = after
	return strings.TrimSpace(before)
}

// unquoted reads a token. Only file names may hold spaces and parentheses.
func (l *paramLexer) unquoted(name string) string {
	stop := "; \t("
	if strings.HasPrefix(name, "name") || strings.HasPrefix(name, "filename") {
		stop = ";"
	}
	i := strings.IndexAny(l.s, stop)
	if i < 0 {
		i = len(l.s)
	}
	v := strings.TrimSpace(l.s[:i])
	l.s = l.s[i:]
	return strings.Trim(v, `"`)
}

// paramPiece is one section of a parameter (RFC 2231 section 3): "name*1*=…".
type paramPiece struct {
	name    string
	number  int
	percent bool // percent-encoded; the first of them begins charset'language'
	value   string
}

func pieceOf(name, stars, value string) paramPiece {
	p := paramPiece{name: name, value: value, percent: strings.HasSuffix(stars, "*")}
	p.number, _ = strconv.Atoi(strings.Trim(stars, "*"))
	return p
}

// joinPieces puts the sections of each parameter together, in the order of their
// numbers. They win over a plain parameter of the same name, which is there for
// old programs.
func joinPieces(pieces []paramPiece) (joined []parameter) {
	slices.SortStableFunc(pieces, func(a, b paramPiece) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return a.number - b.number
	})
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[n].name == pieces[0].name {
			n++
		}
		var raw []byte
		charset, any := "", false
		for _, p := range pieces[:n] {
			v := p.value
			if p.percent && !any {
				if cs, rest, ok := strings.Cut(v, "'"); ok {
					if _, text, ok := strings.Cut(rest, "'"); ok {
						charset, v = cs, text
					}
				}
				any = true
			}
			if p.percent {
				raw = appendPercent(raw, v)
			} else {
				raw = append(raw, v...)
			}
		}
		text := toUTF8(raw, charset)
		if !any {
			text = decodeWords(string(raw), "")
		}
		joined = append(joined, parameter{pieces[0].name, oneLine(text)})
		pieces = pieces[n:]
	}
	return joined
}

func appendPercent(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexValue(s[i+1]) >= 0 && hexValue(s[i+2]) >= 0 {
			dst = append(dst, byte(hexValue(s[i+1])<<4|hexValue(s[i+2])))
			i += 2
			continue
		}
		dst = append(dst, s[i])
	}
	return dst
}

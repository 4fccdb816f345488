package decode

import (
	"strings"
)

// Authentication says who vouches for a mail's author: the server By found that the
// mail comes from the domain of Author (DMARC). Zero when nobody does. Anybody can write
// it into a mail: it means something only where the receiver knows By for a server of
// its own that takes such fields off the mail that comes in (RFC 8601 section 5).
type Authentication struct {
	By     string // authserv-id (RFC 8601 section 2.5), lower case, or [Microsoft365]
	Author string // the one address in From, lower case
}

// Microsoft365 stands for the servers of Microsoft 365, whose fields have no authserv-id:
// they begin with "spf=…", and end with "compauth=…" (learn.microsoft.com, "Anti-spam
// message headers in Microsoft 365").
const Microsoft365 = "microsoft-365"

// Authenticated reads who vouches for the author of a mail, from the fields of its header
// as they stand, folds included, the topmost first; the names are in lower case.
//
// Only what was written last counts: the topmost Authentication-Results, and those below
// it of the same server (one filter writes DKIM, the next DMARC), down to the first that
// speaks of DMARC. All that it says of DMARC has to be a pass for the domain in From. What
// cannot be read, or says two things, vouches for nothing.
func Authenticated(fields []Field) Authentication {
	from, author := 0, ""
	by, judged, passed := "", false, ""
	for _, f := range fields {
		switch f.Name {
		case "from":
			from++
			author = soleAddress(f.Value)
		case "authentication-results":
			r, ok := parseResults(f.Value)
			if judged || by != "" && r.server != by {
				judged = true
				continue
			}
			if by = r.server; !ok || by == "" {
				judged = true
				continue
			}
			if len(r.dmarc) > 0 {
				judged, passed = true, r.passed()
			}
		}
	}
	// Several From fields are an attack on whoever reads the other one (RFC 7489 section 6.6.1).
	if _, domain, _ := strings.Cut(author, "@"); from != 1 || domain == "" || domain != passed {
		return Authentication{}
	}
	return Authentication{By: by, Author: author}
}

// results are what one field says, as far as it is asked for.
type results struct {
	server string
	dmarc  []verdict
}

// verdict is one result of DMARC; domain is header.from.
type verdict struct{ result, domain string }

// passed is the one domain for which DMARC passed, "" when anything else is said.
func (r results) passed() string {
	for _, v := range r.dmarc {
		if v.result != "pass" || v.domain != r.dmarc[0].domain {
			return ""
		}
	}
	return r.dmarc[0].domain
}

// parseResults reads an Authentication-Results field (RFC 8601 section 2.2). ok is
// false when it is none. Pieces that are no results are passed over: Microsoft writes
// "header.d=a.example;b.example".
func parseResults(value string) (r results, ok bool) {
	pieces, ok := resultPieces(value)
	if !ok || len(pieces[0]) == 0 {
		return r, false
	}
	composite := ""
	if head := pieces[0]; head[0].assigned {
		r.server = Microsoft365
	} else {
		// A version may follow the id.
		if r.server = strings.ToLower(head[0].name); len(head) > 2 || len(head) == 2 && head[1].assigned || r.server == Microsoft365 {
			return results{}, false
		}
		pieces = pieces[1:]
	}
	for _, p := range pieces {
		if len(p) == 0 || !p[0].assigned {
			continue
		}
		method, _, _ := strings.Cut(strings.ToLower(p[0].name), "/") // a version of the method
		switch method {
		case "dmarc":
			v := verdict{result: strings.ToLower(p[0].value)}
			for _, prop := range p[1:] {
				if !strings.EqualFold(prop.name, "header.from") {
					continue
				}
				domain := strings.ToLower(prop.value[strings.LastIndexByte(prop.value, '@')+1:])
				if v.domain != "" && v.domain != domain {
					return results{}, false
				}
				v.domain = domain
			}
			r.dmarc = append(r.dmarc, v)
		case "compauth":
			composite += strings.ToLower(p[0].value) + " "
		}
	}
	if r.server == Microsoft365 && composite != "pass " {
		return results{}, false
	}
	return r, true
}

// claim is "name" or "name=value".
type claim struct {
	name, value string
	assigned    bool
}

// resultPieces cuts a field into its pieces at the semicolons, and those into words,
// without comments. ok is false when a quote or a comment is left open.
func resultPieces(s string) (pieces [][]claim, ok bool) {
	var piece []claim
	value := false // an equals sign came: what follows is the value of the last word
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
		case c == '(':
			n := commentEnd(s[i:])
			if n < 0 {
				return nil, false
			}
			i += n
		case c == ';':
			pieces, piece, value = append(pieces, piece), nil, false
			i++
		case c == '=' && !value:
			if len(piece) == 0 || piece[len(piece)-1].assigned {
				return nil, false
			}
			piece[len(piece)-1].assigned, value = true, true
			i++
		default:
			text, n := wordAt(s[i:], value)
			if n == 0 {
				return nil, false
			}
			if i += n; value {
				piece[len(piece)-1].value, value = text, false
			} else {
				piece = append(piece, claim{name: text})
			}
		}
	}
	return append(pieces, piece), true
}

// wordAt reads a word or a quoted string (RFC 5322 section 3.2.4), and gives its length as
// it stands. A value may hold equals signs, as a signature does. A word and a quoted
// string that touch are one: a local part in quotes, and its domain.
func wordAt(s string, value bool) (text string, n int) {
	var b strings.Builder
	for n < len(s) {
		c := s[n]
		if c == '"' {
			end := quoteEnd(s[n:])
			if end < 0 {
				return "", 0
			}
			b.WriteString(unescape(s[n+1 : n+end-1]))
			n += end
			continue
		}
		if strings.IndexByte(" \t\r\n;(", c) >= 0 || c == '=' && !value {
			break
		}
		b.WriteByte(c)
		n++
	}
	return b.String(), n
}

// quoteEnd is the length of the quoted string with which s begins, -1 when it has no end.
func quoteEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// commentEnd is the length of the comment with which s begins, -1 when it has no end
// (RFC 5322 section 3.2.2: comments nest).
func commentEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// soleAddress is the address in a From field as it stands, in lower case; "" when there
// is not exactly one of plain form. It is read before encoded words are decoded, for
// these could spell another address; quoted names and comments hold none.
func soleAddress(value string) string {
	var plain, angled strings.Builder
	angles, inside := 0, false
	for i := 0; i < len(value); {
		switch c := value[i]; {
		case c == '"' && !inside:
			n := quoteEnd(value[i:])
			if n < 0 {
				return ""
			}
			i += n
			continue
		case c == '(':
			n := commentEnd(value[i:])
			if n < 0 {
				return ""
			}
			i += n
			continue
		case c == '<' && !inside:
			angles, inside = angles+1, true
		case c == '>' && inside:
			inside = false
		case c == ',' || c == ';' || c == ':' || c == '<' || c == '>' || c == '"': // a list, a group, a route
			return ""
		case inside:
			angled.WriteByte(c)
		default:
			plain.WriteByte(c)
		}
		i++
	}
	address := plain.String()
	if angles > 0 {
		address = angled.String()
	}
	address = strings.ToLower(strings.TrimSpace(address))
	local, domain, ok := strings.Cut(address, "@")
	if inside || angles > 1 || !ok || local == "" || domain == "" || len(address) > 320 || strings.ContainsAny(address, " \t\r\n\\[]") || strings.Contains(domain, "@") {
		return ""
	}
	return address
}

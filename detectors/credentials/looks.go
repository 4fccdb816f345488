package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

// looks remembers what values look like: a text made to be slow has the same ones again
// and again, and an honest one asks for each a few times.
type looks map[string]*look

// look is what a value looks like, each trait being worked out when it is asked for.
type look struct {
	text        string
	known, what trait
}

type trait uint16

const (
	placeholders trait = 1 << iota
	addresses
	links
	codes
	labels      // it has a word for a password in it
	accounts    // it has one for an account
	onlyLabel   // it is nothing else
	onlyAccount // likewise
	strong
	possible
	possibleQuoted
	samples
	stands // it stands for a password in a program
)

// mostLooks is how many are remembered at a time.
const mostLooks = 4096

// of is the look of a value.
func (s *looks) of(text string) *look {
	if l := (*s)[text]; l != nil {
		return l
	}
	if *s == nil || len(*s) >= mostLooks {
		*s = looks{}
	}
	l := &look{text: text}
	(*s)[text] = l
	return l
}

// is reports a trait.
func (l *look) is(t trait) bool {
	if l.known&t == 0 {
		l.known |= t
		if l.has(t) {
			l.what |= t
		}
	}
	return l.what&t != 0
}

func (l *look) has(t trait) bool {
	s := l.text
	switch t {
	case placeholders:
		return !plain(s) && placeholder.MatchString(s)
	case addresses:
		return strings.IndexByte(s, '@') > 0 && address.MatchString(s)
	case links:
		return strings.ContainsAny(s, ":.") && link.MatchString(s)
	case codes:
		return strings.ContainsAny(s, "$@%&(){}:>;[\\/-") && code.MatchString(s)
	case labels:
		return holdsLabel.MatchString(s)
	case accounts:
		return holdsAccount.MatchString(s)
	case onlyLabel:
		return isLabel.MatchString(s)
	case onlyAccount:
		return isAccount.MatchString(s)
	case strong:
		return value{text: s}.strong()
	case possible:
		return l.possible(false)
	case possibleQuoted:
		return l.possible(true)
	case samples:
		return sample.MatchString(s)
	case stands:
		return l.standsFor()
	}
	return false
}

// plain reports letters and digits that are surely no [placeholder]: there is a digit
// among them, and they do not begin with an x.
func plain(s string) bool {
	digit := false
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
		digit = digit || isDigit(s[i])
	}
	return digit && (isLetter(s[0]) && s[0]|0x20 != 'x' || isDigit(s[0]))
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// remembered runs an expression on pieces of a text once for each.
type remembered map[string]bool

// match reports whether the expression matches a piece.
func (r *remembered) match(re *lazydfa.Regexp, piece string) bool {
	m, known := (*r)[piece]
	if !known {
		if *r == nil || len(*r) >= mostLooks {
			*r = remembered{}
		}
		m = re.MatchString(piece)
		(*r)[piece] = m
	}
	return m
}

package credentials

import (
	"context"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"mailsweep/detectors/multipattern"
)

// surroundings are the words for accounts and the sites of a text, in order.
type surroundings struct {
	accounts []holder
	sites    []mark
}

// holder is a word for an account, and the account behind it.
type holder struct {
	mark
	lineEnd int
	read    bool
	account value // with the rest of its line to be read
	ok      bool
	needs   int // how far the text must go for that to be the account
}

// longestWord is more than a word for an account is long, in bytes.
const longestWord = 64

// nearby finds words for accounts, and sites. It is made when it is needed first, and
// tells nothing of what it was used for.
var nearby = sync.OnceValues(func() (*multipattern.Set, error) {
	return multipattern.New([]multipattern.Pattern{{Regexp: account}, {Regexp: site}})
})

// findSurroundings reads a text for them, once, in the time that takes.
func findSurroundings(ctx context.Context, text string) (*surroundings, error) {
	s := &surroundings{}
	set, err := nearby()
	if err != nil {
		return s, err
	}
	all, err := set.FindAll(ctx, text, nil, nil)
	for _, m := range all {
		if at := (mark{m.Start, m.End}); m.Pattern == 1 {
			s.sites = append(s.sites, at)
		} else if err == nil {
			err = s.add(ctx, set, text, within(text, at))
		}
	}
	return s, err
}

// add adds a word for an account, and those right behind it: of "account user", the
// pattern takes the space with the first one.
func (s *surroundings) add(ctx context.Context, set *multipattern.Set, text string, at mark) error {
	if n := len(s.accounts); n > 0 && s.accounts[n-1].end > at.start {
		return nil
	}
	var buffer [4]multipattern.Match
	for {
		s.accounts = append(s.accounts, holder{mark: at, lineEnd: -1})
		behind := text[at.end:min(len(text), at.end+longestWord)]
		if _, n := utf8.DecodeRuneInString(behind); n >= len(behind) {
			return nil
		} else if r, _ := utf8.DecodeRuneInString(behind[n:]); !unicode.IsLetter(r) {
			return nil
		}
		next, err := set.FindAll(ctx, behind, nil, buffer[:0])
		i := slices.IndexFunc(next, func(m multipattern.Match) bool { return m.Pattern == 0 && m.Start == 0 })
		if err != nil || i < 0 {
			return err
		}
		first := within(behind, mark{0, next[i].End})
		at = mark{at.end + first.start, at.end + first.end}
	}
}

// sitesIn are the sites in a piece of the text.
func (s *surroundings) sitesIn(from, to int) []mark {
	first := sort.Search(len(s.sites), func(i int) bool { return s.sites[i].start >= from })
	last := sort.Search(len(s.sites), func(i int) bool { return s.sites[i].end > to })
	return s.sites[first:max(first, last)]
}

// accountsIn are the words for accounts in a piece of the text.
func (s *surroundings) accountsIn(from, to int) []holder {
	first := sort.Search(len(s.accounts), func(i int) bool { return s.accounts[i].start >= from })
	last := sort.Search(len(s.accounts), func(i int) bool { return s.accounts[i].end > to })
	return s.accounts[first:max(first, last)]
}

const (
	// chained is how many words before one are looked at for whether it is itself the
	// account that one of them names.
	chained = 8
	// accountReach is how far an account and what follows it are read, in bytes; where more can
	// make a difference, to the end of the line.
	accountReach = 256
)

// lastUser is the last account that is named in a piece of the text.
func (p *page) lastUser(from, to int) (u value, ok bool) {
	all := p.near().accountsIn(from, to)
	for i := len(all) - 1; i >= 0; i-- {
		if _, is := p.userOf(&all[i], to); is {
			return p.lastOf(all[max(0, i-chained):i+1], to)
		}
	}
	return u, false
}

// lastOf is the last account of some words; what is part of an account is no word for
// one.
func (p *page) lastOf(all []holder, to int) (u value, ok bool) {
	for i := range all {
		if ok && all[i].start < u.end {
			continue
		}
		if v, is := p.userOf(&all[i], to); is {
			u, ok = v, true
		}
	}
	return u, ok
}

func (p *page) firstUser(from, to int) (u value, ok bool) {
	all := p.near().accountsIn(from, to)
	for i := range all {
		if u, ok = p.userOf(&all[i], to); ok {
			return u, true
		}
	}
	return u, false
}

// userOf is the account behind a word for one, where the text goes no further than to.
// Where it would be the same with more text, it is read once.
func (p *page) userOf(n *holder, to int) (u value, ok bool) {
	if n.lineEnd < 0 {
		_, n.lineEnd = p.line(n.end)
	}
	if to < n.lineEnd && to < n.end+accountReach {
		return p.userBehind(n.end, to)
	}
	if !n.read {
		n.read = true
		n.account, n.ok = p.userBehind(n.end, n.lineEnd)
		n.needs = n.lineEnd
		if end := n.end + accountReach; n.account.end < end && strings.IndexByte("*_[(", p.text[n.account.start]) < 0 {
			n.needs = min(end, n.lineEnd)
		}
	}
	if to < n.needs {
		return p.userBehind(n.end, to)
	}
	return n.account, n.ok
}

// userBehind reads the account behind a word for one, up to an end.
func (p *page) userBehind(at, end int) (u value, ok bool) {
	if at >= end {
		return u, false
	}
	if p.text[at-1] == ' ' && p.text[at] == '(' {
		at-- // the pattern takes the blank of "login (joe)" for one inside the word
	}
	j := jointIn(p.text[at:end])
	if j == "" || at+len(j) >= end {
		return u, false
	}
	return p.userAt(at+len(j), end, j != " ")
}

// jointIn is what joins a word for an account and the account.
func jointIn(rest string) string {
	switch c := rest[0]; {
	case strings.IndexByte("/.;!?@&#\n+,", c) >= 0 && !strings.HasPrefix(rest, ".."):
		return ""
	case c == ':' || c == '=':
		blank := 1
		for blank < len(rest) && rest[blank] == ' ' {
			blank++
		}
		if blank < len(rest) && (isLetter(rest[blank]) && rest[blank] != 'i' && rest[blank] != 'a' || isDigit(rest[blank])) {
			return rest[:blank]
		}
	}
	return joint.FindString(rest)
}

// userAt reads an account. Without a sign before it, it must not look like a word.
func (p *page) userAt(at, end int, sign bool) (v value, ok bool) {
	v, ok = p.valueAt(at, end)
	if !ok {
		return v, false
	}
	look := p.looks.of(v.text)
	if look.is(placeholders) || look.is(links) && !look.is(addresses) || notOne[strings.ToLower(v.text)] {
		return v, false
	}
	if look.is(labels) && !look.is(strong) {
		return v, false
	}
	if p.inLink(at) || strings.Contains(v.text, "&") && strings.Contains(v.text, "=") {
		if i := strings.IndexAny(v.text, "&#;"); i >= 0 {
			v.text, v.end = v.text[:i], v.start+i
		}
	} else if sign && fillsLine(p.text[v.start:end]) {
		v.text = strings.TrimRight(p.text[v.start:end], blanks+"\r")
		v.end = v.start + len(v.text)
	}
	return v, sign || p.strong(v) || p.isListed(p.text[v.end:end])
}

// isListed reports what follows the first of two things that are given together.
func (p *page) isListed(rest string) bool {
	rest = strings.TrimLeft(rest[:min(len(rest), maxLine)], ")\"'”")
	after := strings.TrimLeft(rest, " \t")
	return after != "" && strings.IndexByte(",;/&aApPsScCmMkK", after[0]) >= 0 && listed.MatchString(rest)
}

// within is the word in what [account] and [label] match, without the characters that
// they take with it: the words begin with letters, and end with none that could follow.
func within(text string, at mark) mark {
	if r, n := utf8.DecodeRuneInString(text[at.start:at.end]); !unicode.IsLetter(r) {
		at.start += n
	}
	if r, n := utf8.DecodeLastRuneInString(text[at.start:at.end]); !unicode.IsLetter(r) {
		at.end -= n
	}
	return at
}

// fillsLine reports a name of two or three words.
func fillsLine(rest string) bool {
	for i := range len(rest) {
		if c := rest[i]; c < 0x80 && !isLetter(c) && strings.IndexByte(".'- \t\r", c) < 0 {
			return false
		}
	}
	return fullName.MatchString(rest)
}

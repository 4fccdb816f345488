package credentials

import (
	"regexp"
	"sort"
	"strings"

	"mailsweep/detectors/multipattern"
)

var (
	joint = regexp.MustCompile(`^["'*_\])’”]{0,3}(?:[ \t]*\([^()\n]{1,60}\))?[ \t\x{a0}]*(?:(?:is|are|=>|->|[:=：＝→>-])[ \t\x{a0}]*){1,2}|^[ \t]*\.{2,}[ \t]*[:=]?[ \t]*|^[ \t\x{a0}]*\t[ \t\x{a0}]*|^[ \t\x{a0}]{2,}|^[ \t\x{a0}]`)
	site  = regexp.MustCompile(`(?i)\b(?:https?|ftps?|sftp)://[^\s<>"']{3,300}|\bwww\.[^\s<>"',]{3,200}|\b(?:[a-z0-9-]+\.)+(?:com|net|org|gov|edu|io|de|co\.uk|fr|eu|local|internal|corp)\b(?:/[^\s<>"']*)?|\b(?:\d{1,3}\.){3}\d{1,3}\b`)
)

// fullName is a name of two or three words that fills the rest of its line.
var fullName = regexp.MustCompile(`^[\pL.'-]+(?: [\pL.'-]+){1,2}[ \t\r]*$`)

// listed is what follows the first of two things that are given together.
var listed = regexp.MustCompile(`(?i)^[ \t]*[,;/&]|^[ \t]+(?:and )?(?:pass|pw)`)

// reach is how far from a password its account and host are looked for, in lines.
const reach = 6

// surroundings are the account and the host that a password opens.
func (p *page) surroundings(l mark, v value) (user, host string) {
	if u, ok := p.userNear(max(l.start, v.start), max(l.end, v.end)); ok {
		user = u.text
	}
	from, to := p.lines(l.start, max(l.end, v.end), reach+2, 3)
	best := -1
	for _, at := range p.sites.within(p.text, from, to) {
		if at.Start > 0 && p.text[at.Start-1] == '@' {
			continue // of an address
		}
		if best >= 0 && at.Start > v.end {
			break // the one before is nearer in meaning
		}
		best = at.Start
		host = hostOf(p.text[at.Start:at.End])
	}
	return user, host
}

// hostOf is the host of a link: the rest of it may hold a secret.
func hostOf(link string) string {
	_, rest, ok := strings.Cut(link, "://")
	if !ok {
		rest = link
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	return strings.ToLower(strings.TrimRight(rest, ".,;:)>*"))
}

// lines is the text from so many lines before a place to so many behind it.
func (p *page) lines(start, end, before, behind int) (from, to int) {
	from, _ = p.line(start)
	for range before {
		if from == 0 || start-from > 1500 {
			break
		}
		from, _ = p.line(from - 1)
	}
	_, to = p.line(end)
	for range behind {
		if to >= len(p.text) || to-end > 600 {
			break
		}
		_, to = p.line(min(to+1, len(p.text)))
	}
	return from, to
}

// userNear finds the account: the last one named before a password, else the first one
// behind it.
func (p *page) userNear(start, end int) (u value, ok bool) {
	from, to := p.lines(start, end, reach, 2)
	from = max(from, start-1500)
	if u, ok = p.lastUser(from, start); ok {
		return u, true
	}
	return p.firstUser(end, min(to, len(p.text)))
}

func (p *page) lastUser(from, to int) (u value, ok bool) {
	for _, v := range p.users(from, to) {
		u, ok = v, true
	}
	return u, ok
}

func (p *page) firstUser(from, to int) (u value, ok bool) {
	for _, v := range p.users(from, to) {
		return v, true
	}
	return u, false
}

// users are the accounts that are named in a piece of the text.
func (p *page) users(from, to int) (all []value) {
	done := from
	for _, at := range p.accounts.within(p.text, from, to) {
		if at.Start < done {
			continue
		}
		_, end := p.line(at.End)
		end = min(end, to)
		if at.End >= end {
			continue
		}
		j := joint.FindString(p.text[at.End:end])
		if j == "" || at.End+len(j) >= end {
			continue
		}
		if v, ok := p.userAt(at.End+len(j), end, j != " "); ok {
			all = append(all, v)
			done = v.end
		}
	}
	return all
}

// places remembers where an expression matched in a text that is read from its beginning
// to its end, so that each piece is searched once.
type places struct {
	find     func(text string) []int
	from, to int // what was searched
	found    []multipattern.Span
}

// within are the matches in a piece of the text.
func (s *places) within(text string, from, to int) []multipattern.Span {
	if from > s.to || from < s.from {
		s.from, s.to, s.found = from, from, nil
	}
	for at := s.to; at < to; {
		m := s.find(text[at:to])
		if m == nil {
			break
		}
		s.found = append(s.found, multipattern.Span{Start: at + m[0], End: at + m[1]})
		at += m[1]
	}
	s.to = max(s.to, to)
	first := sort.Search(len(s.found), func(i int) bool { return s.found[i].Start >= from })
	last := sort.Search(len(s.found), func(i int) bool { return s.found[i].End > to })
	return s.found[first:max(first, last)]
}

// accountIn is the first word for an account in a text.
func accountIn(text string) []int {
	if m := account.FindStringSubmatchIndex(text); m != nil {
		return m[2:4]
	}
	return nil
}

// userAt reads an account. Without a sign before it, it must not look like a word.
func (p *page) userAt(at, end int, sign bool) (v value, ok bool) {
	v, ok = p.valueAt(at, end)
	if !ok || placeholder.MatchString(v.text) || link.MatchString(v.text) && !address.MatchString(v.text) || notOne[strings.ToLower(v.text)] {
		return v, false
	}
	if label.MatchString(v.text) && !v.strong() {
		return v, false
	}
	if p.inLink(at) || strings.Contains(v.text, "&") && strings.Contains(v.text, "=") {
		if i := strings.IndexAny(v.text, "&#;"); i >= 0 {
			v.text, v.end = v.text[:i], v.start+i
		}
	} else if rest := p.text[v.end:end]; sign && fullName.MatchString(p.text[v.start:v.end]+rest) {
		v.text = strings.TrimRight(v.text+rest, blanks+"\r")
		v.end = v.start + len(v.text)
	}
	return v, sign || v.strong() || listed.MatchString(p.text[v.end:end])
}

// inLink reports whether a place is inside a link.
func (p *page) inLink(at int) bool {
	run := p.text[max(0, at-1000):at]
	run = run[1+strings.LastIndexAny(run, " \t\n\"'<>("):]
	return strings.Contains(run, "://") || strings.HasPrefix(strings.ToLower(run), "www.")
}

// parameter reads the value of a link's query.
func (p *page) parameter(l mark, end int) []Found {
	if l.end >= end || p.text[l.end] != '=' || strings.IndexByte("?&;", p.text[l.start-1]) < 0 {
		return nil
	}
	at := l.end + 1
	to := at
	for to < end && strings.IndexByte("&#;\"'<> \t)]", p.text[to]) < 0 {
		to++
	}
	v := value{text: trimEnd(p.text[at:to]), start: at}
	v.end = at + len(v.text)
	if !v.possible() {
		return nil
	}
	f := Found{Form: Assigned, Value: v.text, Start: v.start, End: v.end, Sure: true, Reason: "a password in a link"}
	f.User, f.Host = p.surroundings(l, v)
	if meeting.MatchString(f.Host) {
		f.Sure, f.Reason = false, "a code to take part in a conference, or to dial in with"
	}
	return []Found{f}
}

var meeting = regexp.MustCompile(`(?:^|\.)(?:zoom\.us|webex\.com|gotomeeting\.com|teams\.microsoft\.com|zoomgov\.com)$`)

package credentials

import (
	"regexp"
	"strings"
)

var (
	joint = regexp.MustCompile(`^["'*_\])’”]{0,3}(?:[ \t]*\([^()\n]{1,60}\))?[ \t\x{a0}]*(?:(?:is|are|=>|->|[:=：＝→-])[ \t\x{a0}]*){1,2}|^[ \t\x{a0}]*\t[ \t\x{a0}]*|^[ \t\x{a0}]{2,}|^[ \t\x{a0}]`)
	site  = regexp.MustCompile(`(?i)\b(?:https?|ftps?|sftp)://[^\s<>"']{3,300}|\bwww\.[^\s<>"',]{3,200}|\b(?:[a-z0-9-]+\.)+(?:com|net|org|gov|edu|io|de|co\.uk|fr|eu|local|internal|corp)\b(?:/[^\s<>"']*)?|\b(?:\d{1,3}\.){3}\d{1,3}\b`)
)

// reach is how far from a password its account and host are looked for, in lines.
const reach = 6

// surroundings are the account and the host that a password opens.
func (p *page) surroundings(l mark, v value) (user, host string) {
	if u, ok := p.userNear(l.start, max(l.end, v.end)); ok && u.text != v.text {
		user = u.text
	} else if ok {
		user = u.text
	}
	from, to := p.lines(l.start, max(l.end, v.end), reach+2, 3)
	best := -1
	for _, at := range site.FindAllStringIndex(p.text[from:to], -1) {
		if from+at[0] > 0 && p.text[from+at[0]-1] == '@' {
			continue // of an address
		}
		if best >= 0 && from+at[0] > v.end {
			break // the one before is nearer in meaning
		}
		best = from + at[0]
		host = strings.TrimRight(p.text[from+at[0]:from+at[1]], ".,;:)>")
	}
	return user, host
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
	for at := from; at < to; {
		m := account.FindStringSubmatchIndex(p.text[at:to])
		if m == nil {
			break
		}
		begin := at + m[3]
		at = begin
		_, end := p.line(begin)
		end = min(end, to)
		j := joint.FindString(p.text[begin:end])
		if j == "" || begin+len(j) >= end {
			continue
		}
		v, ok := p.userAt(begin+len(j), end, len(strings.Trim(j, blanks)) > 0 || len(j) > 1)
		if ok {
			all = append(all, v)
			at = v.end
		}
	}
	return all
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
	return v, sign || v.strong()
}

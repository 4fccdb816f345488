package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

var (
	joint = lazydfa.MustCompile(`^["'*_\])’”]{0,3}(?:[ \t]*\([^()\n]{1,60}\))?[ \t\x{a0}]*(?:(?:is|are|lautet|=>|->|[:=：＝→>-])[ \t\x{a0}]*){1,2}|^[ \t]*\.{2,}[ \t]*[:=]?[ \t]*|^[ \t\x{a0}]*\t[ \t\x{a0}]*|^[ \t\x{a0}]{2,}|^[ \t\x{a0}]`)
	site  = lazydfa.MustCompile(`(?i)\b(?:https?|ftps?|sftp)://[^\s<>"']{3,300}|\bwww\.[^\s<>"',]{3,200}|\b(?:[a-z0-9-]+\.)+(?:com|net|org|gov|edu|io|de|co\.uk|fr|eu|local|internal|corp)\b(?:/[^\s<>"']*)?|\b(?:\d{1,3}\.){3}\d{1,3}\b`)
)

// fullName is a name of two or three words that fills the rest of its line.
var fullName = lazydfa.MustCompile(`^[\pL.'-]+(?: [\pL.'-]+){1,2}[ \t\r]*$`)

// listed is what follows the first of two things that are given together.
var listed = lazydfa.MustCompile(`(?i)^[ \t]*[,;/&]|^[ \t]+(?:and )?(?:pass|pw|senha|contrase|clave|mot de passe|kennwort)`)

// reach is how far from a password its account and host are looked for, in lines.
const reach = 6

// surroundings are the account and the host that a password opens.
func (p *page) surroundings(l mark, v value) (user, host string) {
	if u, ok := p.userNear(max(l.start, v.start), max(l.end, v.end)); ok {
		user = u.text
	}
	from, to := p.reaching(l.start, max(l.end, v.end), reach+2, 3)
	var best mark
	for _, at := range p.near().sitesIn(from, to) {
		if at.start > 0 && p.text[at.start-1] == '@' {
			continue // of an address
		}
		if best.end > 0 && at.start > v.end {
			break // the one before is nearer in meaning
		}
		best = at
	}
	return user, hostOf(p.text[best.start:best.end])
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

// reaching is the text from so many lines before a place to so many behind it.
func (p *page) reaching(start, end, before, behind int) (from, to int) {
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
	from, to := p.reaching(start, end, reach, 2)
	from = max(from, start-1500)
	if u, ok = p.lastUser(from, start); ok {
		return u, true
	}
	return p.firstUser(end, min(to, len(p.text)))
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
	if !p.possible(v) {
		return nil
	}
	f := Found{Form: Assigned, Value: v.text, Start: v.start, End: v.end, Sure: true, Reason: "a password in a link"}
	f.User, f.Host = p.surroundings(l, v)
	if meeting.MatchString(f.Host) {
		f.Sure, f.Reason = false, "a code to take part in a conference, or to dial in with"
	}
	return []Found{f}
}

var meeting = lazydfa.MustCompile(`(?:^|\.)(?:zoom\.us|webex\.com|gotomeeting\.com|teams\.microsoft\.com|zoomgov\.com)$`)

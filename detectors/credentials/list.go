package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
	"mailsweep/detectors/multipattern"
)

// entry is a line of an account and its password: "jsmith / Tr0ub4dor!"
var entry = lazydfa.MustCompile(`^[ \t>*•-]*(\S{2,64})(?:[ \t]*[/|][ \t]*|[ \t]+[-–][ \t]+|:[ \t]*|[ \t]+)(\S{4,64})[ \t\r]*$`)

// namedEntry is a line of what a password opens, in a few words, and the password:
// "file server: Tr0ub4dor!"
var namedEntry = lazydfa.MustCompile(`^[ \t>*•-]*([\pL\d][^\n:|=\t]{1,39}?)(?:[ \t]*(?:[:=|]|-+>|=>)[ \t]*|[ \t]+[-–—][ \t]+|[ \t]*\t[ \t]*|[ \t]{2,})(\S{4,64})[ \t\r]*$`)

// list reads the accounts under a line such as "Here are the credentials:".
func (p *page) list(at multipattern.Span) {
	for line := at.End - 1; ; {
		from, to, ok := p.nextLine(line)
		if !ok {
			break
		}
		m := entry.FindStringSubmatchIndex(p.text[from:to])
		if m == nil {
			m = namedEntry.FindStringSubmatchIndex(p.text[from:to])
		}
		if m == nil {
			break
		}
		f, ok := p.listed(at, mark{from + m[2], from + m[3]}, mark{from + m[4], from + m[5]})
		if !ok {
			break
		}
		p.found = append(p.found, f)
		line = to
	}
}

// inline reads "creds: jsmith / Tr0ub4dor!".
func (p *page) inline(at multipattern.Span) {
	m := inline.FindStringSubmatchIndex(p.text[at.Start:at.End])
	if m == nil || at.Start < p.done {
		return
	}
	for m[2] < 0 && len(m) > 6 {
		m = append(m[:2], m[6:]...)
	}
	second := mark{at.Start + m[4], at.Start + m[5]}
	_, end := p.line(second.end)
	second.end = second.start + len(trimEnd(p.text[second.start:second.end]))
	if f, ok := p.listed(at, mark{at.Start + m[2], at.Start + m[3]}, second); ok && p.tailOf(value{f.Value, f.Start, f.End, false}, end) != prose {
		p.found = append(p.found, f)
		p.done = max(p.done, f.End)
	}
}

// listed is an account and its password, the two places being all that is known of them.
func (p *page) listed(at multipattern.Span, first, second mark) (f Found, ok bool) {
	user := p.text[first.start:first.end]
	look := p.looks.of(user)
	v, ok := p.valueAt(second.start, second.end)
	if !ok || v.end != second.end || !p.possible(v) || !p.strong(v) || !strings.ContainsAny(v.text, "0123456789!@#$%^&*") || telephone.MatchString(v.text) || p.inLink(v.start) ||
		look.is(links) && !look.is(addresses) || look.is(accounts) || look.is(labels) || notOne[strings.ToLower(user)] ||
		strings.Contains(user, `\`) && strings.Contains(v.text, `\`) { // paths, not DOMAIN\user
		return f, false
	}
	f = Found{
		Form: Pair, Label: strings.Trim(p.text[at.Start:first.start], blanks+"\r\n:"), Value: v.text, Start: v.start, End: v.end, User: user, Sure: true,
		Reason: "an account and its password, behind words that announce them",
	}
	_, f.Host = p.surroundings(mark{v.start, v.start}, v)
	return f, true
}

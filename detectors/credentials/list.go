package credentials

import (
	"regexp"
	"strings"

	"mailsweep/detectors/multipattern"
)

// entry is a line of an account and its password: "jsmith / Tr0ub4dor!"
var entry = regexp.MustCompile(`^[ \t>*•-]*(\S{2,64})(?:[ \t]*[/|][ \t]*|[ \t]+[-–][ \t]+|:[ \t]*|[ \t]+)(\S{4,64})[ \t\r]*$`)

// list reads the accounts under a line such as "Here are the credentials:".
func (p *page) list(at multipattern.Span) {
	for line := at.End - 1; ; {
		from, to, ok := p.nextLine(line)
		if !ok {
			break
		}
		m := entry.FindStringSubmatchIndex(p.text[from:to])
		if m == nil {
			break
		}
		user := p.text[from+m[2] : from+m[3]]
		v, ok := p.valueAt(from+m[4], from+m[5])
		if !ok || v.end != from+m[5] || !v.possible() || !v.strong() || telephone.MatchString(v.text) ||
			link.MatchString(user) && !address.MatchString(user) || account.MatchString(user) || label.MatchString(user) || notOne[strings.ToLower(user)] {
			break
		}
		f := Found{
			Form: Pair, Label: strings.Trim(p.text[at.Start:at.End], blanks+"\r\n"), Value: v.text, Start: v.start, End: v.end, User: user, Sure: true,
			Reason: "an account and its password, under a line that announces them",
		}
		_, f.Host = p.surroundings(mark{v.start, v.start}, v)
		p.found = append(p.found, f)
		line = to
	}
}

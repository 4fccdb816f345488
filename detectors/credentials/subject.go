package credentials

import (
	"context"
	"strings"
)

// titled is how many lines of a body are read for the value that its subject announces.
const titled = 12

// ReadUnder reads a body whose subject has a word for a password: the value may stand
// on a line of its own near the beginning. The error is ctx's.
func ReadUnder(ctx context.Context, subject, body string) ([]Found, error) {
	at := label.FindStringSubmatchIndex(subject)
	if at == nil || !announces(subject) {
		return nil, ctx.Err()
	}
	p := newPage(ctx, body, nil)
	for from, n := 0, 0; from < len(body) && n < titled; n++ {
		start, end := p.line(from)
		line := strings.Trim(body[start:end], blanks+"\r")
		if strings.HasPrefix(line, ">") || strings.HasPrefix(line, "---") {
			break // what is quoted has a subject of its own
		}
		if v, ok := p.lineValue(start, end, line); ok && p.possible(v) && p.strong(v) && len(v.text) >= 6 && !telephone.MatchString(v.text) {
			f := Found{
				Form: NextLine, Label: subject[max(at[2], at[4]):max(at[3], at[5])], Value: v.text, Start: v.start, End: v.end,
				Sure: true, Reason: "a value on a line of its own, under a subject with a word for a password",
			}
			f.User, f.Host = p.surroundings(mark{v.start, v.start}, v)
			return []Found{f}, p.err
		}
		from = end + 1
	}
	return nil, ctx.Err()
}

// lineValue reads a line that is nothing but a value.
func (p *page) lineValue(start, end int, line string) (v value, ok bool) {
	if line == "" || strings.ContainsAny(line, blanks) {
		return v, false
	}
	v, ok = p.valueAt(start+strings.Index(p.text[start:end], line), end)
	return v, ok && len(line)-len(v.text) <= 2
}

// announces reports a subject that is not about changing or asking.
func announces(subject string) bool {
	s := strings.ToLower(subject)
	for _, w := range []string{"forgot", "expire", "policy", "reminder", "?", "unsubscribe", "change your", "verify", "confirm"} {
		if strings.Contains(s, w) {
			return false
		}
	}
	return true
}

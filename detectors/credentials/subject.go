package credentials

import (
	"context"
	"strings"

	"mailsweep/detectors/lazydfa"
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
	first := true
	for from, n := 0, 0; from < len(body) && n < titled; n++ {
		start, end := p.line(from)
		line := strings.Trim(body[start:end], blanks+"\r")
		if strings.HasPrefix(line, ">") || strings.HasPrefix(line, "---") {
			break // what is quoted has a subject of its own
		}
		v, ok := p.lineValue(start, end, line)
		if ok = ok && p.possible(v) && !telephone.MatchString(v.text); ok && (len(v.text) >= 6 && p.strong(v) || first && justThat.MatchString(subject) && p.justWord(v, end)) {
			f := Found{
				Form: NextLine, Label: subject[max(at[2], at[4]):max(at[3], at[5])], Value: v.text, Start: v.start, End: v.end,
				Sure: true, Reason: "a value on a line of its own, under a subject with a word for a password",
			}
			f.User, f.Host = p.surroundings(mark{v.start, v.start}, v)
			return []Found{f}, p.err
		}
		first = first && (line == "" || salutation.MatchString(line))
		from = end + 1
	}
	return nil, ctx.Err()
}

var (
	// justThat is a subject that is about nothing but a password: "the wifi password".
	justThat = lazydfa.MustCompile(`(?i)^(?:(?:re|fwd?|aw|wg|sv|tr|rv)[ \t]*:[ \t]*)*(?:[\w'’-]+[ \t]+){0,2}(?:` + strings.Join(passwordWords, "|") + `)(?:[ \t]+(?:for|to|für|zum|pour|para|per|voor)[ \t]+(?:[\w'’.-]+[ \t]*){1,3})?[.!]?[ \t]*$`)
	// salutation is a line that a mail begins with.
	salutation = lazydfa.MustCompile(`(?i)^(?:(?:hi|hello|hey|dear|hallo|bonjour|salut|hola|ciao|ol[aá])\b[^:.?]{0,30}|[\pL'’-]+(?:[ \t]+[\pL'’-]+)?,)[,!]?$`)
)

// replies are words that a mail may consist of, and that tell no password.
var replies = words("great perfect received super agreed never sorry maybe awesome excellent brilliant wonderful understood noted sweet fantastic lovely exactly absolutely definitely tomorrow tonight today later danke merci gracias grazie obrigado bedankt testing hurry solved fixed working whatever anything everything something nobody nevermind please")

// justWord reports a word that is the first paragraph of a mail, and no greeting, name or
// reply.
func (p *page) justWord(v value, end int) bool {
	word := strings.Trim(v.text, "!.")
	return len(word) >= 5 && word == strings.ToLower(word) && !v.number() && !replies[word] && !saidOf[word] && !participle(word) && p.closes(end)
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

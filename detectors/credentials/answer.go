package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

var (
	// answer is a line that answers a question with one value, and with nothing else unless it
	// begins as an answer does: "it's Mango77, as before".
	answer = lazydfa.MustCompile(`(?i)^[ \t>|]*(?:(?:(?:sure|yes|yep|yeah|ok(?:ay)?)[,.!:-]+[ \t]*)?(?:it['’]?s|it is|it should be|should be|try|use|that would be|that['’]?s)[ \t]+["'“]?([^\s"'”]{6,64}?)["'”]?[.!]?[ \t\r]*(?:$|[,;(–-]|\.[ \t])|(?:(?:sure|yes|yep|yeah|ok(?:ay)?|hi|hello|hey)(?:[ \t]+\w+)?[,.!:-]+[ \t]*)?["'“]?([^\s"'”]{6,64}?)["'”]?[.!]?[ \t\r]*$)`)
	// asking stands before the label in a question without its sign.
	asking = lazydfa.MustCompile(`(?i)\bwhat(?:['’]?s|[ \t]+is|[ \t]+was)[ \t][^.!?\n]{0,40}$`)
	// quoting is where a mail that is answered begins.
	quoting = lazydfa.MustCompile(`(?im)^[ \t]*(?:>|-{3,}[ \t]*(?:original message|forwarded by|ursprüngliche nachricht)|_{10,}|(?:from|von|de):[ \t]|on [^\n]{5,120} wrote:)`)
)

// maxTop is how far from the beginning of a text an answered mail may begin, in bytes.
const maxTop = 4 << 10

// answered reads the answer to a question about a password: on the next line, or above the
// mail that is answered.
func (p *page) answered(l mark) []Found {
	_, end := p.line(l.end)
	if strings.IndexByte(p.text[l.end:end], '?') < 0 {
		if head := p.text[max(0, l.start-60):l.start]; !strings.Contains(head, "hat") || !asking.MatchString(head) {
			return nil
		}
	}
	if p.weak() || p.ofPasswords(l) {
		return nil
	}
	if from, to, ok := p.nextLine(end); ok {
		if f := p.answerAt(l, from, to); f != nil {
			return f
		}
	}
	if !p.topKnown {
		p.top, p.topKnown = top(p.text), true
	}
	if p.top.end == 0 || l.start < p.top.end {
		return nil
	}
	from, to := p.line(p.top.start)
	return p.answerAt(l, from, to)
}

// thing is what has to do with passwords, behind the label: "password policy".
var thing = lazydfa.MustCompile(`(?i)^[ \t-]+(?:hash|encrypt|polic|manage|stor(?:e|age)|reset|rotation|length|strength|prompt|field|generator|vault|safe|recovery|backend|database|rule|protect|auth|expir|chang|attempt)`)

// ofPasswords reports a label that is only a part of what is spoken of.
func (p *page) ofPasswords(l mark) bool {
	return thing.MatchString(p.text[l.end:min(len(p.text), l.end+24)])
}

// top is from the first line of an answer to the mail that is answered; none when there is
// no such mail.
func top(text string) (t mark) {
	head := text[:min(len(text), maxTop)]
	t.start = len(head) - len(strings.TrimLeft(head, blanks+"\r\n"))
	at := quoting.FindStringIndex(head)
	if at == nil || at[0] <= t.start {
		return mark{}
	}
	t.end = at[0]
	return t
}

// answerAt reads a value that a line answers with. It must be no word.
func (p *page) answerAt(l mark, from, to int) []Found {
	m := answer.FindStringSubmatchIndex(p.text[from:to])
	if m == nil {
		return nil
	}
	at := m[2:4]
	if at[0] < 0 {
		at = m[4:6]
	}
	v := value{text: p.text[from+at[0] : from+at[1]], start: from + at[0], end: from + at[1]}
	if !mixed(v.text) || v.text == strings.ToUpper(v.text) || norm.MatchString(v.text) || !p.possible(v) {
		return nil
	}
	f := Found{Form: NextLine, Value: v.text, Start: v.start, End: v.end, Sure: true, Reason: "the answer to a question about a password"}
	f.User, f.Host = p.surroundings(l, v)
	return []Found{f}
}

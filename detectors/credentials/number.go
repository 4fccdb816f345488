package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

// pin reports the word for a number that is kept secret.
func (p *page) pin() bool {
	return strings.HasPrefix(p.word, "pin")
}

// number reads "the PIN for the alarm is 4711".
func (p *page) number(l mark, at, end int) []Found {
	rest := p.text[at:end]
	if v, ok := p.besidePIN(l, rest, at, end); ok {
		return p.joined(l, v, end, Told)
	}
	m := said.of(rest)
	if m == "" {
		phrase := about.of(rest)
		signs := told.FindAllStringIndex(phrase, -1)
		if len(signs) == 0 {
			return nil
		}
		m = phrase[:signs[len(signs)-1][1]]
	}
	if f := p.joined(l, at+len(m), end, Told); f != nil && len(f[0].Value) >= 4 && digits(f[0].Value) {
		return f
	}
	return nil
}

// ofWhat stands before the word for a number: "bank PIN 4512", "voice mail password 224466".
var ofWhat = lazydfa.MustCompile(`(?i)\b(?:bank|atm|card|debit|credit|visa|sim|phone|voice[ -]?mail|alarm|door|gate|safe|my|your|(?:number|mailbox|extension)[ \t]+\d{2,10}[ \t]*(?:,|and|/|&)|\d[\d-]{4,15}(?:[ \t]*[,/&])?)[ \t]+$`)

// besidePIN reports a number of four to eight digits that ends what follows the label, and
// where it begins.
func (p *page) besidePIN(l mark, rest string, at, end int) (from int, ok bool) {
	value := strings.TrimLeft(rest, blanks)
	n := 0
	for n < len(value) && isDigit(value[n]) {
		n++
	}
	if n < 4 || n > 8 || len(value) == len(rest) || strings.Trim(value[n:], blanks+".,;)\r") != "" || !ofWhat.MatchString(p.text[max(0, l.start-32):l.start]) {
		return 0, false
	}
	return end - len(value), true
}

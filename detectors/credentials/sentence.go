package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

// didSo is somebody who has made a password what follows, whatever it looks like.
var didSo = lazydfa.MustCompile(`(?i)\b(?:i|we|he|she|they|desk|support)(?:['’]ve|[ \t]+have|[ \t]+has|[ \t]+just){0,2}[ \t]+(?:changed|re-?set|set|updated|made)\b[^.!?\n]{0,40}$`)

// withA stands before the label in "with a password of sunflower".
var withA = lazydfa.MustCompile(`(?i)\b(?:with|and|has|using)[ \t]+(?:a|the)[ \t]+$`)

// whose stands before the label in "we use the same password, Orion5!".
var whose = lazydfa.MustCompile(`(?i)\b(?:same|new|usual|current|temporary|old|my|your|our|this|the)[ \t]+(?:\w+[ \t]+)?$`)

// hereIs stands before it in "here is your new password. Orion5"
var hereIs = lazydfa.MustCompile(`(?i)\b(?:here(?:['’]s| is)|this is)[ \t](?:\w+[ \t]+){0,3}$`)

// apposed reads a value behind a comma or full stop, with which the line ends.
func (p *page) apposed(l mark, at, end int) []Found {
	head := p.text[max(0, l.start-40):l.start]
	switch {
	case strings.HasPrefix(p.text[at:end], ", ") && whose.MatchString(head):
	case strings.HasPrefix(p.text[at:end], ". ") && hereIs.MatchString(head):
	default:
		return nil
	}
	v, ok := p.valueAt(at+2, end)
	if ok && mixed(v.text) && strings.HasPrefix(p.text[v.end:end], ", ") {
		return p.joined(l, at+2, end, Told) // "the password, Orion55, is for the intranet"
	}
	if rest := strings.Trim(p.text[min(v.end, end):end], blanks+"\r.!)\"'"); !ok || rest != "" || !mixed(v.text) {
		return nil
	}
	return p.joined(l, at+2, end, Told)
}

// spokenWeakly reads a value that a sentence leads to from a word that means many things:
// "the pass is still linksys-3A".
func (p *page) spokenWeakly(l mark, at, end int) []Found {
	if at < end && (p.besideAccount(l) || userBefore.MatchString(p.text[max(0, l.start-60):l.start])) {
		if f := p.joined(l, at+len(p.text[at:end])-len(strings.TrimLeft(p.text[at:end], blanks)), end, Beside); f != nil && f[0].Sure {
			return f
		}
	}
	var f []Found
	if m := said.of(p.text[at:end]); m != "" && !p.misread(m) {
		f = p.joined(l, at+len(m), end, Told)
	}
	if f == nil {
		f = p.sentence(l, at, end)
	}
	if f == nil || !mixed(f[0].Value) && !p.strong(value{text: f[0].Value}) || len(f[0].Value) < 6 {
		return nil
	}
	return f
}

// misread reports what joins a label and a value in one language, and is a word of another
// one in most: "password on db01", "password to the site".
func (p *page) misread(joint string) bool {
	switch strings.ToLower(strings.Trim(joint, blanks)) {
	case "on":
		return !strings.HasPrefix(p.word, "salasana")
	case "to":
		return !strings.HasPrefix(p.word, "has")
	}
	return false
}

// mixed reports letters with digits among them, and more of both than a size or an ordinal
// has: what goes on behind it is another sentence.
func mixed(s string) bool {
	letters, digits := 0, 0
	for i := range len(s) {
		switch {
		case isLetter(s[i]), s[i] >= 0x80:
			letters++
		case isDigit(s[i]):
			digits++
		}
	}
	return letters >= 3 && digits > 0 && letters+digits >= 6
}

// aside is what is said between the label and the rest of its sentence.
var aside = lazydfa.MustCompile(`(?i)^, (?:which (?:is|are)|in case|if|should|by the way|btw|again|as|for)\b[^,.\n]{0,40},`)

// afterRemark reads "password: (without the quotes) value".
func (p *page) afterRemark(l mark, at, end int) []Found {
	if at >= end || p.text[at] != '(' {
		return nil
	}
	r := p.remark(at, end)
	if r == 0 {
		return nil
	}
	at += r
	at += len(p.text[at:end]) - len(strings.TrimLeft(p.text[at:end], blanks))
	f := p.joined(l, at, end, Beside)
	if f == nil || !f[0].Sure {
		return nil
	}
	return f
}

// itIs leads from a sentence about a password to the one that tells it: "We have reset your
// password. It is now X."
var itIs = lazydfa.MustCompile(`(?i)^[^.!?\n]{0,60}?(?:\.|,(?:[ \t]+(?:so|and|but))?)[ \t]+(?:(?:now[ \t]+)?(?:it|the new one|your new one)(?:[ \t]+is|['’]s)(?:[ \t]+now)?(?:[ \t]+set[ \t]+to)?|(?:i|we)(?:['’]ve|[ \t]+have)?[ \t]+(?:just[ \t]+)?(?:re-?set|changed|set)[ \t]+it[ \t]+(?:back[ \t]+)?to|[^.!?\n]{0,40}\b(?:chang|sett|resett)ing[ \t]+it[ \t]+(?:back[ \t]+)?to)[ \t]*:?[ \t]*`)

var (
	// holding stands before the label in "use my login (joe) & password (Orion55) until then".
	holding = lazydfa.MustCompile(`(?i)(?:['’]s|\b(?:my|our|his|her|their|use|using|same|and|und|with))[ \t]+(?:[\w-]+[ \t]+)?$|[&,/][ \t]*$`)
	// inRound is a value in brackets.
	inRound = lazydfa.MustCompile(`^[ \t]*\(["'“]?([^\s()"'”]{6,64})["'”]?\)`)
	// norm is what stands in brackets otherwise: "(SHA256)", "(RFC2617)", "(Win2000)".
	norm = lazydfa.MustCompile(`(?i)^(?:rfc|sha|md|base|win|windows|wpa|aes|utf|iso|tls|ssl|oauth|ntlm|ipv|office|exchange|server|version|appendix|section|room|rev|case|form|ext|kb|cve|bcrypt|argon|scrypt|pbkdf|https?|keepass|1password|saml|chrome|firefox|iphone|android)[ _-]?\d[\d.]*\w?$`)
)

// inBrackets reads a value in brackets behind the label.
func (p *page) inBrackets(l mark, at, end int) []Found {
	if p.weak() || p.next(at, end) != '(' {
		return nil
	}
	m := inRound.FindStringSubmatchIndex(p.text[at:end])
	if m == nil || !holding.MatchString(p.text[max(0, l.start-40):l.start]) {
		return nil
	}
	v := value{text: p.text[at+m[2] : at+m[3]], start: at + m[2], end: at + m[3]}
	if !p.strong(v) || !strings.ContainsAny(v.text, "0123456789") || norm.MatchString(v.text) || !p.possible(v) {
		return nil
	}
	f := Found{Form: Beside, Value: v.text, Start: v.start, End: v.end, Sure: true, Reason: "a value in brackets, behind a word for a password"}
	f.User, f.Host = p.surroundings(l, v)
	return []Found{f}
}

// bidden reads what somebody is told to enter: in quotes, or no word.
func (p *page) bidden(l mark, at, end int) []Found {
	if at >= end {
		return nil
	}
	if v, ok := p.valueAt(at, end); !ok || !v.quoted && !mixed(v.text) {
		return nil
	}
	return p.joined(l, at, end, Told)
}

// sentence reads "password for your account X has been reset to: value".
func (p *page) sentence(l mark, at, end int) []Found {
	phrase := about.of(p.text[at:end])
	if phrase == "" {
		return nil
	}
	if i := clause.FindStringIndex(phrase); i != nil {
		phrase = phrase[:i[0]]
	}
	signs := told.FindAllStringIndex(phrase, -1)
	somebody := somebodys.MatchString(phrase)
	for i := len(signs) - 1; i >= 0; i-- { // the last one is the nearest to the value
		f := p.joined(l, at+signs[i][1], end, Told)
		if f != nil && somebody && !mixed(f[0].Value) && !p.strong(value{text: f[0].Value}) {
			continue // "the password they use is ridiculous"
		}
		if f != nil && i+1 < len(signs) && f[0].End > at+signs[i+1][0] && !mixed(f[0].Value) {
			continue // "what you pass to it is numeric=double"
		}
		if f != nil && (f[0].Start >= end || mixed(f[0].Value) || p.tailOf(value{f[0].Value, f[0].Start, f[0].End, false}, end) != prose) {
			return f
		}
	}
	return nil
}

// somebodys is what somebody does with a password.
var somebodys = lazydfa.MustCompile(`(?i)^[ \t]+(?:i|we|he|she|they)[ \t]`)

// clause is where the same sentence begins to tell the account.
var clause = lazydfa.MustCompile(`(?i)(?:[,;]|\band\b)[ \t]+(?:(?:the|your|my|our|a)[ \t]+)?(?:user|log-?[io]n|id|account|acct)\b`)

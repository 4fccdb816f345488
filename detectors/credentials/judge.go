package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

// judge says how sure it is that a value is one, and why; no reason means that it is
// not.
func (p *page) judge(l mark, v value, form Form, t tail) (sure bool, why string) {
	sure, why = p.placed(l, v, form, t)
	switch {
	case !sure:
	case p.looks.of(v.text).is(samples), instances.MatchString(p.text[max(0, l.start-32):l.start]):
		p.why = Sample
		return false, "a value as in a manual"
	case strings.HasSuffix(v.text, "....") || strings.HasSuffix(v.text, "****"):
		p.why = Masked
		return false, "the beginning of a value, the rest of it masked"
	case l.start > 1 && p.text[l.start-1] == '(' && strings.IndexByte("&|!)", p.text[l.start-2]) >= 0 && strings.HasPrefix(p.text[l.end:], "="): // RFC 4515
		p.why = Program
		return false, "in the filter of a directory search"
	case expression.MatchString(v.text):
		p.why = Program
		return false, "an expression of a program"
	case p.caption(l):
		p.why = Program
		return false, "a text for people, in a program"
	case (form == Beside || p.setting(l)) && ordinary.MatchString(v.text):
		p.why = Sample
		return false, "a default, or a stand-in, where settings are"
	case (v.quoted && form == Assigned || p.programmed(l, v)) && p.standsFor(v) && (!strings.Contains(v.text, " ") || p.looks.of(v.text).is(labels) || p.programmed(l, v)):
		p.why = Program
		return false, "a name or a sample value in a program"
	case !v.quoted && mentions(v.text):
		p.why = Program
		return false, "the name of what holds a password"
	case p.advertises():
		p.why = Advertisement
		return false, "in an advertisement for adult sites"
	}
	return sure, why
}

// placed judges a value by where it stands.
func (p *page) placed(l mark, v value, form Form, t tail) (sure bool, why string) {
	strong := p.strong(v) || v.quoted
	switch {
	case p.dialIn(l):
		p.why = Conference
		return false, "a code to take part in a conference, or to dial in with"
	case p.pin() && (!digits(v.text) || len(v.text) > 8):
		return false, "a value behind a word that means many things"
	}
	number := v.number()
	switch form {
	case Assigned:
		switch {
		case t != prose:
			return true, "a value behind a word for a password and a sign between them"
		case strong:
			return true, "a value that is no word, behind a word for a password and a sign between them"
		}
	case Told:
		switch {
		case p.predicate(v):
		case strong && (!number || len(v.text) >= 4):
			return true, "a sentence tells the password"
		case number && len(v.text) >= 4 && t != prose:
			return true, "a sentence tells the password"
		case t != prose && !participle(v.text) && (!p.adjective(v) || isUpper(v.text)):
			return true, "a sentence tells the password"
		}
	case Column:
		switch {
		case number && len(v.text) < 4:
		case strong && t != prose:
			return true, "a value in the column behind a word for a password"
		case t == atEnd && p.alone(l) && !participle(v.text):
			return true, "a value in the column behind a word for a password"
		}
	case NextLine:
		switch {
		case t != atEnd || number && len(v.text) < 4:
		case strong:
			return true, "a value on a line of its own, under a word for a password"
		case len(v.text) >= 6 && (isUpper(v.text) || p.paragraph(v)) && !participle(v.text):
			return true, "a value on a line of its own, under a word for a password"
		}
	case Beside:
		if (t != prose || v.quoted || mixed(v.text)) && !number && !participle(v.text) && p.besideAccount(l) {
			return true, "a value beside a word for a password, behind an account"
		}
		if t != prose && mixed(v.text) && userBefore.MatchString(p.text[max(0, l.start-60):l.start]) {
			return true, "a value beside a word for a password, behind an account"
		}
		if t != prose && !number && len(v.text) >= 5 && !participle(v.text) && toOpen.MatchString(p.text[max(0, l.start-120):l.start]) {
			return true, "a value behind a word for a password, to open something with"
		}
		if p.strong(v) && !number && len(v.text) >= 5 && (t != prose || v.quoted) {
			return true, "a value that is no word, beside a word for a password"
		}
		if v.quoted && len(v.text) >= 4 && !strings.Contains(v.text, " ") && !notOne[strings.ToLower(v.text)] && using.MatchString(p.text[max(0, l.start-24):l.start]) {
			return true, "a value in quotes, which is to be used as a password"
		}
		if strong && !number && len(v.text) >= 5 && !v.quoted && strings.ContainsAny(v.text, "0123456789") && using.MatchString(p.text[max(0, l.start-24):l.start]) {
			return true, "a value that is no word, which is to be used as a password"
		}
		if strong && !number && len(v.text) >= 5 && !v.quoted && v.text != strings.ToLower(v.text) {
			return false, "a value that is no word, beside a word for a password"
		}
	}
	return false, ""
}

// using is what stands before "password kd83hGp2", when somebody is told to use it.
var using = lazydfa.MustCompile(`(?i)\b(?:enter|use|using|with|type|by|need)[ \t]+(?:(?:the|your|this|our)[ \t]+)?$`)

// given is an account, or a network, that is given just before the label.
var given = lazydfa.MustCompile(`(?i)(?:^|[^\pL\pN_])(?:` + strings.Join(accountWords, "|") + `|user|network|ssid|wi-?fi|wlan)(?:[ \t]+(?:is|as|lautet|ist|est|es|è))?[ \t]*[:=]?[ \t]+["'“]?[^\s,;]{2,40}[ \t]*(?:[,;/&(]|and|with|und|et|y|e)[ \t]*(?:the|my|your|his|her|our|das|le|la|el|web|site|online)?[ \t]*$|(?:^|[^\pL\pN_])(?:` + strings.Join(accountWords, "|") + `|user)(?:[ \t]+is)?[ \t]*[:=]?[ \t]+(?:["'“„][^\s"'”]{2,40}["'”]|[^\s,;]*[\d@._][^\s,;]*)[ \t]*$`)

// userBefore is an account before the label and nothing between them: "usuario joao senha rio2016".
var userBefore = lazydfa.MustCompile(`(?i)(?:^|[^\pL\pN_])(?:` + strings.Join(accountWords, "|") + `|user)[ \t]+[^\s,;]{2,40}[ \t]+$`)

// toOpen stands before it where somebody is told how to open a file.
var toOpen = lazydfa.MustCompile(`(?i)\b(?:open|unlock|view|decrypt|extract|unzip)\b[^.!?\n]{0,60}\b(?:use|using|enter|type|with)[ \t]+(?:the[ \t]+)?$`)

// besideAccount reports a label right behind an account: "network HeronGuest, password".
func (p *page) besideAccount(l mark) bool {
	from, _ := p.line(l.start)
	head := strings.TrimRight(p.text[max(from, l.start-90):l.start], " \t")
	// It ends with what joins: a sign, "and", "with", "und", "et", "y", "e", or an article;
	// or with the account, in quotes or with a digit.
	if head == "" {
		return false
	}
	if c := head[len(head)-1]; c < 0x80 && !isDigit(c) && strings.IndexByte(`,;/&("'`, c) < 0 && strings.IndexByte("adhteyslbr", c|0x20) < 0 {
		return false
	}
	return p.givenHeads.match(given, p.text[max(from, l.start-90):l.start])
}

// sample are the passwords of manuals.
var sample = lazydfa.MustCompile(`(?i)^(?:my|your|some)[-_ ]?pass(?:w(?:or)?d)?\d?$|^(?:(?:the|my)?secret(?:word|pass(?:word)?)?|pwd\d?|pass\d)$|^change[-_]?(?:me|it)$|^(?:foo|bar|foobar|example|string)$`)

// instances stands before the label where passwords of no one are told: "weak passwords: …".
var instances = lazydfa.MustCompile(`(?i)\b(?:weak|bad|common|poor|strong|good|typical|guessable|worst|popular|example|sample)[ \t]+$`)

// ordinary are the values that settings come with, and that people write over their own
// before they show them to others. In a sentence, or a welcome mail, they may be meant.
var ordinary = lazydfa.MustCompile(`(?i)^(?:admin|root|test|guest|user|postgres|mysql|oracle|redis|demo|insecure|foo|bar|baz|boo|zap|(?:top|super|very|my)[-_ ]?secret|s[3e]cr[3e]t\d{0,2}|1234?|12345\d*|654321|abc\d{1,4}|abcd1234|(?:asd|qwe)[a-z]*|p[a4@][s5$]{2}(?:w[o0]?r?d)?\d{0,3}|pw\d{0,3}|pass(?:one|two|three|word[x*]*)|(?:bla){2,}|my-?ps?wd?|[a-z]+(?:passwd|password))$`)

// setting reports a label that is the key of a setting: "    password: …", "dbPassword=…".
func (p *page) setting(l mark) bool {
	from, to := p.line(l.start)
	return setting.MatchString(p.text[max(from, l.start-60):min(to, l.end+3)])
}

var setting = lazydfa.MustCompile(`^(?:[ \t>]*(?:[#*]|//)?(?: {2,}|\t+)[a-z][a-z_.-]*|[ \t>#]*[a-z]+[A-Z][A-Za-z]*)[ \t]?[:=]`)

// expression is what no password looks like, and code does: "body.Password})", "[$ne]",
// the numbers of an object identifier.
var expression = lazydfa.MustCompile(`\}\)|^\.\w*\(|^\[?\$\w+\]?=|^\d+(?:\.\d+){3,}:=|\\x[a-z]{2}|^(?i:[a-z_]+_HERE)\b|^!(?:vault|secret|env|ref|sub)\b`)

// caption reports a label that names a text: "LABEL_PASSWORD": "Parole".
func (p *page) caption(l mark) bool {
	if l.start == 0 || strings.IndexByte("_.-", p.text[l.start-1]) < 0 {
		return false
	}
	from, _ := p.line(l.start)
	return caption.MatchString(p.text[max(from, l.start-24):l.start])
}

var caption = lazydfa.MustCompile(`(?i)(?:^|[^a-z])(?:label|title|caption|text|hint|placeholder|tooltip|button|btn|msg|message|error)[_.-]$`)

// lureHere is what spam promises with a password.
var lureHere = lazydfa.MustCompile(`(?i)^(?:adult (?:sites?|web|entertainment|content)|xxx (?:sites?|passes|movies|pics)|porn|hard-?core|nude|free sex|teen sex|live sex)\b`)

// advertises reports such spam; the text is read for it once.
func (p *page) advertises() bool {
	if !p.lureKnown {
		p.lure, p.lureKnown = lures(p.text), true
	}
	return p.lure
}

// lureSecond is the second letter of its words, by the first.
var lureSecond = [256]byte{'a': 'd', 'x': 'x', 'p': 'o', 'h': 'a', 'n': 'u', 'f': 'r', 't': 'e', 'l': 'i'}

// lures looks for it where it can match: where a word begins as one of its own.
func lures(text string) bool {
	const longest = 64 // of what it matches, with the characters round it, in bytes
	for i := 0; i+1 < len(text); i++ {
		if second := lureSecond[text[i]|0x20]; second == 0 || text[i+1]|0x20 != second {
			continue
		}
		if i > 0 && (isLetter(text[i-1]) || isDigit(text[i-1]) || text[i-1] == '_') {
			continue
		}
		if lureHere.MatchString(text[i:min(len(text), i+longest)]) {
			return true
		}
	}
	return false
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// paragraph reports a value that is a paragraph of its own, under a line that ends with
// a colon.
func (p *page) paragraph(v value) bool {
	from, to := p.line(v.start)
	if strings.Trim(p.text[from:to], blanks+">") != v.text || from == 0 || !p.closes(to) {
		return false
	}
	before := strings.TrimRight(p.text[:from], blanks+">\r\n")
	return strings.HasSuffix(before, ":")
}

// alone reports a label that its line begins with.
func (p *page) alone(l mark) bool {
	from, _ := p.line(l.start)
	before := strings.Trim(p.text[from:l.start], blanks+">*-|•·")
	return before == "" || len(strings.Fields(before)) <= 2
}

var ending = lazydfa.MustCompile(`(?i)(?:[^aeiou]ed|ing|able|ible|ally|ously|fully|ntly|[aeiou]tely|rectly|rarily|ory|ened|ated|ised|ized|ired|-(?:(?:in)?sensitive|only|specific|dependent|known|explanatory|free|wide))[.,!]?$`)

// participle reports what looks like the rest of "the password is …".
func participle(s string) bool { return ending.MatchString(s) }

// verb is a verb of a language in which many adjectives do not look like one.
var verb = lazydfa.MustCompile(`(?i)[ \t](?:ist|est|es|é|è|er|är|jest)[ \t]+$`)

// adjective reports a word in small letters behind such a verb: "est personnel".
func (p *page) adjective(v value) bool {
	return v.text == strings.ToLower(v.text) && verb.MatchString(p.text[max(0, v.start-12):v.start])
}

func isUpper(s string) bool { return s == strings.ToUpper(s) && s != strings.ToLower(s) }

// conference is what is said about dialling in.
var conference = lazydfa.MustCompile(`(?i)\b(?:dial[ -]?in|call[ -]?in|conference|teleconf\w*|bridge|participants?|host(?:'s)? (?:code|pass)|leader|chair(?:person|man)?(?:'s)?|toll[ -]?free|webex|zoom|attendee|meeting (?:id|number)|moderator|bridge line)\b|(?:\b1[-. ])?\(?8(?:00|66|77|88)\)?[-. ]\d{3}[-. ]\d{4}`)

// dialIn reports a label that is about a conference.
func (p *page) dialIn(l mark) bool {
	if !strings.Contains(p.word, "code") && !p.pin() {
		return false
	}
	from, to := l.start, l.end
	for range 5 {
		if from > 0 {
			from, _ = p.line(from - 1)
		}
	}
	for range 3 {
		if to < len(p.text) {
			_, to = p.line(min(to+1, len(p.text)))
		}
	}
	return conference.MatchString(p.text[max(from, l.start-600):min(to, l.end+300)])
}

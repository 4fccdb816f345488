package credentials

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	// closing ends what the label is written in: *Password*, "password", Password]
	closing = regexp.MustCompile(`^(?:["'*_\]’”]|\s?®|\s?™){1,3}`)
	// bold ends after the sign: *Password:* value
	bold   = regexp.MustCompile(`^[*_]{1,2}[ \t]+`)
	remark = regexp.MustCompile(`^\s*(?:\([^()\n]{1,80}\)|\[[^\[\]\n]{1,80}\])`)
	// sign joins a label and a value.
	sign = regexp.MustCompile(`^[ \t\x{a0}]*(?::=|=>|->|-->|:-|[:=：＝→])[ \t\x{a0}]*(?:is[ \t]+|=[ \t]*|>[ \t]*)?`)
	dash = regexp.MustCompile(`^[ \t\x{a0}]+[-–—][ \t\x{a0}]+`)
	// said joins them in a sentence.
	said = regexp.MustCompile(`(?i)^[ \t]*(?:(?:(?:is|are|was|were|will be|shall be|would be|should be|has been|have been|had been|remains|becomes?|'s|’s)(?:[ \t]+(?:now|currently|both|each|the word|still|just|again|temporarily|also|simply|automatically|probably|as follows|the following))*(?:[ \t]+(?:re-?)?(?:set|changed|assigned|updated|initiali[sz]ed)(?:[ \t]+back)?(?:[ \t]+(?:to|as))?)?|(?:re-?set|changed|set)[ \t]+(?:to|as)|ist|lautet|wurde auf|est|es|é|è|er|är|on|jest|является)[ \t]*(?:[:=-][ \t]*|[ \t]+|$|(?:["'“„«‘])))`)
	// about is what may stand between label and sign: "for your account X has been reset".
	about = regexp.MustCompile(`(?i)^[ \t]+(?:for|to|of|on|at|in|with|into|you|as|has|have|is|was|that|which|required|needed|assigned|given|info|information|below|details?|für|fürs|vom|zum|zur|von|der|des|am|im|pour|du|de|des|sur|del|para|do|da|per|della|voor|van|till|för|do|dla|для|от|на|к)[ \t](?:[^.!?\n]|[.!?]\S){0,120}`)
	// told is what joins the end of that to the value.
	told = regexp.MustCompile(`(?i)(?:\b(?:is|are|was|will be|ist|lautet|est|es|jest|(?:set|reset|changed|updated)(?: back)? (?:to|as))\b|[ \t](?:é|è|är|er)[ \t])[ \t]*[:=-]?[ \t]*|[:=][ \t]*`)
	// made joins them where a verb stands before the label: "I changed the password to".
	made   = regexp.MustCompile(`(?i)^(?:[ \t]+(?:of|for|on)[ \t]+\S+(?:[ \t]+\S+)?)?[ \t]+(?:back[ \t]+)?(?:to|as)[ \t]+(?:be[ \t]+)?`)
	making = regexp.MustCompile(`(?i)\b(?:changed|set|reset|updated|re-?set|changing|setting|made)\b[^.!?\n]{0,40}$`)
	// short joins them in few letters: "the password's X", "a password of X", 密码是X.
	short = regexp.MustCompile(`(?i)^(?:['’]s[ \t]+|[ \t]+of[ \t]+|[ \t]*(?:是|为|為|は|が|는|은|이|가)[ \t]*[:：]?[ \t]*)`)
	// qualifier is what a password is for, between the label and the sign: "mot de passe wifi :".
	qualifier = regexp.MustCompile(`(?i)^#|^[ \t]+\(?(?:wi-?fi|wlan|vpn|s?ftp|ssh|admin|root|server|router|e?-?mail|sap|sql|db|database|windows|zip|pdf|portal|web|login|no|number|nr)\b\)?`)
	column    = regexp.MustCompile(`^(?:[ \t]*\.{2,}[ \t]*[:=]?[ \t]*|[ \t\x{a0}]*\t[ \t\x{a0}]*|[ \t\x{a0}]{2,})`)
	// asked ends a line of which the value stands on the next: "as you requested:".
	asked = regexp.MustCompile(`(?i)^(?:[^.!?\n]|[.!?]\S){0,140}(?:\n(?:[^.!?\n]|[.!?]\S){0,140})?[:=][ \t\x{a0}]*\r?\n`)
	same  = regexp.MustCompile(`(?i)^[^.\n]{0,30}?\b(?:the )?(?:same(?: thing)? as|identical (?:to|with)|equal to|matches)[ \t]+(?:(?:your|my|the|their|his|her|our)[ \t]+)?(?:` + strings.Join(accountWords, "|") + `)`)
)

// behind looks for a value behind the label.
func (p *page) behind(l mark) []Found {
	_, end := p.line(l.end)
	if p.inLink(l.start) {
		return p.parameter(l, end)
	}
	if l.start > 0 && p.text[l.start-1] == '<' && strings.HasPrefix(p.text[l.end:end], ">") {
		return p.joined(l, l.end+1, end, Assigned)
	}
	at := l.end + len(closing.FindString(p.text[l.end:end]))
	if m := short.FindString(p.text[l.end:end]); m != "" {
		if f := p.joined(l, l.end+len(m), end, Told); f != nil && (value{text: f[0].Value}).strong() {
			return f
		}
	}
	if m := qualifier.FindString(p.text[at:end]); m != "" {
		at += len(m)
	}
	if f, ok := p.sameAs(l, at, end); ok {
		return []Found{f}
	}
	if r := p.remark(at, end); r > 0 && strings.Trim(p.text[at+r:end], blanks+".,;\r") != "" {
		at += r
	}
	switch c := p.next(at, end); {
	case c == 0:
		if p.weak(l) {
			return nil
		}
		return p.joined(l, end, end, NextLine)
	case strings.ContainsRune(":=：＝→-–—", c):
		if f := p.signed(l, at, end); f != nil || strings.ContainsRune(":=", c) {
			return f
		}
	}
	if p.pin(l) {
		return p.number(l, at, end)
	}
	if p.weak(l) {
		return nil
	}
	return p.spoken(l, at, end)
}

// next is the first character that is no blank, 0 at the end of the line.
func (p *page) next(at, end int) rune {
	for _, r := range p.text[at:end] {
		if !strings.ContainsRune(blanks+"\r", r) {
			return r
		}
	}
	return 0
}

// remark is the length of a remark in brackets.
func (p *page) remark(at, end int) int {
	if c := p.next(at, end); c != '(' && c != '[' {
		return 0
	}
	return len(remark.FindString(p.text[at:end]))
}

// signed reads "password: value" and "password - value".
func (p *page) signed(l mark, at, end int) []Found {
	rest := p.text[at:end]
	if m := sign.FindString(rest); m != "" {
		at += len(m)
		return p.joined(l, at+len(bold.FindString(p.text[at:end])), end, Assigned)
	}
	if m := dash.FindString(rest); m != "" && !p.weak(l) {
		return p.joined(l, at+len(m), end, Told)
	}
	return nil
}

// spoken reads a value that a sentence, a column or the end of a line leads to.
func (p *page) spoken(l mark, at, end int) []Found {
	rest := p.text[at:end]
	if m := said.FindString(rest); m != "" {
		if _, n := utf8.DecodeLastRuneInString(m); strings.ContainsAny(m[len(m)-n:], "\"'“„«‘") {
			m = m[:len(m)-n]
		}
		if f := p.joined(l, at+len(m), end, Told); f != nil {
			return f
		}
	}
	if m := made.FindString(rest); m != "" && making.MatchString(p.text[max(0, l.start-80):l.start]) {
		if f := p.joined(l, at+len(m), end, Told); f != nil && (value{text: f[0].Value}).strong() {
			return f
		}
	}
	if m := column.FindString(rest); m != "" {
		if f := p.joined(l, at+len(m), end, Column); f != nil {
			return f
		}
	}
	if f := p.sentence(l, at, end); f != nil {
		return f
	}
	ahead := p.text[at:min(at+300, len(p.text))]
	if strings.Contains(ahead, ":\n") || strings.Contains(ahead, ": \n") || strings.Contains(ahead, ":\r") || strings.Contains(ahead, "=\n") {
		if m := asked.FindString(ahead); m != "" {
			if f := p.joined(l, at+len(m)-1, at+len(m)-1, NextLine); f != nil {
				return f
			}
		}
	}
	return p.joined(l, at+len(rest)-len(strings.TrimLeft(rest, blanks)), end, Beside)
}

// sentence reads "password for your account X has been reset to: value".
func (p *page) sentence(l mark, at, end int) []Found {
	phrase := about.FindString(p.text[at:end])
	if phrase == "" {
		return nil
	}
	signs := told.FindAllStringIndex(phrase, -1)
	for i := len(signs) - 1; i >= 0; i-- { // the last one is the nearest to the value
		f := p.joined(l, at+signs[i][1], end, Told)
		if f != nil && (f[0].Start >= end || p.tailOf(value{f[0].Value, f[0].Start, f[0].End, false}, end) != prose) {
			return f
		}
	}
	return nil
}

// pin reports the word for a number that is kept secret.
func (p *page) pin(l mark) bool {
	return strings.HasPrefix(strings.ToLower(p.text[l.start:l.end]), "pin")
}

// number reads "the PIN for the alarm is 4711".
func (p *page) number(l mark, at, end int) []Found {
	rest := p.text[at:end]
	m := said.FindString(rest)
	if m == "" {
		phrase := about.FindString(rest)
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

// weak reports a word that means many things: it wants a sign.
func (p *page) weak(l mark) bool {
	switch strings.ToLower(p.text[l.start:l.end]) {
	case "pass", "pin", "clave", "parola", "senha", "er", "heslo", "geslo", "pws", "sifre":
		return true
	}
	return false
}

// joined reads the value at a place where one is expected.
func (p *page) joined(l mark, at, end int, form Form) []Found {
	if form != NextLine && strings.Trim(p.text[at:end], blanks+"\r>*_") == "" {
		if strings.Contains(p.text[at:end], "**") {
			p.why = Masked
			return nil
		}
		if form == Beside {
			return nil
		}
		form = NextLine
	}
	if form == NextLine {
		from, to, ok := p.nextLine(at)
		if !ok {
			return nil
		}
		for from < to && strings.IndexByte(" \t>|", p.text[from]) >= 0 || strings.HasPrefix(p.text[from:to], "\u00a0") {
			from++
			for from < to && !utf8.RuneStart(p.text[from]) {
				from++
			}
		}
		at, end = from, to
	}
	if at >= end {
		return nil
	}
	v, ok := p.valueAt(at, end)
	if m := property.FindStringIndex(v.text); ok && m != nil && !v.quoted && form == Assigned {
		v.text, v.end = v.text[:m[0]], v.start+m[0] // of a connection string
	}
	if ok && placeholder.MatchString(v.text) {
		p.done = max(p.done, v.end) // "password 'password' is 'user'": the second one is no label
	}
	if !ok && strings.IndexByte("<[{(", p.text[at]) >= 0 {
		p.why = Placeholder
	}
	if ok && !v.possible() {
		p.why = refused(v)
	}
	if !ok || !v.possible() {
		return nil
	}
	sure, why := p.judge(l, v, form, p.tailOf(v, end))
	if why == "" {
		if form != Beside && form != NextLine {
			p.why = Sentence
		}
		return nil
	}
	f := Found{Form: form, Value: v.text, Start: v.start, End: v.end, Sure: sure, Reason: why}
	f.User, f.Host = p.surroundings(l, v)
	all := []Found{f}
	if plural := strings.ToLower(p.text[l.start:l.end]); !strings.HasSuffix(plural, "words") && !strings.HasSuffix(plural, "codes") {
		return all
	}
	for { // "passwords: one, two and three"
		m := further.FindString(p.text[v.end:end])
		if m == "" {
			return all
		}
		if v, ok = p.valueAt(v.end+len(m), end); !ok || !v.possible() || !v.strong() {
			return all
		}
		f.Value, f.Start, f.End = v.text, v.start, v.end
		all = append(all, f)
	}
}

// property is what follows a value in a connection string.
var property = regexp.MustCompile(`;[A-Za-z][A-Za-z ]*(?:=|$)`)

// further joins the values of one label.
var further = regexp.MustCompile(`(?i)^["'”]?[ \t]*(?:[,;/|]|\b(?:and|or|und|oder|et|y)\b)[ \t]*["'“]?`)

// judge says how sure it is that a value is one, and why; no reason means that it is
// not.
func (p *page) judge(l mark, v value, form Form, t tail) (sure bool, why string) {
	sure, why = p.placed(l, v, form, t)
	switch {
	case !sure:
	case sample.MatchString(v.text):
		p.why = Sample
		return false, "a value as in a manual"
	case (v.quoted && form == Assigned || p.programmed(l, v)) && standsFor(v) && (!strings.Contains(v.text, " ") || label.MatchString(v.text) || p.programmed(l, v)):
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
	strong := v.strong() || v.quoted
	switch {
	case p.dialIn(l):
		p.why = Conference
		return false, "a code to take part in a conference, or to dial in with"
	case strings.HasPrefix(strings.ToLower(p.text[l.start:l.end]), "pin") && (!digits(v.text) || len(v.text) > 8):
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
		if t != prose && !number && !participle(v.text) && p.besideAccount(l) {
			return true, "a value beside a word for a password, behind an account"
		}
		if v.strong() && !number && len(v.text) >= 5 && (t != prose || v.quoted) {
			return true, "a value that is no word, beside a word for a password"
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
var using = regexp.MustCompile(`(?i)\b(?:enter|use|using|with|type|by)[ \t]+(?:(?:the|your|this|our)[ \t]+)?$`)

// given is an account, or a network, that is given just before the label.
var given = regexp.MustCompile(`(?i)(?:^|[^\pL\pN_])(?:` + strings.Join(accountWords, "|") + `|user|network|ssid|wi-?fi|wlan)(?:[ \t]+is)?[ \t]*[:=]?[ \t]+["'“]?[^\s,;]{2,40}[ \t]*(?:[,;/&(]|and|with|und|et|y|e)[ \t]*(?:the|das|le|la|el)?[ \t]*$`)

// besideAccount reports a label right behind an account: "network HeronGuest, password".
func (p *page) besideAccount(l mark) bool {
	from, _ := p.line(l.start)
	return given.MatchString(p.text[max(from, l.start-90):l.start])
}

// sample are the passwords of manuals.
var sample = regexp.MustCompile(`(?i)^(?:my|your|some)[-_ ]?pass(?:w(?:or)?d)?\d?$|^(?:secret|pwd\d?|pass\d)$|^change[-_]?(?:me|it)$|^(?:foo|bar|foobar|example|string)$`)

// lure is what spam promises with a password.
var lure = regexp.MustCompile(`(?i)\b(?:adult (?:sites?|web|entertainment|content)|xxx (?:sites?|passes|movies|pics)|porn|hard-?core|nude|free sex|teen sex|live sex)\b`)

// advertises reports such spam; the text is read for it once.
func (p *page) advertises() bool {
	if !p.lureKnown {
		p.lure, p.lureKnown = lure.MatchString(p.text), true
	}
	return p.lure
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// paragraph reports a value that is a paragraph of its own, under a line that ends with
// a colon.
func (p *page) paragraph(v value) bool {
	from, to := p.line(v.start)
	if strings.Trim(p.text[from:to], blanks+">") != v.text || from == 0 {
		return false
	}
	if to < len(p.text) {
		next, end := p.line(to + 1)
		if strings.Trim(p.text[next:end], blanks+">\r") != "" {
			return false
		}
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

var ending = regexp.MustCompile(`(?i)(?:[^aeiou]ed|ing|able|ible|ally|ously|ory|ened|ated|ised|ized|ired)[.,!]?$`)

// participle reports what looks like the rest of "the password is …".
func participle(s string) bool { return ending.MatchString(s) }

// verb is a verb of a language in which many adjectives do not look like one.
var verb = regexp.MustCompile(`(?i)[ \t](?:ist|est|es|é|è|er|är|jest)[ \t]+$`)

// adjective reports a word in small letters behind such a verb: "est personnel".
func (p *page) adjective(v value) bool {
	return v.text == strings.ToLower(v.text) && verb.MatchString(p.text[max(0, v.start-12):v.start])
}

func isUpper(s string) bool { return s == strings.ToUpper(s) && s != strings.ToLower(s) }

// conference is what is said about dialling in.
var conference = regexp.MustCompile(`(?i)\b(?:dial[ -]?in|call[ -]?in|conference|teleconf\w*|bridge|participants?|host(?:'s)? (?:code|pass)|leader|chair(?:person|man)?(?:'s)?|toll[ -]?free|webex|zoom|attendee|meeting (?:id|number)|moderator|bridge line)\b|(?:\b1[-. ])?\(?8(?:00|66|77|88)\)?[-. ]\d{3}[-. ]\d{4}`)

// dialIn reports a label that is about a conference.
func (p *page) dialIn(l mark) bool {
	word := strings.ToLower(p.text[l.start:l.end])
	if !strings.Contains(word, "code") && !strings.HasPrefix(word, "pin") {
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

// justSame says no more than that: "login jsmith, password: same".
var justSame = regexp.MustCompile(`(?i)^[ \t]*(?:[:=-]|is)[ \t]*(?:the )?same[ \t]*[.,;)]?[ \t\r]*$`)

// sameAs resolves "the same as your user id".
func (p *page) sameAs(l mark, at, end int) (f Found, ok bool) {
	rest := p.text[at:min(end, at+120)]
	if !strings.Contains(rest, "same") && !strings.Contains(rest, "identical") && !strings.Contains(rest, "equal") && !strings.Contains(rest, "match") {
		return f, false
	}
	if same.FindStringIndex(rest) == nil && !justSame.MatchString(rest) {
		return f, false
	}
	user, ok := p.userNear(l.start, l.end)
	if !ok {
		return f, false
	}
	return Found{
		Form: SameAs, Value: user.text, Start: user.start, End: user.end, User: user.text, Sure: true,
		Reason: "the password is said to be the same as the account",
	}, true
}

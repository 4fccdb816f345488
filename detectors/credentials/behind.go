package credentials

import (
	"strings"
	"unicode/utf8"

	"mailsweep/detectors/lazydfa"
)

var (
	// closing ends what the label is written in: *Password*, "password", Password]
	closing = opening{lazydfa.MustCompile(`^(?:["'*_\]’”]|\s?®|\s?™){1,3}`), nil, "\"'*_]\r\f\v"}
	// bold ends after the sign: *Password:* value
	bold   = lazydfa.MustCompile(`^[*_]{1,2}[ \t]+`)
	remark = lazydfa.MustCompile(`^\s*(?:\([^()\n]{1,80}\)|\[[^\[\]\n]{1,80}\])`)
	// sign joins a label and a value.
	sign = opening{lazydfa.MustCompile(`^[ \t\x{a0}]*(?::=|=>|->|-->|:-|[:=：＝→])[ \t\x{a0}]*(?:is[ \t]+|both[ \t]+(?:are|is)[ \t]+|=[ \t]*|>[ \t]*)?`), nil, ":=-"}
	dash = opening{lazydfa.MustCompile(`^[ \t\x{a0}]+[-–—][ \t\x{a0}]+(?:both[ \t]+(?:are|is)[ \t]+)?`), nil, "-"}
	// said joins them in a sentence.
	said = opening{lazydfa.MustCompile(`(?i)^[ \t]*(?:itself[ \t]+)?(?:(?:(?:is|are|was|were|will(?:[ \t]+(?:initially|then|now|also|always))?[ \t]+be|shall be|would be|should be|has been|have been|had been|remains|stays|becomes?|'s|’s)(?:[ \t]+(?:now|currently|both|each|the word|still|just|again|temporarily|also|simply|automatically|probably|as follows|the following))*(?:[ \t]+(?:re-?)?(?:set|changed|assigned|updated|initiali[sz]ed|veranderd|gewijzigd|ge[aä]ndert)(?:[ \t]+back)?(?:[ \t]+(?:to|as|in|auf|naar))?)?|(?:re-?set|changed|set)[ \t]+(?:to|as)|ist|lautet|wurde(?:[ \t]+(?:zurückgesetzt|geändert|gesetzt))? auf|(?:foi|fue|ha sido|a été|è stat[ao])[ \t]+(?:(?:alterad|mudad|redefinid|trocad|cambiad|restablecid|modificad|cambiat|modificat|reimpostat)[ao]|(?:chang|modifi|réinitialis)ée?)[ \t]+(?:para|por|a|en|à|in|con)|habe ich auf|haben wir auf|est|es|é|è|eh|er|är|on|to|jest|является|(?:измен[её]н|сброшен|установлен) на)[ \t]*(?:[:=-][ \t]*|[ \t]+|$|(?:["'“„«‘])))`), words("itself is are was were will shall would should has have had remains stays become becomes re reset changed set ist lautet wurde foi fue ha a habe haben to est es eh er on jest"), "'"}
	// about is what may stand between label and sign: "for your account X has been reset".
	about = opening{lazydfa.MustCompile(`(?i)^[ \t]+(?:for|from|to|of|on|at|in|with|into|you|i|we|he|she|they|as|has|have|is|was|that|which|required|needed|assigned|given|info|information|below|details?|für|fürs|vom|zum|zur|von|der|des|am|im|pour|du|de|des|sur|del|para|do|da|per|della|voor|van|till|för|do|dla|для|от|на|к)[ \t](?:[^.!?\n]|[.!?]\S){0,120}`), words("for from to of on at in with into you i we he she they as has have is was that which required needed assigned given info information below detail details vom zum zur von der des am im pour du de sur del para do da per della voor van till dla"), ""}
	// told is what joins the end of that to the value.
	told = lazydfa.MustCompile(`(?i)(?:\b(?:is|are|was|will be|ist|lautet|est|es|jest|(?:set|reset|changed|updated|assigned)(?: back)?(?: from \S{1,40})? (?:to|as)|(?:alterad|mudad|redefinid|trocad|cambiad|restablecid)[ao] (?:para|a|por)|changé en|zurückgesetzt auf)\b(?:[ \t]+(?:still|now|currently|just|again|temporarily|simply)\b)?|[ \t](?:é|è|eh|är|er)[ \t])[ \t]*[:=-]?[ \t]*|[:=][ \t]*`)
	// made joins them where a verb stands before the label: "I changed the password to".
	made = opening{lazydfa.MustCompile(`(?i)^(?:[ \t]+(?:of|for|on)[ \t]+\S+(?:[ \t]+\S+)?)?(?:[ \t]+from[ \t]+\S+)?[ \t]+(?:back[ \t]+)?(?:to|as)[ \t]+(?:be[ \t]+)?(?:(?:the|its|your)[ \t]+default[,:]?[ \t]+)?`), words("of for on from back to as"), ""}
	// bidden joins them where somebody is told what to do: "if it asks for a password, type in X".
	bidden = opening{lazydfa.MustCompile(`(?i)^[ \t]*,?[ \t]*(?:please[ \t]+|just[ \t]+)?(?:enter|type(?:[ \t]+in)?|use|put(?:[ \t]+in)?)[ \t]+(?:the word[ \t]+)?`), words("please just enter type use put"), ","}
	// hinted joins them loosely: "the password might be X", "it is password-protected (X)".
	hinted = opening{lazydfa.MustCompile(`(?i)^(?:[ \t]+(?:(?:might|may|could|must|ought to)(?:[ \t]+(?:still|now))?[ \t]+be|being)[ \t]+|[ \t-]protected(?:(?:[ \t]+(?:it|them|this|(?:the|that|this)[ \t]+\w+))?[ \t]+(?:with|by|using)[ \t]+|[ \t]*\()|[ \t]+(?:has(?: not|n['’]t)|did(?: not|n['’]t))[ \t]+changed?[ \t]*[,;:–-]+[ \t]*(?:it(?: is|['’]s)[ \t]+)?(?:still[ \t]+)?)["'“„«‘]?`), words("might may could must ought being protected has hasn did didn"), "-"}
	making = lazydfa.MustCompile(`(?i)\b(?:changed|set|reset|updated|re-?set|changing|setting|made)\b[^.!?\n]{0,40}$`)
	// short joins them in few letters: "the password's X", "a password of X", 密码是X.
	short = opening{lazydfa.MustCompile(`(?i)^(?:['’]s[ \t]+(?:(?:still|now|currently|just)[ \t]+)?|[ \t]+of[ \t]+|[ \t]*(?:是|为|為|は|が|는|은|이|가)[ \t]*[:：]?[ \t]*)`), words("of"), "'"}
	// qualifier is what a password is for, between the label and the sign: "mot de passe wifi :".
	qualifier = opening{lazydfa.MustCompile(`(?i)^#|^[ \t]+\(?(?:wi-?fi|wlan|vpn|s?ftp|ssh|admin|root|server|router|e?-?mail|sap|sql|db|database|windows|zip|pdf|portal|web|login|no|number|nr|required|needed|temporaire|provisoire|temporal|provisional|tempor[aá]ri[ao]|provvisoria|tymczasowe)\b\)?`), words("temporaire provisoire temporal provisional temporaria temporario provvisoria tymczasowe required needed wi wifi wlan vpn sftp ftp ssh admin root server router e email mail sap sql db database windows zip pdf portal web login no number nr"), "#("}
	column    = lazydfa.MustCompile(`^(?:[ \t]*\.{2,}[ \t]*[:=]?[ \t]*|[ \t\x{a0}]*\t[ \t\x{a0}]*|[ \t\x{a0}]{2,})`)
	// asked ends a line of which the value stands on the next: "as you requested:".
	asked = lazydfa.MustCompile(`(?i)^(?:[^.!?\n]|[.!?]\S){0,140}(?:\n(?:[^.!?\n]|[.!?]\S){0,140})?[:=][ \t\x{a0}]*\r?\n`)
	same  = lazydfa.MustCompile(`(?i)^[^.\n]{0,30}?\b(?:the )?(?:same(?: thing)? as|identical (?:to|with)|equal to|matches)[ \t]+(?:(?:your|my|the|their|his|her|our)[ \t]+)?(?:` + strings.Join(accountWords, "|") + `)`)
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
	at := l.end + len(closing.of(p.text[l.end:end]))
	if m := short.of(p.text[l.end:end]); m != "" {
		if f := p.joined(l, l.end+len(m), end, Told); f != nil && p.shortly(l, m, f[0], end) {
			return f
		}
	}
	if m := qualifier.of(p.text[at:end]); m != "" {
		at += len(m)
	}
	if f, ok := p.sameAs(l, at, end); ok {
		return []Found{f}
	}
	if f := p.inBrackets(l, at, end); f != nil {
		return f
	}
	if r := p.remark(at, end); r > 0 && strings.Trim(p.text[at+r:end], blanks+".,;\r") != "" {
		at += r
	}
	if strings.HasPrefix(p.text[at:end], ", ") {
		at += len(aside.FindString(p.text[at:end]))
	}
	switch c := p.next(at, end); {
	case c == 0:
		if p.weak() {
			return nil
		}
		return p.joined(l, end, end, NextLine)
	case strings.ContainsRune(":=：＝→-–—", c):
		if f := p.signed(l, at, end); f != nil || strings.ContainsRune(":=", c) {
			return f
		}
	}
	if p.pin() {
		return p.number(l, at, end)
	}
	if f := p.apposed(l, at, end); f != nil {
		return f
	}
	if v, ok := p.besidePIN(l, p.text[at:end], at, end); ok {
		return p.joined(l, v, end, Told)
	}
	if p.weak() {
		return p.spokenWeakly(l, at, end)
	}
	return p.spoken(l, at, end)
}

// shortly reports a value that the few letters of a joint are enough for.
func (p *page) shortly(l mark, joint string, f Found, end int) bool {
	if p.looks.of(f.Value).is(strong) || strings.IndexByte("\"'", p.text[f.Start-1]) >= 0 {
		return true
	}
	switch {
	case len(f.Value) < 5:
		return false
	case strings.HasPrefix(strings.TrimLeft(joint, "’'"), "s"):
		return f.Value == strings.ToLower(f.Value) && p.tailOf(value{f.Value, f.Start, f.End, false}, end) != prose
	}
	return withA.MatchString(p.text[max(0, l.start-16):l.start])
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
	if m := sign.of(rest); m != "" {
		at += len(m)
		at += len(bold.FindString(p.text[at:end]))
		if f := p.afterRemark(l, at, end); f != nil {
			return f
		}
		return p.joined(l, at, end, Assigned)
	}
	if m := dash.of(rest); m != "" {
		if f := p.joined(l, at+len(m), end, Told); !p.weak() || f != nil && mixed(f[0].Value) && p.alone(l) {
			return f
		}
	}
	return nil
}

// spoken reads a value that a sentence, a column or the end of a line leads to.
func (p *page) spoken(l mark, at, end int) []Found {
	rest := p.text[at:end]
	if m := said.of(rest); m != "" && !p.misread(m) {
		if _, n := utf8.DecodeLastRuneInString(m); strings.ContainsAny(m[len(m)-n:], "\"'“„«‘") {
			m = m[:len(m)-n]
		}
		if f := p.joined(l, at+len(m), end, Told); f != nil {
			return f
		}
	}
	if m := made.of(rest); m != "" && making.MatchString(p.text[max(0, l.start-80):l.start]) {
		if f := p.joined(l, at+len(m), end, Told); f != nil && (p.looks.of(f[0].Value).is(strong) || digits(f[0].Value) && len(f[0].Value) >= 4 || len(f[0].Value) >= 5 && didSo.MatchString(p.text[max(0, l.start-80):l.start])) {
			return f
		}
	}
	if m := hinted.of(rest); m != "" {
		if f := p.joined(l, at+len(m), end, Told); f != nil && mixed(f[0].Value) {
			return f
		}
	}
	if m := bidden.of(rest); m != "" {
		if f := p.bidden(l, at+len(m), end); f != nil {
			return f
		}
	}
	if strings.Contains(rest, ". ") || strings.Contains(rest, ", ") {
		if m := itIs.FindString(rest); m != "" {
			if f := p.bidden(l, at+len(m), end); f != nil {
				return f
			}
		}
	}
	if m := columnAt(rest); m != "" {
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

// columnAt is what leads to the next column, "" for nothing.
func columnAt(rest string) string {
	if rest == "" || strings.IndexByte(". \t\xc2", rest[0]) < 0 || rest[0] == ' ' && (len(rest) == 1 || strings.IndexByte(". \t\xc2", rest[1]) < 0) {
		return ""
	}
	return column.FindString(rest)
}

// weak reports a word that means many things: it wants a sign.
func (p *page) weak() bool {
	switch p.word {
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
	if ok && !v.quoted && form == Assigned && strings.IndexByte(v.text, ';') >= 0 {
		if m := property.FindStringIndex(v.text); m != nil {
			v.text, v.end = v.text[:m[0]], v.start+m[0] // of a connection string
		}
	}
	if m := p.phrase(at, end); m > 0 && form != Beside {
		v, ok = value{p.text[at : at+m], at, at + m, false}, true
	}
	if ok && p.looks.of(v.text).is(placeholders) {
		p.done = max(p.done, v.end) // "password 'password' is 'user'": the second one is no label
	}
	if !ok && strings.IndexByte("<[{(", p.text[at]) >= 0 {
		p.why = Placeholder
	}
	if ok && !p.possible(v) {
		p.why = p.refused(v)
	}
	if !ok || !p.possible(v) {
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
	if !strings.HasSuffix(p.word, "words") && !strings.HasSuffix(p.word, "codes") {
		return all
	}
	for { // "passwords: one, two and three"
		m := further.FindString(p.text[v.end:end])
		if m == "" {
			return all
		}
		if v, ok = p.valueAt(v.end+len(m), end); !ok || !p.possible(v) || !p.strong(v) {
			return all
		}
		f.Value, f.Start, f.End = v.text, v.start, v.end
		all = append(all, f)
	}
}

// manyWords are a passphrase of words.
var manyWords = lazydfa.MustCompile(`^[a-z]{2,12}(?:[ -][a-z]{2,12}){3,9}`)

// phrase is the length of a passphrase of words, none of which a sentence has, that fills
// the line; 0 for none.
func (p *page) phrase(at, end int) int {
	if !strings.Contains(p.word, "phrase") || at >= end {
		return 0
	}
	m := manyWords.FindString(p.text[at:end])
	if m == "" || strings.Trim(p.text[at+len(m):end], blanks+"\r.") != "" {
		return 0
	}
	for _, w := range strings.FieldsFunc(m, func(r rune) bool { return r == ' ' || r == '-' }) {
		if ofSentences[w] {
			return 0
		}
	}
	return len(m)
}

// ofSentences are words that sentences have, and passphrases do without.
var ofSentences = words("a an the to of in on for and or is are be by with from your you my our its it this that please enter when used use must should will can not as at if")

// property is what follows a value in a connection string.
var property = lazydfa.MustCompile(`;[A-Za-z][A-Za-z ]*(?:=|$)`)

// further joins the values of one label.
var further = lazydfa.MustCompile(`(?i)^["'”]?[ \t]*(?:[,;/|]|\b(?:and|or|und|oder|et|y)\b)[ \t]*["'“]?`)

// justSame says no more than that: "login jsmith, password: same".
var justSame = lazydfa.MustCompile(`(?i)^[ \t]*(?:[:=-]|is)[ \t]*(?:the )?same[ \t]*[.,;)]?[ \t\r]*$`)

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

package credentials

import (
	"strings"
	"unicode/utf8"

	"mailsweep/detectors/lazydfa"
	"mailsweep/detectors/multipattern"
)

var (
	isThe   = lazydfa.MustCompile(`(?i)(\S{3,64})[ \t]+(?:is|as|was|=|will be)[ \t]+(?:the|your|my|our|a|its|their|his|her|for)(?:[ \t]+(?:new|temporary|temp|default|initial|current|old|admin|root|login|system|user|first|network))?[ \t]+$`)
	columns = lazydfa.MustCompile(`^[ \t>]*(\S{3,64})(?:[ \t\x{a0}]*\t[ \t\x{a0}]*|[ \t\x{a0}]{2,}|[ \t]+-+[ \t]+)$`)
)

// theSentence matches isThe at the end of what stands before a label.
func theSentence(head string) []int {
	near := head[max(0, len(head)-160):]
	if !endsAsThe(near) || !strings.Contains(near, " is ") && !strings.Contains(near, " as ") && !strings.Contains(near, " was ") && !strings.Contains(near, "=") && !strings.Contains(near, " be ") {
		return nil
	}
	return isThe.FindStringSubmatchIndex(near)
}

// opens reports a word that a line begins with, and that is no name of something: "tulips
// is the password for it".
func (p *page) opens(v value, from int, rest string) bool {
	small := v.text == strings.ToLower(v.text) || isUpper(v.text)
	return small && len(v.text) >= 5 && !participle(v.text) && strings.Trim(p.text[from:v.start], blanks+">*-") == "" &&
		(rest == "" || strings.HasPrefix(rest, "for ") || strings.HasPrefix(rest, "to "))
}

// theWords are what [isThe] ends with, before the blanks.
var theWords = words("the your my our a its their his her for new temporary temp default initial current old admin root login system user first network")

// endsAsThe reports a text that may end as [isThe] does: in one of its words and a blank.
func endsAsThe(s string) bool {
	word := strings.TrimRight(s, " \t")
	if len(word) == len(s) {
		return false
	}
	word = word[strings.LastIndexAny(word, " \t")+1:]
	if len(word) > len("temporary") {
		return strings.ContainsFunc(word, func(r rune) bool { return r >= utf8.RuneSelf })
	}
	for i := range len(word) {
		if word[i] >= utf8.RuneSelf {
			return true // which the expression takes for some letters of ASCII
		}
	}
	return theWords[strings.ToLower(word)]
}

// before looks for a value before the label: "Tr0ub4dor is the password".
func (p *page) before(l mark) []Found {
	if p.weak() {
		return nil
	}
	from, end := p.line(l.start)
	head := p.text[from:l.start]
	rest := strings.Trim(p.text[l.end:end], blanks+".,;!)\r")
	if m := theSentence(head); m != nil && !p.ofPasswords(l) {
		at := from + max(0, len(head)-160) + m[2]
		if v, ok := p.valueAt(at, from+max(0, len(head)-160)+m[3]); ok && p.possible(v) && (p.strong(v) || v.quoted || p.opens(v, from, rest)) {
			f := Found{Form: Reversed, Value: v.text, Start: v.start, End: v.end, Sure: true, Reason: "a sentence says that this is the password"}
			f.User, f.Host = p.surroundings(l, v)
			return []Found{f}
		}
	}
	if f := p.offered(l, from, end); f != nil {
		return f
	}
	if rest != "" {
		return nil
	}
	if head == "" || strings.IndexByte(" \t\xa0", head[len(head)-1]) < 0 {
		return nil
	}
	m := columns.FindStringSubmatchIndex(head)
	if m == nil {
		return nil
	}
	v, ok := p.valueAt(from+m[2], from+m[3])
	if !ok || !p.possible(v) {
		return nil
	}
	user := p.userAbove(from)
	if user == "" && !p.strong(v) {
		return nil
	}
	_, host := p.surroundings(l, v)
	return []Found{{
		Form: Reversed, Value: v.text, Start: v.start, End: v.end, User: user, Host: host, Sure: true,
		Reason: "a value in the column before a word for a password",
	}}
}

var (
	// asOne ends what stands before the label in "try Winter2019 as password".
	asOne = lazydfa.MustCompile(`(?i)(?:\b(?:try|use|using|enter|with|type|and|put(?:[ \t]+in)?)|&)[ \t]+["'“]?(\S{3,64}?)["'”]?(?:[ \t]+\([^()\n]{1,40}\))?[ \t]+(?:as|for|(?:when|where|if)[ \t][^.!?\n"]{0,40}?(?:asks?|asked|prompted|prompts?|requested)(?:[ \t]+you)?[ \t]+for)[ \t]+(?:(?:a|the|your|my|our)[ \t]+)?$`)
	// remarkedPair does in "jsmith/value (user/pw)".
	remarkedPair = lazydfa.MustCompile(`(?i)(?:^|[ \t:,])([^\s/:]{2,40})(?:[ \t]+[/-][ \t]+|/)(\S{4,64})[ \t]*\((?:user(?:[ _-]?(?:name|id))?|log-?[io]n|id|un|u)[ \t]?[/,-][ \t]?$`)
	// quotedFor does in `"guest" for user name and "r0ckets" for password`.
	quotedFor = lazydfa.MustCompile(`(?i)["“]([^\s"”]{3,40})["”][ \t]+for[ \t]+(?:(?:the|your)[ \t]+)?$`)
	// apart does in "use Mango.77, that's the password".
	apart = lazydfa.MustCompile(`(?i)(\S{6,64}),[ \t]+(?:that['’]s|that is|which is|it['’]s|it is)[ \t]+(?:the|your|my|our|a)[ \t]+(?:\w+[ \t]+)?$`)
	// isSome does in "Winter2019 is my windows password".
	isSome = lazydfa.MustCompile(`(?i)(\S{6,64})[ \t]+is[ \t]+(?:the|your|my|our|his|her|their)(?:[ \t]+[\w-]{1,20}){1,2}[ \t]+$`)
	// madeIt does in "I have reset it to Winter2019, please change your password".
	madeIt = lazydfa.MustCompile(`(?i)\b(?:re-?set|changed|set)[ \t]+(?:it|yours)[ \t]+(?:back[ \t]+)?to[ \t]+["'“]?(\S{6,64}?)["'”]?[.,;]?[ \t][^.!?\n]*\b(?:change|reset|update)[ \t]+(?:the|your|this)[ \t]+(?:\w+[ \t]+)?$`)
	// goesOn is what follows where the label ends a part of a sentence.
	goesOn = lazydfa.MustCompile(`(?i)^ (?:and|when|to|at|on|in|for|until|or|then|once|there|here|instead|again|now|if|while)\b`)
	// remarked does in "it is Winter2019! (the password)".
	remarked = lazydfa.MustCompile(`(?i)(\S{6,64})[ \t]+\((?:(?:the|your|my|our|its|is the)[ \t]+)?$`)
)

// offered reads a value that a few words say is the password.
func (p *page) offered(l mark, from, end int) []Found {
	head, rest := p.text[max(from, l.start-100):l.start], p.text[l.end:end]
	at := l.start - len(head)
	var m []int
	asPassword := false // a verb and "as" let a word be one, too
	switch {
	case strings.HasPrefix(rest, ")") && strings.Contains(head, "("):
		if m = remarkedPair.FindStringSubmatchIndex(head); m != nil {
			return p.pairAt(mark{at + m[2], at + m[3]}, mark{at + m[4], at + m[5]})
		}
		m = remarked.FindStringSubmatchIndex(head)
	case (strings.Contains(head, " as ") || strings.Contains(head, " for ")) && (rest == "" || strings.IndexByte(".,;!)\r", rest[0]) >= 0 || goesOn.MatchString(rest)):
		if m = asOne.FindStringSubmatchIndex(head); m != nil {
			asPassword = (rest == "" || rest[0] != ' ') && head[m[0]]|0x20 != 'a' && head[m[0]] != '&' && !strings.HasPrefix(strings.Trim(head[m[3]:], blanks+"\"'”"), "for")
		} else {
			m = quotedFor.FindStringSubmatchIndex(head)
		}
	}
	if m == nil && strings.Contains(head, ", ") && endsAsThe(head) {
		m = apart.FindStringSubmatchIndex(head)
	}
	if m == nil && strings.Contains(head, " is ") && !p.ofPasswords(l) {
		m = isSome.FindStringSubmatchIndex(head)
	}
	if m == nil && (strings.Contains(head, " it ") || strings.Contains(head, " yours ")) {
		m = madeIt.FindStringSubmatchIndex(head)
	}
	if m == nil {
		return nil
	}
	v, ok := p.valueAt(at+m[2], at+m[3])
	quoted := m[2] > 0 && strings.IndexByte(" \t", head[m[2]-1]) < 0
	word := len(v.text) >= 5 && asPassword && !strings.HasSuffix(p.word, "s") && !participle(v.text)
	if !ok || !p.possible(v) || norm.MatchString(v.text) || !mixed(v.text) && !quoted && !word {
		return nil
	}
	f := Found{Form: Reversed, Value: v.text, Start: v.start, End: v.end, Sure: true, Reason: "a few words say that this is the password"}
	f.User, f.Host = p.surroundings(l, v)
	return []Found{f}
}

// pairAt is an account and its password at two places, if they look like that.
func (p *page) pairAt(first, second mark) []Found {
	f, ok := p.listed(multipattern.Span{Start: first.start, End: first.start}, first, second)
	if !ok {
		return nil
	}
	return []Found{f}
}

var above = lazydfa.MustCompile(`(?i)^[ \t>]*(\S{2,64})(?:[ \t\x{a0}]*\t[ \t\x{a0}]*|[ \t\x{a0}]{2,}|[ \t]+-+[ \t]+)(?:` + strings.Join(accountWords, "|") + `)[ \t\r]*$`)

// userAbove is the account of the line above, written the same way round.
func (p *page) userAbove(from int) string {
	if from == 0 {
		return ""
	}
	begin, end := p.line(from - 1)
	if m := above.FindStringSubmatch(p.text[begin:end]); m != nil {
		return m[1]
	}
	return ""
}

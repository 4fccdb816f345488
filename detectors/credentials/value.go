package credentials

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mailsweep/detectors/lazydfa"
)

// value is what may be a password.
type value struct {
	text       string
	start, end int
	quoted     bool
}

const (
	shortest, longest = 3, 64
	blanks            = " \t\u00a0"
)

// quotes are pairs of them.
var quotes = map[rune]string{'"': `"`, '\'': `'`, '`': "`", '“': "”", '„': "“”", '‘': "’", '«': "»", '‹': "›", '「': "」", '『': "』"}

// valueAt reads the value that begins at a place, up to end.
func (p *page) valueAt(at, end int) (v value, ok bool) {
	r, size := utf8.DecodeRuneInString(p.text[at:end])
	if closing, is := quotes[r]; is {
		if i := strings.IndexAny(p.text[at+size:end], closing); i > 0 && i <= longest {
			from := at + size
			return value{p.text[from : from+i], from, from + i, true}, true
		}
		at += size
		if at >= end {
			return value{}, false // the quote is the last there is
		}
	}
	if at >= end {
		return value{}, false
	}
	if r == '<' || r == '[' || r == '(' || r == '{' {
		closing := map[rune]string{'<': ">", '[': "]", '(': ")", '{': "}"}[r]
		if i := strings.IndexAny(p.text[at+1:end], closing+" "); i > 0 && strings.HasPrefix(p.text[at+1+i:], closing) && r != '<' && r != '{' {
			return value{p.text[at+1 : at+1+i], at + 1, at + 1 + i, false}, true
		}
		return value{}, false // a placeholder, or a remark
	}
	for at+1 < end && strings.IndexByte("*_", p.text[at]) >= 0 && strings.Count(p.text[at:end], p.text[at:at+1]) == 2 {
		at++ // *bold*
	}
	to, kept := at, at
	for to < end {
		if c := p.text[to]; c < utf8.RuneSelf {
			if c == ' ' || '\t' <= c && c <= '\r' || c == '<' && to > at {
				break
			}
			if to++; isLetter(c) || isDigit(c) || c == '=' {
				if kept = to; kept-at > longest {
					return value{}, false // nothing up to there is trimmed
				}
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(p.text[to:end])
		if unicode.IsSpace(r) || r == '\u200b' || to > at && p.text[at] < utf8.RuneSelf && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || strings.ContainsRune("。，、；」』）", r) {
			break
		}
		to += size
	}
	if i := strings.IndexByte(p.text[at:to], '('); i >= 4 && glued.MatchString(p.text[at+i:end]) {
		to = at + i
	}
	to = at + len(trimEnd(p.text[at:to]))
	if to-at < 1 || to-at > longest {
		return value{}, false
	}
	return value{p.text[at:to], at, to, false}, true
}

// glued is a remark of several words without a blank before it: "Orion5(case sensitive)".
var glued = lazydfa.MustCompile(`^\([A-Za-z]+(?:[ ,-]+[A-Za-z]+){1,8}[.!]?\)`)

// trimEnd takes off what belongs to the sentence.
func trimEnd(s string) string {
	for s != "" {
		switch c := s[len(s)-1]; {
		case strings.IndexByte(".,;:\"'`", c) >= 0:
		case c == ')' && strings.Count(s, "(") < strings.Count(s, ")"):
		case c == ']' && strings.Count(s, "[") < strings.Count(s, "]"):
		case c == '*' && strings.HasPrefix(s, "*"):
		case strings.HasSuffix(s, "”"), strings.HasSuffix(s, "’"), strings.HasSuffix(s, "»"):
			_, n := utf8.DecodeLastRuneInString(s)
			s = s[:len(s)-n]
			continue
		default:
			return s
		}
		s = s[:len(s)-1]
	}
	return s
}

// placeholder is what stands where a password would be.
var placeholder = lazydfa.MustCompile(`(?i)^(?:x{3,}\w{0,2}|[ymd]{4,8}|\W+|_+|n/?a|none|null|nil|tb[ad]|\$\w+|\$?\{.*|%\w+%|@\w+|&\w+;?.*|(?:my|your|the|new|old|some|any|user|db|admin)?[-_]?(?:passw(?:or)?d|passwort|pwd|pass[-_]?(?:word|code|phrase)s?|userid|username|login)(?:[-_]?here)?)$`)

// bracketed is what somebody left out, or is to be filled in.
var bracketed = lazydfa.MustCompile(`^(?:<.*>|\[.*\]|\{.*\}|\(.*\))$`)

// notOne are words that go on with the sentence: "password: must be changed", "the
// password is case sensitive".
var notOne = words(`
initials enclosed following hidden removed redacted masked omitted snip snipped cut withheld suppressed censored
standard identical universal common static fixed critical essential mine yours theirs ours birth birthdate birthday dob ssn social surname lastname firstname maiden mother's zip zipcode extension therefore hence obscured stolen cracked guessed leaked obvious trivial easy hard long short
a about above access account accounts acquisition address after again all already also although always am an and another any application are as ask assigned at attached automatically available
be because been before being below blank both box bug but button by call can cannot case change changed changes changing check choose clear click code complexity compromised confirm confirmation confirmed
contact contains correct could created criteria data date default deleted denied detail details did different disabled do does doesn't don't due each easy either email emailed empty encrypted enter entered entry error
every example exactly expire expired expires expiration fail failed false field file fill find follow following for forgotten form forgot format found free from function generated generator get give given go good
got had has have haven't he help helpful here him his hint how however i if immediately important in inactive incorrect info information input instead into invalid is isn't it it's its just keep known last
length letter letters like link list listed locked log login logon look lost mail mandatory manager may me minimum mismatch missing more must my name necessary need needed needs never new next no not nothing now number
of off ok okay old on once one only open option optional or other our out over page password passwords please policy prompt prompted protected protection provided put question questions random re-enter read ready receive received register
registration remember reminder request requested require required requirements reset resets retrieve retype revealed right rules safe same saved screen secret section secure security see select send sensitive sent set shall shared she
should shown simple since site so some soon something stored strength strong such suggest sure synchronized system text than that the their them then there these they this those though time to too true type confidential private personal classified under
unable unchanged unique unknown until up update updated upon us use used user username usual valid verification verify very via want was we web website weak well were what when where whether which who why will with
within without won't word work working works would wrong yes yet you your yours
dear hello hi hey thanks thank thx regards best sincerely cheers kind subject sent date to cc attached fyi ps p.s
admin's administrator's pricewaterhousecoopers ist sind wird wurde lautet bitte nicht und oder die der das den dem ein eine einen est sont sera le la les pour votre es son será el los para su é são será o os para seu sua
falsch abgelaufen ungültig erforderlich vertraulich geheim notwendig gesperrt geändert vergessen persönlich wie zwingend personnel personnelle confidentiel obligatoire requis nécessaire expiré invalide erroné oublié sensible
confidencial obligatoria necesaria requerida inválida caducado personale riservata scaduta errata obbligatoria necessaria richiesta pessoal inválida obrigatória persoonlijk verlopen onjuist vereist verplicht ongeldig
`)

func words(s string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(s) {
		all[w] = true
	}
	return all
}

var (
	address   = lazydfa.MustCompile(`(?i)^(?:mailto:)?[\w.+-]+@[\w-]+\.[\w.-]+$`)
	link      = lazydfa.MustCompile(`(?i)^<?(?:https?|ftp|mailto|www\d?|file)[:.]|://|^\S+\.(?:com|net|org|gov|edu|de|uk|html?|aspx?|php|jsp|exe|docx?|pdf|txt|zip)(?:[/?#]\S*)?$`)
	percent   = lazydfa.MustCompile(`^\d+(?:[.,]\d+)?%$`)
	clock     = lazydfa.MustCompile(`(?i)^\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ap]m)?$|^\d{1,2}/\d{1,2}(?:/\d{2,4})?$`)
	telephone = lazydfa.MustCompile(`^\+?[\d(][\d().\- ]*\d{3}[\d().\- ]*\d{4}$`)
	code      = lazydfa.MustCompile(`^[\w.>:-]*\w\(|^[$@%&]|[({]$|::|->|^\w+\.\w+\(|\(\)|[;{}]$|^[A-Za-z_]+\[|^\\|^/\w+/|^--?\w`)
	bothCases = lazydfa.MustCompile(`[a-z].*[A-Z]|^[A-Z]{2,}[a-z]{2,}$`)
)

// possible reports whether the value could be a password at all.
func (p *page) possible(v value) bool {
	if v.quoted {
		return p.looks.of(v.text).is(possibleQuoted)
	}
	return p.looks.of(v.text).is(possible)
}

// strong reports the same as the value's own.
func (p *page) strong(v value) bool { return p.looks.of(v.text).is(strong) }

func (l *look) possible(quoted bool) bool {
	s := l.text
	n := utf8.RuneCountInString(s)
	if n < shortest || n > longest || l.is(placeholders) || l.is(addresses) || l.is(links) || isDigit(s[0]) && (clock.MatchString(s) || percent.MatchString(s)) {
		return false
	}
	if quoted {
		return strings.Count(s, " ") < 5 && strings.Trim(s, " ,;") == s && !bracketed.MatchString(s)
	}
	return !l.is(codes) && !notOne[strings.ToLower(strings.Trim(s, "!?.,"))] && strings.Trim(s, "*xX.#-_=~") != "" && strings.IndexByte(",;/*", s[0]) < 0 && strings.Count(s, ",") < 2 && !strings.HasSuffix(s, "?")
}

// strong reports a value that is no word of a language: letters with digits or signs,
// or with capitals in odd places.
func (v value) strong() bool {
	var letters, digits, signs int
	for _, r := range v.text {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		default:
			signs++
		}
	}
	inner := strings.Trim(v.text, "!.,?-'\"")
	signs = 0
	for _, r := range inner {
		if strings.ContainsRune("!@#$%^&*+=~?_<>|\\", r) {
			signs++
		}
	}
	return letters > 0 && digits > 0 || letters+digits > 0 && signs > 0 || bothCases.MatchString(inner) && !madeOfWords(inner)
}

// madeOfWords reports names such as eHRonline, Look-Up and JavaScript.
func madeOfWords(s string) bool {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if bothCases.MatchString(w) && !camel.MatchString(w) {
			return false
		}
	}
	return true
}

// camel are names that are written so: eHRonline, PayPal, JavaScript.
var camel = lazydfa.MustCompile(`^(?:[A-Z]?[a-z]+)(?:[A-Z][a-z]+)+$|^[a-z][A-Z]\w+$|^[A-Z][a-z]+[A-Z]+$`)

// accountHead and labelHead match what begins with a word for an account or a password,
// or with one behind a single character.
var (
	accountHead = lazydfa.MustCompile(`(?i)^[^\pL\pN_]?(?:` + strings.Join(accountWords, "|") + `)(?:[^\pL\pN]|$)`)
	labelHead   = lazydfa.MustCompile(`(?i)^[^\pL\pN]?(?:` + strings.Join(passwordWords, "|") + `)(?:[^\pL\pN]|$)|^(?:` + strings.Join(beyondASCII, "|") + `)`)
)

// number reports a value of digits only.
func (v value) number() bool { return strings.Trim(v.text, "0123456789") == "" }

// tail is what follows a value on its line.
type tail uint8

const (
	atEnd    tail = iota // nothing, a remark in brackets, or another column
	stopped              // the end of a sentence or clause
	labelled             // the next label
	prose                // the sentence goes on
)

// aboutCase is what people say of a password that they have told.
var aboutCase = lazydfa.MustCompile(`(?i)^(?:(?:and|which|it)[ \t]+(?:(?:it|that)[ \t]+)?(?:is|['’]s)[ \t]+(?:all[ \t]+)?(?:case|lower|upper)|and[ \t]+(?:the|your|my)[ \t]+(?:user|log-?in|id)\b|(?:in[ \t]+)?(?:all[ \t]+)?(?:lower|upper)[ -]?case|all[ \t]+(?:lower|upper|caps|small)|case[ -]sensitive|with[ \t]+a[ \t]+capital|no[ \t]+(?:caps|spaces|quotes)|(?:until|till)[ \t]+(?:you|they|we)|for[ \t]+(?:everybody|everyone|all[ \t]+of|both|now)\b)`)

func (p *page) tailOf(v value, end int) tail {
	rest := p.text[v.end:end]
	if v.quoted {
		_, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
	}
	trimmed := strings.TrimLeft(rest, blanks+"\"'`*_\r")
	switch {
	case trimmed == "", strings.HasPrefix(trimmed, "("), strings.HasPrefix(trimmed, "<"), strings.HasPrefix(trimmed, "["), strings.HasPrefix(trimmed, "|"), strings.HasPrefix(trimmed, "//"), strings.HasPrefix(trimmed, "#"):
		return atEnd
	case strings.HasPrefix(rest, "\t"), strings.HasPrefix(rest, "  "), strings.HasPrefix(rest, "\u00a0\u00a0"):
		return atEnd
	case strings.IndexAny(trimmed, ".,;:)!]}") == 0, strings.HasPrefix(trimmed, "- "), strings.HasPrefix(trimmed, "– "), strings.HasPrefix(trimmed, "/ "), strings.HasPrefix(trimmed, "。"), strings.HasPrefix(trimmed, "，"):
		return stopped
	}
	head := trimmed[:min(len(trimmed), 40)]
	if aboutCase.MatchString(head) {
		return stopped
	}
	if strings.ContainsAny(head, ":=") && p.accountHeads.match(accountHead, head) || p.labelHeads.match(labelHead, head) {
		return labelled
	}
	return prose
}

package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

// In a program, what stands behind "password" is most often the name of what holds it,
// a text for people, or what a test was given.

var (
	// path names something: config.Password, env['password'], opts?.password, ed25519.PrivateKey
	path = lazydfa.MustCompile(`^[A-Za-z_$@][\w$]*(?:(?:\?\.|\.|->|::|\[)[\w$'"\]:]+)+$`)
	// snake is a name: login_or_token, NOT_MATCHING
	snake = lazydfa.MustCompile(`^_*(?:[a-z]+(?:_[a-z]+)+|[A-Z]+(?:_[A-Z]+)+)$`)
	// named tells of a password, or is one of a test.
	named   = lazydfa.MustCompile(`(?i)(?:passw(?:or)?d|passwort|passphrase|passcode|pwd|secret|(?:^|[a-z_-])pass)(?:[_-]?(?:confirm\w*|field|hash|one|two|new|old|\d{1,4}))?$|^(?:my|the|your|auth|new|old|test|api|user|admin|db|invalid|wrong|super|random)[_-]?(?:auth|secret|api)?[_-]?(?:pass|pw|pwd|secret|password|string)`)
	fixture = lazydfa.MustCompile(`(?i)^(?:tests?(?:ing|er)?[-_.]?\w{0,6}|pass[-_]?\d*|pa?s?ss?\d{2,4}|abc\d*|(?:foo|bar|baz|qux|quux|toto|tata|asf|asdf|doe|jdoe|blah|dummy|fake|mock)+[:_-]?\w{0,3}|qwerty|undefined|unset|null|nil|nope|invalid|wrong|bad|pwned|top[-_]?secret|empty_?|admin[-_]?\d*|root[-_]?\d*|good|valid|true|false|jwt|token|user(?:name)?\d?|value|text|string|example[-_]?\w{0,4}|0?123(?:4(?:5(?:6(?:7(?:89?0?)?)?)?)?)?|012345\w*)$`)
	// hexadecimal is a constant of a program.
	hexadecimal = lazydfa.MustCompile(`^0x[0-9a-fA-F]+$`)
	function    = lazydfa.MustCompile(`^[?:.)\]}&|]|[)\]}>]$|^\w+\(|\?\.|=>|^[a-z]+=[A-Z]\w+$|^\$2[aby]?\$|''\$|\\n[-+]?$`)
)

// programmed reports a label and its value that stand in a program or in its settings:
// the label is part of a longer name or in quotes, or something other than the end of a
// sentence stands around the value.
func (p *page) programmed(l mark, v value) bool {
	if strings.HasPrefix(p.text[l.end:], "'s ") {
		return false
	}
	if l.start > 0 && strings.IndexByte("_.$@'\"`{[(<:-", p.text[l.start-1]) >= 0 {
		return true
	}
	if l.end < len(p.text) && strings.IndexByte("'\"`]", p.text[l.end]) >= 0 && p.text[l.end] != '"' || strings.HasPrefix(p.text[l.end:], "\":") || strings.HasPrefix(p.text[l.end:], "\" :") {
		return true
	}
	from, to := p.line(v.start)
	if l.start < from {
		return false // on the line under the label
	}
	rest := strings.TrimLeft(strings.TrimRight(p.text[v.end:to], blanks+"\r"), "'\"`")
	if rest != "" && strings.IndexByte(",;)}]+|\\", rest[0]) >= 0 && (v.quoted || len(rest) == 1 || rest[0] == '}') {
		return true
	}
	return strings.ContainsAny(p.text[from:l.start], "={};")
}

// standsFor reports a value of a program that is none: the name of what holds a password,
// a text for people, what a test was given.
func (p *page) standsFor(v value) bool {
	look := p.looks.of(v.text)
	if path.MatchString(v.text) && (!v.quoted || strings.Contains(v.text, "assword")) && !strings.ContainsAny(v.text, "0123456789") {
		return true
	}
	return look.is(stands)
}

func (l *look) standsFor() bool {
	s := l.text
	return function.MatchString(s) || strings.Contains(s, " ") || l.is(onlyLabel) || hexadecimal.MatchString(s) || named.MatchString(s) || fixture.MatchString(s) || snake.MatchString(s)
}

// mentions reports a path whose end is a word for a password: config.Password. Nobody's
// password is that, wherever it stands.
func mentions(s string) bool {
	i := strings.LastIndexAny(s, ".>")
	return i > 0 && path.MatchString(s) && holdsLabel.MatchString(strings.ReplaceAll(s[i+1:], "_", " "))
}

package detectors

import (
	"slices"
	"strings"
	"unicode"

	"mailsweep/detectors/lazydfa"
	"mailsweep/sweeper"
)

// standIn is what stands where a password would be: a variable, a name for it, a mask.
var standIn = lazydfa.MustCompile(`(?i)^(?:` +
	`[$%@&]?[{(<\[].*|.*[})>\]]$|\$[\w.:]+|%\w+%|%[sdvq@]|@\w+|#\{.*|.*\$\{.*|.*\{\{.*|.*<[a-z].*|` +
	`[x*.•_#-]{3,}|.*\*{3,}.*|.*\.{3,}.*|x{3,}.*|.*x{6,}.*|y{3,}|` +
	`(?:my|your|the|new|old|some|any|user|db|admin|super|test|default|plain|bad|wrong|invalid|valid|no|not|correct|current|confirm|my-?secret|fake|dummy|sample|example|mock|api|auth|client|access|root|very)?[-_. ]?` +
	`(?:pass(?:wo?r?d|wort|code|phrase|wrd)?s?|pwd|pw|psw|secret(?:key)?|token|key|apikey|credentials?|user(?:name)?|login|value|string|hash|here|id|name|text|data|hidden)[-_. ]?(?:here|field|value|\d{0,2}|goes[-_ ]?here|hash|string|text|key|token|secret|word)|` +
	`null|none|nil|undefined|true|false|empty|wachtwoord|kennwort|contraseña|senha|heslo|parola|parool|lösenord|salasana|jelszó|hasło|kodeord|changeme|change[-_ ]?(?:me|it|this)|redacted|removed|masked|hidden|placeholder|required|optional|unknown|n/?a|tb[ad]|foo(?:bar)?|bar|baz|qux|doe|john|test(?:ing|er)?\d{0,3}|example|sample|dummy|fake|mock|hello|world|abc|asdf|lorem|blank|int(?:eger)?|bool(?:ean)?|object|number|type|input|basic|digest|bearer|encrypted|plain(?:text)?|inherit|auto|default|yes|no|on|off` +
	`)$`)

// aPort is what stands behind a host in an address that has an @ further on.
var aPort = lazydfa.MustCompile(`^\d{1,5}[?#\\].*$`)

// codeLike is an expression of a program: what stands there is read from elsewhere.
var codeLike = lazydfa.MustCompile(`^[\w.]*\w\(|[\w\])]\(|\(\)|::|->|=>|\$\{|\#\{|^\$\w|\+ ?\w+|^(?:self|this|config|env|process|os|req|request|params|args|options|settings|data|user|props|ctx|app|system|var|local)\.\w|^[a-z_]+(?:\.[a-zA-Z_]+)+$|^0x[0-9a-fA-F]{1,16}$|\.\./|\[['"]?\w+['"]?\]`)

// shouting are names of constants and settings: DB_PASSWORD, user_password, apiToken.
var shouting = lazydfa.MustCompile(`^(?:[A-Z]+(?:_[A-Z]+)+|[a-z]+(?:[_-][a-z]+)+|[a-z]+(?:[A-Z][a-z]+)+|(?:[A-Z][a-z]+){2,})$`)

// standsFor says why the secret of a hit of ours only stands for one. Such a thing is
// told by no rule, not even to be looked at; the run's summary counts it.
func (h hit) standsFor() drop {
	if !h.ours() || h.block() {
		return drop{}
	}
	s := h.secret
	if h.rule.generic {
		return h.unlikelyValue()
	}
	if slices.Contains(listRules, h.rule.spec.ID) && h.listed().secret == "" {
		return drop{check: noList}
	}
	if h.rule.spec.ID == connectionRule && !connection.MatchString(h.near) {
		return drop{check: unframed}
	}
	if slices.Contains(fromElsewhere, h.rule.spec.ID) && (standIn.MatchString(s) || (codeLike.MatchString(s) || typeName.MatchString(s)) && !scrambled(s)) {
		return drop{check: inCode}
	}
	if h.rule.spec.ID == "url-token" && !keyLike(s) {
		return drop{check: inCode}
	}
	if !h.rule.spec.tagged(sweeper.Password) && !h.rule.spec.tagged(sweeper.Token) {
		return drop{}
	}
	if h.rule.spec.ID == connectionRule && strings.HasPrefix(s, "{") && strings.Contains(s, ";") {
		return drop{} // in ODBC, braces are quotes
	}
	sameAsUser := h.rule.spec.ID == "url-credentials" && (strings.EqualFold(s, h.named()["user"]) && len(s) < 6 || strings.HasPrefix(s, "//") || aPort.MatchString(s))
	if h.stock() {
		return drop{} // it is lowered: see ownFound
	}
	if sameAsUser || standIn.MatchString(s) || strings.Contains(s, "${") || strings.Contains(s, "{{") {
		return drop{check: stoodFor}
	}
	return drop{}
}

// scrambled reports a value that is longer and more mixed than an expression of a program.
func scrambled(s string) bool {
	return len(s) >= 40 && entropy(s) > 4.2 && strings.ContainsAny(s, "0123456789") && !strings.ContainsAny(s, " .")
}

// literalRules are those of forms in which a password stands as it is. There a word of
// manuals may also be what somebody really took.
var literalRules = []string{"url-credentials", connectionRule, "jdbc-password", "remote-command-password", "database-command-password", "gradle-password", "sql-password"}

// stockWords are passwords of manuals.
var stockWords = lazydfa.MustCompile(`(?i)^(?:(?:my|your|the|db|test|super|admin|root)?[-_. ]?(?:pass(?:wo?r?d)?|pwd|secret)\d{0,3}|changeme|test(?:ing)?\d{0,3}|admin|guest|example|foo(?:bar)?|bar)$`)

// stock reports such a word in such a form.
func (h hit) stock() bool {
	return slices.Contains(literalRules, h.rule.spec.ID) && stockWords.MatchString(h.secret)
}

// unlikelyValue judges a value that is known only by the name that it is assigned to.
func (h hit) unlikelyValue() drop {
	s := h.secret
	var code bool
	switch {
	case standIn.MatchString(s) || counted.MatchString(s):
		return drop{check: stoodFor}
	case h.rule.spec.ID == "generic-assigned-password", h.rule.spec.ID == "generic-joined-password", h.rule.spec.ID == "generic-option-secret":
		code = !h.passwordInCode()
	case strings.HasPrefix(h.rule.spec.ID, "generic-service-key"):
		code = typeName.MatchString(s) || strings.HasPrefix(s, "http")
	default:
		inBase32 := len(s) >= 20 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
		code = wordy(s) && !inBase32 && !gibberish(s) || strings.HasPrefix(s, "http") || strings.HasPrefix(s, "/") || typeName.MatchString(s)
	}
	if code || codeLike.MatchString(s) {
		return drop{check: inCode}
	}
	return drop{}
}

// passwordInCode judges what code assigns to a name for a password. Texts for people, in
// whatever language, names of fields and words of tests are more frequent there than
// passwords are: letters alone must look like no word.
func (h hit) passwordInCode() bool {
	s := h.secret
	for _, r := range s {
		if r > unicode.MaxASCII || r == ' ' {
			return false
		}
	}
	switch {
	case aboutPasswords.MatchString(h.match), strings.Contains(s, "\\") && len(s) < 8, named(s), strings.Contains(s, "/") && !strings.ContainsAny(s, "0123456789"):
		return false
	case strings.ContainsAny(s, "0123456789"):
		return true
	}
	return len(s) >= 6 && unspeakable.MatchString(s)
}

// aboutPasswords are names of what is about passwords, and holds none.
var aboutPasswords = lazydfa.MustCompile(`(?i)^\W*pass(?:w(?:or)?d)?s?[_-]?(?:encryption|policy|type|field|label|hint|min|max|length|format|strength|prompt|column|algorithm)\b`)

// unspeakable are letters that no word of a language in Latin script has in a row.
var unspeakable = lazydfa.MustCompile(`(?i)[bcdfghjklmnpqrstvwxz]{5}|[bcdfgjkmpqvwxz]{4}|[^aeiou]q|q[^u]|[jvwx][bcdfghjkmnpqtvwxz]|[bcdfgkmpt][jvwxz]|[a-z][!@#$%^&*][a-z]`)

// gibberish reports a long value of letters that nobody could speak.
func gibberish(s string) bool {
	return len(s) >= 16 && !strings.ContainsAny(s, "_-./ ") && len(unspeakable.FindAllStringIndex(s, 3)) == 3
}

// counted are words with the digits that people count with.
var counted = lazydfa.MustCompile(`(?i)^(?:[a-z]{3,6}|password|changeme|welcome)[-_@!]?(?:0?123\d*|321|4321|1111?|000|00)!?$`)

// typeName is the name of a type or a constant: Base32SecretKey, HMAC_SHA256_KEY.
var typeName = lazydfa.MustCompile(`^(?:[A-Z][a-z]+\d{0,3}){2,}$|^[A-Z]{2,}(?:_[A-Z0-9]+)+$`)

// fromElsewhere are rules of values with a name before them that are not generic: an
// expression is none of them either.
var fromElsewhere = []string{"entra-client-secret", "jwt-signing-secret", "settings-password"}

// named reports a value that is the name of something about passwords.
func named(s string) bool {
	return shouting.MatchString(s) && aboutSecrets.MatchString(s)
}

var aboutSecrets = lazydfa.MustCompile(`(?i)pass|pwd|secret|token|key|user|login|field|text|input|form|label|auth|reset|change|valid|error|confirm|test`)

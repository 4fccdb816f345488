package credentials

import (
	"strings"

	"mailsweep/detectors/lazydfa"
)

var (
	// both is the word for an account before a password's: "user id and password".
	both = lazydfa.MustCompile(`(?i)(?:^|[^\pL\pN_])(?:` + strings.Join(accountWords, "|") + `)[ \t]*(?:/|&|and|und|et|y|e|,|\+|\||-)[ \t]*$`)
	// between joins the two values.
	between = lazydfa.MustCompile(`^[ \t\x{a0}]*(?:/|\||,|;|&|and\b|und\b|:)[ \t\x{a0}]*|^[ \t\x{a0}]+`)
)

// gap is all that stands between the words and the two in "ID/PW  jsmith/value".
var gap = lazydfa.MustCompile(`^[ \t\x{a0}]+`)

// forWhat is what the two are for: "for the terminal downstairs: ".
var forWhat = lazydfa.MustCompile(`(?i)^[ \t]+(?:for|to|of|on|at)[ \t][^\n.:=!?]{1,60}[:=][ \t]*`)

// twice says that one value follows: "are both enron".
var twice = lazydfa.MustCompile(`(?i)^(?:both|the same)\b`)

// joins reports a text that ends with what joins two words.
func joins(s string) bool {
	s = strings.TrimRight(s, " \t")
	at := len(s)
	for at > 0 && isLetter(s[at-1]) {
		at--
	}
	switch strings.ToLower(s[at:]) {
	case "":
		return s != "" && strings.IndexByte("/&,+|-", s[len(s)-1]) >= 0
	case "and", "und", "et", "y", "e":
		return true
	}
	return false
}

// pair reads "user/password: jsmith/value", the two values on one line.
func (p *page) pair(l mark) []Found {
	from, end := p.line(l.start)
	head := p.text[max(from, l.start-60):l.start]
	if !joins(head) || !p.pairHeads.match(both, head) {
		return nil
	}
	at := l.end + len(closing.of(p.text[l.end:end]))
	if r := remark.FindString(p.text[at:end]); r != "" {
		at += len(r)
	}
	m, beside := sign.of(p.text[at:end]), false
	form := Pair
	if m == "" {
		m = said.of(p.text[at:end])
	}
	if m == "" {
		m = forWhat.FindString(p.text[at:end])
	}
	if m == "" {
		m = gap.FindString(p.text[at:end])
		if beside = m != ""; !beside {
			return nil
		}
	}
	at += len(m)
	if strings.Trim(p.text[at:end], blanks+"\r") == "" {
		next, to, ok := p.nextLine(at)
		if !ok {
			return nil
		}
		at, end = next+len(p.text[next:to])-len(strings.TrimLeft(p.text[next:to], " \t>")), to
	}
	if m := twice.FindString(p.text[at:end]); m != "" {
		return nil // one value for both
	}
	to := at
	for to < end && strings.IndexByte(" \t/|,;", p.text[to]) < 0 {
		to++
	}
	user := value{text: trimEnd(p.text[at:to]), start: at, end: to}
	look := p.looks.of(user.text)
	j := between.FindString(p.text[to:end])
	if user.text == "" || notOne[strings.ToLower(user.text)] || look.is(placeholders) || look.is(labels) || look.is(accounts) {
		return nil
	}
	if j == "" {
		return p.stacked(l, user, end)
	}
	v, ok := p.valueAt(to+len(j), end)
	if !ok || !p.possible(v) {
		return nil
	}
	t := p.tailOf(v, end)
	if beside && (strings.Trim(j, blanks) != "/" || !p.strong(v) || t == prose) {
		return nil
	}
	signed := strings.Trim(j, blanks) != ""
	if t == prose && !p.strong(v) || !signed && !p.strong(v) && t != atEnd {
		return nil
	}
	_, host := p.surroundings(l, v)
	return []Found{{
		Form: form, Value: v.text, Start: v.start, End: v.end, User: user.text, Host: host, Sure: true,
		Reason: "an account and its password, behind the words for both",
	}}
}

// stacked reads the two values where each has a line of its own, the account's first.
func (p *page) stacked(l mark, user value, end int) []Found {
	_, last := p.line(l.end)
	next, more := p.behindLine(end)
	if user.start <= last || !more || strings.Trim(p.text[user.end:end], blanks+".,;\r") != "" {
		return nil
	}
	from, to := p.line(next)
	line := strings.Trim(p.text[from:to], blanks+">\r")
	v, ok := p.lineValue(from, to, line)
	if !ok || !p.possible(v) || !p.strong(v) && (len(v.text) < 5 || participle(v.text) || v.number() || !p.closes(to)) {
		return nil
	}
	_, host := p.surroundings(l, v)
	return []Found{{
		Form: Pair, Value: v.text, Start: v.start, End: v.end, User: user.text, Host: host, Sure: true,
		Reason: "an account and its password on two lines, under the words for both",
	}}
}

// closes reports a line end that a paragraph ends with.
func (p *page) closes(to int) bool {
	next, more := p.behindLine(to)
	if !more {
		return true
	}
	from, end := p.line(next)
	return strings.Trim(p.text[from:end], blanks+">\r") == ""
}

// isLabel and isAccount match a word for a password or an account, and nothing else.
var (
	isLabel   = lazydfa.MustCompile(`^(?:` + label.String() + `)$`)
	isAccount = lazydfa.MustCompile(`^(?:` + account.String() + `)$`)
)

var cells = lazydfa.MustCompile(`[ \t\x{a0}]*[\t|][ \t\x{a0}|]*|[ \t\x{a0}]{2,}`)

// maxHeading is the length of a table's heading, in bytes.
const maxHeading = 300

// table reads the rows under a heading with a column for accounts and one for
// passwords.
func (p *page) table(l mark) []Found {
	from, to := p.line(l.start)
	if to-from > maxHeading || !strings.ContainsAny(p.text[from:to], "\t|") && !strings.Contains(p.text[from:to], "  ") {
		return nil
	}
	if !p.cellBegins(from, l.start) {
		return nil
	}
	heads := row(p.text[from:to])
	user, password := -1, -1
	for i, h := range heads {
		name := strings.Trim(h, " :*_\"|>")
		if len(name) > 30 {
			return nil
		}
		switch {
		case p.looks.of(name).is(onlyLabel) && password < 0:
			password = i
		case p.looks.of(name).is(onlyAccount) && user < 0:
			user = i
		}
	}
	if len(heads) < 2 || password < 0 || user < 0 {
		return nil
	}
	var all []Found
	for at := to; ; {
		next, end, ok := p.nextLine(at)
		if !ok || len(all) > 200 {
			break
		}
		at = end
		values := row(p.text[next:end])
		if len(values) != len(heads) && len(values) <= max(user, password) {
			break
		}
		v := value{text: trimEnd(strings.Trim(values[password], " *|")), start: next}
		v.start += max(strings.LastIndex(p.text[next:end], v.text), 0)
		v.end = v.start + len(v.text)
		if strings.Contains(v.text, " ") || !p.possible(v) {
			break
		}
		all = append(all, Found{
			Form: Column, Value: v.text, Start: v.start, End: v.end, User: strings.Trim(values[user], " *|"), Sure: true,
			Reason: "a value in a table, under a word for a password",
		})
	}
	return all
}

// cellBegins reports whether a cell of a row, which begins at from, may begin at a place,
// but for signs round its text. It is for not taking every line apart.
func (p *page) cellBegins(from, at int) bool {
	blank := 0
	for ; at > from; at-- {
		switch c := p.text[at-1]; {
		case c == '\t' || c == '|' || c >= 0x80:
			return true
		case c == ' ':
			blank++
		case strings.IndexByte(":*_\">", c) < 0:
			return blank > 1
		}
	}
	return true
}

func row(line string) []string {
	return cells.Split(strings.Trim(line, " \t\r>|\u00a0"), -1)
}

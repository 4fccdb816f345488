package simulator

import (
	"strconv"
	"strings"
	"time"
)

// filterParser reads a $filter by recursive descent.
type filterParser struct {
	tokens []filterToken
	at     int
}

type filterToken struct {
	text   string
	quoted bool
}

// split takes the text into words, quoted strings and marks.
func (p *filterParser) split(s string) error {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n':
			i++
		case c == '(' || c == ')' || c == ',':
			p.tokens = append(p.tokens, filterToken{text: s[i : i+1]})
			i++
		case c == '\'':
			text, rest, ok := quoted(s[i+1:])
			if !ok {
				return badFilterError("There is an unterminated string literal at position " + strconv.Itoa(i) + ".")
			}
			p.tokens = append(p.tokens, filterToken{text: text, quoted: true})
			i = len(s) - len(rest)
		default:
			j := i
			for j < len(s) && !strings.ContainsRune(" \t\n(),'", rune(s[j])) {
				j++
			}
			p.tokens = append(p.tokens, filterToken{text: s[i:j]})
			i = j
		}
	}
	return nil
}

// quoted reads a string literal after its first quote; two quotes are one.
func quoted(s string) (text, rest string, ok bool) {
	var sb strings.Builder
	for {
		head, tail, found := strings.Cut(s, "'")
		if !found {
			return "", "", false
		}
		sb.WriteString(head)
		if !strings.HasPrefix(tail, "'") {
			return sb.String(), tail, true
		}
		sb.WriteByte('\'')
		s = tail[1:]
	}
}

// word is the next token in lower case when it is a bare word or mark.
func (p *filterParser) word() string {
	if p.at >= len(p.tokens) || p.tokens[p.at].quoted {
		return ""
	}
	return strings.ToLower(p.tokens[p.at].text)
}

func (p *filterParser) accept(word string) bool {
	if p.word() == word {
		p.at++
		return true
	}
	return false
}

func (p *filterParser) or(depth int) (*filter, error) {
	return p.chain(depth, "or", p.and)
}

func (p *filterParser) and(depth int) (*filter, error) {
	return p.chain(depth, "and", p.term)
}

func (p *filterParser) chain(depth int, op string, next func(int) (*filter, error)) (*filter, error) {
	a, err := next(depth)
	for err == nil && p.accept(op) {
		var b *filter
		if b, err = next(depth); err == nil {
			a = &filter{op: op, a: a, b: b}
		}
	}
	return a, err
}

func (p *filterParser) term(depth int) (*filter, error) {
	if depth > maxFilterDepth {
		return nil, badFilterError("The filter is nested too deeply.")
	}
	switch word := p.word(); word {
	case "not":
		p.at++
		a, err := p.term(depth + 1)
		return &filter{op: "not", a: a}, err
	case "(":
		p.at++
		a, err := p.or(depth + 1)
		if err == nil && !p.accept(")") {
			err = badFilterError("Syntax error: ')' expected.")
		}
		return a, err
	case "startswith", "endswith", "contains":
		p.at++
		return p.function(word)
	case "", ")", ",":
		return nil, badFilterError("Syntax error: an expression was expected.")
	}
	path := p.tokens[p.at].text
	p.at++
	if collection, ok := cutSuffixFold(path, "/any"); ok && p.accept("(") {
		return p.lambda(depth, collection)
	}
	switch op := p.word(); op {
	case "eq", "ne", "gt", "ge", "lt", "le":
		p.at++
		v, err := p.literal()
		return &filter{op: op, path: path, args: []any{v}}, err
	case "in":
		p.at++
		args, err := p.list()
		return &filter{op: "in", path: path, args: args}, err
	}
	return nil, badFilterError("Unsupported expression at '" + path + "'.")
}

// lambda reads "x:x eq 'a')" or "x: x/id eq 'a' and x/value eq 'b')": what one element of
// the collection must be.
func (p *filterParser) lambda(depth int, collection string) (*filter, error) {
	if p.at >= len(p.tokens) || p.tokens[p.at].quoted {
		return nil, badFilterError("Syntax error: a variable was expected in 'any'.")
	}
	name, rest, ok := strings.Cut(p.tokens[p.at].text, ":")
	if p.tokens[p.at].text = rest; rest == "" {
		p.at++
	}
	if !ok || name == "" {
		return nil, badFilterError("Syntax error: a variable and ':' were expected in 'any'.")
	}
	each, err := p.or(depth + 1)
	if err == nil && !p.accept(")") {
		err = badFilterError("Syntax error: ')' expected after 'any'.")
	}
	if err != nil {
		return nil, err
	}
	each.walk(func(x *filter) {
		if own, ok := strings.CutPrefix(x.path, name); x.path != "" && (!ok || own != "" && own[0] != '/') {
			err = badFilterError("Could not find the variable of '" + x.path + "' in 'any'.")
		} else {
			x.path = strings.TrimPrefix(own, "/")
		}
	})
	return &filter{op: "any", path: collection, each: each}, err
}

// cutSuffixFold is strings.CutSuffix, whatever the case of the letters.
func cutSuffixFold(s, suffix string) (string, bool) {
	at := len(s) - len(suffix)
	if at < 0 || !strings.EqualFold(s[at:], suffix) {
		return s, false
	}
	return s[:at], true
}

func (p *filterParser) function(name string) (*filter, error) {
	if !p.accept("(") || p.word() == "" {
		return nil, badFilterError("Syntax error in '" + name + "'.")
	}
	path := p.tokens[p.at].text
	p.at++
	if !p.accept(",") {
		return nil, badFilterError("Syntax error in '" + name + "'.")
	}
	v, err := p.literal()
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, badFilterError("Syntax error in '" + name + "'.")
	}
	return &filter{op: name, path: path, args: []any{v}}, nil
}

func (p *filterParser) list() ([]any, error) {
	if !p.accept("(") {
		return nil, badFilterError("Syntax error: '(' expected after 'in'.")
	}
	var out []any
	for {
		v, err := p.literal()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if p.accept(")") {
			return out, nil
		}
		if !p.accept(",") {
			return nil, badFilterError("Syntax error in the list of 'in'.")
		}
	}
}

func (p *filterParser) literal() (any, error) {
	if p.at >= len(p.tokens) {
		return nil, badFilterError("Syntax error: a value was expected.")
	}
	t := p.tokens[p.at]
	p.at++
	switch {
	case t.quoted:
		return t.text, nil
	case t.text == "true" || t.text == "false":
		return t.text == "true", nil
	case t.text == "null":
		return nil, nil
	}
	if n, err := strconv.ParseInt(t.text, 10, 64); err == nil {
		return n, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02"} {
		if at, err := time.Parse(layout, t.text); err == nil {
			return at, nil
		}
	}
	return nil, badFilterError("The value '" + t.text + "' is none that was expected.")
}

package decode

import (
	"context"
	"errors"
	"strings"
)

// Decode opens every part of m and returns every text in it. It stops early only
// when ctx ends or a part's Open gave an error that is no [Skip]; that error is
// returned together with what was found until then. Whatever else goes wrong is
// a Skip in the result.
func Decode(ctx context.Context, m Mail, b *Budget) (Result, error) {
	w := &walker{ctx: ctx, b: b}
	w.mail(m, "", 0)
	w.out.Bytes = b.bytes
	w.out.Parts = b.parts
	return w.out, w.err
}

// walker carries the budget and the result through all nested formats of one mail.
type walker struct {
	ctx context.Context
	b   *Budget
	out Result
	err error // ends the walk

	with unpackers
}

// node is one file, part or stream whose content is in memory, not yet understood.
type node struct {
	path    string // as it will be reported
	name    string // base name, "" when there is none
	typ     string // declared media type, "" when there is none
	charset string // declared charset
	flowed  bool
	delSp   bool
	depth   int
	data    []byte
}

func (w *walker) text(n node, view View, body string) {
	w.say(Text{Path: n.path, Name: n.name, View: view, Body: body})
}

// say adds a text to the result. All texts pass here: what nobody sees goes.
func (w *walker) say(t Text) {
	t.Body = visible(t.Body)
	w.out.Texts = append(w.out.Texts, t)
}

// decoded is what n says, in UTF-8 with LF line ends. A charset that is not known
// is guessed, and that is recorded: the guess may be wrong.
func (w *walker) decoded(n node, data []byte) string {
	if unknownCharset(data, n.charset) {
		w.skip(n.path, Unsupported, guessedCharset)
	}
	return textOf(data, n.charset)
}

// guessedCharset is the detail of text in a charset that is not known. The name
// that was declared may hold anything, and is not quoted.
const guessedCharset = "unknown charset: the text was read by guess"

func (w *walker) skip(path string, reason Reason, detail string) {
	w.out.Skips = append(w.out.Skips, Skip{Path: path, Reason: reason, Detail: detail})
}

// fault turns an error met while reading the content at path into the Skip that
// it means, or ends the walk when the caller's context has ended. It reports
// whether err was nil.
func (w *walker) fault(path string, err error) bool {
	var s *Skip
	switch {
	case err == nil:
		return true
	case w.ctx.Err() != nil:
		w.err = w.ctx.Err()
	case errors.As(err, &s):
		w.skip(path, s.Reason, s.Detail)
	case errors.Is(err, errOversized):
		w.skip(path, Oversized, "")
	case errors.Is(err, errBomb):
		w.skip(path, Bomb, "")
	case errors.Is(err, context.DeadlineExceeded):
		w.skip(path, TimeLimit, "")
	default:
		w.skip(path, Damaged, plain(err.Error()))
	}
	return false
}

// andThoseAfter is the detail of a Skip that stands for many.
const andThoseAfter = "this part and those after it"

// enter counts one part and reports whether the budget lets it be looked at; when
// it does not, the Skip is recorded.
func (w *walker) enter(path string, depth int) bool {
	if !w.room(path, depth) {
		return false
	}
	w.b.parts++
	return true
}

// room is enter without counting.
func (w *walker) room(path string, depth int) bool {
	switch {
	case w.err != nil:
		return false
	case depth > w.b.lim.Depth:
		w.skip(path, TooDeep, "")
		return false
	case w.b.parts >= w.b.lim.Parts:
		// One Skip stands for all that follow: a million of them would be a flood.
		if n := len(w.out.Skips); n == 0 || w.out.Skips[n-1].Reason != TooMany {
			w.skip(path, TooMany, andThoseAfter)
		}
		return false
	}
	if err := w.b.late(w.ctx); err != nil {
		return w.fault(path, err)
	}
	return true
}

// child names what lies inside the file n: path "n.path!name".
func (n node) child(name string, data []byte) node {
	return node{path: n.path + "!" + plain(name), name: base(name), depth: n.depth + 1, data: data}
}

// plain makes a name or an error text safe to carry: no control characters, nor
// others that nobody sees. A token in a name is then the token that is masked.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, visible(s))
}

func base(name string) string {
	name = strings.TrimRight(plain(name), `/\`)
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// mail searches a message: its header fields, then its parts in order. prefix is
// "" for the mail itself and "path!" for a message inside it.
func (w *walker) mail(m Mail, prefix string, depth int) {
	for _, s := range m.Skips {
		w.skip(prefix+s.Path, s.Reason, s.Detail)
	}
	for _, f := range m.Header.Fields {
		body := f.Value
		if !ofPeople(f.Name) {
			body = f.Name + ": " + body // "x-api-key": the name says what the value is
		}
		w.say(Text{Path: prefix + f.Name, View: Head, Body: body})
	}
	for _, p := range m.Parts {
		if w.err != nil {
			return
		}
		w.part(p, prefix, depth)
	}
}

// part opens one part and searches what it holds.
func (w *walker) part(p Part, prefix string, depth int) {
	n := node{
		path: prefix + p.Path, name: base(p.Name), typ: p.Type, charset: p.Charset,
		flowed: p.Flowed, delSp: p.DelSp, depth: depth,
	}
	if p.Name != "" {
		n.path += "/" + plain(p.Name)
	}
	if !w.room(n.path, depth) {
		return
	}
	if p.Name != "" {
		w.say(Text{Path: n.path, View: Head, Body: plain(p.Name)})
	}
	if p.Mail != nil {
		w.b.parts++
		w.mail(*p.Mail, n.path+"!", depth+1)
		return
	}
	r, err := p.Open(w.ctx)
	if err != nil {
		var s *Skip
		if !errors.As(err, &s) {
			w.err = err
			return
		}
		w.skip(n.path, s.Reason, s.Detail)
		return
	}
	defer r.Close()
	if c, ok := r.(*content); ok {
		w.content(n, c)
		return
	}
	n.data, err = w.b.read(w.ctx, r, -1, p.Size)
	w.fault(n.path, err)
	w.open(n)
}

// content searches what MIME has in memory, without a copy.
func (w *walker) content(n node, c *content) {
	size, err := w.b.take(len(c.data))
	n.data = c.data[:size]
	w.fault(n.path, err)
	if c.damage != "" {
		w.skip(n.path, Damaged, c.damage)
	}
	w.open(n)
	if len(c.foreign) > 0 {
		w.text(n, Body, w.decoded(n, c.foreign))
	}
}

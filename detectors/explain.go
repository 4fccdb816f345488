package detectors

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mailsweep/decode"
	"mailsweep/detectors/multipattern"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

// Explained is how a mail was searched, without a secret of it.
type Explained struct {
	// Rules tells of each rule that had anything to do with a text or a file, in the
	// order of the texts, then of the rules.
	Rules []Explanation
	// Mask masks what was matched, in what the mail says of itself.
	Mask secret.Masker
}

// Explanation is what one rule had to do with one text.
type Explanation struct {
	Rule string
	Path string // of the text or file, masked
	View decode.View
	// Decoded is how many encodings were undone before; places are those of what was
	// encoded.
	Decoded int
	// Keywords are the first places of those of the rule's keywords that are in the text.
	// Neither they nor anchors are told of where they are in a secret, but for its public
	// prefix.
	Keywords []Place
	// Anchors are the first few places where the regex was looked for, of AnchorCount.
	Anchors     []Place
	AnchorCount int
	// Whole says that the text was read from its first byte on.
	Whole bool
	// Windows are the first few pieces that the regex was run on, of WindowCount.
	Windows     []Window
	WindowCount int
	Matches     []Match
	// Verdict says why there is no match; "" when there is one.
	Verdict string
}

// Place is a place in a text.
type Place struct {
	Word         string // of the rule, that stands there; "" for other places
	Line, Column int    // from 1, in lines and in characters
	Start, End   int    // in bytes
}

// Window is a piece of a text that a regex was run on.
type Window struct {
	Place
	// Excerpt shows the anchors of the rule that are in it, and "***" for all other text.
	Excerpt string
}

// Match is one match of a rule's regex.
type Match struct {
	Place   // of the secret
	Preview string
	// Kept says that it is a finding; otherwise Check says at which check it failed.
	Kept       bool
	Check      Check
	Confidence sweeper.Confidence
	Reason     string // for the confidence, or for its failing
}

// someOf is how many anchors and windows of one text are told of.
const someOf = 10

// Explain searches a mail like Detect, with the same result, and tells how.
func (s *Set) Explain(ctx context.Context, m sweeper.Mail) ([]sweeper.Candidate, Explained, error) {
	w := newWitness(false)
	found, err := s.detect(ctx, m, w)
	return found, w.explain(m), err
}

func (w *witness) explain(m sweeper.Mail) Explained {
	x := explainer{Explained: Explained{Mask: w.mask(m)}, mail: m, hidden: map[*layer][]hidden{}}
	public := w.prefixes()
	for _, a := range w.accounts {
		for _, f := range a.fates {
			x.hidden[a.layer] = append(x.hidden[a.layer], hiddenIn(a.layer.text, f, public[f.hit.secret]))
		}
	}
	for _, a := range w.accounts {
		x.Rules = append(x.Rules, x.account(a))
	}
	for i, list := range w.passed {
		x.Rules = append(x.Rules, Explanation{Path: x.Mask.Mask(m.Texts[i].Path), View: m.Texts[i].View, Verdict: "not searched: passed over by an allowlist for all rules (" + inWords(list) + ")"})
	}
	for _, c := range w.others {
		x.Rules = append(x.Rules, Explanation{Rule: c.Rule, Path: x.Mask.Mask(c.Path), View: c.View, Matches: []Match{x.finding(&c, Place{Line: c.Line, Column: 1})}})
	}
	return x.Explained
}

// mask is for everything that was matched, whatever became of it.
func (w *witness) mask(m sweeper.Mail) secret.Masker {
	var head, all []secret.Value
	add := func(view decode.View, v ...secret.Value) {
		if view == decode.Head {
			head = append(head, v...)
		}
		all = append(all, v...)
	}
	for _, a := range w.accounts {
		view := m.Texts[a.text].View
		for _, f := range a.fates {
			add(view, secret.New(f.hit.secret))
			if f.candidate != nil {
				add(view, f.candidate.Secret, f.candidate.Seen)
			}
		}
	}
	for _, c := range w.others {
		add(c.View, c.Secret, c.Seen)
	}
	return secret.NewMasker(head, all)
}

// explainer puts into words what was seen of a mail.
type explainer struct {
	Explained
	mail  sweeper.Mail
	text  int // that lines counts in
	lines *lineCounter
	// hidden is what was matched in each layer, whatever became of it.
	hidden map[*layer][]hidden
}

func (x *explainer) account(a *account) Explanation {
	t := x.mail.Texts[a.text]
	if x.lines == nil || x.text != a.text {
		x.text, x.lines = a.text, &lineCounter{body: t.Body}
	}
	e := Explanation{
		Rule: a.rule.spec.ID, Path: x.Mask.Mask(t.Path), View: t.View, Decoded: a.decoded(), Keywords: x.keywords(a),
		AnchorCount: len(a.search.Anchors), Whole: a.search.Many && a.search.Open, WindowCount: len(a.search.Windows), Verdict: a.verdict(),
	}
	open := slices.DeleteFunc(slices.Clone(a.search.Anchors), func(at multipattern.Span) bool { return x.hides(a.layer, at) })
	for _, at := range first(open) {
		p := x.place(a.place(at))
		p.Word = a.layer.text[at.Start:at.End]
		e.Anchors = append(e.Anchors, p)
	}
	for _, at := range first(a.search.Windows) {
		e.Windows = append(e.Windows, Window{x.place(a.place(at)), a.excerpt(at, x.hidden[a.layer])})
	}
	for _, f := range a.fates {
		if f.candidate != nil {
			e.Matches = append(e.Matches, x.finding(f.candidate, x.place(f.place)))
			continue
		}
		e.Matches = append(e.Matches, Match{
			Place: x.place(f.place), Check: f.why.check, Reason: f.why.inWords(a.rule),
			Preview: secret.Preview(secret.New(f.hit.secret), f.hit.shape.prefix(f.hit.secret)),
		})
	}
	return e
}

// finding tells of what is reported.
func (x *explainer) finding(c *sweeper.Candidate, at Place) Match {
	at.Line = c.Line
	return Match{
		Place: at, Kept: true, Preview: secret.Preview(c.Secret, c.Prefix),
		Confidence: c.Confidence, Reason: x.Mask.Mask(c.Reason),
	}
}

// keywords finds the first place of each keyword. That there is one was found by the
// search itself.
func (x *explainer) keywords(a *account) (places []Place) {
	for _, k := range a.rule.spec.Keywords {
		re, err := regexp.Compile("(?i)" + regexp.QuoteMeta(k))
		if err != nil {
			continue
		}
		for _, at := range re.FindAllStringIndex(a.layer.text, someOf) {
			span := multipattern.Span{Start: at[0], End: at[1]}
			if x.hides(a.layer, span) {
				continue
			}
			p := x.place(a.place(span))
			p.Word = k
			places = append(places, p)
			break
		}
	}
	return places
}

// hides reports whether a word is in what is not to be shown.
func (x *explainer) hides(l *layer, at multipattern.Span) bool {
	return slices.ContainsFunc(x.hidden[l], func(h hidden) bool { return at.Start < h.End && h.Start < at.End })
}

func (x *explainer) place(at multipattern.Span) Place {
	body := x.lines.body
	line := strings.LastIndexByte(body[:at.Start], '\n') + 1
	return Place{Line: x.lines.at(at.Start), Column: 1 + utf8.RuneCountInString(body[line:at.Start]), Start: at.Start, End: at.End}
}

func first[T any](all []T) []T { return all[:min(len(all), someOf)] }

// verdict says why there is no match.
func (a *account) verdict() string {
	s := a.search
	switch {
	case len(a.fates) > 0:
		return ""
	case !s.Open:
		return "an anchor is there, but none of its keywords"
	case len(s.Windows) > 0:
		return "the regex was run and did not match"
	case len(s.Reads) == 0:
		return "a keyword is there, but no anchor that a match could go on from"
	}
	return fmt.Sprintf("%d bytes were read round its anchors, and nowhere could a match come to its end", s.Read)
}

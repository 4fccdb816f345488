package notify

import (
	"bytes"
	"cmp"
	"fmt"
	html "html/template"
	"regexp"
	"slices"
	"strings"
	text "text/template"
	"time"

	"github.com/mattn/go-runewidth"
)

// textWidth is where lines of text end: RFC 5322, section 2.1.1, asks for at most 78
// characters.
const textWidth = 76

// wording puts notices into words, for one audience in one language.
type wording struct {
	text *text.Template // "Subject: ", an empty line, the text
	html *html.Template
}

// view is what templates see: a [Content], with the guide's words.
type view struct {
	Content
	Language string
	Subject  string
	Count    int
	Occasion string
	Secrets  []secretView
}

type secretView struct {
	Told
	Number   int
	Severity string
	Title    string
	Steps    []string
}

// Letter puts what a notice says into words: in its owner's language, or the
// organisation's, or English.
func (p *Policy) Letter(n Notice, c Content) (Letter, error) {
	language, w := p.wording(n.Owner)
	v := view{Content: c, Language: language, Count: len(c.Secrets), Occasion: string(c.Occasion)}
	for i, t := range c.Secrets {
		page := p.guides[language].Page(t.Rule, t.Kind)
		v.Secrets = append(v.Secrets, secretView{Told: t, Number: i + 1, Severity: t.Severity.String(), Title: page.Title, Steps: page.Steps})
	}
	subject, body, err := w.plain(v)
	if err != nil {
		return Letter{}, err
	}
	v.Subject = subject
	var page bytes.Buffer
	if err := w.html.ExecuteTemplate(&page, "layout", v); err != nil {
		return Letter{}, err
	}
	return Letter{
		MessageID: p.MessageID(n.ID), To: n.Owner.To, ReplyTo: p.Organisation.Contact, Subject: subject,
		Text: body, HTML: page.String(), Language: language, Reference: n.ID, Notice: c,
	}, nil
}

// MessageID is that of a notice's mail. It is known before anything is sent, and the
// same however often it is asked for, so that the mail can be looked for.
func (p *Policy) MessageID(reference string) string {
	return "<" + strings.ToLower(reference) + ".mailsweep@" + domainOf(p.Organisation.Contact) + ">"
}

// wording is that of an owner's language, of the organisation's, or English. For "de-AT"
// and "pt_BR", "de" and "pt" will do (RFC 4647, section 3.4).
func (p *Policy) wording(o Owner) (language string, w *wording) {
	for _, l := range []string{o.Language, p.Organisation.Language} {
		for l = strings.ToLower(strings.ReplaceAll(l, "_", "-")); l != ""; l = parent(l) {
			if w := p.wordings[string(o.Audience)+"."+l]; w != nil {
				return l, w
			}
		}
	}
	return "en", p.wordings[string(o.Audience)+".en"]
}

// parent is the language of which another one is a variety, "" for none.
func parent(language string) string {
	before, _, ok := cutLast(language, "-")
	if !ok {
		return ""
	}
	return before
}

// plain is the subject and the text.
func (w *wording) plain(v view) (subject, body string, err error) {
	var b strings.Builder
	if err := w.text.Execute(&b, v); err != nil {
		return "", "", err
	}
	head, body, ok := strings.Cut(b.String(), "\n")
	subject, named := strings.CutPrefix(head, "Subject: ")
	if !ok || !named || strings.TrimSpace(subject) == "" {
		return "", "", fmt.Errorf("%s: the first line must be \"Subject: …\"", w.text.Name())
	}
	return plain(subject), wrapped(strings.TrimSpace(body) + "\n"), nil
}

// functions are those of templates. Times are in UTC: a notice is read in other places
// than where it is written.
func functions() map[string]any {
	return map[string]any{
		"date": func(t time.Time) string { return t.UTC().Format(time.DateOnly) },
		"time": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
		"join": func(all []string) string { return strings.Join(all, ", ") },
	}
}

// bullet is what a line begins with that is not its text.
var bullet = regexp.MustCompile(`^ *(?:- |\d+\. )?`)

// wrapped breaks long lines between words; what follows is indented as the line is.
func wrapped(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, " \n")
		if runewidth.StringWidth(line) <= textWidth {
			b.WriteString(line + "\n")
			continue
		}
		first := bullet.FindString(line)
		indent := strings.Repeat(" ", len(first))
		b.WriteString(first)
		width := len(first)
		for i, word := range strings.Fields(line[len(first):]) {
			n := runewidth.StringWidth(word)
			switch {
			case i == 0:
			case width+1+n > textWidth:
				b.WriteString("\n" + indent)
				width = len(indent)
			default:
				b.WriteByte(' ')
				width++
			}
			b.WriteString(word)
			width += n
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// languages are those that there are words in for an audience.
func (p *Policy) languages(a Audience) (all []string) {
	for name := range p.wordings {
		if audience, language, _ := strings.Cut(name, "."); audience == string(a) {
			all = append(all, language)
		}
	}
	slices.SortFunc(all, cmp.Compare)
	return all
}

package notify

import (
	"errors"
	html "html/template"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
	text "text/template"
	"time"

	"mailsweep/lined"
	"mailsweep/sweeper"
)

// words reads how notices are put: the templates and the guide that come with the
// program, and in front of them those of the policy. A template that cannot be carried
// out is found here, not when the notice is due.
func (r *reader) words(s lined.Struct) {
	sources := map[string]string{}
	err := r.templates(builtIn, "templates", sources)
	if err == nil {
		r.policy.guides, err = builtInGuides()
	}
	if err != nil { // which the tests rule out
		r.file.Complain(1, "what comes with the program: %v", err)
		return
	}
	if at := s.Get("templates"); at.There() {
		if err := r.templates(r.dir, path.Clean(at.Text()), sources); err != nil {
			at.Complain("%s cannot be read: %v", at.Text(), reason(err))
		}
	}
	r.policy.wordings = r.wordings(sources)
	for _, f := range s.Get("guide").Fields() {
		r.guide(f)
	}
}

var templateName = regexp.MustCompile(`^(?:(?:inside|outside)\.[a-z]{2,3}(?:-[a-z0-9]+)*\.(?:txt|html)|layout\.html)$`)

// templates adds the files of a directory; a later one replaces one of the same name.
func (r *reader) templates(dir fs.FS, at string, sources map[string]string) error {
	files, err := fs.ReadDir(dir, at)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.IsDir() || strings.HasPrefix(f.Name(), ".") {
			continue
		}
		if !templateName.MatchString(f.Name()) {
			r.extra(f.Name()).Complain(1, "this is no name of a template: use such as outside.de.txt, outside.de.html or layout.html")
			continue
		}
		data, err := fs.ReadFile(dir, path.Join(at, f.Name()))
		if err != nil {
			return err
		}
		sources[f.Name()] = strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n")
	}
	return nil
}

// extra is a further file of which there may be something to complain.
func (r *reader) extra(name string) *lined.File {
	f := lined.New(name)
	r.more = append(r.more, f)
	return f
}

// wordings are made of pairs of files, a text and its HTML.
func (r *reader) wordings(sources map[string]string) map[string]*wording {
	all := map[string]*wording{}
	for _, name := range sortedKeys(sources) {
		stem, isText := strings.CutSuffix(name, ".txt")
		if !isText {
			if stem, isHTML := strings.CutSuffix(name, ".html"); isHTML && stem != "layout" && sources[stem+".txt"] == "" {
				r.extra(name).Complain(1, "there is no %s.txt beside it: a notice has both", stem)
			}
			continue
		}
		if sources[stem+".html"] == "" {
			r.extra(name).Complain(1, "there is no %s.html beside it: a notice has both", stem)
			continue
		}
		w := &wording{}
		var err error
		if w.text, err = text.New(name).Funcs(functions()).Option("missingkey=error").Parse(sources[name]); err != nil {
			r.template(name, err)
			continue
		}
		layout, err := html.New("layout").Funcs(functions()).Parse(sources["layout.html"])
		if err != nil {
			r.template("layout.html", err)
			continue
		}
		if _, err := layout.New("body").Parse(sources[stem+".html"]); err != nil {
			r.template(stem+".html", err)
			continue
		}
		w.html = layout
		if r.tried(name, w) {
			all[stem] = w
		}
	}
	return all
}

// tried reports that a notice of each occasion can be put into words.
func (r *reader) tried(name string, w *wording) bool {
	when := time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC)
	told := Told{
		Exposure: "0123456789abcdef", Kind: sweeper.Token, Severity: sweeper.High, Preview: "x", Details: []Detail{{"host", "db.example"}},
		FirstSeen: when, Due: when, Reopened: true, Mails: []Mail{{Date: when, From: "a@b.example", To: []string{"c@d.example"}, MessageID: "<x@y>", Mailbox: "m", Folder: "f", Copies: 2}}, More: 3,
	}
	for _, o := range []Occasion{First, Reminder, Escalation} {
		v := view{
			Content:  Content{Reference: "N-0000-0000", Owner: Owner{Name: "x"}, Written: when, Due: when},
			Count:    2,
			Occasion: string(o),
			Secrets: []secretView{
				{Told: told, Number: 1, Severity: "high", Title: "x", Steps: []string{"x"}},
				{Told: Told{Due: when, Mails: []Mail{{}}}, Number: 2, Severity: "low", Title: "x"},
			},
		}
		if _, _, err := w.plain(v); err != nil {
			r.template(name, err)
			return false
		}
		if err := w.html.ExecuteTemplate(&strings.Builder{}, "layout", v); err != nil {
			r.template(strings.TrimSuffix(name, ".txt")+".html", err)
			return false
		}
	}
	return true
}

// templateLine is where a template's error says that it is: "template: NAME:LINE: …".
var templateLine = regexp.MustCompile(`^(?:html/)?template: ?[^:]*:(\d+)(?::\d+)?: (.*)$`)

func (r *reader) template(name string, err error) {
	line, words := 1, err.Error()
	if m := templateLine.FindStringSubmatch(words); m != nil {
		line, _ = strconv.Atoi(m[1])
		words = m[2]
	}
	r.extra(name).Complain(line, "%s", words)
}

// guide puts the pages of a file in front of those of its language.
func (r *reader) guide(at lined.Field) {
	data, err := fs.ReadFile(r.dir, at.Text())
	if err != nil {
		at.Complain("%s cannot be read: %v", at.Text(), reason(err))
		return
	}
	f, root, err := lined.Parse(at.Text(), data)
	if err != nil {
		var p *lined.Problem
		if errors.As(err, &p) {
			r.extra(p.File).Complain(p.Line, "%s", p.Text)
		}
		return
	}
	r.more = append(r.more, f)
	language := strings.ToLower(at.Key)
	r.policy.guides[language] = append(readGuide(f, root, r.rules), r.policy.guides[language]...)
}

// spoken complains of a language in which there are no words for an audience. That of a
// person comes from the directory, and is taken as it is: see [Policy.Letter].
func (r *reader) spoken(f *lined.File, line int, a Audience, language string) {
	for l := strings.ToLower(language); l != ""; l = parent(l) {
		if r.policy.wordings[string(a)+"."+l] != nil {
			return
		}
	}
	if language != "" {
		f.Complain(line, "there are no templates in %q for who is %s, only in %s: put %s.%s.txt and .html into the directory of templates",
			language, a, strings.Join(r.policy.languages(a), ", "), a, strings.ToLower(language))
	}
}

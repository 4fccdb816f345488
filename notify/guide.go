package notify

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"mailsweep/lined"
	"mailsweep/sweeper"
)

//go:embed guide templates
var builtIn embed.FS

// Page of the guide says how one kind of credential is rotated.
type Page struct {
	Name  string
	Title string // what it is, in the guide's language
	Steps []string

	rules []func(string) bool
	kinds []sweeper.Kind
}

// fits reports a page for a rule, or else for a kind.
func (g Page) fits(rule string, kind sweeper.Kind) bool {
	return slices.ContainsFunc(g.rules, func(m func(string) bool) bool { return m(rule) }) || slices.Contains(g.kinds, kind)
}

// Guide is the pages of one language; the first that fits holds.
type Guide []Page

// Page for what a rule found.
func (g Guide) Page(rule string, kind sweeper.Kind) Page {
	for _, p := range g {
		if p.fits(rule, kind) {
			return p
		}
	}
	return Page{Name: "any", Title: string(kind)}
}

// readGuide reads pages. known are the ids of the rules that there are; nil does not
// ask.
func readGuide(f *lined.File, root lined.Value, known []string) (g Guide) {
	for _, item := range root.Items() {
		s := item.Struct("page", "rules", "kinds", "title", "steps")
		p := Page{Name: s.Need("page").Text(), Title: plain(s.Need("title").Text())}
		for _, r := range s.Get("rules").Items() {
			matches := sweeper.Glob(r.Text())
			if known != nil && !slices.ContainsFunc(known, matches) {
				r.Complain("there is no rule %q: mailsweep rules list shows them", r.Text())
			}
			p.rules = append(p.rules, matches)
		}
		for _, k := range s.Get("kinds").Items() {
			kind, err := sweeper.ParseKind(k.Text())
			if err != nil {
				k.Complain("%v", err)
			}
			p.kinds = append(p.kinds, kind)
		}
		for _, step := range s.Need("steps").Items() {
			p.Steps = append(p.Steps, plain(step.Text()))
		}
		if len(p.rules)+len(p.kinds) == 0 {
			item.Complain("it is for nothing: name rules or kinds")
		}
		g = append(g, p)
	}
	return g
}

// builtInGuides are the pages that come with the program, by language.
func builtInGuides() (map[string]Guide, error) {
	all := map[string]Guide{}
	files, err := fs.ReadDir(builtIn, "guide")
	if err != nil {
		return nil, err
	}
	for _, entry := range files {
		data, err := builtIn.ReadFile("guide/" + entry.Name())
		if err != nil {
			return nil, err
		}
		f, root, err := lined.Parse(entry.Name(), data)
		if err != nil {
			return nil, err
		}
		all[strings.TrimSuffix(entry.Name(), ".yaml")] = readGuide(f, root, nil)
		if err := f.Err(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

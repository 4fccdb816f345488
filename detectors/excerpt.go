package detectors

import (
	"slices"
	"strings"

	"mailsweep/detectors/multipattern"
)

// excerptReach is how much text is looked at for an excerpt, in bytes.
const excerptReach = 240

// excerpt shows of a window the anchors of the rule, but where they are in a secret.
func (a *account) excerpt(at multipattern.Span, secrets []string) string {
	from := at.Start
	if i := slices.IndexFunc(a.search.Anchors, func(s multipattern.Span) bool { return s.Start >= at.Start }); i >= 0 {
		from = max(from, a.search.Anchors[i].Start-excerptReach/4)
	}
	text := a.layer.text[from:min(at.End, from+excerptReach)]
	shown := make([]bool, len(text))
	for _, s := range a.search.Anchors {
		for j := max(s.Start-from, 0); j < min(s.End-from, len(text)); j++ {
			shown[j] = true
		}
	}
	for _, s := range secrets {
		hide(text, s, shown)
	}
	return veil(text, shown)
}

// hide takes out of what is shown of a text all places of a secret.
func hide(text, secret string, shown []bool) {
	for i := 0; secret != ""; i++ {
		n := strings.Index(text[i:], secret)
		if n < 0 {
			return
		}
		i += n
		clear(shown[i : i+len(secret)])
	}
}

// veil puts "***" for what is not to be shown, and one space for white space.
func veil(text string, shown []bool) string {
	var b strings.Builder
	const hidden = "***"
	last := ""
	put := func(s string) {
		if s != last || s != hidden && s != " " {
			b.WriteString(s)
		}
		last = s
	}
	for i := range len(text) {
		switch {
		case shown[i]:
			put(text[i : i+1])
		case strings.IndexByte(" \t\r\n", text[i]) >= 0:
			put(" ")
		default:
			put(hidden)
		}
	}
	return b.String()
}

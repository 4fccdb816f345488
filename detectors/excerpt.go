package detectors

import (
	"slices"
	"strings"

	"mailsweep/detectors/multipattern"
	"mailsweep/secret"
)

// excerptReach is how much text is looked at for an excerpt, in bytes.
const excerptReach = 240

// excerpt shows of a window the anchors of the rule, but where they are in a secret.
func (a *account) excerpt(at multipattern.Span, secrets []hidden) string {
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
		s.hide(text, shown)
	}
	return veil(text, shown)
}

// hidden is a secret in a layer, without its public prefix.
type hidden struct {
	multipattern.Span
	secret string
	prefix int // bytes of it that may be shown
}

// prefixes are the lengths of the public prefixes of what was matched, as previews show
// them: one rule may know of a prefix where another sees nothing but a value.
func (w *witness) prefixes() map[string]int {
	public := map[string]int{}
	for _, a := range w.accounts {
		for _, f := range a.fates {
			s := f.hit.secret
			preview := secret.Preview(secret.New(s), f.hit.shape.prefix(s))
			public[s] = max(public[s], strings.Index(preview, "…"))
		}
	}
	return public
}

func hiddenIn(text string, f *fate, prefix int) hidden {
	h := hidden{Span: f.at, secret: f.hit.secret, prefix: prefix}
	if i := strings.Index(text[f.at.Start:f.at.End], h.secret); i >= 0 {
		h.Start += i + prefix
		h.End = f.at.Start + i + len(h.secret)
	}
	return h
}

// hide takes it out of what is shown of a text, wherever it stands there.
func (h hidden) hide(text string, shown []bool) {
	for i := 0; h.secret != ""; i++ {
		n := strings.Index(text[i:], h.secret)
		if n < 0 {
			return
		}
		i += n
		clear(shown[i+h.prefix : i+len(h.secret)])
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

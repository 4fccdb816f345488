package credentials

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// result drops what was said before: a quoted reply says it again.
func (p *page) result() []Found {
	slices.SortStableFunc(p.found, func(a, b Found) int { return a.Start - b.Start })
	var out []Found
	said := map[string]tellings{}
	for _, f := range p.found {
		t, known := said[f.Value]
		if !known {
			t = tellings{first: len(out), of: map[string]int{}}
			said[f.Value] = t
		}
		same, known := t.find(f.User, out)
		if !known {
			t.of[folded(f.User)] = len(out)
			out = append(out, f)
			continue
		}
		if o := out[same]; o.User == "" && f.User != "" || f.Sure && !o.Sure {
			delete(t.of, folded(o.User))
			t.of[folded(f.User)] = same
			out[same] = f
		}
	}
	return out
}

// tellings are the credentials of one value. Only the first of them may be without an
// account: any other is then the same as that one.
type tellings struct {
	first int
	of    map[string]int // by the account
}

// find is the first of them that may be of an account.
func (t tellings) find(user string, out []Found) (at int, ok bool) {
	if t.first < len(out) && (user == "" || out[t.first].User == "") {
		return t.first, true
	}
	at, ok = t.of[folded(user)]
	return at, ok
}

// folded is the same for all that [strings.EqualFold] holds for equal.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && r != 'k' && r != 's' {
			return unicode.ToUpper(r)
		}
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}

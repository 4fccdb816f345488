package detectors

import (
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"

	"mailsweep/detectors/lazydfa"
	"mailsweep/detectors/multipattern"
)

// allowlist is a list of what is passed over.
type allowlist struct {
	*config.Allowlist
	// regexes are those of the list in one, nil without any: asked only where it may match,
	// because many secrets and lines are shown to it.
	regexes *lazydfa.Regexp
}

func newAllowlist(list *config.Allowlist) (*allowlist, error) {
	if len(list.Regexes) == 0 {
		return &allowlist{Allowlist: list}, nil
	}
	any := make([]string, len(list.Regexes))
	for i, re := range list.Regexes {
		any[i] = "(?:" + re.String() + ")"
	}
	re, err := compile(strings.Join(any, "|"))
	return &allowlist{list, re}, err
}

// RegexAllowed does what gitleaks' does (config.Allowlist.RegexAllowed).
func (a *allowlist) RegexAllowed(target string) bool {
	return target != "" && a.regexes != nil && a.regexes.MatchString(target)
}

// lineReach is how far from a match its line is read, in bytes.
const lineReach = 1024

// allowedByLine gives the allowlist that passes over all the lines that the match is on,
// within reach, if one does. known remembers the last answer.
func (h hit) allowedByLine(p piece, text string, match multipattern.Span, known *judgements) *allowlist {
	if len(h.rule.byLine) == 0 {
		return nil
	}
	from, to := max(match.Start-lineReach, 0), min(match.End+lineReach, len(text))
	if i := strings.LastIndexByte(text[from:match.Start], '\n'); i >= 0 {
		from += i
	}
	if i := strings.IndexByte(text[match.End:to], '\n'); i >= 0 {
		to = match.End + i
	}
	return known.byLine(h.rule, text[from:to], h.secret, p)
}

// allows follows gitleaks (detect.checkFindingAllowed): "or" needs one of
// patterns and stop words, "and" all that the list has.
func allows(a *allowlist, target, secret string, p piece) bool {
	stop, _ := a.ContainsStopWord(secret)
	if a.MatchCondition == config.AllowlistMatchOr {
		return a.RegexAllowed(target) || stop || p.name != "" && allowsPath(a, p)
	}
	return (len(a.Regexes) == 0 || a.RegexAllowed(target)) &&
		(len(a.StopWords) == 0 || stop) &&
		(len(a.Paths) == 0 || allowsPath(a, p))
}

// pathAllowed gives the list that passes over a file whatever is in it, if one does
// (detect.checkCommitOrPathAllowed).
func pathAllowed(lists []*allowlist, p piece) *allowlist {
	if p.name == "" {
		return nil
	}
	for _, a := range lists {
		if len(a.Paths) > 0 && allowsPath(a, p) &&
			(a.MatchCondition == config.AllowlistMatchOr || len(a.Regexes)+len(a.StopWords) == 0) {
			return a
		}
	}
	return nil
}

func allowsPath(a *allowlist, p piece) bool {
	return a.PathAllowed(p.name) || a.PathAllowed(p.path)
}

package detectors

import (
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"

	"mailsweep/detectors/multipattern"
)

// lineReach is how far from a match its line is read, in bytes.
const lineReach = 1024

// allowedByLine gives the allowlist that passes over all the lines that the match is on,
// within reach, if one does.
func (h hit) allowedByLine(p piece, text string, match multipattern.Span) *config.Allowlist {
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
	line := text[from:to]
	for _, a := range h.rule.byLine {
		if allows(a, line, h.secret, p) {
			return a
		}
	}
	return nil
}

// allows follows gitleaks (detect.checkFindingAllowed): "or" needs one of
// patterns and stop words, "and" all that the list has.
func allows(a *config.Allowlist, target, secret string, p piece) bool {
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
func pathAllowed(lists []*config.Allowlist, p piece) *config.Allowlist {
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

func allowsPath(a *config.Allowlist, p piece) bool {
	return a.PathAllowed(p.name) || a.PathAllowed(p.path)
}

package detectors

import (
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"
)

// lineReach is how far from a match its line is read, in bytes.
const lineReach = 1024

// allowedByLine applies the allowlists that look at a whole line, within reach.
func (h hit) allowedByLine(p piece) bool {
	if len(h.rule.byLine) == 0 {
		return false
	}
	from, to := max(h.start-lineReach, 0), min(h.end+lineReach, len(p.body))
	if i := strings.LastIndexByte(p.body[from:h.start], '\n'); i >= 0 {
		from += i
	}
	if i := strings.IndexByte(p.body[h.end:to], '\n'); i >= 0 {
		to = h.end + i
	}
	line := p.body[from:to]
	for _, a := range h.rule.byLine {
		if allows(a, line, h.secret, p) {
			return true
		}
	}
	return false
}

// allows follows gitleaks (detect.checkFindingAllowed): "or" needs one of
// patterns and stop words, "and" all that the list has. Paths by themselves were
// looked at before.
func allows(a *config.Allowlist, line, secret string, p piece) bool {
	stop, _ := a.ContainsStopWord(secret)
	if a.MatchCondition == config.AllowlistMatchOr {
		return a.RegexAllowed(line) || stop || a.PathAllowed(p.name) || a.PathAllowed(p.path)
	}
	return (len(a.Regexes) == 0 || a.RegexAllowed(line)) &&
		(len(a.StopWords) == 0 || stop) &&
		(len(a.Paths) == 0 || a.PathAllowed(p.name) || a.PathAllowed(p.path))
}

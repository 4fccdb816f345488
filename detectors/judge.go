package detectors

import "strings"

// judgement is what is said of a match wherever it stands.
type judgement struct {
	hit      hit // without its place
	from, to int // of the secret in the match
	// unwanted says why the rule does not want it by itself, and standsFor why it only
	// stands for a secret; that of [connectionRule] depends on what is near.
	unwanted, standsFor drop
}

// judgements remembers those of one text: a text made to be slow has the same match a
// million times.
type judgements struct {
	byText map[matched]judgement
	last   judgedLine
	beside judgedBeside
}

// judgedLine is what was said of a line with a match.
type judgedLine struct {
	rule         *rule
	line, secret string
	list         *allowlist
}

// judgedBeside is what was said of a secret by the line around it.
type judgedBeside struct {
	rule         *rule
	secret, line string
	standsFor    drop
}

type matched struct {
	rule *rule
	text string
}

const (
	// mostJudged is how many matches are remembered at a time.
	mostJudged = 1024
	// longestJudged is how long a match is at most that is remembered, in bytes.
	longestJudged = 512
)

// of judges what a rule matched.
func (s *judgements) of(e *engine, r *rule, match string, p piece) judgement {
	if len(match) > longestJudged {
		return e.judge(r, match, p)
	}
	j, known := s.byText[matched{r, match}]
	if !known {
		if s.byText == nil || len(s.byText) >= mostJudged {
			s.byText = map[matched]judgement{}
		}
		j = e.judge(r, match, p)
		s.byText[matched{r, match}] = j
	}
	return j
}

// byLine gives the rule's allowlist for lines that passes over this one, if one does. A
// text in which the same match stands a million times has the same line round each.
func (s *judgements) byLine(r *rule, line, secret string, p piece) *allowlist {
	if l := s.last; l.rule == r && l.secret == secret && l.line == line {
		return l.list
	}
	s.last = judgedLine{rule: r, line: line, secret: secret}
	for _, a := range r.byLine {
		if allows(a, line, secret, p) {
			s.last.list = a
			break
		}
	}
	return s.last.list
}

// besides judges a hit by the line around it, and gives a copy of that.
func (s *judgements) besides(h hit, line string) (near string, standsFor drop) {
	if b := s.beside; b.rule == h.rule && b.secret == h.secret && b.line == line {
		return b.line, b.standsFor
	}
	h.near = strings.Clone(line)
	s.beside = judgedBeside{rule: h.rule, secret: h.secret, line: h.near, standsFor: h.standsFor()}
	return h.near, s.beside.standsFor
}

func (e *engine) judge(r *rule, match string, p piece) judgement {
	// A copy: all that is told of the finding is cut out of it, and a slice of the
	// text would keep the whole text in memory.
	match = strings.Clone(match)
	from, to, shape := r.secretIn(match)
	j := judgement{hit: hit{rule: r, match: match, secret: match[from:to], shape: shape}, from: from, to: to}
	if j.unwanted = e.unwanted(j.hit, p); j.unwanted.check != "" {
		return j
	}
	j.to = r.withoutFullStop(match, from, to)
	j.hit.secret = match[from:j.to]
	if r.spec.ID != connectionRule {
		j.standsFor = j.hit.standsFor()
	}
	return j
}

package detectors

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"mailsweep/detectors/lazydfa"
	"mailsweep/secret"
	"mailsweep/sweeper"
)

// grade says how sure it is that a hit in body is a credential, and why.
func grade(h hit, body string, f found, prefix string) (sweeper.Confidence, string) {
	v := f.verdict
	switch {
	case v.confidence != 0:
	case h.rule.spec.ID == "azure-ad-client-secret":
		v = verdict{sweeper.Confirmed, "matches the documented form of " + h.rule.name() + " (Q~ after three characters and a digit)"}
	case prefix != "" && prefix == f.secret:
		v = verdict{sweeper.Review, "only the part that all secrets of this kind begin with"}
	case h.rule.spec.ID == "sourcegraph-access-token" && prefix == "":
		v = verdict{sweeper.Review, "forty hexadecimal digits, as a commit has, in a text that names Sourcegraph"}
	case h.rule.generic:
		v = gradeGeneric(h, body, f.secret)
	case h.shape.proves(prefix, f.secret):
		v = verdict{sweeper.Confirmed, "matches the documented form of " + h.rule.name() + form(prefix, f.secret)}
	case h.rule.contextual():
		v = verdict{sweeper.Likely, "a value in the form of " + h.rule.name() + ", next to its name"}
	default:
		v = verdict{sweeper.Likely, "matches the form of " + h.rule.name()}
	}
	v = f.weigh(v)
	switch {
	case v.confidence == sweeper.Review:
	case h.part:
		v = verdict{sweeper.Review, "part of a longer secret that another rule found at the same place"}
	case lone[h.rule.spec.ID] != "":
		v = verdict{sweeper.Review, lone[h.rule.spec.ID]}
	case identifierRule.MatchString(h.rule.spec.ID):
		v = verdict{sweeper.Review, "in the form of " + h.rule.name() + ": it names an account and is public by itself"}
	case !h.block():
		if why := example(f.secret, prefix); why != "" {
			v = verdict{sweeper.Review, why}
		}
	}
	if h.decoded {
		v.reason += "; found after decoding"
	}
	return v.confidence, v.reason
}

// form tells of prefix and length only what the preview shows as well: the length
// of a short secret helps to guess it.
func form(prefix, value string) string {
	preview := secret.Preview(secret.New(value), prefix)
	n := utf8.RuneCountInString(value)
	switch {
	case !strings.Contains(preview, "("):
		return ""
	case prefix == "" || !strings.HasPrefix(preview, prefix):
		return fmt.Sprintf(" (%d characters)", n)
	}
	return fmt.Sprintf(" (%s, %d characters)", prefix, n)
}

// theirDescription finds the name of what a rule finds in gitleaks' wording:
// "Uncovered a GitHub Personal Access Token, potentially …".
var theirDescription = lazydfa.MustCompile(`^[A-Z]\w+(?: up)? (an?) (pattern that (?:may indicate|resembles) )?(potential |possible )?(?:an? )?([^,.]+?)(?:,|\.| which\b|$)`)

// name is what the rule finds, for people; the rule's id when its description does not tell.
func (r *rule) name() string {
	m := theirDescription.FindStringSubmatch(r.spec.Description)
	if m == nil || r.spec.origin != gitleaksOrigin {
		return r.spec.ID
	}
	article, name := m[1], m[4]
	if m[2]+m[3] != "" { // it was another word's article
		article = "a"
		if strings.ContainsRune("AEIOaeio", rune(name[0])) {
			article = "an"
		}
	}
	return article + " " + name
}

// contextual reports a rule that wants a label before the value (gitleaks'
// "semi-generic" patterns): the pattern is wider than the secret at its front.
func (r *rule) contextual() bool { return wantsLabel(r.spec.Regex) }

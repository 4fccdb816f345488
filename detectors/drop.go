package detectors

import (
	"fmt"
	"slices"
)

// Check is what a match may fail at.
type Check string

const (
	foundBefore Check = "decoding"  // it has nothing decoded in it
	noSecret    Check = "secret"    // its secret is empty
	lowEntropy  Check = "entropy"   // it is too regular
	otherFile   Check = "path"      // the rule is for other files
	allowed     Check = "allowlist" // an allowlist passes over it
	stoodFor    Check = "stand-in"  // it stands for a secret: a variable, a mask, a name for one
	inCode      Check = "code"      // it is an expression or a word of a program
	unframed    Check = "frame"     // what its rule wants on the same line is not there
	noKeyword   Check = "keyword"   // it was looked for because of another rule
	required    Check = "required"  // what its rule requires is not near
	unreported  Check = "report"    // its rule is there for others
	gaveWay     Check = "rule"      // another hit at the same place is preferred
	echoed      Check = "echo"      // it stands in the visible text, too
	noList      Check = "list"      // it is no list of what its rule looks for
	halved      Check = "half"      // it is the id of a secret near by
)

// drop says why a match is not reported; the zero value, that it is.
type drop struct {
	check Check
	bits  float64    // of entropy
	list  *allowlist // that passes over it
	by    string     // the id of another rule
}

// inWords says it for people: with figures, and nothing of the secret.
func (d drop) inWords(r *rule) string {
	switch d.check {
	case foundBefore:
		return "nothing in it was decoded here: it was matched before"
	case noSecret:
		return "the group that holds the secret is empty"
	case lowEntropy:
		return fmt.Sprintf("entropy %.2f bits, and the rule wants more than %g", d.bits, r.spec.Entropy)
	case otherFile:
		return "the rule is for files of other names: " + r.spec.Path
	case allowed:
		return r.whose(d.list) + " (" + inWords(d.list) + ")"
	case stoodFor:
		return "it stands for a secret: a variable, a mask, a sample, or a name for one"
	case inCode:
		return "it is an expression, or words, of a program"
	case unframed:
		return "nothing else of a connection string is on its line"
	case noKeyword:
		return "none of its keywords is in the text; it was looked for because another rule requires it"
	case required:
		return "the rule requires a match of " + d.by + " near by"
	case unreported:
		return "the rule is there for those that require it (skipReport)"
	case gaveWay:
		if d.by == r.spec.ID {
			return "the rule has another match at the same place"
		}
		return "gave way to " + d.by + " at the same place"
	case noList:
		return "its words are no seed, or its codes are fewer than three or not of one form"
	case echoed:
		return "the visible text of the part has it, too"
	case halved:
		return "it is the id of " + d.by + " near by, and is told with it: one credential"
	}
	return ""
}

// whose names an allowlist by whom it holds for, and by its number.
func (r *rule) whose(list *allowlist) string {
	if i := slices.Index(slices.Concat(r.allow, r.byLine), list); i >= 0 {
		return fmt.Sprintf("passed over by the rule's allowlist %d", i+1)
	}
	return "passed over by an allowlist for all rules"
}

// Package credentials reads what people write to each other about passwords: "login
// jsmith, pw Tr0ub4dor!", two columns under "User ID" and "Password", "your password
// has been reset to:" with the value on the next line.
//
// A password may be an ordinary word. So it is not its look that tells it from other
// words, but where it stands: behind a word for a password, joined to it in one of a
// few ways, and with nothing behind it that makes it the beginning of a sentence.
package credentials

import (
	"context"
	"regexp"

	"mailsweep/detectors/multipattern"
)

// Form is a way of writing a credential.
type Form string

const (
	Assigned Form = "assigned" // password: value, password = value
	Told     Form = "told"     // the password is value; was reset to value
	Column   Form = "column"   // in a table or a form: password     value
	NextLine Form = "next-line"
	Beside   Form = "beside"   // pw value
	Reversed Form = "reversed" // value is the password
	Pair     Form = "pair"     // user/password: jsmith/value
	SameAs   Form = "same-as"  // the password is the same as your user id
)

// Found is one credential in a text.
type Found struct {
	Form       Form
	Label      string // the word for a password, as written
	Value      string
	Start, End int    // of the value, in bytes
	User       string // the account that it opens, "" when none is known
	Host       string // the host, site or address that it opens, "" likewise
	// Sure says that it is likely one; else it is worth a look.
	Sure   bool
	Reason string
}

// Label finds the words for a password. Where it does not match, there is nothing to
// read for this package.
func Label() *regexp.Regexp { return label }

// mostFound is how many credentials of a text are told: more than anybody keeps of one
// mail.
const mostFound = 5000

// ReadAt finds the credentials of a text, given where [Label] matches in it, in order:
// in the order of their places, each once for each account. The error is ctx's.
func ReadAt(ctx context.Context, text string, labels []multipattern.Span) ([]Found, error) {
	p := newPage(text)
	for _, at := range labels {
		if err := ctx.Err(); err != nil {
			return p.result(), err
		}
		if len(p.found) > mostFound {
			break
		}
		p.read(at)
	}
	return p.result(), nil
}

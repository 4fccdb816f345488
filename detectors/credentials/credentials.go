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

	"mailsweep/detectors/lazydfa"
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

// Why something behind a word for a password is passed over, or not sure to be one.
const (
	Placeholder   = "placeholder"  // <your password>, [hidden]
	Masked        = "masked"       // ********
	Sentence      = "sentence"     // your password must contain, will expire, is required
	Link          = "link"         // a link or an address where a password would be
	Conference    = "dial-in"      // a code to take part in a conference
	Sample        = "sample-value" // as in a manual
	Program       = "program"      // the name of what holds a password, a test's value
	Advertisement = "advertisement"
)

// Counter counts by name what was passed over or lowered.
type Counter interface{ Add(name string) }

// Words find what announces a password, each in another way. Where none matches, there
// is nothing to read for this package.
func Words() []*lazydfa.Regexp { return []*lazydfa.Regexp{label, announced, inline} }

// mostFound is how many credentials of a text are told: more than anybody keeps of one
// mail.
const mostFound = 5000

// Read finds the credentials of a text, in the order of their places, each once for
// each account, given where [Words] match in it, in order. What is passed over is
// counted. The error is ctx's.
func Read(ctx context.Context, text string, words []multipattern.Match, passed Counter) ([]Found, error) {
	if len(words) == 0 {
		return nil, ctx.Err()
	}
	p := newPage(ctx, text, passed)
	for _, at := range words {
		if err := ctx.Err(); err != nil {
			return p.result(), err
		}
		if p.err != nil {
			break
		}
		if len(p.found) > mostFound {
			break
		}
		if p.again(at) {
			continue
		}
		found, done := len(p.found), p.done
		p.counted = ""
		switch at.Pattern {
		case 0:
			p.read(at.Span)
		case 1:
			p.list(at.Span)
		case 2:
			p.inline(at.Span)
		}
		p.told(at, found, done)
	}
	return p.result(), p.err
}

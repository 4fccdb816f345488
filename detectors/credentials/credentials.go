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

// Reader reads texts. It may be used from many goroutines.
type Reader struct{ labels *multipattern.Set }

// NewReader compiles the words for passwords of all languages.
func NewReader() (*Reader, error) {
	s, err := multipattern.New([]multipattern.Pattern{{Regexp: label}, {Regexp: announced}, {Regexp: inline}})
	return &Reader{s}, err
}

// Read finds the credentials of a text, in the order of their places, each once for
// each account. What is passed over is counted. The error is ctx's.
func (r *Reader) Read(ctx context.Context, text string, passed Counter) ([]Found, error) {
	places, err := r.labels.FindAll(ctx, text, nil, nil)
	if err != nil || len(places) == 0 {
		return nil, err
	}
	p := page{text: text, passed: passed}
	for _, at := range places {
		switch at.Pattern {
		case 0:
			p.read(at.Span)
		case 1:
			p.list(at.Span)
		case 2:
			p.inline(at.Span)
		}
	}
	return p.result(), ctx.Err()
}

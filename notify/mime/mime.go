// Package mime makes a letter into a mail: text and HTML, each the other's alternative
// (RFC 2046, section 5.1.4).
package mime

import (
	"bytes"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"mailsweep/notify"
	"mailsweep/visible"
)

// From is whoever sends.
type From struct{ Address, Name string }

// Check says in the error why nobody can send so.
func (f From) Check() error {
	a, err := mail.ParseAddress(f.Address)
	if err != nil || a.Name != "" || a.Address != f.Address {
		return fmt.Errorf("%q is no address", f.Address)
	}
	if strings.ContainsFunc(f.Name, unicode.IsControl) {
		return fmt.Errorf("the name %q is not one line", f.Name)
	}
	return gomail.NewMsg().From(f.header())
}

// header is the field as RFC 5322, section 3.4, has it: a name may have quotes in it.
func (f From) header() string { return (&mail.Address{Name: f.Name, Address: f.Address}).String() }

// Message is a letter as a mail; the error is [notify.ErrNotSent].
func Message(l notify.Letter, from From, now time.Time) (*gomail.Msg, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if err := from.Check(); err != nil {
		return nil, fmt.Errorf("%w: it is from nobody: %s", notify.ErrNotSent, visible.Text(err.Error()))
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	for _, err := range []error{m.From(from.header()), m.To(l.To...), m.ReplyTo(l.ReplyTo)} {
		if err != nil {
			return nil, fmt.Errorf("%w: %s", notify.ErrNotSent, visible.Text(err.Error()))
		}
	}
	m.SetMessageIDWithValue(l.MessageID[1 : len(l.MessageID)-1])
	m.SetDateWithValue(now)
	m.Subject(l.Subject)
	m.SetUserAgent("mailsweep")
	// RFC 3834, section 5: nobody's out-of-office answer is wanted.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	if l.Language != "" {
		m.SetGenHeader("Content-Language", l.Language)
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	return m, nil
}

// Bytes is [Message] as it is written (RFC 5322).
func Bytes(l notify.Letter, from From, now time.Time) ([]byte, error) {
	m, err := Message(l, from, now)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("%w: %w", notify.ErrNotSent, err)
	}
	return b.Bytes(), nil
}

package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Letter is a notice as it leaves.
type Letter struct {
	MessageID string // angle brackets included
	To        []string
	ReplyTo   string
	Subject   string
	Text      string
	HTML      string
	Language  string
	// Reference is the notice's identity, and Notice what it is about, for channels
	// that are read by programs.
	Reference string
	Notice    Content
}

// Check says in the error, which is [ErrNotSent], why a letter cannot be sent by anybody:
// a line end in its subject, or an address that is not one.
func (l Letter) Check() error {
	switch {
	case l.Subject == "" || strings.ContainsAny(l.Subject, "\r\n\x00"):
		return fmt.Errorf("%w: the subject is not one line", ErrNotSent)
	case !strings.HasPrefix(l.MessageID, "<") || strings.Index(l.MessageID, ">") != len(l.MessageID)-1 || strings.ContainsFunc(l.MessageID, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return fmt.Errorf("%w: %q is no Message-ID", ErrNotSent, l.MessageID)
	case len(l.To) == 0:
		return fmt.Errorf("%w: it is for nobody", ErrNotSent)
	}
	for _, a := range append([]string{l.ReplyTo}, l.To...) {
		if !isAddress(a) {
			return fmt.Errorf("%w: %q is no address", ErrNotSent, a)
		}
	}
	return nil
}

// Sender is one channel. It may be used from many goroutines.
type Sender interface {
	// Name is the channel's, as the policy has it: "graph", "smtp", "webhook", "files".
	Name() string
	// Send sends a letter and gives what proves it. An error that is [ErrNotSent]
	// says that it certainly did not go out; after any other it may have.
	Send(ctx context.Context, l Letter) (receipt string, err error)
	// Look says for certain whether a letter with this Message-ID went out. Where that
	// is not certain, because the channel keeps nothing that says so, or may not have it
	// yet, the error is [ErrCannotLook]; nothing is sent again then.
	Look(ctx context.Context, messageID string) (sent bool, err error)
}

// ErrNotSent says that a letter certainly did not go out, and will not: it was refused.
var ErrNotSent = errors.New("it was not sent")

// ErrLater says that a letter certainly did not go out because the channel is not there
// or too busy: it may go out later.
var ErrLater = errors.New("it was not sent, and may be later")

// ErrCannotLook says that a channel cannot tell what it has sent.
var ErrCannotLook = errors.New("this channel cannot tell what it has sent")

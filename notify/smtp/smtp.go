// Package smtp is the channel that sends notices by a mail server.
package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"time"

	gomail "github.com/wneessen/go-mail"

	"mailsweep/notify"
	"mailsweep/notify/mime"
	"mailsweep/visible"
)

const (
	// dialTime is how long a server may take to be reached; answerTime how long it may take
	// for a whole letter. RFC 5321, section 4.5.3.2.6, grants it ten minutes for its last
	// answer alone; a notice for which nobody waits so long is in doubt.
	dialTime   = 30 * time.Second
	answerTime = 2 * time.Minute
)

// Security is how the way to the server is protected.
type Security string

const (
	StartTLS Security = "starttls" // asked for on the connection (RFC 3207); never without
	TLS      Security = "tls"      // from the first byte on (RFC 8314)
	None     Security = "none"     // for a server on this machine
)

// Options of [New].
type Options struct {
	Host     string
	Port     int
	Security Security
	// User and Password sign in; "" does not. The strongest way that the server offers is
	// taken, and none on a line that others can read.
	User     string
	Password string
	From     mime.From
	// TLS is nil for the system's authorities.
	TLS *tls.Config
	Now func() time.Time // nil is [time.Now]
}

// Sender sends by one server, with a connection for each letter. It may be used from many
// goroutines.
type Sender struct {
	o Options
}

var _ notify.Sender = (*Sender)(nil)

// New checks the options. Its errors do not tell the password.
func New(o Options) (*Sender, error) {
	ip, err := netip.ParseAddr(o.Host)
	local := o.Host == "localhost" || err == nil && ip.IsLoopback()
	switch {
	case o.Host == "":
		return nil, errors.New("notices.smtp_host names no server")
	case o.Security == None && !local:
		return nil, fmt.Errorf("notices.smtp_security is none, and %s is not this machine: anybody on the way could read where credentials are; use starttls or tls", o.Host)
	case o.User == "" && o.Password != "":
		return nil, errors.New("there is a password for the mail server, and no notices.smtp_user")
	case o.User != "" && o.Password == "":
		return nil, errors.New("there is no password for notices.smtp_user: put it into MAILSWEEP_NOTICES_SMTP_PASSWORD")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Sender{o}
	if _, err := s.client(); err != nil {
		return nil, fmt.Errorf("notices.smtp_*: %w", err)
	}
	if err := o.From.Check(); err != nil {
		return nil, fmt.Errorf("notices.smtp_from: %w", err)
	}
	return s, nil
}

func (s *Sender) client() (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.o.Port), gomail.WithTimeout(answerTime)}
	switch s.o.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case None:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.o.TLS != nil {
		options = append(options, gomail.WithTLSConfig(s.o.TLS))
	}
	if s.o.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.o.User), gomail.WithPassword(s.o.Password))
	}
	return gomail.NewClient(s.o.Host, options...)
}

// Name implements [notify.Sender].
func (*Sender) Name() string { return "smtp" }

// Send sends a letter to all of its recipients or to none.
func (s *Sender) Send(ctx context.Context, l notify.Letter) (receipt string, err error) {
	msg, err := mime.Message(l, s.o.From, s.o.Now())
	if err != nil {
		return "", err
	}
	client, err := s.client()
	if err != nil {
		return "", fmt.Errorf("%w: %w", notify.ErrLater, err)
	}
	dial, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	connection, err := client.DialToSMTPClientWithContext(dial)
	if err != nil {
		return "", fmt.Errorf("%w: the mail server %s does not let us in: %s", notify.ErrLater, s.o.Host, visible.Text(err.Error()))
	}
	defer func() { _ = client.CloseWithSMTPClient(connection) }() // what it did before counts
	err = client.SendWithSMTPClient(connection, msg)
	if msg.IsDelivered() { // even if the goodbye failed
		return visible.Text(msg.ServerResponse()), nil
	}
	return "", meaning(err)
}

// meaning says what an error leaves of a letter (RFC 5321, section 4.2.1: 4yz is for now,
// 5yz for good).
func meaning(err error) error {
	said := visible.Text(err.Error())
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return errors.New(said)
	}
	permanent := e.ErrorCode() >= 500
	switch e.Reason {
	case gomail.ErrSMTPDataClose:
		// The letter was there to its last byte: without an answer, nobody knows.
		switch {
		case e.ErrorCode() == 0:
			return errors.New("the mail server took the letter and did not say whether it keeps it: " + said)
		case permanent:
			return fmt.Errorf("%w: %s", notify.ErrNotSent, said)
		}
	case gomail.ErrGetSender, gomail.ErrGetRcpts, gomail.ErrNoUnencoded:
		return fmt.Errorf("%w: %s", notify.ErrNotSent, said)
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData:
		if permanent {
			return fmt.Errorf("%w: %s", notify.ErrNotSent, said)
		}
	case gomail.ErrSMTPReset, gomail.ErrAmbiguous:
		return errors.New(said)
	}
	return fmt.Errorf("%w: %s", notify.ErrLater, said)
}

// Look implements [notify.Sender]: a mail server does not say what it has taken.
func (*Sender) Look(context.Context, string) (bool, error) { return false, notify.ErrCannotLook }

// Package smtp is the channel that sends notices by a mail server.
package smtp

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"

	"mailsweep/notify"
	"mailsweep/notify/mime"
	"mailsweep/secret"
	"mailsweep/visible"
)

const (
	// dialTime is how long a server may take to let us in; answerTime how long it may take
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
	// taken, SCRAM before PLAIN before LOGIN, and none on a line that others can read.
	User     string
	Password secret.Value
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
	case o.User == "" && o.Password.Len() > 0:
		return nil, errors.New("there is a password for the mail server, and no notices.smtp_user")
	case o.User != "" && o.Password.Len() == 0:
		return nil, errors.New("there is no password for notices.smtp_user: put it into MAILSWEEP_NOTICES_SMTP_PASSWORD")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Sender{o}
	if _, err := s.client(nil); err != nil {
		return nil, fmt.Errorf("notices.smtp_*: %w", err)
	}
	if err := o.From.Check(); err != nil {
		return nil, fmt.Errorf("notices.smtp_from: %w", err)
	}
	return s, nil
}

// signIn are the ways to sign in, the best first. Without a list, go-mail prefers NTLM to
// PLAIN, which wants a domain that nobody has given.
var signIn = []gomail.SMTPAuthType{
	gomail.SMTPAuthSCRAMSHA256PLUS, gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1PLUS, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin,
}

func (s *Sender) client(dial gomail.DialContextFunc) (*gomail.Client, error) {
	options := []gomail.Option{gomail.WithPort(s.o.Port), gomail.WithTimeout(answerTime)}
	if dial != nil {
		options = append(options, gomail.WithDialContextFunc(dial))
	}
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
		options = append(options, gomail.WithOpportunisticSMTPAuth(signIn...), gomail.WithUsername(s.o.User), gomail.WithPassword(s.o.Password.Reveal()))
	}
	return gomail.NewClient(s.o.Host, options...)
}

// Name implements [notify.Sender].
func (*Sender) Name() string { return "smtp" }

// Send sends a letter to all of its recipients or to none. A context that ends stops it
// until the server has let us in; from there on the letter is finished, so that nobody
// has to doubt whether it went out.
func (s *Sender) Send(ctx context.Context, l notify.Letter) (receipt string, err error) {
	msg, err := mime.Message(l, s.o.From, s.o.Now())
	if err != nil {
		return "", err
	}
	connection, err := s.connect(ctx)
	if err != nil {
		return "", fmt.Errorf("%w: the mail server %s does not let us in: %s", notify.ErrLater, s.o.Host, visible.Text(s.masked(err.Error())))
	}
	defer func() { _ = connection.Close() }() // what it did before counts
	return deliver(connection, msg)
}

// masked leaves the password out of what a server says: some repeat the line that they
// do not take, where it stands in base64 (PLAIN, RFC 4616, and LOGIN).
func (s *Sender) masked(said string) string {
	if s.o.Password.Len() == 0 {
		return said
	}
	password := s.o.Password.Reveal()
	var all []secret.Value
	for _, form := range []string{password, base64.StdEncoding.EncodeToString([]byte(password)), base64.StdEncoding.EncodeToString([]byte("\x00" + s.o.User + "\x00" + password))} {
		all = append(all, secret.New(form))
	}
	return secret.NewMasker(all, nil).Mask(said)
}

// connect signs in. go-mail heeds a context only until the other machine answers, and
// leaves a connection open on which it was not let in: it is closed here.
func (s *Sender) connect(ctx context.Context) (*gosmtp.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	var conn net.Conn
	stop := func() bool { return true }
	client, err := s.client(func(within context.Context, network, address string) (_ net.Conn, err error) {
		if s.o.Security == TLS {
			conn, err = (&tls.Dialer{Config: s.o.TLS}).DialContext(within, network, address)
		} else {
			conn, err = (&net.Dialer{}).DialContext(within, network, address)
		}
		if err != nil {
			return nil, err
		}
		stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
		return conn, nil
	})
	if err != nil {
		return nil, err
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if !stop() || ctx.Err() != nil {
		err = fmt.Errorf("it took too long, or the work is being stopped (%w)", ctx.Err())
	}
	if err != nil {
		if conn != nil {
			_ = conn.Close()
		}
		return nil, err
	}
	return connection, nil
}

// Look implements [notify.Sender]: a mail server does not say what it has taken.
func (*Sender) Look(context.Context, string) (bool, error) { return false, notify.ErrCannotLook }

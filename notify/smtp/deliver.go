package smtp

import (
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"

	"mailsweep/notify"
	"mailsweep/visible"
)

// goodbyeTime is how long a server may take to say goodbye: nothing depends on it.
const goodbyeTime = 5 * time.Second

// deliver gives a mail to a server for all of its recipients or for none: until the last
// byte of the letter has gone, nothing was sent; after it, only an answer says what became
// of it (RFC 5321, section 4.2.5).
func deliver(c *gosmtp.Client, m *gomail.Msg) (receipt string, err error) {
	if err := c.UpdateDeadline(answerTime); err != nil {
		return "", fmt.Errorf("%w: %w", notify.ErrLater, err)
	}
	if err := announce(c, m); err != nil {
		goodbye(c)
		return "", err
	}
	letter, err := c.Data()
	if err != nil {
		goodbye(c)
		return "", refusal(err)
	}
	if _, err := m.WriteTo(letter); err != nil {
		// No goodbye: whatever is said next would first end the letter (net/textproto), and
		// half of it would go out.
		return "", refusal(err)
	}
	if err := letter.Close(); err != nil {
		if code(err) < 400 {
			return "", errors.New("the mail server took the letter and did not say whether it keeps it: " + visible.Text(err.Error()))
		}
		goodbye(c)
		return "", refusal(err)
	}
	receipt = "250"
	if said, ok := letter.(*gosmtp.DataCloser); ok {
		receipt = visible.Text(strings.TrimSpace("250 " + said.ServerResponse()))
	}
	goodbye(c)
	return receipt, nil
}

// announce says from whom and for whom the letter is. One recipient who is refused is
// enough for nobody to get it: a notice that only some have looks like one that all have.
func announce(c *gosmtp.Client, m *gomail.Msg) error {
	from, err := m.GetSender(false)
	if err != nil {
		return fmt.Errorf("%w: %w", notify.ErrNotSent, err)
	}
	to, err := m.GetRecipients()
	if err != nil {
		return fmt.Errorf("%w: %w", notify.ErrNotSent, err)
	}
	// A mail that is said to need SMTPUTF8 goes only to servers that have it (RFC 6531,
	// section 3.6): it is said where an address does.
	plain := !strings.ContainsFunc(from+strings.Join(to, ""), func(r rune) bool { return r > 0x7f })
	if ok, _ := c.Extension("SMTPUTF8"); !ok && !plain {
		return fmt.Errorf("%w: the mail server takes no addresses that are not ASCII (SMTPUTF8), and one of %s is such", notify.ErrNotSent, strings.Join(append(to, from), ", "))
	}
	c.SkipSMTPUTF8(plain)
	if err := c.Mail(from); err != nil { // the channel's fault, not this letter's
		return fmt.Errorf("%w: the mail server takes no mail from %s: %s", notify.ErrLater, from, visible.Text(err.Error()))
	}
	var refused []string
	why := notify.ErrLater
	for _, a := range to {
		err := c.Rcpt(a)
		if err == nil {
			continue
		}
		refused = append(refused, fmt.Sprintf("%s (%s)", a, visible.Text(err.Error())))
		if code(err) >= 500 { // one for good is for good, whatever the others say
			why = notify.ErrNotSent
		}
		if code(err) == 0 { // the connection is gone
			break
		}
	}
	if len(refused) > 0 {
		return fmt.Errorf("%w: the mail server does not take it for %s, and so for nobody", why, strings.Join(refused, ", "))
	}
	return nil
}

// refusal says what an error before the last byte, or an answer, leaves of a letter (RFC
// 5321, section 4.2.1: 4yz is for now, 5yz for good).
func refusal(err error) error {
	said := visible.Text(err.Error())
	switch c := code(err); {
	case c >= 500:
		return fmt.Errorf("%w: the mail server said %s", notify.ErrNotSent, said)
	case c > 0:
		return fmt.Errorf("%w: the mail server said %s", notify.ErrLater, said)
	}
	return fmt.Errorf("%w: the way to the mail server broke off before the letter was there: %s", notify.ErrLater, said)
}

// code is that of an answer; 0 when there was none.
func code(err error) int {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return answer.Code
	}
	return 0
}

func goodbye(c *gosmtp.Client) {
	if c.UpdateDeadline(goodbyeTime) == nil {
		_ = c.Quit()
	}
}

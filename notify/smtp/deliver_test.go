package smtp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"

	"mailsweep/notify"
)

// TestHalfALetter: what breaks off while it is written is not ended by us, so that no
// server takes half of it for the whole.
func TestHalfALetter(t *testing.T) {
	here, there := net.Pipe()
	heard := make(chan string, 1)
	go func() {
		var all strings.Builder
		fmt.Fprint(there, "220 mx\r\n")
		for r := bufio.NewScanner(there); r.Scan(); {
			all.WriteString(r.Text() + "\n")
			switch verb, _, _ := strings.Cut(r.Text(), " "); verb {
			case "EHLO", "MAIL", "RCPT", "QUIT", ".":
				fmt.Fprint(there, "250 ok\r\n")
			case "DATA":
				fmt.Fprint(there, "354 go on\r\n")
			}
		}
		heard <- all.String()
	}()
	c, err := gosmtp.NewClient(here, "mx")
	if err != nil {
		t.Fatal(err)
	}
	m := gomail.NewMsg()
	_, _ = m.From("a@contoso.example"), m.To("b@contoso.example")
	m.SetBodyWriter(gomail.TypeTextPlain, func(w io.Writer) (int64, error) {
		n, _ := io.WriteString(w, strings.Repeat("half of a letter\n", 1000))
		return int64(n), errors.New("no more")
	})
	_, err = deliver(c, m)
	_ = here.Close()
	if !errors.Is(err, notify.ErrLater) {
		t.Errorf("%v", err)
	}
	if got := <-heard; !strings.Contains(got, "DATA\n") || strings.Contains(got, "\n.\n") {
		t.Errorf("it was ended: %q", got[max(0, len(got)-80):])
	}
}

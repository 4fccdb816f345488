package smtp_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailsweep/notify"
	"mailsweep/notify/mime"
	"mailsweep/notify/notifytest"
	"mailsweep/notify/smtp"
	"mailsweep/secret"
)

func sender(t *testing.T, e *notifytest.Exim, change func(*smtp.Options)) *smtp.Sender {
	t.Helper()
	o := smtp.Options{
		Host: "127.0.0.1", Port: e.Port, Security: smtp.StartTLS, User: notifytest.EximUser, Password: secret.New(notifytest.EximPassword),
		From: mime.From{Address: "security@contoso.example", Name: "Contoso Ltd, \"Security\""}, TLS: e.TLS(),
	}
	if change != nil {
		change(&o)
	}
	s, err := smtp.New(o)
	must(t, err)
	return s
}

// TestConformance: with a real server.
func TestConformance(t *testing.T) {
	notifytest.Test(t, func(t *testing.T) notifytest.Channel {
		dir := t.TempDir()
		there := func(name string) string { return "condition = ${if exists{" + filepath.Join(dir, name) + "}}" }
		put := func(name string) func(*testing.T) {
			return func(t *testing.T) { must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o644)) }
		}
		e := notifytest.StartExim(t, "", "deny "+there("refuse")+"\n  defer "+there("busy"))
		// What is not answered is in TestCut: a real server answers.
		return notifytest.Channel{Sender: sender(t, e, nil), Arrived: e.Arrived, Refuse: put("refuse"), Busy: put("busy"), Secret: notifytest.EximPassword}
	})
}

// TestRefusals: what a real server says at each step, and what that means.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		rcpt, data string
		want       error
	}{
		"no such recipient":      {"deny recipients = ann@contoso.example\n  message = no \\033 such user", "", notify.ErrNotSent},
		"a recipient, for now":   {"defer recipients = ann@contoso.example\n  message = greylisted", "", notify.ErrLater},
		"for good, then for now": {"deny recipients = cloud@contoso.example\n  defer recipients = ann@contoso.example", "", notify.ErrNotSent},
		"for now, then for good": {"defer recipients = cloud@contoso.example\n  deny recipients = ann@contoso.example", "", notify.ErrNotSent},
		"the letter":             {"", "deny message = looks like phishing", notify.ErrNotSent},
		"the letter, for now":    {"", "defer message = busy", notify.ErrLater},
		"the connection is gone": {"", "drop message = bye", notify.ErrNotSent},
	} {
		e := notifytest.StartExim(t, c.rcpt, c.data)
		_, err := sender(t, e, nil).Send(t.Context(), notifytest.Letter(1))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(e.Arrived(t)); n != 0 {
			t.Errorf("%s: %d letters arrived", name, n)
		}
	}
}

// TestTheWayIn: a wrong password, an authority that nobody trusts and a server without
// TLS end before anything is sent.
func TestTheWayIn(t *testing.T) {
	e := notifytest.StartExim(t, "", "")
	for name, change := range map[string]func(*smtp.Options){
		"wrong password":   func(o *smtp.Options) { o.Password = secret.New("wrong-" + notifytest.EximPassword) },
		"unknown issuer":   func(o *smtp.Options) { o.TLS = nil },
		"TLS at once":      func(o *smtp.Options) { o.Security = smtp.TLS },
		"no password sent": func(o *smtp.Options) { o.Security = smtp.None },
		"nobody there":     func(o *smtp.Options) { o.Port = freePort(t) },
	} {
		_, err := sender(t, e, change).Send(t.Context(), notifytest.Letter(1))
		if !errors.Is(err, notify.ErrLater) || strings.Contains(err.Error(), notifytest.EximPassword) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(e.Arrived(t)); n != 0 {
		t.Errorf("%d letters arrived", n)
	}
}

// cutting is a server that goes away at one of its answers.
func cutting(t *testing.T, at string) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c, at)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func serve(c net.Conn, at string) {
	defer c.Close()
	fmt.Fprint(c, "220 mx\r\n")
	r := bufio.NewScanner(c)
	inData := false
	for r.Scan() {
		line := r.Text()
		verb, _, _ := strings.Cut(line, " ")
		if inData {
			if line != "." {
				continue
			}
			inData, verb = false, "."
		}
		if verb == at {
			return
		}
		switch verb {
		case "DATA":
			inData = true
			fmt.Fprint(c, "354 go on\r\n")
		case "QUIT":
			return
		default:
			fmt.Fprint(c, "250 ok\r\n")
		}
	}
}

// TestCut: as long as the last byte of the letter was not taken, it was not sent; after
// it, nobody knows; after the answer, it was.
func TestCut(t *testing.T) {
	for at, want := range map[string]error{"EHLO": notify.ErrLater, "MAIL": notify.ErrLater, "RCPT": notify.ErrLater, "DATA": notify.ErrLater, ".": nil} {
		s, err := smtp.New(smtp.Options{Host: "127.0.0.1", Port: cutting(t, at), Security: smtp.None, From: mime.From{Address: "security@contoso.example"}})
		must(t, err)
		_, err = s.Send(t.Context(), notifytest.Letter(1))
		if want != nil && !errors.Is(err, want) || want == nil && (err == nil || errors.Is(err, notify.ErrNotSent) || errors.Is(err, notify.ErrLater)) {
			t.Errorf("cut at %s: %v", at, err)
		}
	}
	s, err := smtp.New(smtp.Options{Host: "127.0.0.1", Port: cutting(t, "RSET"), Security: smtp.None, From: mime.From{Address: "security@contoso.example"}})
	must(t, err)
	if _, err := s.Send(t.Context(), notifytest.Letter(1)); err != nil {
		t.Errorf("cut after the answer: %v", err)
	}
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]smtp.Options{
		"no server": {Port: 25, From: mime.From{Address: "a@b.example"}}, "a port that is none": {Host: "mx.example", Port: 70000, From: mime.From{Address: "a@b.example"}}, "no sender": {Host: "mx.example", Port: 25},
		"clear text elsewhere": {Host: "mx.example", Port: 25, Security: smtp.None, From: mime.From{Address: "a@b.example"}},
		"no password":          {Host: "mx.example", Port: 25, User: "a", From: mime.From{Address: "a@b.example"}}, "no user": {Host: "mx.example", Port: 25, Password: secret.New("Tr0ub4dor"), From: mime.From{Address: "a@b.example"}},
	} {
		if _, err := smtp.New(o); err == nil || strings.Contains(err.Error(), "Tr0ub4dor") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

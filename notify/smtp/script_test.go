package smtp_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"mailsweep/notify"
	"mailsweep/notify/mime"
	"mailsweep/notify/notifytest"
	"mailsweep/notify/smtp"
	"mailsweep/secret"
)

// script is a mail server that says what it is told to say, and keeps what it hears.
type script struct {
	port    int
	answers map[string]string // by verbs; "" says nothing more
	reached chan string       // the verbs that it does not answer
	ended   chan struct{}     // a connection was closed by the other side
	mu      sync.Mutex
	heard   []string
	open    net.Conn // the latest
}

func startScript(t *testing.T, answers map[string]string) *script {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	s := &script{port: l.Addr().(*net.TCPAddr).Port, answers: answers, reached: make(chan string, 8), ended: make(chan struct{}, 8)}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return s
}

func (s *script) serve(c net.Conn) {
	defer c.Close()
	defer func() { s.ended <- struct{}{} }()
	s.mu.Lock()
	s.open = c
	s.mu.Unlock()
	s.say(c, "220", "220 mx")
	inData := false
	for r := bufio.NewScanner(c); r.Scan(); {
		line := r.Text()
		if inData && line != "." {
			continue
		}
		s.mu.Lock()
		s.heard = append(s.heard, line)
		s.mu.Unlock()
		verb, _, _ := strings.Cut(line, " ")
		usual := map[string]string{"DATA": "354 go on", "QUIT": "221 bye"}[verb]
		if usual == "" {
			usual = "250 ok"
		}
		s.say(c, verb, usual)
		inData = verb == "DATA"
	}
}

func (s *script) say(c net.Conn, verb, usual string) {
	answer, told := s.answers[verb]
	switch {
	case !told:
		fmt.Fprintf(c, "%s\r\n", usual)
	case answer == "":
		s.reached <- verb
	default:
		fmt.Fprintf(c, "%s\r\n", answer)
	}
}

// answer says what it has not said so far.
func (s *script) answer(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.open, "%s\r\n", line)
}

// said is the first line with a verb.
func (s *script) said(verb string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range s.heard {
		if strings.HasPrefix(line, verb) {
			return line
		}
	}
	return ""
}

func (s *script) sender(t *testing.T, user string) *smtp.Sender {
	t.Helper()
	o := smtp.Options{Host: "127.0.0.1", Port: s.port, Security: smtp.None, User: user, From: mime.From{Address: "security@contoso.example"}}
	if user != "" {
		o.Password = secret.New(notifytest.EximPassword)
	}
	sender, err := smtp.New(o)
	must(t, err)
	return sender
}

func wait[T any](t *testing.T, c <-chan T, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(time.Minute):
		t.Fatal("never: " + what)
	}
}

// TestStopped: a server that says nothing holds nobody who wants to stop.
func TestStopped(t *testing.T) {
	for _, verb := range []string{"220", "EHLO", "AUTH"} {
		answers := map[string]string{"EHLO": "250-mx\r\n250 AUTH PLAIN"}
		answers[verb] = ""
		s := startScript(t, answers)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-s.reached
			cancel()
		}()
		_, err := s.sender(t, notifytest.EximUser).Send(ctx, notifytest.Letter(1))
		if !errors.Is(err, notify.ErrLater) || !strings.Contains(err.Error(), context.Canceled.Error()) {
			t.Errorf("silent at %s: %v", verb, err)
		}
		wait(t, s.ended, "the connection is closed")
	}
}

// TestFinishes: a letter that the server has begun to take is not left in doubt because
// the work is being stopped.
func TestFinishes(t *testing.T) {
	s := startScript(t, map[string]string{"MAIL": ""})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := s.sender(t, "").Send(ctx, notifytest.Letter(1))
		done <- err
	}()
	wait(t, s.reached, "MAIL")
	cancel()
	s.answer("250 ok")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestSignIn: the best way of those that need nothing but user and password; and who is
// not let in leaves.
func TestSignIn(t *testing.T) {
	s := startScript(t, map[string]string{"EHLO": "250-mx\r\n250 AUTH NTLM CRAM-MD5 LOGIN PLAIN", "AUTH": "535 no"})
	_, err := s.sender(t, notifytest.EximUser).Send(t.Context(), notifytest.Letter(1))
	if !errors.Is(err, notify.ErrLater) || !strings.HasPrefix(s.said("AUTH"), "AUTH PLAIN") {
		t.Errorf("%v; %.12s", err, s.said("AUTH"))
	}
	wait(t, s.ended, "the connection is closed")
}

// TestPassword: no error has it, even where the server says it; nothing prints it.
func TestPassword(t *testing.T) {
	plain := base64.StdEncoding.EncodeToString([]byte("\x00" + notifytest.EximUser + "\x00" + notifytest.EximPassword))
	login := base64.StdEncoding.EncodeToString([]byte(notifytest.EximPassword))
	for _, said := range []string{plain, login, notifytest.EximPassword} {
		s := startScript(t, map[string]string{"EHLO": "250-mx\r\n250 AUTH PLAIN", "AUTH": "500 what is " + said})
		sender := s.sender(t, notifytest.EximUser)
		_, err := sender.Send(t.Context(), notifytest.Letter(1))
		if err == nil || strings.Contains(err.Error(), said) || !strings.Contains(err.Error(), "500") {
			t.Errorf("%v", err)
		}
		if got := fmt.Sprintf("%+v %#v", sender, sender); strings.Contains(got, notifytest.EximPassword) {
			t.Error(got)
		}
	}
}

// TestAddresses: SMTPUTF8 is asked for only by those that need it.
func TestAddresses(t *testing.T) {
	s := startScript(t, map[string]string{"EHLO": "250-mx\r\n250 SMTPUTF8"})
	_, err := s.sender(t, "").Send(t.Context(), notifytest.Letter(1))
	if got := s.said("MAIL"); err != nil || got != "MAIL FROM:<security@contoso.example>" {
		t.Errorf("%q, %v", got, err)
	}
	l := notifytest.Letter(2)
	l.To = []string{"ann@contoso.example", "jörg@müller.example"}
	s = startScript(t, map[string]string{"EHLO": "250-mx\r\n250 SMTPUTF8"})
	if _, err := s.sender(t, "").Send(t.Context(), l); err != nil || !strings.HasSuffix(s.said("MAIL"), " SMTPUTF8") {
		t.Errorf("%q, %v", s.said("MAIL"), err)
	}
	s = startScript(t, nil)
	if _, err := s.sender(t, "").Send(t.Context(), l); !errors.Is(err, notify.ErrNotSent) || s.said("MAIL") != "" {
		t.Errorf("%q, %v", s.said("MAIL"), err)
	}
}

// TestAnswers: an answer to the whole letter that is neither yes nor no says nothing.
func TestAnswers(t *testing.T) {
	for answer, want := range map[string]error{"552 too big": notify.ErrNotSent, "421 later": notify.ErrLater, "354 what?": nil, "hello": nil} {
		_, err := startScript(t, map[string]string{".": answer}).sender(t, "").Send(t.Context(), notifytest.Letter(1))
		if want != nil && !errors.Is(err, want) || want == nil && (err == nil || errors.Is(err, notify.ErrNotSent) || errors.Is(err, notify.ErrLater)) {
			t.Errorf("%q: %v", answer, err)
		}
	}
	if receipt, err := startScript(t, map[string]string{".": "250 "}).sender(t, "").Send(t.Context(), notifytest.Letter(1)); err != nil || receipt != "250" {
		t.Errorf("a bare yes: %q, %v", receipt, err)
	}
	_, err := startScript(t, map[string]string{"MAIL": "550 not you"}).sender(t, "").Send(t.Context(), notifytest.Letter(1))
	if !errors.Is(err, notify.ErrLater) || !strings.Contains(err.Error(), "security@contoso.example") {
		t.Errorf("who sends is refused: %v", err)
	}
}

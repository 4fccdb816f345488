// Package notifytest is the conformance suite that every channel of notices passes.
package notifytest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mailsweep/notify"
	"mailsweep/sweeper"
)

// Arrived is a letter as the other side has it. What a channel does not carry is "".
type Arrived struct {
	MessageID, Subject, Text, HTML, ReplyTo string
	To                                      []string
}

// Channel is a sender with the other side of it.
type Channel struct {
	notify.Sender
	// Arrived are the letters that the other side has, in the order in which they came.
	Arrived func(t *testing.T) []Arrived
	// Refuse makes the other side refuse what comes for good, Busy for now; Cut makes it
	// take a letter and say nothing. nil where that cannot be.
	Refuse, Busy, Cut func(t *testing.T)
	// Looks says that the channel knows for certain what it has sent.
	Looks bool
	// Secret is a setting that must not be in any error; "" when there is none.
	Secret string
}

// Test runs the whole suite; open makes a new channel each time.
func Test(t *testing.T, open func(t *testing.T) Channel) {
	for name, test := range map[string]func(*testing.T, Channel){
		"a letter arrives once":                     arrives,
		"a hostile letter changes nothing but text": hostile,
		"a long letter arrives whole":               long,
		"a letter for many":                         many,
		"letters at once":                           atOnce,
		"a context that has ended":                  ended,
		"what is refused was not sent":              refused,
		"what is not taken now may be sent later":   busy,
		"what is not answered may have been sent":   cut,
		"looking": looking,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Letter is one with all that a letter may have.
func Letter(n int) notify.Letter {
	when := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	ref := fmt.Sprintf("N-TEST-%04d", n)
	return notify.Letter{
		MessageID: "<" + strings.ToLower(ref) + ".mailsweep@contoso.example>", To: []string{"cloud@contoso.example", "ann@contoso.example"}, ReplyTo: "security@contoso.example",
		Subject: "2 credentials to replace, Schlüssel 鍵 (" + ref + ")", Text: "Dear Zoë,\n\n.\nfrom here on = 100 %\n", HTML: "<!doctype html>\n<p>Dear Zo\u00eb &amp; all</p>\n",
		Language: "en", Reference: ref,
		Notice: notify.Content{
			Organisation: notify.Organisation{Name: "Contoso Ltd", Contact: "security@contoso.example", Verify: "https://contoso.example/v"}, Reference: ref, Occasion: notify.First,
			Owner:   notify.Owner{ID: "team:cloud", Name: "Cloud team", Audience: notify.Inside, To: []string{"cloud@contoso.example", "ann@contoso.example"}},
			Written: when, Due: when,
			Secrets: []notify.Told{{
				Exposure: "3f9c2a7be15d0846", Kind: sweeper.Token, Rule: "aws-secret-access-key", Severity: sweeper.Critical, Preview: "40 characters", Due: when, FirstSeen: when,
				Details: []notify.Detail{{Name: "account", Value: "052310077262"}, {Name: "host", Value: "=cmd|' /C calc'!A0"}},
				Mails:   []notify.Mail{{Date: when, From: "bo@gannet.example", To: []string{"ann@contoso.example"}, MessageID: "<a1@gannet.example>", Mailbox: "ann@contoso.example", Folder: "Inbox"}},
			}},
		},
	}
}

func (c Channel) send(t *testing.T, l notify.Letter) {
	t.Helper()
	receipt, err := c.Send(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(receipt) == "" || strings.ContainsAny(receipt, "\r\n\x1b") {
		t.Errorf("the receipt is %q", receipt)
	}
}

// want is how a letter arrives; what the channel does not carry is not asked for.
func want(l notify.Letter, got Arrived) Arrived {
	w := Arrived{l.MessageID, l.Subject, l.Text, l.HTML, l.ReplyTo, l.To}
	for _, field := range []struct{ want, got *string }{{&w.MessageID, &got.MessageID}, {&w.Subject, &got.Subject}, {&w.Text, &got.Text}, {&w.HTML, &got.HTML}, {&w.ReplyTo, &got.ReplyTo}} {
		*field.want = strings.ReplaceAll(*field.want, "\r\n", "\n")
		*field.got = strings.ReplaceAll(*field.got, "\r\n", "\n")
	}
	return w
}

func (c Channel) only(t *testing.T, l notify.Letter) {
	t.Helper()
	all := c.Arrived(t)
	if len(all) != 1 {
		t.Fatalf("%d letters arrived", len(all))
	}
	w := want(l, all[0])
	got := all[0]
	got.Text, got.HTML, got.Subject = strings.ReplaceAll(got.Text, "\r\n", "\n"), strings.ReplaceAll(got.HTML, "\r\n", "\n"), strings.ReplaceAll(got.Subject, "\r\n", "\n")
	if diff := cmp.Diff(w, got); diff != "" {
		t.Errorf("as it arrived (-want +got)\n%s", diff)
	}
}

func arrives(t *testing.T, c Channel) {
	l := Letter(1)
	c.send(t, l)
	c.only(t, l)
}

// hostile: line ends in a subject are blanks there, and no address can bring another
// header or recipient.
func hostile(t *testing.T, c Channel) {
	l := Letter(1)
	l.Subject = "=cmd() <script> \u202e \"quoted\" =?utf-8?q?x?="
	l.Text = "From here\n.\n..\nQUIT\n\x1b[31m\u2028 end\n" + strings.Repeat("x", 2000) + "\n"
	l.Notice.Owner.Name = "../../etc/\x00 \"Cloud\"\r\nBcc: mallory@evil.example"
	c.send(t, l)
	c.only(t, l)
	l = Letter(2)
	l.Subject = "a\r\nBcc: mallory@evil.example\r\n\r\nhello"
	if _, err := c.Send(t.Context(), l); err == nil {
		for _, a := range c.Arrived(t) {
			if strings.Contains(a.Subject, "\n") || strings.Contains(strings.Join(a.To, " "), "mallory") {
				t.Errorf("the subject %q made a header: %+v", l.Subject, a)
			}
		}
	} else if !errors.Is(err, notify.ErrNotSent) {
		t.Errorf("it may have been sent: %v", err)
	}
	for i, to := range []string{"a@b.example\r\nRCPT TO:<mallory@evil.example>", "a@b.example, mallory@evil.example", "a@b.example>\r\nDATA"} {
		l := Letter(3 + i)
		l.To = []string{to}
		if _, err := c.Send(t.Context(), l); err != nil && !errors.Is(err, notify.ErrNotSent) {
			t.Errorf("%q: %v", to, err)
		}
	}
	for _, a := range c.Arrived(t) {
		for _, to := range a.To {
			if to == "mallory@evil.example" {
				t.Error("it went to somebody else")
			}
		}
	}
}

func long(t *testing.T, c Channel) {
	l := Letter(1)
	l.Text = strings.Repeat("A line of a long letter: grüße, 日本語, = and %.\n", 20_000)
	l.HTML = strings.Repeat("<p>Ein Absatz &amp; noch einer: grüße</p>\n", 20_000)
	c.send(t, l)
	c.only(t, l)
}

// many: 300 are more than a line of a header holds; each is there once.
func many(t *testing.T, c Channel) {
	l := Letter(1)
	l.To = nil
	for i := range 300 {
		l.To = append(l.To, fmt.Sprintf("owner-number-%d@contoso.example", i))
	}
	c.send(t, l)
	c.only(t, l)
}

func atOnce(t *testing.T, c Channel) {
	var group sync.WaitGroup
	const n = 8
	for i := range n {
		group.Go(func() {
			if _, err := c.Send(context.WithoutCancel(t.Context()), Letter(i)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	seen := map[string]int{}
	for _, a := range c.Arrived(t) {
		seen[a.MessageID]++
	}
	for i := range n {
		if id := Letter(i).MessageID; seen[id] != 1 {
			t.Errorf("%s arrived %d times", id, seen[id])
		}
	}
}

func ended(t *testing.T, c Channel) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Send(ctx, Letter(1))
	c.notSent(t, err)
	if n := len(c.Arrived(t)); n != 0 {
		t.Errorf("%d letters arrived", n)
	}
}

// notSent asks that an error says for certain that nothing went out.
func (c Channel) notSent(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, notify.ErrNotSent) && !errors.Is(err, notify.ErrLater) {
		t.Errorf("it does not say that it was not sent: %v", err)
	}
	c.quiet(t, err)
}

// quiet asks that an error tells no secret and nothing that a terminal acts on.
func (c Channel) quiet(t *testing.T, err error) {
	t.Helper()
	if err != nil && (c.Secret != "" && strings.Contains(err.Error(), c.Secret) || strings.ContainsAny(err.Error(), "\x1b\r")) {
		t.Errorf("the error says too much: %q", err)
	}
}

func refused(t *testing.T, c Channel) {
	if c.Refuse == nil {
		return
	}
	c.Refuse(t)
	_, err := c.Send(t.Context(), Letter(1))
	if !errors.Is(err, notify.ErrNotSent) {
		t.Errorf("%v", err)
	}
	c.quiet(t, err)
	if n := len(c.Arrived(t)); n != 0 {
		t.Errorf("%d letters arrived", n)
	}
}

func busy(t *testing.T, c Channel) {
	if c.Busy == nil {
		return
	}
	c.Busy(t)
	_, err := c.Send(t.Context(), Letter(1))
	if !errors.Is(err, notify.ErrLater) {
		t.Errorf("%v", err)
	}
	c.quiet(t, err)
	if n := len(c.Arrived(t)); n != 0 {
		t.Errorf("%d letters arrived", n)
	}
}

func cut(t *testing.T, c Channel) {
	if c.Cut == nil {
		return
	}
	c.Cut(t)
	_, err := c.Send(t.Context(), Letter(1))
	if err == nil || errors.Is(err, notify.ErrNotSent) || errors.Is(err, notify.ErrLater) {
		t.Errorf("it says for certain what it cannot know: %v", err)
	}
	c.quiet(t, err)
}

func looking(t *testing.T, c Channel) {
	l := Letter(1)
	sent, err := c.Look(t.Context(), l.MessageID)
	if c.Looks != (err == nil) || err != nil && !errors.Is(err, notify.ErrCannotLook) || sent {
		t.Errorf("before: %v, %v", sent, err)
	}
	c.send(t, l)
	sent, err = c.Look(t.Context(), l.MessageID)
	if c.Looks && (err != nil || !sent) || !c.Looks && !sent && !errors.Is(err, notify.ErrCannotLook) {
		t.Errorf("after: %v, %v", sent, err)
	}
}

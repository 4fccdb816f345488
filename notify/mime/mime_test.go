package mime_test

import (
	"bytes"
	stdmime "mime"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"mailsweep/notify/mime"
	"mailsweep/notify/notifytest"
)

func header(t *testing.T, from mime.From) mail.Header {
	t.Helper()
	raw, err := mime.Bytes(notifytest.Letter(1), from, time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC))
	if err != nil {
		t.Fatalf("%q: %v", from.Name, err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header
}

// TestFrom: an organisation is called what it is called.
func TestFrom(t *testing.T) {
	for _, name := range []string{"", "Contoso Ltd", `Contoso Ltd, "Security"`, `5" Disks Ltd`, `back\`, "Müller & Söhne", "鍵 <x@evil.example>", "=?utf-8?q?x?=", strings.Repeat("long name ", 40) + "end"} {
		h := header(t, mime.From{Address: "security@contoso.example", Name: name})
		list, err := h.AddressList("From")
		if err != nil || len(list) != 1 || list[0].Name != name || list[0].Address != "security@contoso.example" {
			t.Errorf("%q: %q, %v", name, h.Get("From"), err)
		}
	}
}

func TestNobody(t *testing.T) {
	for _, from := range []mime.From{{}, {Address: "contoso"}, {Address: "A <a@contoso.example>"}, {Address: "a@b.example, c@d.example"}, {Address: "a@b.example", Name: "a\r\nBcc: mallory@evil.example"}} {
		if from.Check() == nil {
			t.Errorf("%+v is somebody", from)
		}
		if _, err := mime.Bytes(notifytest.Letter(1), from, time.Time{}); err == nil {
			t.Errorf("%+v sends", from)
		}
	}
}

// TestHeaders: these and no others, so that nothing in a mail tells more than is meant.
func TestHeaders(t *testing.T) {
	h := header(t, mime.From{Address: "security@contoso.example"})
	var names []string
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	want := "Auto-Submitted Content-Language Content-Type Date From Message-Id Mime-Version Reply-To Subject To User-Agent X-Mailer"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if h.Get("Auto-Submitted") != "auto-generated" || h.Get("Date") != "Wed, 04 Mar 2026 05:06:07 +0000" || h.Get("Message-Id") != notifytest.Letter(1).MessageID {
		t.Errorf("%q", h)
	}
	if kind, _, err := stdmime.ParseMediaType(h.Get("Content-Type")); err != nil || kind != "multipart/alternative" {
		t.Error(kind, err)
	}
}

// TestHostileFields: nothing in a letter makes a header of its own.
func TestHostileFields(t *testing.T) {
	const more = "x\r\nBcc: mallory@evil.example\r\n\r\nhello"
	from := mime.From{Address: "security@contoso.example"}
	for name, change := range map[string]func() ([]byte, error){
		"language": func() ([]byte, error) {
			l := notifytest.Letter(1)
			l.Language = more
			return mime.Bytes(l, from, time.Time{})
		},
		"subject": func() ([]byte, error) {
			l := notifytest.Letter(1)
			l.Subject = more
			return mime.Bytes(l, from, time.Time{})
		},
		"reply to": func() ([]byte, error) {
			l := notifytest.Letter(1)
			l.ReplyTo = more
			return mime.Bytes(l, from, time.Time{})
		},
		"message id": func() ([]byte, error) {
			l := notifytest.Letter(1)
			l.MessageID = "<" + more + ">"
			return mime.Bytes(l, from, time.Time{})
		},
		"a bell in the id": func() ([]byte, error) {
			l := notifytest.Letter(1)
			l.MessageID = "<a\a@contoso.example>"
			raw, err := mime.Bytes(l, from, time.Time{})
			if err == nil {
				t.Error("it is a Message-ID")
			}
			return raw, err
		},
	} {
		raw, err := change()
		if err != nil {
			continue
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil || m.Header.Get("Bcc") != "" {
			t.Errorf("%s: %v, %q", name, err, m.Header)
		}
	}
}

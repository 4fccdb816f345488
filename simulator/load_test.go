package simulator

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func eml(lines ...string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(strings.Join(lines, "\r\n"))}
}

// loaded lists what a tenant has: mailbox, folder, read or draft, subject.
func loaded(t *Tenant) []string {
	var out []string
	for _, u := range t.Users() {
		names := map[string]string{}
		for _, f := range t.Folders(u.ID) {
			names[f.ID] = f.DisplayName
			if parent := names[f.ParentID]; parent != "" && f.WellKnown == "" && parent != "Top of Information Store" {
				names[f.ID] = parent + "/" + f.DisplayName
			}
		}
		for m := range t.Messages(u.ID) {
			out = append(out, fmt.Sprintf("%s %s %v %v %s", u.Mail, names[m.FolderID], m.IsRead, m.IsDraft, m.Subject))
		}
	}
	slices.Sort(out)
	return out
}

func TestLoadPutsMailWhereItLies(t *testing.T) {
	mail := func(subject string) *fstest.MapFile { return eml("Subject: "+subject, "From: a@b.example", "", "x") }
	mbox := &fstest.MapFile{Data: []byte("From a@b Thu Jan  1 00:00:00 2026\nSubject: m1\nStatus: RO\n\nFrom here on\n>From the start\n\nFrom x y 10:00 said he\nnot a header\n\n" +
		"From a@b Thu Jan  1 00:00:00 2026\nSubject: m2\n\ny\n")}
	ten, err := Load(fstest.MapFS{
		"ada/1.eml":                  mail("in ada"),
		"ada/Sent/2.eml":             mail("sent"),
		"ada/Projects/Apollo/3.eml":  mail("apollo"),
		"ada/Projects/4.eml":         mail("projects"),
		"ada/old.mbox":               mbox,
		"Bob B/cur/1:2,S":            mail("seen"),
		"Bob B/new/2":                mail("new"),
		"Bob B/tmp/3":                mail("half"),
		"Bob B/.Drafts/cur/4:2,DS":   mail("draft"),
		"Bob B/.Work.2025/cur/5:2,":  mail("work"),
		"Bob B/.Drafts/new/.keep":    {},
		"Bob B/.Work.2025/new/.keep": {},
		"carl@other.example/a.txt":   mail("carl"),
		"list.mbox":                  mbox,
		"loose.eml":                  mail("loose"),
		"README.md":                  {Data: []byte("# Not mail\n")},
		".git/HEAD":                  {Data: []byte("ref: x\n")},
	}, "contoso.example")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"ada@contoso.example Inbox false false in ada", "ada@contoso.example Projects false false projects", "ada@contoso.example Projects/Apollo false false apollo",
		"ada@contoso.example Sent Items false false sent", "ada@contoso.example old false false m2", "ada@contoso.example old true false m1",
		"bob.b@contoso.example Drafts true true draft", "bob.b@contoso.example Inbox false false new", "bob.b@contoso.example Inbox true false seen",
		"bob.b@contoso.example Work/2025 false false work", "carl@other.example Inbox false false carl",
		"list@contoso.example Inbox false false m2", "list@contoso.example Inbox true false m1", "mail@contoso.example Inbox false false loose",
	}
	if diff := cmp.Diff(want, loaded(ten)); diff != "" {
		t.Error(diff)
	}
	for m := range ten.Messages("list@contoso.example") {
		if m.Subject == "m1" && m.Body != "From here on\nFrom the start\n\nFrom x y 10:00 said he\nnot a header\n" {
			t.Errorf("body %q", m.Body)
		}
	}
}

// TestLoadMakesOfMIMEWhatExchangeDoes lists body and attachments of each shape of mail.
func TestLoadMakesOfMIMEWhatExchangeDoes(t *testing.T) {
	part := func(kind, body string) string { return "--b\r\nContent-Type: " + kind + "\r\n\r\n" + body + "\r\n" }
	multi := func(kind string, parts ...string) string {
		return "Subject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/" + kind + "; boundary=b\r\n\r\n" + strings.Join(parts, "") + "--b--\r\n"
	}
	for name, c := range map[string]struct{ raw, want string }{
		"plain":       {"Subject: s\r\n\r\nhello\r\n", "text:hello"},
		"no type":     {"Subject: s\n\nhello\n", "text:hello"},
		"html":        {"Subject: s\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>gr\xfc\xdfe an alle im hause</p>", "html:<p>grüße an alle im hause</p>"},
		"alternative": {multi("alternative", part("text/plain", "hello to everybody"), part("text/html", "<p>hello to everybody</p>")), "html:<p>hello to everybody</p>"},
		"alternative that says more": {multi("alternative", part("text/plain", "hello onlyinplaintext"), part("text/html", "<p>hello</p>")),
			"html:<p>hello</p> | file ATT00001.txt text/plain hello onlyinplaintext"},
		"mixed": {multi("mixed", part("text/plain", "body"), part("text/plain", "footer"), part("text/html", "<b>more</b>"), part("application/pdf; name=a.pdf", "%PDF")),
			"text:body | file ATT00001.txt text/plain footer | file ATT00002.htm text/html <b>more</b> | file a.pdf application/pdf %PDF"},
		"text attachment first": {multi("mixed", part("text/plain; name=first.txt", "one"), part("text/plain", "body")), "text:body | file first.txt text/plain one"},
		"item": {multi("mixed", part("text/plain", "see"), part("message/rfc822", "Subject: inner\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"+
			"--c\r\n\r\nin\r\n--c\r\nContent-Type: text/csv; name=t.csv\r\n\r\n1,2\r\n--c--")), "text:see | item inner (text:in | file t.csv text/csv 1,2)"},
		"related": {multi("related", part("text/html", "<img src=cid:x>"), "--b\r\nContent-Type: image/png; name=l.png\r\nContent-ID: <x>\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n"),
			"html:<img src=cid:x> | inline l.png image/png hi x"},
		"calendar":      {multi("alternative", part("text/plain", "meet"), part("text/calendar", "BEGIN:VCALENDAR")), "text:meet | file ATT00001.ics text/calendar BEGIN:VCALENDAR"},
		"report":        {multi("report", part("text/plain", "failed"), part("message/delivery-status", "Action: failed")), "text:failed | file ATT00001.dat message/delivery-status Action: failed"},
		"margins":       {"Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\nbefore\r\n" + part("text/plain", "body") + "--b--\r\nafter\r\n", "text:body | file preamble.txt text/plain before | file epilogue.txt text/plain after"},
		"cut":           {"Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + part("text/plain", "body") + part("application/x", "cut"), "text:body | file ATT00001.dat application/x cut"},
		"lost boundary": {"Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--x\r\n\r\nall there is", "text:--x\r\n\r\nall there is"},
		"no charset":    {"Subject: s\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ngr=FC=DFe", "text:grüße"},
		"no boundary":   {"Subject: s\r\nContent-Type: multipart/mixed\r\n\r\nall there is", "text:all there is"},
		"bad base64":    {"Subject: s\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8*!*gdGhlcmU=", "text:hello there"},
		"broken type":   {"Subject: s\r\nContent-Type: ;;;\r\n\r\nstill text", "text:still text"},
		"html attached": {multi("mixed", part("text/plain", "body"), "--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=p.html\r\n\r\n<p>\r\n"), "text:body | file p.html text/html <p>"},
		"empty":         {"", "text:"},
	} {
		m := readMIME([]byte(c.raw), 0)
		if got := told(m); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
		if string(m.MIME) != c.raw {
			t.Errorf("%s: the MIME was not kept", name)
		}
	}
}

func told(m *Message) string {
	out := m.BodyType + ":" + strings.TrimSpace(m.Body)
	for _, a := range m.Attachments {
		switch {
		case a.Item != nil:
			out += " | item " + a.Name + " (" + told(a.Item) + ")"
		case a.Inline:
			out += fmt.Sprintf(" | inline %s %s %s %s", a.Name, a.ContentType, a.Content, a.ContentID)
		default:
			out += fmt.Sprintf(" | file %s %s %s", a.Name, a.ContentType, strings.TrimSpace(string(a.Content)))
		}
	}
	return out
}

func TestLoadReadsTheEnvelope(t *testing.T) {
	m := readMIME([]byte("Received: from x by y; Tue, 3 Mar 2026 10:00:05 +0100\r\nFrom: =?utf-8?q?J=C3=BCrgen?= <j@b.example>\r\nTo: a@b.example,\r\n \"C, D\" <c@b.example>\r\n"+
		"Subject: =?utf-8?b?w5xiZXI=?=\r\n =?utf-8?q?gabe?=\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100\r\nMessage-ID: <1@b.example>\r\nReferences: <0@b.example>\r\nX-Odd\r\n\r\nx"), 0)
	if m.Subject != "Übergabe" || m.From != (Address{"Jürgen", "j@b.example"}) || len(m.To) != 2 || m.To[1] != (Address{"C, D", "c@b.example"}) {
		t.Errorf("subject %q from %v to %v", m.Subject, m.From, m.To)
	}
	if m.InternetMessageID != "<1@b.example>" || m.Sent.Second() != 0 || m.Received.Second() != 5 || m.Received.Hour() != 9 {
		t.Errorf("id %q sent %v received %v", m.InternetMessageID, m.Sent, m.Received)
	}
	if len(m.Headers) != 7 || m.Headers[2].Value != `a@b.example, "C, D" <c@b.example>` {
		t.Errorf("headers %q", m.Headers)
	}
}

// TestLoadCorpora loads real mail where the machine has some: no mail ends up empty.
func TestLoadCorpora(t *testing.T) {
	home, _ := os.UserHomeDir()
	for _, name := range []string{"spamassassin", "cypherpunks"} {
		root := filepath.Join(home, ".cache", "mailsweep-corpora", "mail", name)
		if _, err := os.Stat(root); err != nil {
			t.Logf("not at hand: %v", err)
			continue
		}
		ten, err := Load(os.DirFS(root), "contoso.example")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, u := range ten.Users() {
			for m := range ten.Messages(u.ID) {
				n++
				if m.Body == "" && len(m.Attachments) == 0 && len(strings.TrimSpace(string(afterHeaders(m.MIME)))) > 0 {
					t.Errorf("%s: nothing was made of %s", name, m.InternetMessageID)
				}
			}
		}
		if n < 900 {
			t.Errorf("%s: %d messages", name, n)
		}
	}
}

func FuzzReadMIME(f *testing.F) {
	f.Add([]byte("Subject: s\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"))
	f.Add([]byte("Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nx"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if m := readMIME(raw, 0); m.BodyType != "text" && m.BodyType != "html" {
			t.Errorf("body type %q", m.BodyType)
		}
	})
}

package decode

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mailBodies decodes a mail and gives its texts, headers left out, as "path: text".
func mailBodies(t testing.TB, raw string) []string {
	t.Helper()
	_, res := decodeRaw(t, []byte(raw))
	var out []string
	for _, text := range res.Texts {
		if text.View == Body {
			out = append(out, text.Path+": "+strings.TrimSpace(text.Body))
		}
	}
	return out
}

func skipLines(res Result) []string {
	var out []string
	for _, s := range res.Skips {
		out = append(out, s.Error())
	}
	return out
}

func multipart(typ, boundary string, sections ...string) string {
	return "Content-Type: multipart/" + typ + "; boundary=\"" + boundary + "\"\n\n--" + boundary + "\n" +
		strings.Join(sections, "\n--"+boundary+"\n") + "\n--" + boundary + "--\n"
}

func TestSections(t *testing.T) {
	for _, tt := range []struct {
		name, raw string
		want      []string
	}{
		{"single", "Subject: x\n\nhello\n", []string{"1: hello"}},
		{"body alone", "hello,\nno header here\n", []string{"1: hello,\nno header here"}},
		{"body alone that looks like a header", "Note: the key\nPassword: fake\n\nbye\n", []string{"1: Note: the key\nPassword: fake\n\nbye"}},
		{"header alone", "Subject: x\n", []string{"1: "}},
		{"mbox line and blank lines first", "\n\nFrom a@b Mon Jan  1 00:00:00 2024\nSubject: x\n\nhello\n", []string{"1: hello"}},
		{"prose that begins with From", "From the desk of me\n\nhello\n", []string{"1: From the desk of me\n\nhello"}},
		{"CRLF", "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n", []string{"1: one", "2: two"}},
		{"lone CR", "Subject: x\r\rone\rtwo\r", []string{"1: one\ntwo"}},
		{"nested", multipart("mixed", "a", multipart("alternative", "b", "\none", "\ntwo"), "\nthree"), []string{"1.1: one", "1.2: two", "2: three"}},
		{"boundary inside a line", multipart("mixed", "b", "\nthe --b\ngoes on --b\n"), []string{"1: the --b\ngoes on --b"}},
		{"similar boundaries", multipart("mixed", "b", multipart("mixed", "b2", "\none"), "\ntwo"), []string{"1.1: one", "2: two"}},
		{"the same boundary inside", multipart("mixed", "b", multipart("mixed", "b", "\none", "\ntwo")), []string{"1.1: one", "1.2: two"}},
		{"not closed", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo", []string{"1: one", "2: two"}},
		{"inner not closed", multipart("mixed", "a", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none", "\ntwo"), []string{"1.1: one", "2: two"}},
		{"sections after the end", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n\n--b\n\ntwo\n", []string{"1: one", "2: two"}},
		{"section without a header and a blank line", multipart("mixed", "b", "hello there"), []string{"1: hello there"}},
		{"section whose header ends in prose", multipart("mixed", "b", "Content-Type: text/plain\nhello there\nyou"), []string{"1: hello there\nyou"}},
		{"blank line before the header", multipart("mixed", "b", "\nContent-Transfer-Encoding: base64\n\naGVsbG8="), []string{"1: hello"}},
		{"empty sections", multipart("mixed", "b", "", "\n", "Content-Type: text/plain\n"), []string{"1: ", "2: ", "3: "}},
		{"boundary of two words", multipart("mixed", "b c", "\none"), []string{"1: one"}},
		{"digest", multipart("digest", "b", "\nSubject: x\n\none"), []string{"1!1: one"}},
		{"preamble and epilogue", "Content-Type: multipart/mixed; boundary=b\n\nbefore\n--b\n\none\n--b--\nafter", []string{"preamble: before", "1: one", "epilogue: after"}},
		{"inner preamble", multipart("mixed", "a", "Content-Type: multipart/mixed; boundary=b\n\nbefore\n--b\n\none\n--b--\nafter"), []string{"1.preamble: before", "1.1: one", "1.epilogue: after"}},
		{"the usual preamble", "Content-Type: multipart/mixed; boundary=b\n\nThis is a multi-part message in MIME format.\n--b\n\none\n--b--\n", []string{"1: one"}},
		{"a signed message's preamble", "Content-Type: multipart/signed; boundary=b\n\nThis is a cryptographically signed message in MIME format.\n\n--b\n\none\n--b--\n", []string{"1: one"}},
		{"token in a short preamble", "Content-Type: multipart/mixed; boundary=b\n\nThis is a ghp_fakeToken12 in MIME format.\n--b\n\none\n--b--\nghp_fakeToken34", []string{"preamble: This is a ghp_fakeToken12 in MIME format.", "1: one", "epilogue: ghp_fakeToken34"}},
		{"token in an inner preamble", multipart("mixed", "a", "Content-Type: multipart/mixed; boundary=b\n\nk=ghp_fakeToken12\n--b\n\none\n--b--\nk=ghp_fakeToken34\n"), []string{"1.preamble: k=ghp_fakeToken12", "1.1: one", "1.epilogue: k=ghp_fakeToken34"}},
		{"damaged line in the header", "Subject: x\n@@@ what is this\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n", []string{"1: hello"}},
		{"header without its end", "Subject: x\nFrom: y\nhello there\n\nyou\n", []string{"1: hello there\n\nyou"}},
		{"encoded multipart", "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\nLS1iCgpvbmUKLS1iLS0K\n", []string{"1: one"}},
		{"multipart said to be quoted-printable", strings.Replace(multipart("mixed", "b", "\nghp_fake=\nToken=3112", multipart("mixed", "c", "\nx=3D1"), "Content-Transfer-Encoding: 7bit\n\ny=3D1"), "Content-Type", "Content-Transfer-Encoding: quoted-printable\nContent-Type", 1),
			[]string{"1: ghp_fake=\nToken=3112", "1!quoted-printable: ghp_fakeToken112", "1!decoded: ghp_fakeToken112", "2.1: x=3D1", "2.1!decoded: x=1", "3: y=3D1"}},
		{"multipart said to be base64", strings.Replace(multipart("mixed", "b", "\nZ2hwX2Zha2VUb2tlbjEy"), "Content-Type", "Content-Transfer-Encoding: base64\nContent-Type", 1),
			[]string{"1: Z2hwX2Zha2VUb2tlbjEy", "1!decoded: ghp_fakeToken12"}},
		{"multipart in quoted-printable", "Content-Type: multipart/mixed; boundary=\"=b\"\nContent-Transfer-Encoding: quoted-printable\n\n--=3Db\n\nghp_fake=\nToken=3112\n--=3Db--\n",
			[]string{"1: ghp_fakeToken112"}},
		{"words in a section's header", multipart("mixed", "b", "Content-Description: read =?utf-8?q?m=C3=A9?=\n\none"), []string{"1.MIME: content-description: read mé", "1: one"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mailBodies(t, tt.raw)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestBoundaryLost(t *testing.T) {
	section := "--b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\naGVsbG8=\n--b--\n"
	for _, tt := range []struct {
		name, raw string
		want      []string
	}{
		{"not declared", "Content-Type: multipart/mixed\n\n" + section, []string{"1: hello"}},
		{"declared wrongly", "Content-Type: multipart/mixed; boundary=c\n\n" + section, []string{"1: hello"}},
		{"inner one declared wrongly", multipart("mixed", "a", "Content-Type: multipart/mixed; boundary=c\n\n"+section, "\ntwo"), []string{"1.1: hello", "2: two"}},
		{"nothing to guess", "Content-Type: multipart/mixed\n\nhello\n", []string{"1: hello"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, res := decodeRaw(t, []byte(tt.raw))
			if diff := cmp.Diff(tt.want, mailBodies(t, tt.raw)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(res.Skips) == 0 || res.Skips[0].Reason != Damaged {
				t.Errorf("skips %v, want a damaged one first", skipLines(res))
			}
		})
	}
}

func TestPartNames(t *testing.T) {
	for _, tt := range []struct{ header, want string }{
		{`Content-Disposition: attachment; filename="a b.txt"`, "a b.txt"},
		{`Content-Disposition: attachment; filename=a b (1).txt`, "a b (1).txt"},
		{`Content-Disposition: attachment; filename="a.txt`, "a.txt"},
		{`Content-Disposition: attachment; filename="C:\dir\a.txt"`, `C:\dir\a.txt`},
		{`Content-Disposition: attachment; filename="say \"hi\".txt"`, `say "hi".txt`},
		{`Content-Disposition: attachment; filename*=utf-8'de'Z%C3%BCge.txt; filename=Zuge.txt`, "Züge.txt"},
		{`Content-Disposition: attachment; filename*=iso-8859-1''Z%FCge.txt`, "Züge.txt"},
		{`Content-Disposition: attachment; filename*1*=%BCge; filename*2=".txt"; filename*0*=utf-8''Z%C3`, "Züge.txt"},
		{`Content-Disposition: attachment; filename="=?utf-8?q?Z=C3=BCge=2Etxt?="`, "Züge.txt"},
		{`Content-Disposition: attachment; filename==?utf-8?q?Z=C3=BCge=2Etxt?=`, "Züge.txt"},
		{"Content-Disposition: attachment; filename=\"Z\xfcge.txt\"", "Züge.txt"},
		{"Content-Disposition: attachment; filename=\"Züge.txt\"", "Züge.txt"},
		{"Content-Disposition: attachment;\n filename=\"a\n .txt\"", "a .txt"},
		{`Content-Type: text/plain; name=a.txt`, "a.txt"},
		{`Content-Type: text/plain name=a.txt`, "a.txt"},
		{`Content-Type: name=a.txt`, "a.txt"},
		{"Content-Disposition: attachment; filename=\"..\\\x01\x02a.txt\"", `..\  a.txt`},
	} {
		m := MIME(context.Background(), []byte(tt.header+"\nSubject: x\n\nhello\n"), NewBudget(DefaultLimits(), 100))
		if n := len(m.Parts); n == 0 || m.Parts[n-1].Name != tt.want { // a 1.MIME may come before
			t.Errorf("%q: parts %+v, want one named %q", tt.header, m.Parts, tt.want)
		}
	}
}

func TestContentType(t *testing.T) {
	for _, tt := range []struct {
		header string
		want   Part
	}{
		{"text/plain; charset=utf-8; format=flowed; delsp=yes", Part{Type: "text/plain", Charset: "utf-8", Flowed: true, DelSp: true}},
		{"TEXT/Plain;CHARSET = us-ascii (Plain text)", Part{Type: "text/plain", Charset: "us-ascii"}},
		{"text/plain charset=utf-8 format=flowed", Part{Type: "text/plain", Charset: "utf-8", Flowed: true}},
		{"text/ html ; charset=\"utf-8", Part{Type: "text/html", Charset: "utf-8"}},
		{"text", Part{Type: "text/plain"}},
		{";charset=koi8-r", Part{Type: "text/plain", Charset: "koi8-r"}},
		{"application/x; a=1;;; =2; ; charset=x; charset=y", Part{Type: "application/x", Charset: "x"}},
		{"", Part{Type: "text/plain"}},
	} {
		m := MIME(context.Background(), []byte("Content-Type: "+tt.header+"\n\nhello\n"), NewBudget(DefaultLimits(), 100))
		got := m.Parts[len(m.Parts)-1] // a 1.MIME may come before
		got.Open, got.Path, got.Size = nil, "", 0
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: -want +got:\n%s", tt.header, diff)
		}
	}
}

func TestAttachedMessages(t *testing.T) {
	inner := "Subject: inner\n\nhello\n"
	for _, tt := range []struct {
		name, section string
		want          []string
	}{
		{"named", "Content-Type: message/rfc822; name=fwd.eml\n\n" + inner, []string{"1/fwd.eml!1: hello"}},
		{"unnamed", "Content-Type: message/rfc822\n\n" + inner, []string{"1!1: hello"}},
		{"encoded", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaW5uZXIKCmhlbGxvCg==", []string{"1!1: hello"}},
		{"by its name", "Content-Type: application/octet-stream; name=a.eml\n\n" + inner, []string{"1/a.eml!1: hello"}},
		{"of parts", "Content-Type: message/rfc822\n\n" + multipart("mixed", "i", "\none", "\ntwo"), []string{"1!1: one", "1!2: two"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mailBodies(t, multipart("mixed", "o", tt.section))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSkips(t *testing.T) {
	for _, tt := range []struct {
		name, raw string
		want      []string
	}{
		{"clean", "Subject: x\n\nhello\n", nil},
		{"PGP/MIME", multipart("encrypted", "b", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"), []string{"2: encrypted (PGP message)"}},
		{"inline PGP", "Subject: x\n\nhello\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", []string{"1: encrypted (PGP message)"}},
		{"external body", "Content-Type: message/external-body; access-type=URL\n\nContent-Type: image/gif\n\n", []string{"1: unsupported (message/external-body: the content is elsewhere)"}},
		{"message/partial", "Content-Type: message/partial; number=1; total=2; id=x\n\nSubject: y\n\nhello\n", []string{"1: unsupported (a piece of a message that was sent in several mails)"}},
		{"unknown transfer encoding", "Content-Transfer-Encoding: x-rot13\n\nhello\n", []string{"1: damaged (unknown transfer encoding)"}},
		{"base64 that is none", "Content-Transfer-Encoding: base64\n\nhello, you there!\n", []string{"1: damaged (not base64, as it says)"}},
		{"base64 cut off", "Content-Transfer-Encoding: base64\n\naGVsbG8gdGhlcmU\n", nil},
		{"base64 cut within a byte", "Content-Transfer-Encoding: base64\n\naGVsbG8gd\n", []string{"1: damaged (base64 ends early)"}},
		{"uuencoded file cut off", "Subject: x\n\nbegin 644 a\n#0V%T\n", []string{"1!a: damaged (uuencoded file ends early)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, res := decodeRaw(t, []byte(tt.raw))
			if diff := cmp.Diff(tt.want, skipLines(res)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

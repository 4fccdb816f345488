package decode

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// alphabets are charsets, and characters that each of them can write.
var alphabets = []struct {
	name  string
	enc   encoding.Encoding
	chars string
	wide  bool // holds bytes that only base64 carries
}{
	{"us-ascii", unicode.UTF8, "", false},
	{"utf-8", unicode.UTF8, "äßжパス密€", false},
	{"iso-8859-1", charmap.ISO8859_1, "äßéñ", false},
	{"windows-1251", charmap.Windows1251, "пароль", false},
	{"iso-2022-jp", japanese.ISO2022JP, "パスワード", false},
	{"shift_jis", japanese.ShiftJIS, "パスワード", false},
	{"utf-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "äжパ", true},
}

// TestMailSurvives states the promise of the mail formats: whatever charset,
// transfer encoding, flowing and nesting a text goes through, it comes out.
func TestMailSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := alphabets[rapid.IntRange(0, len(alphabets)-1).Draw(t, "charset")]
		word := rapid.StringOfN(rapid.RuneFrom([]rune("abzAZ09-_=+/.:,;!?#$%&@"+a.chars)), 1, 12, -1)
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(word, 1, 30).Draw(t, "words"), " ")
		}), 1, 6).Draw(t, "lines")
		token := "fake_" + rapid.StringMatching(`[A-Za-z0-9+/=_-]{20,90}`).Draw(t, "token")
		lines = append(lines, token)

		raw := leafMail(t, a.name, a.enc, a.wide, lines)
		depth := rapid.IntRange(0, 3).Draw(t, "depth")
		for i := range depth {
			raw = wrapMail(t, i, raw)
		}
		if rapid.Bool().Draw(t, "crlf") {
			raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		}
		_, res := decodeRapid(t, raw)
		texts := squeezed(res)
		for _, line := range lines {
			if !found(texts, squeeze(line)) {
				t.Fatalf("lost %q\nmail:\n%s\ntexts: %q\nskips: %v", line, raw, res.Texts, skipLines(res))
			}
		}
		for _, text := range res.Texts {
			if strings.Contains(text.Body, token) {
				return
			}
		}
		t.Fatalf("the token is broken\nmail:\n%s", raw)
	})
}

// leafMail is a mail of one text, lines cut by format=flowed or left long.
func leafMail(t *rapid.T, charset string, enc encoding.Encoding, wide bool, lines []string) []byte {
	params := ""
	text := strings.Join(lines, "\n") + "\n"
	if rapid.Bool().Draw(t, "flowed") {
		params = "; format=flowed; delsp=yes"
		text = softly(lines)
	}
	body, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	transfers := []string{"base64"}
	if !wide {
		transfers = []string{"8bit", "quoted-printable", "base64"}
	}
	cte := rapid.SampledFrom(transfers).Draw(t, "transfer")
	var b bytes.Buffer
	fmt.Fprintf(&b, "Subject: x\nContent-Type: text/plain; charset=%q%s\nContent-Transfer-Encoding: %s\n\n", charset, params, cte)
	switch cte {
	case "quoted-printable":
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write(body)
		_ = w.Close()
	case "base64":
		for line := range strings.SplitSeq(chunks(base64.StdEncoding.EncodeToString(body), 76), "\n") {
			b.WriteString(line + "\n")
		}
	default:
		b.Write(body)
	}
	return b.Bytes()
}

// softly breaks lines softly every 30 characters, as RFC 3676 has it with DelSp.
func softly(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		for r := []rune(line); len(r) > 0; {
			n := min(30, len(r))
			piece := string(r[:n])
			if strings.HasPrefix(piece, " ") || strings.HasPrefix(piece, ">") || strings.HasPrefix(piece, "From ") || piece == "-- " {
				piece = " " + piece
			}
			b.WriteString(piece)
			if r = r[n:]; len(r) > 0 {
				b.WriteByte(' ')
			} else if strings.HasSuffix(piece, " ") {
				b.WriteByte('.')
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func chunks(s string, n int) string {
	var out []string
	for len(s) > n {
		out = append(out, s[:n])
		s = s[n:]
	}
	return strings.Join(append(out, s), "\n")
}

// wrapMail puts a mail into another one, written by go-message.
func wrapMail(t *rapid.T, i int, raw []byte) []byte {
	var h message.Header
	h.SetText("Subject", "wrapped")
	kind := rapid.SampledFrom([]string{"message/rfc822", "multipart/mixed", "multipart/alternative", "multipart/digest"}).Draw(t, "wrapper")
	var b bytes.Buffer
	if kind == "message/rfc822" {
		h.SetContentType(kind, nil)
		if rapid.Bool().Draw(t, "encoded message") {
			h.Set("Content-Transfer-Encoding", "base64")
		}
		w := mustWrite(message.CreateWriter(&b, h))(t)
		_, _ = w.Write(raw)
		_ = w.Close()
		return b.Bytes()
	}
	h.SetContentType(kind, map[string]string{"boundary": fmt.Sprintf("=_%d.x", i)})
	w := mustWrite(message.CreateWriter(&b, h))(t)
	var other, attached message.Header
	other.SetContentType("text/plain", map[string]string{"charset": "utf-8"})
	other.Set("Content-Transfer-Encoding", "quoted-printable")
	attached.SetContentType("message/rfc822", map[string]string{"name": "inner mail.eml"})
	for _, part := range []struct {
		h    message.Header
		body []byte
	}{{other, []byte("see below")}, {attached, raw}, {other, nil}} {
		p := mustWrite(w.CreatePart(part.h))(t)
		_, _ = io.Copy(p, bytes.NewReader(part.body))
		_ = p.Close()
	}
	_ = w.Close()
	return b.Bytes()
}

func mustWrite[T any](v T, err error) func(*rapid.T) T {
	return func(t *rapid.T) T {
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestHeaderSurvives encodes words in every charset, splits them anywhere, and
// reads them back.
func TestHeaderSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := alphabets[rapid.IntRange(0, len(alphabets)-2).Draw(t, "charset")]
		want := "x" + rapid.StringOfN(rapid.RuneFrom([]rune("abAZ09-_=?+/. "+a.chars)), 1, 60, -1).Draw(t, "text") + "x"
		raw, err := a.enc.NewEncoder().Bytes([]byte(want))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for len(raw) > 0 {
			n := rapid.IntRange(1, len(raw)).Draw(t, "cut")
			if rapid.Bool().Draw(t, "B") {
				fmt.Fprintf(&b, "=?%s?B?%s?=\n ", a.name, base64.StdEncoding.EncodeToString(raw[:n]))
			} else {
				fmt.Fprintf(&b, "=?%s?q?%s?=\n ", a.name, strings.ReplaceAll(fmt.Sprintf("% X", raw[:n]), " ", "="))
			}
			raw = raw[n:]
		}
		encoded := strings.ReplaceAll(b.String(), "?q?", "?q?=")
		if got := decodeWords(unfold([]byte(encoded)), ""); got != want {
			t.Fatalf("got %q, want %q from %q", got, want, encoded)
		}
	})
}

func decodeRapid(t *rapid.T, raw []byte) (Mail, Result) {
	b := NewBudget(DefaultLimits(), int64(len(raw)))
	m := MIME(t.Context(), raw, b)
	res, err := Decode(t.Context(), m, b)
	if err != nil {
		t.Fatal(err)
	}
	return m, res
}

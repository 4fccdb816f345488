package decode

import (
	"context"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// hostile are mails of about half a megabyte that are made to cost more than they
// are worth. They double as seeds of the fuzz targets.
func hostile() map[string]string {
	const size = 500_000
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	nested := func(n int, header string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, header, i, i)
		}
		return b.String()
	}
	section := "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
	b64 := "fake_deep\n"
	for len(b64) < size/2 {
		b64 = "Content-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(b64))
	}
	return map[string]string{
		"nested multiparts":      nested(10_000, section) + "\nfake_deep\n",
		"closed nested":          nested(5_000, section) + "\nfake_deep\n" + nested(5_000, "--b%d--\n\n--b%d--\n"),
		"same boundary nested":   nested(1, "%[1]s") + fill("Content-Type: multipart/mixed; boundary=b\n\n--b\n"),
		"empty sections":         "Content-Type: multipart/mixed; boundary=b\n\n" + fill("--b\n"),
		"unknown delimiters":     "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + fill("--x\nContent-Type: text/plain\n"),
		"delimiter of words":     "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + fill("--"+strings.Repeat("x ", 500)+"\n"),
		"guessed delimiters":     "Content-Type: multipart/mixed\n\n" + nested(12_000, "--g%d\nContent-Type: text/plain%d\n\n"),
		"multiparts of no bound": "Content-Type: multipart/mixed\n\n" + nested(7_000, "--g%d\nContent-Type: multipart/mixed%.0d\n\n"),
		"fields":                 fill("a:\n"),
		"known fields":           fill("to:a,\n"),
		"one field":              "Subject: " + fill("x "),
		"one field of folds":     "Subject: x\n" + fill(" y\n"),
		"damaged header":         "Subject: x\n" + fill("z\n"),
		"damage, then fields":    "Subject: x\n" + fill("zzzz\nto: y\n"),
		"encoded words":          "Subject: " + fill("=?utf-8?q?=41?= "),
		"words without end":      "Subject: " + fill("=?utf-8?b?QUJD "),
		"half words":             "Subject: " + fill("=?"),
		"charset without end":    "Subject: " + fill("=?a"),
		"parameters":             "Content-Type: text/plain; " + fill("a*0=b; "),
		"unclosed quotes":        "Content-Type: text/plain; " + fill(`a="b; `),
		"unclosed comments":      "Date: " + fill("(") + "\nContent-Type: " + fill("("),
		"addresses":              "To: " + fill("a,"),
		"messages in messages":   nested(12_000, "Content-Type: message/rfc822\nSubject: %d%d\n\n") + "fake_deep\n",
		"base64 of base64":       b64,
		"base64 of junk":         "Content-Transfer-Encoding: base64\n\n" + fill("AA=A\n"),
		"one base64 line":        "Content-Transfer-Encoding: base64\n\n" + fill("A*"),
		"equals signs":           "Content-Transfer-Encoding: quoted-printable\n\n" + fill("="),
		"soft ends":              "Content-Transfer-Encoding: quoted-printable\n\n" + fill("= "),
		"begin lines":            "Subject: x\n\n" + fill("begin 644 a\n"),
		"small files":            "Subject: x\n\n" + fill("begin 644 a\n#0V%T\nend\n"),
		"open base64 files":      "Subject: x\n\n" + fill("begin-base64 644 a\n"),
		"begin":                  "Subject: x\n\n" + fill("\nbegin"),
		"flowed quotes":          "Content-Type: text/plain; format=flowed\n\n" + fill("> \n>> \n"),
		"quote depth":            "Content-Type: text/plain; format=flowed\n\n" + fill(">"),
		"UTF-7":                  "Content-Type: text/plain; charset=utf-7\n\n" + fill("+"),
		"UTF-7 in pieces":        "Content-Type: text/plain; charset=utf-7\n\n" + fill("+AOkA"),
		"no charset":             "Subject: x\n\n" + fill("\xe9\x81"),
		"escapes":                "Subject: x\n\n" + fill("\x1b$B\x1b(B"),
		"meta tags":              "Content-Type: text/html\n\n" + fill("<meta \xff"),
		"mails in a text":        "Subject: x\n\n" + fill("--x\nContent-Transfer-Encoding: base64\n\nQUJD\n"),
		"encodings in a text":    "Subject: x\n\n" + fill("\nContent-Transfer-Encoding: base64\n\nQUJD\n"),
		"BER":                    "Content-Type: application/pkcs7-mime\n\n\x30\x80\x06\x09" + string(oidSigned) + fill("\xa0\x80\x30\x80"),
		"carriage returns":       fill("\r"),
		"line feeds":             fill("\n"),
		"From lines":             fill("From \n"),
		"zeros":                  fill("\x00"),
	}
}

// TestHostileMail decodes mail that is made to be expensive. What it may cost is
// stated in work, not in time: bytes looked at, parts, memory allocated. Reading
// anything twice for each level or item would pass these bounds many times over.
func TestHostileMail(t *testing.T) {
	for name, raw := range hostile() {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, res := decodeRaw(t, []byte(raw))
			spent := time.Since(start)
			runtime.ReadMemStats(&after)
			if lim := DefaultLimits(); res.Parts > lim.Parts || res.Bytes > ratioFloor+lim.Ratio*int64(len(raw)) {
				t.Errorf("%d parts, %d bytes", res.Parts, res.Bytes)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 200<<20 {
				t.Errorf("%d MB allocated for a mail of %d KB", got>>20, len(raw)>>10)
			}
			if len(res.Skips) > DefaultLimits().Parts*3 {
				t.Errorf("%d skips", len(res.Skips))
			}
			if testing.Verbose() {
				t.Logf("%4d KB: %5d parts %6d texts %5d skips %4d MB allocated %v", len(raw)>>10, res.Parts, len(res.Texts), len(res.Skips), (after.TotalAlloc-before.TotalAlloc)>>20, spent.Round(time.Millisecond))
			}
		})
	}
}

// TestDeepTextIsFound finds the text at the bottom of what is nested within the
// limits, and says where it stopped beyond them.
func TestDeepTextIsFound(t *testing.T) {
	for _, name := range []string{"nested multiparts", "closed nested"} {
		_, res := decodeRaw(t, []byte(hostile()[name]))
		if !found(squeezed(res), "fake_deep") {
			t.Errorf("%s: the text is lost; skips %v", name, skipLines(res))
		}
	}
	for _, name := range []string{"messages in messages", "base64 of base64"} {
		_, res := decodeRaw(t, []byte(hostile()[name]))
		if !found(squeezed(res), "fake_deep") && len(res.Skips) == 0 {
			t.Errorf("%s: lost in silence", name)
		}
	}
	deep := "Subject: x\n\nfake_deep\n"
	for range DefaultLimits().Depth {
		deep = "Content-Type: message/rfc822\n\n" + deep
	}
	if _, res := decodeRaw(t, []byte(deep)); !found(squeezed(res), "fake_deep") {
		t.Errorf("not found at the limit; skips %v", skipLines(res))
	}
	_, res := decodeRaw(t, []byte("Content-Type: message/rfc822\n\n"+deep))
	if found(squeezed(res), "fake_deep") || len(res.Skips) != 1 || res.Skips[0].Reason != TooDeep {
		t.Errorf("beyond the limit: skips %v", skipLines(res))
	}
}

func TestMailLimits(t *testing.T) {
	many := multipart("mixed", "b", strings.Split(strings.Repeat("\nhello;", 50), ";")...)
	lim := DefaultLimits()
	lim.Parts = 10
	res := limited(t, many, lim)
	if res.Parts != 10 || len(res.Skips) != 1 || res.Skips[0].Reason != TooMany {
		t.Errorf("%d parts, skips %v", res.Parts, skipLines(res))
	}
	lim = DefaultLimits()
	lim.Bytes = 8
	res = limited(t, "Subject: x\n\nhello there\n", lim)
	if len(res.Skips) != 1 || res.Skips[0].Reason != Oversized || !found(squeezed(res), "hellot") {
		t.Errorf("texts %v, skips %v", res.Texts, skipLines(res))
	}
	lim = DefaultLimits()
	lim.Time = -time.Second
	res = limited(t, many, lim)
	if len(res.Skips) == 0 || res.Skips[0].Reason != TimeLimit {
		t.Errorf("skips %v", skipLines(res))
	}
}

func limited(t *testing.T, raw string, lim Limits) Result {
	b := NewBudget(lim, -1)
	res, err := Decode(context.Background(), MIME(context.Background(), []byte(raw), b), b)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b := NewBudget(DefaultLimits(), -1)
	_, err := Decode(ctx, MIME(ctx, []byte("Subject: x\n\nhello\n"), b), b)
	if err != context.Canceled {
		t.Errorf("got %v, want the context's error", err)
	}
}

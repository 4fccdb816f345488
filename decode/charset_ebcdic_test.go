package decode

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// TestEBCDIC reads a token in every page, under the names that mainframes give them.
func TestEBCDIC(t *testing.T) {
	token := "key: fake_" + strings.Repeat("aBcXyZ0189", 4) + ", user bob"
	data := encoded(t, charmap.CodePage037, token)
	if data[len(data)-1] == 0 {
		t.Fatal("not encoded")
	}
	names := strings.Fields("ibm037 cp037 IBM500 cp500 csIBM500 ibm-500 ebcdic-cp-be CCSID00500 ibm273 CP273 x-ibm277 cp278 ibm280 ibm284 ibm285 ibm297 IBM420 cp424 ibm870 ibm871 " +
		"cp875 ibm880 ibm1025 cp1026 IBM1047 ibm01140 cp1140 CCSID01141 ibm-1148 ebcdic-us EBCDIC-CP-US ebcdic-us-37+euro ebcdic-de-273+euro ebcdic-int EBCDIC-UK EBCDIC-AT-DE cp20273 windows-21025")
	for _, name := range names {
		got := toUTF8(data, name)
		// The underscore is the only one of them that some national pages move.
		if !strings.HasPrefix(got, "key: fake") || !strings.Contains(got, strings.Repeat("aBcXyZ0189", 4)+", user bob") {
			t.Errorf("%s: %q", name, got)
		}
		if unknownCharset(data, name) {
			t.Errorf("%s: not known", name)
		}
	}
	for name, want := range map[string]string{"ibm500": "[!]^", "ibm273": "ÄÜ¨Ö", "ibm037": "¢!¬", "cp1141": "Ä€"} {
		in := map[string]string{"ibm500": "\x4a\x4f\x5a\x5f", "ibm273": "\x4a\x5a\xbd\xe0", "ibm037": "\x4a\x5a\x5f", "cp1141": "\x4a\x9f"}[name]
		if got := toUTF8(append(data, in...), name); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %q, want it to end in %q", name, got, want)
		}
	}
}

// TestEBCDICMail: lines end in NEL, and what a gateway has converted is read as it is.
func TestEBCDICMail(t *testing.T) {
	lines := encoded(t, charmap.CodePage037, "a\x00pw: Fake1\x00b")
	for i, c := range lines {
		if c == 0 {
			lines[i] = 0x15
		}
	}
	head := "Content-Type: text/plain; charset=IBM500\nContent-Transfer-Encoding: base64\n\n"
	_, res := decodeRaw(t, []byte(head+base64.StdEncoding.EncodeToString(lines)))
	wantBodies(t, res, map[string]string{"1": "a\npw: Fake1\nb"})
	wantSkips(t, res)
	for _, in := range []string{"pw: Fake1", "Paßwort: Fake1", "Pa\xdfwort: Fake1"} {
		if got := toUTF8([]byte(in), "ibm500"); !strings.HasSuffix(got, "wort: Fake1") && got != in {
			t.Errorf("%q became %q", in, got)
		}
	}
}

// TestUnknownCharset: a guess is recorded, where there was anything to guess.
func TestUnknownCharset(t *testing.T) {
	_, res := decodeRaw(t, []byte("Subject: =?x-nothing?q?Pa=DFwort?= Fake1\nComments: =?x-nothing?q?Passwort?=\n\nhello\n"))
	wantSkips(t, res, "subject: unsupported")
	for _, tt := range []struct {
		charset, body string
		want          []string
	}{
		{"x-nothing", "Pa\xdfwort: Fake1", []string{"1: unsupported"}},
		{"ibm290", "Pa\xdfwort: Fake1", []string{"1: unsupported"}},
		{"x-nothing", "Passwort: Fake1", nil},
		{"x-nothing", "Paßwort: Fake1", nil},
		{"iso-8859-1", "Pa\xdfwort: Fake1", nil},
		{"unknown-8bit", "Pa\xdfwort: Fake1", nil},
		{"cp28591", "Pa\xdfwort: Fake1", nil},
	} {
		for _, typ := range []string{"text/plain", "text/html"} {
			_, res := decodeRaw(t, []byte("Content-Type: "+typ+"; charset="+tt.charset+"\n\n"+tt.body))
			if got := bodies(res)["1"]; !strings.HasSuffix(got, "wort: Fake1") {
				t.Errorf("%s %s: %q", typ, tt.charset, got)
			}
			wantSkips(t, res, tt.want...)
		}
	}
}

// TestPages reads code pages of DOS, the Macintosh and some countries.
func TestPages(t *testing.T) {
	for name, want := range map[string]string{
		"cp737": "ΑΒΓ", "ibm775": "Ć", "cp857": "Çüé", "cp861": "Çüé", "koi8-t": "қғ", "x-mac-greek": "Ä¹²", "x-mac-ce": "ÄĀā", "hp-roman8": "", "viscii": "",
	} {
		if got := toUTF8([]byte("pw Fake1 \x80\x81\x82"), name); !strings.HasPrefix(got, "pw Fake1 "+want) {
			t.Errorf("%s: %q", name, got)
		}
		if unknownCharset([]byte("\x80"), name) {
			t.Errorf("%s: not known", name)
		}
	}
	for name, half := range upperHalves {
		if n := len([]rune(half)); n != 128 {
			t.Errorf("%s: %d characters", name, n)
		}
	}
	for _, name := range strings.Fields("utf-32le ucs-4 win-1252 ms-ee windows-28605 cp1200 eucJP-open big5-eten latin7 euc-cn") {
		if unknownCharset([]byte("\xe9"), name) {
			t.Errorf("%s: not known", name)
		}
	}
}

package decode

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

func encoded(t testing.TB, e encoding.Encoding, s string) []byte {
	out, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDeclaredCharsets reads text under the names that mail gives its charsets.
func TestDeclaredCharsets(t *testing.T) {
	for _, tt := range []struct {
		names string
		enc   encoding.Encoding
		text  string
	}{
		{"iso-8859-1 ISO_8859-1 latin1 8859-1 iso8859-1 windows-1252 cp1252 CP-1252 x-ansi ansi iso we8iso8859p1 charset=iso-8859-1", charmap.Windows1252, "Paßwort für café"},
		{"iso-8859-2 ISO8859-2 iso_8859-2:1987", charmap.ISO8859_2, "hasło żółć"},
		{"iso-8859-15 latin-9 iso8859_15 ISO8859-15", charmap.ISO8859_15, "10 € à Œuvre"},
		{"iso-8859-8 iso-8859-8-i ISO-8859-8-E", charmap.ISO8859_8, "סיסמה"},
		{"windows-1250 cp1250 238", charmap.Windows1250, "hasło żółć"},
		{"windows-1251 cp1251 win-1251 x-cp1251", charmap.Windows1251, "пароль"},
		{"koi8-r KOI8-R koi8r koi8", charmap.KOI8R, "пароль"},
		{"koi8-u", charmap.KOI8U, "пароль їжак"},
		{"windows-874 tis-620 TIS620 iso-8859-11 cp874", charmap.Windows874, "รหัสผ่าน"},
		{"cp850 cp-850 ibm850", charmap.CodePage850, "Paßwort für"},
		{"cp437 ibm437", charmap.CodePage437, "Paßwort für"},
		{"macintosh x-mac-roman macroman", charmap.Macintosh, "Paßwort für"},
		{"shift_jis x-sjis sjis shift-jis cp932 windows-31j ms_kanji", japanese.ShiftJIS, "パスワード"},
		{"euc-jp x-euc-jp eucjp", japanese.EUCJP, "パスワード"},
		{"iso-2022-jp ISO-2022-JP csISO2022JP iso-2022-jp-ms us-ascii x-unknown", japanese.ISO2022JP, "パスワード"},
		{"euc-kr ks_c_5601-1987 KSC5601 cp949 x-windows-949", korean.EUCKR, "비밀번호"},
		{"gb2312 GBK gb18030 cp936 x-gbk gb_2312-80", simplifiedchinese.GBK, "密码是这个"},
		{"hz-gb-2312 HZ", simplifiedchinese.HZGB2312, "密码"},
		{"big5 big5-hkscs cn-big5 x-x-big5 cp950", traditionalchinese.Big5, "密碼是這個"},
		{"utf-16 utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "Paßwort für"},
		{"utf-16 utf-16be us-ascii 8bit", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "Paßwort für"},
		{"utf-16 utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "The password, of course"},
		{"utf-8 UTF8 unicode-1-1-utf-8 us-ascii ansi_x3.4-1968 8bit x-unknown unknown-8bit default nonsense", unicode.UTF8, "Paßwort für パスワード"},
	} {
		for _, name := range strings.Fields(tt.names) {
			data := encoded(t, tt.enc, tt.text)
			if got := toUTF8(data, name); got != tt.text {
				t.Errorf("%s: %q, want %q", name, got, tt.text)
			}
		}
	}
}

func TestUTF7(t *testing.T) {
	for in, want := range map[string]string{
		"Hi Mom +Jjo-!":            "Hi Mom ☺!",
		"1 +- 1 +AD0- 2":           "1 + 1 = 2",
		"+ZeVnLIqe-":               "日本語",
		"a+b and c+":               "a+b and c+",
		"caf+AOk and fake+AF8-key": "café and fake_key",
	} {
		for _, name := range []string{"utf-7", "UNICODE-1-1-UTF-7", "x-unicode-2-0-utf-7"} {
			if got := toUTF8([]byte(in), name); got != want {
				t.Errorf("%s %q: %q, want %q", name, in, got, want)
			}
		}
	}
}

func TestISO2022KR(t *testing.T) {
	euc := encoded(t, korean.EUCKR, "비밀번호")
	in := []byte("\x1b$)Cx \x0e")
	for _, c := range euc {
		in = append(in, c&0x7f)
	}
	in = append(in, "\x0f fake"...)
	for _, name := range []string{"iso-2022-kr", ""} {
		if got := toUTF8(in, name); got != "x 비밀번호 fake" {
			t.Errorf("%q: %q", name, got)
		}
	}
}

// TestGuessedCharsets reads text whose declaration is missing or wrong.
func TestGuessedCharsets(t *testing.T) {
	russian := strings.Repeat("Здравствуйте, пароль от сервера в приложении. ", 4)
	for _, tt := range []struct {
		name, declared string
		data           []byte
		want           string
	}{
		{"cyrillic", "", encoded(t, charmap.Windows1251, russian), russian},
		{"koi8 said to be ASCII", "us-ascii", encoded(t, charmap.KOI8R, russian), russian},
		{"said to be UTF-8", "utf-8", encoded(t, charmap.Windows1252, "Paßwort für"), "Paßwort für"},
		{"UTF-8 cut off", "utf-8", []byte("Paßwort für caf\xc3"), "Paßwort für cafÃ"},
		{"mixed", "", []byte("Paßwort für caf\xe9"), "Paßwort für café"},
		{"UTF-8 in a charset that it is not", "iso-2022-jp", []byte("パスワード"), "パスワード"},
		{"mark against the declaration", "iso-8859-1", []byte("\xef\xbb\xbfPaßwort"), "Paßwort"},
		{"UTF-16 without mark", "", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "fake password"), "fake password"},
		{"UTF-32 without mark", "", encoded(t, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "fake password"), "fake password"},
		{"UTF-32 with mark", "", encoded(t, utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "fake password"), "fake password"},
		{"UTF-16 that is none", "utf-16", []byte("fake password"), "fake password"},
		{"empty", "", nil, ""},
	} {
		if got := toUTF8(tt.data, tt.declared); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMetaCharset(t *testing.T) {
	for in, want := range map[string]string{
		`<html><META charset=KOI8-R>`: "KOI8-R",
		`<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">`: "windows-1251",
		`<meta name=x><meta charset='utf-8'/>`:                                       "utf-8",
		`<p>charset=x</p>`:                                                           "",
		``:                                                                           "",
	} {
		if got := metaCharset([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	page := `<meta charset="koi8-r"><p>пароль</p>`
	raw := append([]byte("Content-Type: text/html\n\n"), encoded(t, charmap.KOI8R, page)...)
	_, res := decodeRaw(t, raw)
	if len(res.Texts) == 0 || !strings.Contains(res.Texts[0].Body, "пароль") {
		t.Errorf("texts %+v", res.Texts)
	}
}

func TestLineEnds(t *testing.T) {
	for in, want := range map[string]string{"a\r\nb\rc\nd\r": "a\nb\nc\nd\n", "a\nb": "a\nb", "\r\r\n": "\n\n"} {
		if got := lfText(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzCharset(f *testing.F) {
	f.Add([]byte("Pa\xdfwort"), "iso-8859-1")
	f.Add([]byte("\x1b$B%Q%9\x1b(B"), "")
	f.Add([]byte("+AOk-+"), "utf-7")
	f.Add([]byte("\xff\xfea\x00"), "x")
	f.Add([]byte("\x1b$)C\x0e:q\x0f"), "iso-2022-kr")
	f.Add([]byte("~{<:Ky2;~}"), "hz-gb-2312")
	f.Fuzz(func(t *testing.T, data []byte, declared string) {
		got := toUTF8(data, declared)
		if !utf8.ValidString(got) {
			t.Errorf("not UTF-8: %q", got)
		}
		if len(got) > 4*len(data)+16 {
			t.Errorf("%d bytes became %d", len(data), len(got))
		}
		plain := bytes.IndexFunc(data, func(r rune) bool { return r < ' ' || r > '~' || r == '+' || r == '~' }) < 0
		if plain && !escapes(declared) && got != string(data) {
			t.Errorf("ASCII changed: %q to %q", data, got)
		}
	})
}

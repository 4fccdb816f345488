package decode

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// aliases are names met in mail that neither the WHATWG nor the IANA index
// knows, or knows as something too narrow. Keys are without spaces, quotes,
// dashes, underscores, dots and colons.
var aliases = map[string]encoding.Encoding{
	"gb2312": simplifiedchinese.GB18030, "gbk": simplifiedchinese.GB18030, "cp936": simplifiedchinese.GB18030, // supersets
	"xgbk": simplifiedchinese.GB18030, "chinesegb": simplifiedchinese.GB18030, "gb231280": simplifiedchinese.GB18030,
	"hzgb2312": simplifiedchinese.HZGB2312, "hz": simplifiedchinese.HZGB2312,
	"big5hkscs": traditionalchinese.Big5, "cp950": traditionalchinese.Big5, "136": traditionalchinese.Big5,
	"xsjis": japanese.ShiftJIS, "sjis": japanese.ShiftJIS, "shiftjis": japanese.ShiftJIS, "cp932": japanese.ShiftJIS, "windows932": japanese.ShiftJIS,
	"xmssjis": japanese.ShiftJIS, "iso2022jp1": japanese.ISO2022JP, "iso2022jp2": japanese.ISO2022JP, "iso2022jpms": japanese.ISO2022JP,
	"cp50220": japanese.ISO2022JP, "cp50221": japanese.ISO2022JP, "jis": japanese.ISO2022JP, "eucjp": japanese.EUCJP, "xeucjp": japanese.EUCJP, "eucjpms": japanese.EUCJP, "ujis": japanese.EUCJP,
	"ksc56011987": korean.EUCKR, "ksc5601": korean.EUCKR, "cp949": korean.EUCKR, "ms949": korean.EUCKR, "uhc": korean.EUCKR, "euckr": korean.EUCKR, "xeuckr": korean.EUCKR, "xwindows949": korean.EUCKR, "ksx1001": korean.EUCKR,
	"iso88598i": charmap.ISO8859_8, "iso88598e": charmap.ISO8859_8, "iso88596i": charmap.ISO8859_6, "iso88596e": charmap.ISO8859_6,
	"iso885911": charmap.Windows874, "tis620": charmap.Windows874, "cp874": charmap.Windows874,
	"cp850": charmap.CodePage850, "ibm850": charmap.CodePage850, "cp437": charmap.CodePage437, "ibm437": charmap.CodePage437, "dos": charmap.CodePage437,
	"cp852": charmap.CodePage852, "cp855": charmap.CodePage855, "cp858": charmap.CodePage858, "cp860": charmap.CodePage860,
	"cp862": charmap.CodePage862, "cp863": charmap.CodePage863, "cp865": charmap.CodePage865, "cp866": charmap.CodePage866,
	"iso": charmap.Windows1252, "88591": charmap.Windows1252, "we8iso8859p1": charmap.Windows1252, "isowestern": charmap.Windows1252, "western": charmap.Windows1252,
	"latin": charmap.Windows1252, "ansi": charmap.Windows1252, "ansi1252": charmap.Windows1252, "1252": charmap.Windows1252, "windows1252": charmap.Windows1252, "cp1252": charmap.Windows1252,
	"1250": charmap.Windows1250, "238": charmap.Windows1250, "1251": charmap.Windows1251, "win1251": charmap.Windows1251, "xcp1251": charmap.Windows1251,
	"euccn": simplifiedchinese.GB18030, "xeuccn": simplifiedchinese.GB18030, "big5eten": traditionalchinese.Big5, "latin7": charmap.ISO8859_13, "winbaltrim": charmap.Windows1257,
	"msansi": charmap.Windows1252, "microsoftcp1252": charmap.Windows1252, "msee": charmap.Windows1250, "mscyrl": charmap.Windows1251, "msgreek": charmap.Windows1253,
	"msturk": charmap.Windows1254, "mshebr": charmap.Windows1255, "msarab": charmap.Windows1256,
	"pck": japanese.ShiftJIS, "cp943c": japanese.ShiftJIS, "cp943": japanese.ShiftJIS, "sjiswin": japanese.ShiftJIS, "shiftjisx0213": japanese.ShiftJIS, "shiftjis2004": japanese.ShiftJIS,
	"eucjpopen": japanese.EUCJP, "eucjpwin": japanese.EUCJP, "cp51932": japanese.EUCJP, "iso2022jp3": japanese.ISO2022JP, "iso2022jp2004": japanese.ISO2022JP,
	"cp1200": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "ucs2le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"cp1201": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "ucs2be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
	"macroman": charmap.Macintosh, "xmacroman": charmap.Macintosh, "macintosh": charmap.Macintosh, "xmac": charmap.Macintosh, "maccyrillic": charmap.MacintoshCyrillic,
	"utf16": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "ucs2": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "unicode": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	"utf16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
}

// unstated are the names that say nothing about bytes beyond ASCII.
var unstated = map[string]bool{
	"": true, "ascii": true, "usascii": true, "ansix341968": true, "iso646us": true, "iso646": true, "us": true, "7bit": true, "8bit": true, "binary": true,
	"xunknown": true, "unknown": true, "unknown8bit": true, "xunknown8bit": true, "default": true, "defaultcharset": true, "none": true, "user": true, "xuserdefined": true, "userdefined": true,
	"utf8": true, "utf8mb4": true, "unicode11utf8": true, "utf8n": true, "utf": true, "xutf8": true, "cp65001": true, "utf8sig": true, "utf8bom": true, "cesu8": true, "cp20127": true, "windows20127": true, "windows65001": true, "65001": true,
}

// charsetKey brings a declared charset to the form of the tables' keys.
func charsetKey(declared string) string {
	s := strings.ToLower(declared)
	if i := strings.LastIndexByte(s, '='); i >= 0 {
		s = s[i+1:] // charset="charset=utf-8"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		}
		return -1
	}, s)
}

// toUTF8 reads data in the declared charset, or in the likeliest one where the
// declaration is missing, unknown or fails. The result is valid UTF-8; bytes that
// mean nothing are U+FFFD. Line ends stay.
func toUTF8(data []byte, declared string) string {
	if text, ok := mixedText(data); ok {
		return text
	}
	if text, ok := byMark(data); ok {
		return text
	}
	ascii := isASCII(data)
	if ascii && !hasEscapes(data) && !escapes(declared) {
		return string(data)
	}
	key := charsetKey(declared)
	if !unstated[key] {
		text, ok := decodeAs(data, key, declared)
		if ok && !lossy(text) {
			return text
		}
		if !ascii {
			guessed := guess(data)
			if !ok || losses(guessed) < losses(text) {
				return guessed
			}
		}
		if ok {
			return text
		}
	}
	return guess(data)
}

// unknownCharset reports whether data is declared to be in a charset that nobody
// here knows, and does not say itself what it is: then it was read by guess.
func unknownCharset(data []byte, declared string) bool {
	key := charsetKey(declared)
	if unstated[key] || utf8.Valid(data) {
		return false
	}
	if _, marked := byMark(data[:min(len(data), 4)]); marked {
		return false
	}
	_, page := ebcdicPage(key)
	_, half := pageText(nil, key)
	wide := strings.Contains(key, "utf7") || strings.HasPrefix(key, "utf16") || strings.HasPrefix(key, "utf32") || strings.HasSuffix(key, "ucs4") || key == "iso2022kr" || key == "csiso2022kr"
	return !page && !half && !wide && lookup(key, declared) == nil
}

// escapes reports whether ASCII bytes mean other characters in the charset.
func escapes(declared string) bool {
	key := charsetKey(declared)
	return strings.Contains(key, "utf7") || strings.HasPrefix(key, "hz") || strings.HasPrefix(key, "utf16") || strings.HasPrefix(key, "ucs2") || key == "unicode" || key == "cp1200" || key == "cp1201"
}

// hasEscapes reports whether data holds bytes that ASCII text has none of, but
// that ISO 2022 (ESC, SO) and UTF-16 (NUL) consist of.
func hasEscapes(data []byte) bool {
	return bytes.IndexByte(data, 0x1b) >= 0 || bytes.IndexByte(data, 0) >= 0 || bytes.IndexByte(data, 0x0e) >= 0
}

// byMark decodes data that says what it is by a byte order mark.
func byMark(data []byte) (string, bool) {
	if bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff")) {
		return utf32Text(data, utf32.BigEndian), true
	}
	if len(data) < 2 || data[0] < 0xef {
		return "", false
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe\x00\x00")) && len(data)%4 == 0:
		return utf32Text(data, utf32.LittleEndian), true
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return toUTF8(data[3:], "utf-8"), true
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return utf16Text(data[2:], false), true
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return utf16Text(data[2:], true), true
	}
	return "", false
}

// decodeAs decodes data in a named charset; ok is false when the name is unknown.
func decodeAs(data []byte, key, declared string) (text string, ok bool) {
	if text, ok := ebcdicText(data, key); ok {
		return text, true
	}
	switch {
	case strings.Contains(key, "utf7"):
		return utf7Text(data), true
	case strings.HasPrefix(key, "utf32") || strings.HasSuffix(key, "ucs4"):
		order, sure := utf32Order(data)
		return utf32Text(data, order), sure
	case key == "iso2022kr" || key == "csiso2022kr":
		data, key = fromISO2022KR(data), "ksc5601"
	case strings.HasPrefix(key, "utf16") || strings.HasPrefix(key, "ucs2") || key == "unicode" || key == "cp1200" || key == "cp1201":
		if big, sure := utf16Order(data); sure {
			return utf16Text(data, big), true
		}
		if utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 {
			return string(data), true // said to be UTF-16, but bytes all the same
		}
	}
	enc := lookup(key, declared)
	if enc == nil {
		return pageText(data, key)
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil && len(out) == 0 {
		return "", false
	}
	return strings.ToValidUTF8(string(out), "\ufffd"), true
}

func lookup(key, declared string) encoding.Encoding {
	if _, ok := ebcdicPage(key); ok {
		return nil
	}
	if e := aliases[key]; e != nil {
		return e
	}
	name := strings.ToLower(strings.Trim(declared, " \t\"'"))
	for _, n := range []string{name, strings.ReplaceAll(name, "_", "-"), strings.TrimPrefix(name, "x-"), strings.Replace(name, "cp", "windows-", 1)} {
		if e, err := htmlindex.Get(n); err == nil && e != encoding.Replacement {
			return e
		}
		if e, err := ianaindex.MIME.Encoding(n); err == nil && e != nil {
			return e
		}
	}
	if n := pageNumber(key); n != "" {
		if i, _ := strconv.Atoi(n); i > 28590 && i < 28607 {
			key = "iso8859" + strconv.Itoa(i-28590) // as Windows numbers them
		} else if e := aliases["cp"+n]; e != nil {
			return e
		} else if e, err := htmlindex.Get("windows-" + n); err == nil {
			return e
		}
	}
	// "ISO8859-1", "iso_8859_15:1999"
	if rest, ok := strings.CutPrefix(key, "iso8859"); ok && rest != "" {
		for n := min(len(rest), 2); n > 0; n-- {
			if e, err := htmlindex.Get("iso-8859-" + rest[:n]); err == nil {
				return e
			}
		}
	}
	return nil
}

func utf32Text(data []byte, order utf32.Endianness) string {
	out, _ := utf32.UTF32(order, utf32.UseBOM).NewDecoder().Bytes(data)
	return string(out)
}

func utf16Text(data []byte, big bool) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		lo, hi := data[2*i], data[2*i+1]
		if big {
			lo, hi = hi, lo
		}
		units[i] = uint16(hi)<<8 | uint16(lo)
	}
	return string(utf16.Decode(units))
}

// utf16Order tells the byte order of UTF-16 without a mark by where the NULs of
// its ASCII characters are; sure is false for anything that does not look like it.
func utf16Order(data []byte) (big, sure bool) {
	sample := data[:min(len(data), 4096)&^1]
	var even, odd int
	for i := 0; i < len(sample); i += 2 {
		if sample[i] == 0 {
			even++
		}
		if sample[i+1] == 0 {
			odd++
		}
	}
	half := len(sample) / 2
	switch {
	case half == 0:
		return false, false
	case odd*10 >= half*3 && even*10 < half:
		return false, true
	case even*10 >= half*3 && odd*10 < half:
		return true, true
	}
	return false, false
}

// utf7Text decodes UTF-7 (RFC 2152) and leaves what is none as it stands.
func utf7Text(data []byte) string {
	var out []byte
	for len(data) > 0 {
		i := bytes.IndexByte(data, '+')
		if i < 0 {
			break
		}
		out = append(out, data[:i]...)
		data = data[i+1:]
		n := 0
		for n < len(data) && sextet[data[n]] < 64 {
			n++
		}
		raw := make([]byte, base64.RawStdEncoding.DecodedLen(n))
		m, err := base64.RawStdEncoding.Decode(raw, data[:n])
		switch {
		case n == 0 && len(data) > 0 && data[0] == '-':
			out = append(out, '+')
		case n == 0 || m < 2 || err != nil && n%4 != 1:
			out = append(append(out, '+'), data[:n]...)
			data = data[n:]
			continue
		default:
			out = append(out, utf16Text(raw[:m], true)...)
		}
		data = data[n:]
		if len(data) > 0 && data[0] == '-' {
			data = data[1:]
		}
	}
	return toUTF8(append(out, data...), "")
}

// fromISO2022KR turns ISO-2022-KR (RFC 1557) into EUC-KR: characters between SO
// and SI lack the eighth bit; the designation at the top goes.
func fromISO2022KR(data []byte) []byte {
	data = bytes.ReplaceAll(data, []byte("\x1b$)C"), nil)
	out := make([]byte, 0, len(data))
	var shifted bool
	for _, c := range data {
		switch {
		case c == 0x0e:
			shifted = true
		case c == 0x0f || c == '\n':
			shifted = false
			if c == '\n' {
				out = append(out, c)
			}
		case shifted && c > ' ':
			out = append(out, c|0x80)
		default:
			out = append(out, c)
		}
	}
	return out
}

// isASCII looks at eight bytes a step: most mail is all ASCII, and all of it
// passes here.
func isASCII[T string | []byte](s T) bool {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		if (s[i]|s[i+1]|s[i+2]|s[i+3]|s[i+4]|s[i+5]|s[i+6]|s[i+7])&0x80 != 0 {
			return false
		}
	}
	for ; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func lossy(s string) bool { return strings.Contains(s, "\ufffd") }
func losses(s string) int { return strings.Count(s, "\ufffd") }

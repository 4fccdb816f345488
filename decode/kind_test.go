package decode

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"

	xcharmap "golang.org/x/text/encoding/charmap"
)

func utf16Of(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func inCharset(e encoding.Encoding, s string) string {
	return must(e.NewEncoder().String(s))
}

func TestKinds(t *testing.T) {
	mail := "Received: from a by b\r\nFrom: Ann <ann@example.org>\r\nTo: bob@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\nhello\r\n"
	for _, c := range []struct {
		why, name, typ, data string
		want                 kind
	}{
		{"nothing", "", "", "", kindText},
		{"a word", "", "text/plain", "hunter2", kindText},
		{"source code", "main.go", "", "package main\n\nfunc main() {}\n", kindText},
		{"JSON", "a.json", "application/json", `{"a": 1}`, kindText},
		{"a notebook", "a.ipynb", "", `{"cells": []}`, kindText},
		{"XML", "a.xml", "application/xml", `<?xml version="1.0"?><a><b/></a>`, kindText},
		{"SVG", "a.svg", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>`, kindText},
		{"PEM", "id_rsa", "application/octet-stream", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n", kindText},
		{"PuTTY", "a.ppk", "", "PuTTY-User-Key-File-3: ssh-ed25519\n", kindText},
		{"PostScript", "a.ps", "", "%!PS-Adobe-3.0\n% pw: hunter2\n", kindText},
		{"a shell script", "run", "", "#!/bin/sh\necho hi\n", kindText},
		{"a registry file", "a.reg", "", "\xff\xfe" + string(utf16Of("Windows Registry Editor Version 5.00\r\n", false)), kindText},
		{"UTF-16 without mark", "a.ps1", "", string(utf16Of("Write-Host 'hello world'\r\n", false)), kindText},
		{"UTF-16 big end first", "a.txt", "", string(utf16Of("password: hunter2\r\n", true)), kindText},
		{"Chinese in UTF-16", "a.txt", "", "\xfe\xff" + string(utf16Of("密码是一二三四五六七八九十", true)), kindText},
		{"UTF-32", "a.txt", "", "p\x00\x00\x00w\x00\x00\x00:\x00\x00\x00 \x00\x00\x00x\x00\x00\x00", kindText},
		{"Latin-1", "a.txt", "", inCharset(xcharmap.Windows1252, "Schlüssel für den Zugang: grün\n"), kindText},
		{"KOI8-R", "a.txt", "", inCharset(xcharmap.KOI8R, "пароль от почты лежит здесь\n"), kindText},
		{"Shift JIS", "a.txt", "", inCharset(japanese.ShiftJIS, "パスワードは次のとおりです\n"), kindText},
		{"ISO-2022-JP", "a.txt", "", inCharset(japanese.ISO2022JP, "パスワードは次のとおりです\n"), kindText},
		{"GB18030", "a.txt", "", inCharset(simplifiedchinese.GB18030, "密码是一二三四五六七八九十\n"), kindText},
		{"EUC-KR", "a.txt", "", inCharset(korean.EUCKR, "비밀번호는 다음과 같습니다\n"), kindText},
		{"stray control bytes", "a.txt", "", "line one\x00\x01\nline two is a bit longer, as lines are\n" + strings.Repeat("text\n", 40), kindText},
		{"a log padded with NULs", "a.log", "", "booted\npassword=x\n" + strings.Repeat("\x00", 4000), kindText},
		{"a few odd bytes said to be text", "", "text/plain", "\x81\xaa\xdbj\a", kindText},

		{"HTML by type", "", "text/html", "<p>x", kindHTML},
		{"HTML by name", "a.htm", "text/plain", "<p>x", kindHTML},
		{"HTML by content", "", "application/octet-stream", " \n<!DOCTYPE HTML><html>x", kindHTML},
		{"HTML by content in UTF-16", "report", "", "\xff\xfe" + string(utf16Of("<html><body>x", false)), kindHTML},
		{"XHTML", "", "", "<?xml version='1.0'?>\n<!DOCTYPE html><html xmlns='x'>", kindHTML},
		{"a plain body about HTML", "", "text/plain", "<html> is a tag", kindText},
		{"calendar", "", "text/plain", "BEGIN:VCALENDAR\r\n", kindCalendar},
		{"calendar by type", "", "text/calendar", "\r\n", kindCalendar},
		{"contact", "a.vcf", "", "BEGIN:VCARD\r\n", kindContact},
		{"mail by type", "", "message/rfc822", "anything", kindMessage},
		{"mail by name", "a.eml", "application/octet-stream", "Subject: x\n\nhello", kindMessage},
		{"mail by content", "a", "application/octet-stream", mail, kindMessage},
		{"mail of an mbox", "a", "", "From ann Mon Jan  1 00:00:00 2026\r\n" + mail, kindMessage},
		{"mail with a binary part", "a.eml", "", mail + strings.Repeat("\x00\x01\x02\xff", 200), kindMessage},
		{"a body that quotes a header", "", "text/plain", mail, kindText},
		{"a body that begins with a label", "", "text/plain", "Subject: the password\n\nhello", kindText},
		{"notes that begin with a label", "a.txt", "", "Subject: the password\nTo: bob\n\nhello", kindText},

		{"zip", "a.txt", "text/plain", string(zipOf(stored{"a", nil})), kindZip},
		{"empty zip", "", "", string(zipOf()), kindZip},
		{"tar", "a.txt", "", string(tarOf(stored{"a", []byte("x")})), kindTar},
		{"gzip", "", "", string(gzipOf(nil)), kindGzip},
		{"xz", "", "", string(xzOf(nil)), kindXZ},
		{"lzma", "", "", string(lzmaOf([]byte("some text of a length"))), kindLZMA},
		{"zstd", "", "", string(zstdOf([]byte("x"))), kindZstd},
		{"zstd, skippable first", "", "", "\x50\x2a\x4d\x18\x00\x00\x00\x00", kindZstd},
		{"bzip2", "", "", string(must(os.ReadFile(filepath.Join("testdata", "archive", "config.txt.bz2")))), kindBzip2},
		{"a word that begins as bzip2 does", "", "", "BZh9 is how it begins", kindText},

		{"PDF", "a.txt", "", "%PDF-1.7\n1 0 obj\n", "PDF"},
		{"RTF", "a.doc", "application/msword", `{\rtf1\ansi hello}`, "RTF"},
		{"a body about RTF", "", "text/plain", `{\rtf1 is how RTF begins`, kindText},
		{"7z", "", "", "7z\xbc\xaf\x27\x1c\x00\x04", "7z"},
		{"rar", "", "", "Rar!\x1a\x07\x01\x00", "rar"},
		{"TNEF", "winmail.dat", "application/ms-tnef", "\x78\x9f\x3e\x22\x00", "TNEF (winmail.dat)"},
		{"PST", "a.pst", "", "!BDN\x00\x00", "Outlook data file (.pst)"},
		{"message of Outlook", "a.msg", "", string(oleMagic) + string(wide("__properties_version1.0")), "Outlook message (.msg)"},
		{"old Word", "a.doc", "", string(oleMagic) + string(wide("WordDocument")), "old Office (doc)"},
		{"sealed Office", "a.docx", "", string(oleMagic) + string(wide("EncryptedPackage")), kindEncryptedOffice},
		{"PNG", "a.txt", "text/plain", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "image/png"},
		{"GIF", "", "", "GIF89a\x01\x00\x01\x00\x00\x00\x00\x2c\x00", "image/gif"},
		{"ELF", "run", "", "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x3e\x00", "executable"},
		{"SQLite", "a.db", "", "SQLite format 3\x00\x10\x00\x01\x01\x00", "SQLite database"},
		{"noise", "a.bin", "", string(noise(2000)), "unknown binary"},
		{"PGP", "a.txt.gpg", "", string(noise(2000)), kindEncryptedPGP},
	} {
		if got := kindOf(node{name: c.name, typ: c.typ, data: []byte(c.data)}); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

// noise is what an encrypted file looks like.
func noise(n int) []byte {
	out := make([]byte, n)
	state := uint64(7)
	for i := range out {
		state = state*6364136223846793005 + 1442695040888963407
		out[i] = byte(state >> 56)
	}
	return out
}

func TestKeyFiles(t *testing.T) {
	pfx := "\x30\x82\x0a\x00\x02\x01\x03\x30\x82\x09\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x82" + string(noise(200))
	pfxBER := "\x30\x80\x02\x01\x03\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + string(noise(200))
	for _, c := range []struct {
		why, name, data string
		want            FileKind
		byName          bool
	}{
		{"PKCS#12", "a.bin", pfx, PKCS12, false},
		{"PKCS#12 with indefinite lengths", "a", pfxBER, PKCS12, false},
		{"JKS", "a", "\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01" + string(noise(50)), JKS, false},
		{"JCEKS", "a", "\xce\xce\xce\xce\x00\x00\x00\x02\x00\x00\x00\x01" + string(noise(50)), JKS, false},
		{"KeePass 2", "a.bak", "\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5\x01\x00" + string(noise(50)), KeePass, false},
		{"KeePass 1", "a", "\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5\x01\x00" + string(noise(50)), KeePass, false},
		{"Password Safe", "a", "PWS3" + string(noise(200)), PasswordSafe, false},
		{"by name", "old.PFX", string(noise(900)), PKCS12, true},
		{"by name", "debug.keystore", string(noise(900)), JKS, true},
		{"a text is what it is", "a.p12", "-----BEGIN CERTIFICATE-----\n", "", false},
		{"so is an archive", "a.jks", string(zipOf(stored{"a", []byte("x")})), "", false},
		{"nothing is in an empty file", "a.kdbx", "", "", false},
	} {
		r := attached(c.name, []byte(c.data))
		switch {
		case c.want == "" && len(r.Files) > 0:
			t.Errorf("%s: %s is taken for %s", c.why, c.name, r.Files[0].Kind)
		case c.want != "" && len(r.Files) != 1:
			t.Errorf("%s: %d files, skips %v", c.why, len(r.Files), r.Skips)
		case c.want != "" && (r.Files[0].Kind != c.want || r.Files[0].ByName != c.byName || r.Files[0].Path != "2/"+c.name || !bytes.Equal(r.Files[0].Data, []byte(c.data))):
			t.Errorf("%s: %s, by name %v, path %s", c.why, r.Files[0].Kind, r.Files[0].ByName, r.Files[0].Path)
		}
	}
}

func BenchmarkKindOf(b *testing.B) {
	line := "The quick brown fox, with the password from yesterday, jumps over the lazy dog.\n"
	for _, size := range []int{400, 4_000, 40_000, 4_000_000} {
		n := node{name: "notes.txt", typ: "text/plain", data: []byte(strings.Repeat(line, size/len(line)))}
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.SetBytes(int64(len(n.data)))
			for b.Loop() {
				kindOf(n)
			}
		})
	}
}

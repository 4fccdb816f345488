package decode

import (
	"bytes"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// kind is what a file is. The constants are the kinds that decode reads or that a
// detector judges, and those that cannot be read without a key; every other value
// is the label, for people, of a kind that it does not read: "PDF", "image/png".
type kind string

const (
	kindText     kind = "text"
	kindHTML     kind = "HTML"
	kindCalendar kind = "calendar"
	kindContact  kind = "contact"
	kindMessage  kind = "message"

	// kindZip covers Office Open XML too: only the entries tell the two apart.
	kindZip   kind = "zip"
	kindTar   kind = "tar"
	kindGzip  kind = "gzip"
	kindBzip2 kind = "bzip2"
	kindXZ    kind = "xz"
	kindLZMA  kind = "lzma"
	kindZstd  kind = "zstd"

	kindKeyFile kind = "key file" // see keyFileOf
	kindSigned  kind = "S/MIME"   // signed, encrypted or both: w.smime tells

	kindEncryptedOffice kind = "Office document"
	kindEncryptedPGP    kind = "PGP"
	kindEncryptedKey    kind = "private key"
)

// kindOf says what n is: by its bytes first, for names and declared types are
// what the sender made of them, then by name, then by declared type. In doubt it
// is text: searching noise costs little, passing over a secret does not.
func kindOf(n node) kind {
	if k, ok := byMagic(n); ok {
		return k
	}
	if _, ok := keyFileOf(n.data); ok {
		return kindKeyFile
	}
	if k, ok := byDER(n.data); ok {
		return k
	}
	if hasZipEnd(n.data) {
		return kindZip // behind other bytes: a script or program that unpacks it, a browser extension
	}
	if isText(n.data, strings.HasPrefix(n.typ, "text/")) || isEBCDIC(n) || isMixed(n.data) {
		return textKind(n)
	}
	if textKind(n) == kindMessage && len(headerNames(sniffHead(n.data))) > 0 {
		return kindMessage // with parts in 8-bit or binary encoding
	}
	if _, ok := keyFileByName(n.name); ok {
		return kindKeyFile
	}
	return label(n)
}

// magics are the first bytes by which a kind is known; the first match counts.
var magics = []struct {
	prefix string
	kind   kind
}{
	{"PK\x03\x04", kindZip},
	{"PK\x05\x06", kindZip}, // empty
	{"PK\x07\x08PK", kindZip},
	{"PK00PK\x03\x04", kindZip}, // APPNOTE 4.4.1.3: once meant to be split
	{"\x1f\x8b", kindGzip},
	{"\xfd7zXZ\x00", kindXZ},
	{"\x28\xb5\x2f\xfd", kindZstd},
	{"7z\xbc\xaf\x27\x1c", "7z"},
	{"Rar!\x1a\x07", "rar"},
	{"MSCF\x00\x00\x00\x00", "cab"},
	{"!<arch>\n", "ar archive (.deb, .a)"},
	{"\x1f\x9d", "compress (.Z)"},
	{"\x04\x22\x4d\x18", "lz4"},
	{"LZIP\x01", "lzip"},
	{"SQLite format 3\x00", "SQLite database"},
	{"\x78\x9f\x3e\x22", "TNEF (winmail.dat)"},
	{"!BDN", "Outlook data file (.pst)"},
	{"{\\rtf", "RTF"},
	{"%PDF-", "PDF"},
	{"\xed\xab\xee\xdb", "rpm"},
}

func byMagic(n node) (kind, bool) {
	d := n.data
	switch {
	case isBzip2(d):
		return kindBzip2, true
	case isZstdSkippable(d):
		return kindZstd, true
	case isLZMA(d):
		return kindLZMA, true
	case bytes.HasPrefix(d, oleMagic):
		return oleKind(d), true
	case isTar(d):
		return kindTar, true
	}
	trimmed := bytes.TrimLeft(d, " \t\r\n")
	for _, m := range magics {
		// Some writers of PDF and RTF put a blank line first.
		document := m.kind == "PDF" || m.kind == "RTF"
		if !bytes.HasPrefix(d, []byte(m.prefix)) && !(document && bytes.HasPrefix(trimmed, []byte(m.prefix))) {
			continue
		}
		switch {
		case n.typ == "text/plain" && n.name == "" && isText(d, true):
			return "", false // a body about RTF, no RTF
		case m.kind == kindZip && isOpenDocument(d):
			return "OpenDocument", true
		}
		return m.kind, true
	}
	return "", false
}

// isOpenDocument looks at the entry "mimetype", which such a package begins with,
// stored (OpenDocument 1.3 part 2 section 3.3).
func isOpenDocument(d []byte) bool {
	d = d[:min(len(d), 120)]
	return bytes.Contains(d, []byte("mimetypeapplication/vnd.oasis.opendocument")) ||
		bytes.Contains(d, []byte("mimetypeapplication/vnd.sun.xml"))
}

var oleMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

// oleStreams are names of streams in a compound file ([MS-CFB]) that tell what it
// is. They are looked for wherever they stand: that needs no parser, and finds
// them in a damaged file too. A message holds the streams of its attachments, so
// the outermost kinds come first.
var oleStreams = []struct {
	name string
	kind kind
}{
	{"EncryptedPackage", kindEncryptedOffice}, // [MS-OFFCRYPTO] section 2.3.4.4
	{"__properties_version1.0", "Outlook message (.msg)"},
	{"WordDocument", "old Office (doc)"},
	{"PowerPoint Document", "old Office (ppt)"},
	{"Workbook", "old Office (xls)"},
	{"_VBA_PROJECT", "VBA project"},
	{"\x01Ole10Native", "OLE object"},
	{"VisioDocument", "old Office (vsd)"},
	{"Quill", "old Office (pub)"},
	{"Book", "old Office (xls)"},
}

func oleKind(d []byte) kind {
	for _, s := range oleStreams {
		if bytes.Contains(d, wide(s.name)) {
			return s.kind
		}
	}
	return "OLE compound file"
}

// wide is ASCII as UTF-16LE.
func wide(s string) []byte {
	b := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

// labels are first bytes of kinds that mimetype does not know.
var labels = []struct {
	prefix string
	kind   kind
}{
	{"\x07\x02\x00\x00\x00\x24\x00\x00RSA2", "private key (.snk)"}, // wincrypt.h: PRIVATEKEYBLOB
	{"bplist0", "binary property list"},
	{"dex\n", "Android code"},
	{"hsqs", "squashfs"},
	{"\x60\xea", "arj"},
	{"ZOO ", "zoo"},
	{"P4\n", "image/x-portable-bitmap"},
	{"P5\n", "image/x-portable-graymap"},
	{"P6\n", "image/x-portable-pixmap"},
	{"\x00\x05\x16\x07\x00\x02\x00\x00", "AppleDouble"},
}

// label names a binary kind that decode does not read.
func label(n node) kind {
	name := strings.ToLower(n.name)
	switch ext := path.Ext(name); {
	case ext == ".pgp", ext == ".gpg":
		return kindEncryptedPGP
	case ext == ".odttf": // obfuscated, in Office files
		return "font"
	case ext == ".tnef", name == "winmail.dat":
		return "TNEF (winmail.dat)"
	case ext == ".bin" && strings.HasPrefix(name, "printersettings"):
		return "printer settings"
	case ext == ".bin" && strings.Contains(n.path, "!xl/"):
		return "binary workbook (.xlsb)"
	}
	for _, m := range labels {
		if bytes.HasPrefix(n.data, []byte(m.prefix)) {
			return m.kind
		}
	}
	m, _, _ := strings.Cut(mimetype.Detect(n.data).String(), ";")
	switch {
	case strings.HasPrefix(m, "image/"), strings.HasPrefix(m, "audio/"), strings.HasPrefix(m, "video/"):
		return kind(m)
	case strings.HasPrefix(m, "font/"), m == "application/vnd.ms-fontobject":
		return "font"
	}
	switch m {
	case "application/vnd.microsoft.portable-executable", "application/x-elf", "application/x-object",
		"application/x-executable", "application/x-sharedlib", "application/x-mach-binary", "application/wasm":
		return "executable"
	case "application/x-java-applet":
		return "Java class"
	case "application/x-cpio":
		return "cpio archive"
	case "application/pdf":
		return "PDF"
	}
	if strings.HasPrefix(m, "application/") && m != "application/octet-stream" {
		return kind(m)
	}
	return "unknown binary"
}

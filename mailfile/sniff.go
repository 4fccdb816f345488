package mailfile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"github.com/gabriel-vasile/mimetype"

	"mailsweep/decode"
)

// kind is what a file is.
type kind uint8

const (
	message kind = iota // one message
	mbox                // a file of messages
	other               // to be skipped
)

// verdict says what a file is.
type verdict struct {
	kind kind
	// start is where the first separator stands; -1 in a message without one.
	start  int64
	reason decode.Reason // of other
	detail string
}

// headSize is how much of a file is read to tell what it is.
const headSize = 16 << 10

// judge tells what the file r of size bytes is, by its beginning, which it reads
// into buf, and, when it begins with a separator, by whether another one follows. hinted
// says that something else than the content speaks for mail.
func judge(r io.ReaderAt, size int64, name string, hinted bool, buf []byte) (verdict, error) {
	n, err := r.ReadAt(buf[:min(size, int64(len(buf)))], 0)
	if err != nil && err != io.EOF {
		return verdict{}, err
	}
	head := buf[:n]
	blank := blankPrefix(head)
	text := head[blank:]
	if len(text) == 0 && int64(n) == size {
		return verdict{kind: other, reason: decode.NotMail, detail: "empty file"}, nil
	}
	if bytes.HasPrefix(text, fromWord) && opensMbox(text) {
		v := verdict{start: int64(blank)}
		sc := newScanner(r, v.start, size)
		if e, _ := sc.next(); e.end < sc.size || namedMbox(name) {
			v.kind = mbox
		}
		return v, sc.err
	}
	hinted = hinted || namedMessage(name)
	if readBlock(text).isMail(hinted) || readBlock(dropCount(text)).isMail(true) && len(dropCount(text)) < len(text) {
		return verdict{start: -1}, nil
	}
	if v, ok := container(r, head, name); ok {
		return v, nil
	}
	// An mbox that lost its beginning.
	sc := newScanner(bytes.NewReader(text), 0, int64(len(text)))
	if e, ok := sc.next(); ok && e.end < sc.size {
		return verdict{kind: mbox, start: int64(blank)}, nil
	}
	typ := mimetype.Detect(head)
	if hinted && strings.HasPrefix(typ.String(), "text/") {
		return verdict{start: -1}, nil
	}
	return verdict{kind: other, reason: decode.NotMail, detail: mediaType(typ)}, nil
}

func mediaType(m *mimetype.MIME) string {
	typ, _, _ := strings.Cut(m.String(), ";")
	return typ
}

// opensMbox reports whether a text that begins with "From " begins with a separator.
// At the start of a file a line of whatever form is one when a header follows.
func opensMbox(text []byte) bool {
	line, rest := cutLine(text)
	return shapeOf(line) == dated || isMailField(rest)
}

func namedMbox(name string) bool {
	name = strings.ToLower(name)
	return name == "mbox" || strings.HasSuffix(name, ".mbox") || strings.HasSuffix(name, ".mbx")
}

func namedMessage(name string) bool {
	ext := filepath.Ext(name)
	return strings.EqualFold(ext, ".eml") || strings.EqualFold(ext, ".msg")
}

var utf8Mark = []byte("\xef\xbb\xbf")

// blankPrefix is the length of a byte order mark and of empty lines before a text.
func blankPrefix(text []byte) int {
	rest := bytes.TrimPrefix(text, utf8Mark)
	return len(text) - len(bytes.TrimLeft(rest, "\r\n"))
}

// dropCount drops the first line when it is a number and nothing else: Apple
// Mail's .emlx begin with the message's length.
func dropCount(text []byte) []byte {
	line, rest := cutLine(text[:min(len(text), 64)])
	if n := strings.TrimSpace(string(line)); rest == nil || !digits(n) {
		return text
	}
	return text[min(len(text), 64)-len(rest):]
}

// container knows the formats that hold mail and are not read here.
func container(r io.ReaderAt, head []byte, name string) (verdict, bool) {
	detail := ""
	switch {
	case bytes.HasPrefix(head, []byte("!BDN")): // [MS-PST] section 2.2.2.6, dwMagic
		detail = "Outlook data file (.pst)"
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) && isOutlook(r, head, name):
		detail = "Outlook message (.msg)"
	case isPackedMail(head):
		detail = "gzip"
	}
	return verdict{kind: other, reason: decode.Unsupported, detail: detail}, detail != ""
}

// isOutlook reports whether a compound file is an Outlook message: its directory
// has the stream that [MS-OXMSG] section 2.4 demands.
func isOutlook(r io.ReaderAt, head []byte, name string) bool {
	if strings.EqualFold(filepath.Ext(name), ".msg") {
		return true
	}
	if len(head) < 512 {
		return false
	}
	// [MS-CFB] section 2.2: sector shift at 30, first directory sector at 48.
	shift := binary.LittleEndian.Uint16(head[30:])
	if shift != 9 && shift != 12 {
		return false
	}
	dir := make([]byte, 4<<10)
	n, _ := r.ReadAt(dir, (int64(binary.LittleEndian.Uint32(head[48:]))+1)<<shift)
	var want []byte
	for _, u := range utf16.Encode([]rune("__properties_version1.0")) {
		want = binary.LittleEndian.AppendUint16(want, u)
	}
	return bytes.Contains(dir[:n], want)
}

// isPackedMail reports whether a gzip file holds mail.
func isPackedMail(head []byte) bool {
	z, err := gzip.NewReader(bytes.NewReader(head))
	if err != nil {
		return false
	}
	buf := make([]byte, 4<<10)
	n, _ := io.ReadFull(z, buf) // its end is missing: head is a part
	text := buf[blankPrefix(buf[:n]):n]
	return bytes.HasPrefix(text, fromWord) && opensMbox(text) || readBlock(text).isMail(false)
}

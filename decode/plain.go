package decode

import (
	"bytes"
	"strings"
)

// plainText searches a text: what is encoded in it is taken out and searched as
// a file, soft line ends are joined, the rest is the text.
func (w *walker) plainText(n node) {
	text := w.decoded(n, n.data)
	if strings.Contains(text, "-----BEGIN PGP MESSAGE-----") {
		w.skip(n.path, Encrypted, "PGP message")
	}
	if w.flatDocument(n, text) {
		return
	}
	files, text := uuFiles(text)
	if n.flowed {
		text = joinFlowed(text, n.delSp)
	}
	w.text(n, Body, text)
	w.links(n, text)
	w.uuOpen(n, files)
	if quoted := unquoted(text); quoted != "" {
		w.uuText(n, quoted)
	}
	w.notebook(n, text)
	w.xmlFile(n, text)
	// Encoded all the same? The text as it stands has been searched, too.
	switch {
	case isBase64(text):
		w.open(n.child("base64", decodeBase64([]byte(text)).data))
	case w.quotedMail(n):
	case isQuotedPrintable(text):
		c := n.child("quoted-printable", decodeQuotedPrintable([]byte(text)).data)
		c.charset = n.charset
		w.open(c)
	}
}

// quotedMail searches what is encoded in a mail that stands in a text: a bounce
// that quotes it whole, a message whose header was lost. What is plain in it has
// been searched as part of the text. It reports whether there was such a mail.
func (w *walker) quotedMail(n node) bool {
	// Looking for what both cases have in common is many times faster.
	if !bytes.Contains(n.data, []byte("ransfer-")) && !bytes.Contains(n.data, []byte("RANSFER-")) {
		return false
	}
	i := indexFold(n.data, "content-transfer-encoding:")
	if i < 0 {
		return false
	}
	p := parser{ctx: w.ctx, b: w.b, hint: n.charset, left: max(w.b.lim.Parts-w.b.parts, 0), encodedOnly: true}
	if marks := guessDelimiters(n.data); len(marks) > 0 {
		p.cut(entity{typ: "multipart/mixed"}, n.data, marks, "", "", 0)
	} else {
		fields, body := cutHeader(n.data, blockStart(n.data, i), func([]byte) bool { return false })
		p.leaf(entityOf(fields, n.charset, "text/plain"), n.data[body:], "1")
	}
	w.mail(p.out, n.path+"!", n.depth+1)
	return len(p.out.Parts) > 0
}

// blockStart gives where the paragraph around offset at begins.
func blockStart(data []byte, at int) int {
	for _, gap := range []string{"\n\n", "\n\r\n"} {
		if i := bytes.LastIndex(data[:at], []byte(gap)); i >= 0 {
			return i + len(gap)
		}
	}
	return 0
}

// joinFlowed joins the lines of a text with format=flowed (RFC 3676): a line
// that ends in a space goes on in the next one of the same quote depth. delSp
// says that the space was added by the break.
func joinFlowed(text string, delSp bool) string {
	var out strings.Builder
	out.Grow(len(text))
	open, depth := false, 0 // the line before ends soft, and its quote depth
	for at := 0; at < len(text); {
		line, next := textLine(text, at)
		hard := next > at+len(line) // it has a line end
		at = next
		d := 0
		for d < len(line) && line[d] == '>' {
			d++
		}
		words := line[d:]
		words = strings.TrimPrefix(words, " ") // space-stuffed, section 4.4
		signature := words == "-- "
		if open && (d != depth || signature) {
			out.WriteByte('\n')
			open = false
		}
		if !open && d > 0 {
			out.WriteString(line[:d] + " ")
		}
		soft := strings.HasSuffix(words, " ") && !signature
		if soft && delSp {
			words = words[:len(words)-1]
		}
		out.WriteString(words)
		if open, depth = soft, d; !open && hard {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// isQuotedPrintable reports whether a text is quoted-printable although nothing
// says so: each equals sign encodes, some of them line ends and some characters.
func isQuotedPrintable(text string) bool {
	soft, chars := 0, 0
	for {
		i := strings.IndexByte(text, '=')
		if i < 0 {
			return soft > 0 && chars > 0
		}
		switch text = text[i+1:]; {
		case strings.HasPrefix(text, "\n"):
			soft++
		case len(text) >= 2 && isUpperHex(text[0]) && isUpperHex(text[1]):
			chars++
		default:
			return false
		}
	}
}

func isUpperHex(c byte) bool { return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' }

// isBase64 reports whether a text is base64 although nothing says so: nothing
// else, in two or more lines of one length.
func isBase64(text string) bool {
	text = strings.TrimSpace(text)
	width := strings.IndexByte(text, '\n')
	if width < 60 || width > 80 || width%4 != 0 {
		return false
	}
	for at := 0; at < len(text); {
		line, next := textLine(text, at)
		if len(line) != width && (next < len(text) || len(line) > width) || !isForeignFree(line) {
			return false
		}
		at = next
	}
	return true
}

func isForeignFree(line string) bool {
	line = strings.TrimRight(line, "=")
	for i := range len(line) {
		if sextet[line[i]] >= 64 {
			return false
		}
	}
	return true
}

package decode

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// content is what a transfer encoding gave. It is an open Part, and lends its
// bytes to the walker without a copy.
type content struct {
	bytes.Reader
	data []byte
	// foreign is text that stood among the encoded lines: the footer that a
	// mailing list appends to a base64 body.
	foreign []byte
	damage  string // what was broken, "" when nothing was
}

func (c *content) Close() error { return nil }

// open readies c to be read.
func (c *content) open() *content {
	c.Reset(c.data)
	return c
}

// decodeTransfer removes a Content-Transfer-Encoding (RFC 2045 section 6).
// Damage does not end it: enmime and the standard library stop at a bad byte, or
// drop the part, where a reader still shows the text.
func decodeTransfer(cte string, body []byte) content {
	switch cte = cleanEncoding(cte); cte {
	case "base64":
		return decodeBase64(body)
	case "quotedprintable":
		return decodeQuotedPrintable(body)
	case "uuencode", "xuuencode", "xuue", "uue":
		if files, rest := uuFiles(string(body)); len(files) > 0 {
			return content{data: files[0].data, foreign: bytes.TrimSpace([]byte(rest)), damage: files[0].damage}
		}
		if len(bytes.TrimSpace(body)) == 0 {
			return content{data: body}
		}
		return content{data: body, damage: "not uuencoded, as it says"}
	case "", "7bit", "8bit", "binary", "none", "7bits", "8bits", "usascii", "ascii", "text", "plain", "utf8", "iso88591":
		return content{data: body}
	}
	return content{data: body, damage: "unknown transfer encoding"}
}

// cleanEncoding brings the names met to one form: "7-bit", `"base64"`,
// "Quoted_Printable;", "8bit (comment)".
func cleanEncoding(cte string) string {
	cte, _, _ = strings.Cut(stripComments(cte), ";")
	switch s := charsetKey(cte); s {
	case "b", "base", "base64base64":
		return "base64"
	case "qp", "q", "quoted":
		return "quotedprintable"
	default:
		return s
	}
}

// sextet maps the characters of base64 to their values; all others to 64 and more.
var sextet = func() (t [256]byte) {
	for i := range t {
		t[i] = 64
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	return t
}()

// decodeBase64 decodes body. Clean base64 takes the standard library's path.
func decodeBase64(body []byte) content {
	out := make([]byte, base64.StdEncoding.DecodedLen(len(body)))
	n, err := base64.StdEncoding.Decode(out, body)
	if err == nil {
		return content{data: out[:n]}
	}
	return mendBase64(body, out[:0])
}

// mendBase64 decodes what is base64 in body: stray bytes are passed over, padding
// may stand anywhere (several encoded pieces in a row), the end may be missing.
// Lines of other text are kept apart.
func mendBase64(body, out []byte) content {
	var c content
	var group uint32
	var have, bad, good int
	foreign := false // the line before was
	for at := 0; at < len(body); {
		line, next := lineAt(body, at)
		at = next
		line = bytes.TrimRight(line, " \t")
		if foreign = isForeign(line, foreign); foreign {
			c.foreign = append(append(c.foreign, line...), '\n')
			continue
		}
	scan:
		for i, ch := range line {
			v := sextet[ch]
			switch {
			case v < 64:
				group = group<<6 | uint32(v)
				good++
				if have++; have == 4 {
					out = append(out, byte(group>>16), byte(group>>8), byte(group))
					group, have = 0, 0
				}
			case ch == '=':
				out = flushGroup(out, group, have)
				group, have = 0, 0
				if rest := line[i+1:]; len(rest) > 0 && rest[0] == ' ' {
					c.foreign = append(append(c.foreign, rest...), '\n')
					break scan
				}
			case ch > ' ':
				bad++
			}
		}
	}
	out = flushGroup(out, group, have)
	c.foreign = bytes.TrimSpace(c.foreign)
	switch {
	case bad*10 > good, good == 0 && len(bytes.TrimSpace(body)) > 0:
		return content{data: body, damage: "not base64, as it says"}
	case bad > 0:
		c.damage = "stray bytes in base64"
	case have == 1:
		c.damage = "base64 ends early"
	}
	c.data = out
	return c
}

// flushGroup appends the bytes of an unfinished group of have characters.
func flushGroup(out []byte, group uint32, have int) []byte {
	switch have {
	case 2:
		out = append(out, byte(group>>4))
	case 3:
		out = append(out, byte(group>>10), byte(group>>2))
	}
	return out
}

// isForeign reports whether a line among base64 is other text: it has words, or
// much that base64 has not. After such a line only a long clean one is base64
// again.
func isForeign(line []byte, before bool) bool {
	if len(line) == 0 {
		return before
	}
	odd, gaps := 0, 0
	for i, ch := range line {
		switch {
		case sextet[ch] < 64, ch == '=':
		case ch == ' ' && i > 0 && i < len(line)-1:
			gaps++
		default:
			odd++
		}
	}
	if before {
		return odd+gaps > 0 || len(line) < 32
	}
	return odd*4 > len(line) || gaps >= 2 && gaps*20 > len(line)
}

// decodeQuotedPrintable decodes body (RFC 2045 section 6.7). An equals sign that
// encodes nothing stays as it is.
func decodeQuotedPrintable(body []byte) content {
	i := bytes.IndexByte(body, '=')
	if i < 0 {
		return content{data: body}
	}
	out := make([]byte, 0, len(body))
	bad := 0
	for i >= 0 {
		out = append(out, body[:i]...)
		body = body[i+1:]
		n := 0
		for n < len(body) && (body[n] == ' ' || body[n] == '\t') {
			n++
		}
		switch {
		case n == len(body): // "=" at the very end
			body = nil
		case body[n] == '\n':
			body = body[n+1:]
		case body[n] == '\r' && n+1 < len(body) && body[n+1] == '\n':
			body = body[n+2:]
		case body[n] == '\r':
			body = body[n+1:]
		case len(body) >= 2 && hexValue(body[0]) >= 0 && hexValue(body[1]) >= 0:
			out = append(out, byte(hexValue(body[0])<<4|hexValue(body[1])))
			body = body[2:]
		default:
			out = append(out, '=')
			bad++
		}
		i = bytes.IndexByte(body, '=')
	}
	c := content{data: append(out, body...)}
	if bad > 0 {
		c.damage = "bad quoted-printable"
	}
	return c
}

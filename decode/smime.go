package decode

import (
	"bytes"
	"errors"
)

// Object identifiers of CMS content (RFC 5652, RFC 5083), as encoded.
var (
	oidSigned        = []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
	oidEnveloped     = []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03")
	oidEncrypted     = []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06")
	oidAuthEnveloped = []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17")
)

// smime searches the message within an opaque S/MIME signature (RFC 8551
// section 3.5.2). What is encrypted is a Skip.
func (w *walker) smime(n node) {
	info, _ := derInside(n.data, 0x30)
	if !bytes.Equal(oidIn(info), oidSigned) {
		w.skip(n.path, Encrypted, "S/MIME")
		return
	}
	inner, whole := signedContent(n.data)
	if !whole {
		w.skip(n.path, Damaged, "S/MIME")
	}
	switch {
	case len(inner) > 0:
		n.data = inner
		w.message(n)
	case whole:
		w.skip(n.path, Unsupported, "S/MIME signature")
	}
}

var errBER = errors.New("no valid BER")

// signedContent gives the content of CMS signed data (RFC 5652 section 5.1);
// nothing, when the signature stands alone. encoding/asn1 reads DER only; mail
// programs also write BER with indefinite lengths. Of damaged data it gives what
// can be read; whole is false then.
func signedContent(data []byte) (content []byte, whole bool) {
	// ContentInfo: type, content. SignedData: version, digest algorithms, and the
	// content's own type and content.
	for _, step := range []struct {
		tag  byte // to go into
		skip int  // values to pass over then
	}{{0x30, 1}, {0xa0, 0}, {0x30, 2}, {0x30, 1}} {
		var ok bool
		if data, ok = berInside(data, step.tag); !ok {
			return nil, false
		}
		for range step.skip {
			var err error
			if _, data, err = berNext(data, 0); err != nil {
				return nil, false
			}
		}
	}
	if data, ok := berInside(data, 0xa0); ok {
		return berOctets(nil, data, 0)
	}
	return nil, true
}

// berInside goes into the value at the beginning of data when its tag is tag. A
// value of indefinite length, or one that is cut off, has all that follows.
func berInside(data []byte, tag byte) ([]byte, bool) {
	if len(data) < 2 || data[0] != tag {
		return nil, false
	}
	if data[1] == 0x80 {
		return data[2:], true
	}
	length, at, err := berLength(data)
	if err != nil {
		return nil, false
	}
	return data[at:min(at+length, len(data))], true
}

// berValue is one value; definite or not, value is what it holds.
type berValue struct {
	tag   byte
	value []byte
}

// berDepth bounds values within values.
const berDepth = 16

// berNext reads the value at the beginning of data (X.690 section 8.1).
func berNext(data []byte, depth int) (v berValue, rest []byte, err error) {
	if len(data) < 2 || depth > berDepth || data[0]&0x1f == 0x1f {
		return v, nil, errBER
	}
	if data[1] == 0x80 {
		return berIndefinite(data[0], data[2:], depth)
	}
	length, at, err := berLength(data)
	if err != nil || length > len(data)-at {
		return v, nil, errBER
	}
	return berValue{data[0], data[at : at+length]}, data[at+length:], nil
}

// berLength reads a definite length and gives where the content begins.
func berLength(data []byte) (length, at int, err error) {
	n := int(data[1])
	if n < 0x80 {
		return n, 2, nil
	}
	if n &= 0x7f; n > 4 || len(data) < 2+n {
		return 0, 0, errBER
	}
	for _, c := range data[2 : 2+n] {
		length = length<<8 | int(c)
	}
	return length, 2 + n, nil
}

// berIndefinite reads values up to the end-of-contents octets.
func berIndefinite(tag byte, data []byte, depth int) (v berValue, rest []byte, err error) {
	rest = data
	for {
		if bytes.HasPrefix(rest, []byte{0, 0}) {
			return berValue{tag, data[:len(data)-len(rest)]}, rest[2:], nil
		}
		if _, rest, err = berNext(rest, depth+1); err != nil {
			return v, nil, err
		}
	}
}

// berOctets appends the octet string that data begins with; a constructed one
// holds others. It reports whether it was whole.
func berOctets(dst, data []byte, depth int) ([]byte, bool) {
	if inside, ok := berInside(data, 0x04); ok {
		_, _, err := berNext(data, 0)
		return append(dst, inside...), err == nil
	}
	pieces, ok := berInside(data, 0x24)
	if !ok || depth > berDepth {
		return dst, false
	}
	for len(pieces) > 0 && !bytes.HasPrefix(pieces, []byte{0, 0}) {
		if dst, ok = berOctets(dst, pieces, depth+1); !ok {
			return dst, false
		}
		var err error
		if _, pieces, err = berNext(pieces, 0); err != nil {
			return dst, false
		}
	}
	return dst, true
}

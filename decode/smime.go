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
	inner, err := signedContent(n.data)
	switch {
	case err != nil:
		w.skip(n.path, Damaged, "S/MIME")
		w.plainText(n) // what is signed stands in it as it is
	case len(inner) == 0:
		w.skip(n.path, Unsupported, "S/MIME signature")
	default:
		n.data = inner
		w.message(n)
	}
}

var errBER = errors.New("no valid BER")

// signedContent gives the content of CMS signed data (RFC 5652 section 5.1);
// nothing, when the signature stands alone. encoding/asn1 reads DER only; mail
// programs also write BER with indefinite lengths.
func signedContent(data []byte) ([]byte, error) {
	top, err := berPath(data, 0x30)
	if err != nil {
		return nil, err
	}
	_, rest, err := berNext(top, 0) // the type, which kindOf has seen
	if err != nil {
		return nil, err
	}
	signed, err := berPath(rest, 0xa0, 0x30)
	if err != nil {
		return nil, err
	}
	for len(signed) > 0 { // version, digest algorithms, then the content
		var v berValue
		if v, signed, err = berNext(signed, 0); err != nil {
			return nil, err
		}
		if v.tag != 0x30 {
			continue
		}
		_, explicit, err := berNext(v.value, 0)
		if err != nil || len(explicit) == 0 {
			return nil, err
		}
		wrapped, _, err := berNext(explicit, 0)
		if err != nil {
			return nil, err
		}
		return berOctets(nil, wrapped.value, 0)
	}
	return nil, errBER
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
	v.tag = data[0]
	length, at := int(data[1]), 2
	switch {
	case length == 0x80:
		return berIndefinite(v.tag, data[2:], depth)
	case length > 0x80:
		n := length & 0x7f
		if n > 4 || len(data) < 2+n {
			return v, nil, errBER
		}
		length = 0
		for _, c := range data[2 : 2+n] {
			length = length<<8 | int(c)
		}
		at += n
	}
	if length > len(data)-at {
		return v, nil, errBER
	}
	v.value = data[at : at+length]
	return v, data[at+length:], nil
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

// berPath goes down through values of these tags.
func berPath(data []byte, tags ...byte) ([]byte, error) {
	for _, tag := range tags {
		v, _, err := berNext(data, 0)
		if err != nil || v.tag != tag {
			return nil, errBER
		}
		data = v.value
	}
	return data, nil
}

// berOctets joins the octet strings in data; constructed ones hold others.
func berOctets(dst, data []byte, depth int) ([]byte, error) {
	for len(data) > 0 {
		v, rest, err := berNext(data, depth)
		if err != nil {
			return dst, err
		}
		switch v.tag {
		case 0x04:
			dst = append(dst, v.value...)
		case 0x24:
			if dst, err = berOctets(dst, v.value, depth+1); err != nil {
				return dst, err
			}
		}
		data = rest
	}
	return dst, nil
}

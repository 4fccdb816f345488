package decode

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// der wraps content in a value of definite length, ber in one of indefinite length.
func der(tag byte, content ...[]byte) []byte {
	c := bytes.Join(content, nil)
	return append([]byte{tag, 0x82, byte(len(c) >> 8), byte(len(c))}, c...)
}

func ber(tag byte, content ...[]byte) []byte {
	return append(append([]byte{tag, 0x80}, bytes.Join(content, nil)...), 0, 0)
}

func oid(id []byte) []byte { return append([]byte{0x06, byte(len(id))}, id...) }

// cms builds the outside of signed data; wrap is der or ber.
func cms(wrap func(byte, ...[]byte) []byte, inner ...[]byte) []byte {
	data := []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
	content := [][]byte{oid(data)}
	if len(inner) > 0 {
		content = append(content, wrap(0xa0, inner...))
	}
	return wrap(0x30, oid(oidSigned), wrap(0xa0, wrap(0x30, []byte{2, 1, 1}, der(0x31), wrap(0x30, content...))))
}

func TestSMIME(t *testing.T) {
	message := []byte("Content-Type: text/plain\r\n\r\nfake_signed\r\n")
	halves := ber(0x24, der(0x04, message[:20]), der(0x04, message[20:]))
	for _, tt := range []struct {
		name   string
		data   []byte
		bodies []string
		skips  []string
	}{
		{"DER", cms(der, der(0x04, message)), []string{"1/smime.p7m!1: fake_signed"}, nil},
		{"BER", cms(ber, halves), []string{"1/smime.p7m!1: fake_signed"}, nil},
		{"signature alone", cms(der), nil, []string{"1/smime.p7m: unsupported (S/MIME signature)"}},
		{"encrypted", der(0x30, oid(oidEnveloped), der(0xa0, []byte("????"))), nil, []string{"1/smime.p7m: encrypted (S/MIME)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := "Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n" +
				base64.StdEncoding.EncodeToString(tt.data) + "\n"
			_, res := decodeRaw(t, []byte(raw))
			if diff := cmp.Diff(tt.bodies, mailBodies(t, raw)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(tt.skips, skipLines(res)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("cut off", func(t *testing.T) {
		raw := cms(der, der(0x04, message))
		inner, whole := signedContent(raw[:len(raw)-8])
		if whole || string(inner) != string(message[:len(message)-8]) {
			t.Errorf("%q, whole %v", inner, whole)
		}
	})
}

func FuzzSMIME(f *testing.F) {
	f.Add(cms(der, der(0x04, []byte("hello"))))
	f.Add(cms(ber, ber(0x24, der(0x04, []byte("hello")))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if inner, _ := signedContent(data); len(inner) > len(data) {
			t.Errorf("%d bytes gave %d", len(data), len(inner))
		}
	})
}

package decode

import (
	"bytes"
	"strings"
	"testing"
)

// TestSkipsQuoteNothing: a Skip is stored and reported, so that its detail holds
// nothing that the sender wrote, whatever is wrong with the mail.
func TestSkipsQuoteNothing(t *testing.T) {
	const words = "hunter2"
	text := []byte(strings.Repeat(words+"\n", 500))
	cut := func(d []byte) []byte { return append(bytes.Clone(d[:len(d)*2/3]), words...) }
	header := func(fields string) string { return "Subject: x\n" + fields + "\n\n" + string(text) }
	var results []Result
	for _, raw := range []string{
		header("Content-Type: multipart/" + words), header("Content-Type: multipart/" + words + "; boundary=" + words),
		header("Content-Type: application/" + words), header("Content-Transfer-Encoding: " + words),
		header("Content-Transfer-Encoding: base64\nContent-Type: text/" + words + "; charset=" + words),
		header("Content-Transfer-Encoding: x-uuencode"), header("Content-Type: message/external-body; access-type=" + words),
		header("Content-Type: application/pkcs7-mime; smime-type=" + words), header("Content-Type: message/partial; id=" + words),
		"Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n" + words, "begin 644 " + words + "\n#AAAA\nhunter2",
	} {
		_, r := decodeRaw(t, []byte(raw))
		results = append(results, r)
	}
	damagedTar := tarOf(stored{words, text})
	copy(damagedTar[124:], words)
	for name, data := range map[string][]byte{
		"a.gz": cut(gzipOf(random(text))), "a.xz": cut(xzOf(random(text))), "a.zst": cut(zstdOf(random(text))), "a.lzma": cut(lzmaOf(random(text))),
		"a.zip": cut(zipOf(stored{words, random(text)})), "a.tar": damagedTar, "a.docx": wordOf("<" + words + " " + words),
		"a." + words: append([]byte{0, 1, 2, 3, 0xff, 0xfe, 0x81}, text[:20]...), "a.p12": text, "a.ics": append([]byte("BEGIN:VCALENDAR\n"), text...),
	} {
		results = append(results, attached(name, data))
	}
	seen := 0
	for _, r := range results {
		for _, s := range r.Skips {
			if seen++; strings.Contains(strings.ToLower(s.Detail), words) {
				t.Errorf("%s: %s: %q", s.Path, s.Reason, s.Detail)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d skips looked at", seen)
	}
}

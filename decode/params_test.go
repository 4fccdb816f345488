package decode

import (
	"testing"

	"pgregory.net/rapid"
)

// A comment before a parameter without its semicolon once ended the whole mail.
func TestParamsAfterComment(t *testing.T) {
	value, params := parseParams(`text/plain,(c) charset=utf-8`, "")
	if value != "text/plain" || params["charset"] != "utf-8" {
		t.Errorf("%q %v", value, params)
	}
	parseParams(`,(c)a=b`, "")
}

// Whatever stands in a structured field, the mail is read.
func TestParamsOfAnything(t *testing.T) {
	piece := rapid.SampledFrom([]string{",", ";", "=", "(", ")", `"`, `\`, "*", "*0", "'", "%41", "%", " ", "\t",
		"text/plain", "charset", "utf-8", "name", "=?utf-8?q?x?=", "boundary", "é", "\x80", "a=b", "(c)"})
	rapid.Check(t, func(t *rapid.T) {
		s := ""
		for _, p := range rapid.SliceOf(piece).Draw(t, "pieces") {
			s += p
		}
		parseParams(s, "")
	})
}

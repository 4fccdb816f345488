package decode

import (
	"encoding/base64"
	"strings"
	"testing"
)

func holds(r Result, path, want string) bool {
	for _, t := range r.Texts {
		if t.Path == path && strings.Contains(t.Body, want) {
			return true
		}
	}
	return false
}

// TestNotebook: strings in lists are one text; outputs are opened.
func TestNotebook(t *testing.T) {
	const token = "ghp_fakeToken12"
	png := base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"))
	src := `{"cells":[{"cell_type":"code","metadata":{"tags":["a"]},"source":["key = 'ghp_fa","keToken12'\n","print(key)"],
	 "outputs":[{"data":{"text/html":["<b>ghp_fake</b>","<i>Token12</i>&#33;"],"image/png":"` + png + `","text/plain":"x"},"output_type":"display_data"}]}],"nbformat":4}`
	for _, name := range []string{"a.ipynb", "a.txt"} {
		r := attached(name, []byte(src))
		for path, want := range map[string]string{"2/" + name: "key = '" + token + "'\nprint(key)\n", "2/" + name + "!html-1": token + "!"} {
			if !holds(r, path, want) {
				t.Errorf("no %q at %s: %+v", want, path, r.Texts)
			}
		}
		wantSkips(t, r, "2/"+name+"!data-1: unsupported")
	}
	wantSkips(t, attached("a.ipynb", []byte(`{"cells": [`)), "2/a.ipynb: damaged")
	wantSkips(t, attached("a.ipynb", []byte(strings.Repeat("[", 5000))), "2/a.ipynb: damaged")
}

// TestXMLFiles: references are decoded, text split over elements is whole.
func TestXMLFiles(t *testing.T) {
	const token = "ghp_fakeToken12"
	for name, src := range map[string]string{
		"a.svg":    `<svg xmlns="http://www.w3.org/2000/svg"><text x="1">ghp_<tspan dx="1">fake</tspan><tspan>Token12</tspan></text></svg>`,
		"a.xml":    `<?xml version="1.0"?><a><key>ghp&#95;fake&#x54;oken12</key></a>`,
		"b.xml":    `<a key="ghp&#95;fakeToken12"/>`,
		"c.xml":    `<a>ghp_<![CDATA[fakeToken12]]></a>`,
		"d.config": `<?xml version="1.0"?><a>ghp_<!-- x -->fake<b/>Token12</a>`,
		"e.svg":    `<svg><a href="data:text/plain;base64,` + base64.StdEncoding.EncodeToString([]byte(token)) + `"/></svg>`,
	} {
		r := attached(name, []byte(src))
		path := "2/" + name
		if name == "e.svg" {
			path += "!data-1"
		}
		if !holds(r, path, token) || !holds(r, "2/"+name, src) {
			t.Errorf("%s: %+v", name, r.Texts)
		}
		wantSkips(t, r)
	}
	if r := attached("a.xml", []byte("<a>\n <b>x</b>\n</a>\n")); len(r.Texts) != 1 {
		t.Errorf("nothing is hidden there: %+v", r.Texts)
	}
	_, res := decodeRaw(t, []byte("Content-Type: text/enriched\n\nghp_<bold>fake</bold>Token12 <<x>> & y\n"))
	if !holds(res, "1", token) || !holds(res, "1", "<x") {
		t.Errorf("%+v", res.Texts)
	}
}

// TestUUElsewhere reads uuencoded files in HTML and in replies.
func TestUUElsewhere(t *testing.T) {
	const file = "begin 644 a.txt\n#0V%T\n`\nend\n"
	long := "begin 644 a.txt\n>0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T0V%T\n`\nend\n"
	for name, tt := range map[string]struct{ raw, want string }{
		"HTML":         {"Content-Type: text/html\n\n<p>hi</p><pre>\n" + file + "</pre>", "Cat"},
		"quoted":       {"Subject: x\n\n> hi\n> " + strings.ReplaceAll(file, "\n", "\n> ") + "\nbye\n", "Cat"},
		"twice":        {"Subject: x\n\n>> hi\n>> " + strings.ReplaceAll(file, "\n", "\n>> ") + "\nbye\n", "Cat"},
		"without gaps": {"Subject: x\n\n>hi\n>" + strings.ReplaceAll(long, "\n", "\n>") + "\nbye\n", strings.Repeat("Cat", 10)},
	} {
		_, res := decodeRaw(t, []byte(tt.raw))
		if got := bodies(res)["1!a.txt"]; got != tt.want {
			t.Errorf("%s: %q in %v", name, got, bodies(res))
		}
	}
}

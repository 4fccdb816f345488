package decode

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzHTML(f *testing.F) {
	for _, s := range scanSeeds {
		f.Add(s)
	}
	for _, s := range []string{
		`<div style="display:none">a<p>b</div>c`, `<table><tr><td>a<td>b</table>`, `<td style=font-size:0><b style=font-size:1px>x`,
		`<!--[if mso]><p>a<![endif]-->`, `<![CDATA[a]]>`, `<pre>a` + "\n" + `b</pre>`, `<p hidden><table><td hidden>`, `<script>a`,
		`<a href="data:text/plain;base64,QQ=="><input value=x type=hidden>`, "a\u00a0\u200b\u2028\u00ad\xffb",
		`<a href="https://urldefense.com/v3/__https://x*/__;4oKs!!a$">`, `</body></p></br><plaintext>a`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		doc := mustHTML(t, src)
		checkText(t, src, doc.visible)
		checkText(t, src, doc.markup)
		if got := len(doc.visible) + len(doc.markup); got > 16*len(src)+64 {
			t.Errorf("%d bytes became %d", len(src), got)
		}
	})
}

// checkText holds for every text that decode gives of valid UTF-8: it is valid, has LF line ends and no other control characters but tabs, and no character that
// nobody sees.
func checkText(t *testing.T, src, text string) {
	t.Helper()
	if !utf8.ValidString(src) {
		return
	}
	if !utf8.ValidString(text) {
		t.Errorf("%q is no valid UTF-8", text)
	}
	for _, r := range text {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || charClass(r) != charSeen {
			t.Errorf("%q holds %U", text, r)
		}
	}
}

// Whatever stands in a document, wherever it stands, is in one of the two texts.
func TestNothingIsLost(t *testing.T) {
	places := []string{
		`@`, `<p>@</p>`, `<b>@`, `</i>@`, `<!-- @ -->`, `<!-- <b>@ -->`, `<!--[if mso]><td>@</td><![endif]-->`, `<!@>`, `<?@?>`, `</ @>`,
		`<![CDATA[@]]>`, `<a href="@">`, `<a href='x@'>y</a>`, `<a @>`, `<@>`, `<a data-x=@>`, `<a b c="@" c="@">`, `</a @>`,
		`<script>@</script>`, `<style>@</style>`, `<title>@</title>`, `<textarea>@</textarea>`, `<xmp>@</xmp>`,
		`<iframe>@</iframe>`, `<iframe srcdoc="<b>@</b>"></iframe>`, `<noscript>@</noscript>`, `<template>@</template>`, `<div hidden>@`, `<p hidden>@</p>`,
		`<span style="display:none">@<div>`, `<td style="font-size:0">@`, `<input value=@>`, `<option value="@">`, `<meta content=@>`,
		`<img alt="@">`, `<table><tr hidden><td>@</table>`, `<p style="background:url(@)">`, `<x:y z="@">`, `</body>@`, `<pre>@`,
		`<a href="mailto:?body=%3C@">`,
	}
	ends := []string{``, `<script>`, `<!--`, `<a b="`, `<a b='`, `<a b=`, `<title>`, `<![CDATA[`, `<b`, `</b`}
	for i, first := range places {
		for j, second := range places {
			for _, end := range ends {
				src := strings.ReplaceAll(first, "@", "Alpha7") + strings.ReplaceAll(second, "@", "Omega9")
				if end != "" {
					src += end + strings.ReplaceAll(places[(i+j)%len(places)], "@", "Final5")
				}
				doc := mustHTML(t, src)
				all := doc.visible + "\n" + doc.markup
				for _, want := range []string{"Alpha7", "Omega9", "Final5"} {
					if strings.Contains(src, want) && !strings.Contains(all, want) {
						t.Errorf("%s is lost from %q: visible %q, markup %q", want, src, doc.visible, doc.markup)
					}
				}
			}
		}
	}
}

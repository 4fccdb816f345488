package decode

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func onTime() error { return nil }

func mustHTML(t testing.TB, src string) htmlDoc {
	t.Helper()
	doc, err := htmlTexts(src, onTime)
	if err != nil {
		t.Fatalf("htmlTexts: %v", err)
	}
	return doc
}

func TestVisibleText(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"token over inline tags", `pass<b>word</b>: x<span>yz</span>`, "password: xyz"},
		{"upper-case tags", `pass<B>word</B>: x<SPAN CLASS=a>yz</SPAN>`, "password: xyz"},
		{"wbr and shy join", `Hun<wbr>ter&shy;2<wbr/>!`, "Hunter2!"},
		{"zero-width characters", "Hu\u200bn\u200c\u200dt\u2060e\ufeffr&#8203;2&zwnj;!&#x200b;", "Hunter2!"},
		{"comment inside a token", `Hun<!-- x -->ter2`, "Hunter2"},
		{"hidden text inside a token", `Hun<span style="display:none">x</span>ter2`, "Hunter2"},
		{"hidden block inside a token", `Hun<div style="display:none">x</div>ter2`, "Hunter2"},
		{"blocks break lines", `<p>a<p>b<div>c</div>d<br>e<hr>f<h1>g</h1>h`, "a\nb\nc\nd\ne\nf\ng\nh"},
		{"breaks leave one empty line", `a<br><br><br><br>b<p><br></p>c`, "a\n\nb\n\nc"},
		{"white space collapses", "  a \n\t b <b> c</b>  d\n", "a b c d"},
		{"space between inline tags", `<b>a</b> <i>b</i>`, "a b"},
		{"nbsp is a space", "a&nbsp;&nbsp;b\u00a0c&#160;d&NonBreakingSpace;e&ensp;f", "a  b c d e f"},
		{"entities", `&lt;a&gt; &amp;amp; &quot;q&quot; &#65;&#x42;&#67 &eacute;&euro;&copy &amp;lt;`, `<a> &amp; "q" ABC é€© &lt;`},
		{"no entity", `a & b &; &unknown; &#; AT&T`, `a & b &; &unknown; &#; AT&T`},
		{"windows-1252 references", `&#147;x&#148;`, "“x”"},
		{"less-than in text", `a < b and c<3 <`, "a < b and c<3 <"},
		{"list", `<ul><li>a<li>b<ul><li>c</ul></ul>d`, "a\nb\nc\nd"},
		{"options", `<select><option>a<option selected>b</select>c`, "a\nbc"},
		{"pre keeps its lines", "<pre>\na  b\n\tc\n\n\nd</pre>e", "a  b\n\tc\n\n\nd\ne"},
		{"pre and a tag", "<pre><b>\na</b></pre>b", "a\nb"},
		{"white-space:pre keeps its lines", "<div style='white-space: pre-wrap'>a\nb  c</div>d", "a\nb  c\nd"},
		{"textarea keeps its lines", "<textarea>\na &amp; <b>\nb</textarea>", "a & <b>\nb"},
		{"form field", `Password: <input type=text name=p value="Hunter2">.`, "Password: Hunter2 ."},
		{"noscript is read", `<noscript>a<b>b</b></noscript>`, "ab"},
		{"display:block", `User: a<span style="display:block">Password: b</span>c`, "User: a\nPassword: b\nc"},
		{"line and paragraph separators", "a\u2028b", "a\nb"},
		{"control characters", "Hun\x00ter\x1b2", "Hunter2"},
		{"empty", ``, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustHTML(t, tt.in).visible); diff != "" {
				t.Errorf("visible text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTables(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"cells", `<table><tr><td>User</td><td>bob</td></tr><tr><th>Password<td>Hunter2</table>x`, "User\tbob\nPassword\tHunter2\nx"},
		{"no table", `Password<td>Hunter2`, "Password\tHunter2"},
		{"paragraphs in cells", `<table><tr><td><p class=a>Password</p></td> <td><p>Hunter2<o:p></o:p></p></td></tr></table>`, "Password\tHunter2"},
		{"several lines in a cell", `<table><tr><td><p>a</p><p>b</p></td><td>c<br>d</td></tr></table>`, "a\nb\tc\nd"},
		{"empty cells keep the column", `<table><tr><td>a<td><td>&nbsp;</td><td>d<td></tr><tr><td>e</table>`, "a\t\t\td\ne"},
		{"empty cells in front", `<table><tr><td></td><td>a</td></tr></table>`, "a"},
		{"nested table as value", `<table><tr><td>Password</td><td><table><tr><td></td><td>Hunter2</td></tr></table></td></tr><tr><td>x</table>`, "Password\tHunter2\nx"},
		{"nested table as label", `<table><tr><td><table><tr><td>Password</td></tr></table></td><td>Hunter2</td></tr></table>`, "Password\tHunter2"},
		{"unclosed rows", `<table><tr><td>a<td>b<tr><td>c<td>d`, "a\tb\nc\td"},
		{"sections", `<table><thead><tr><th>a<tbody><tr><td>b<tfoot><tr><td>c</table>`, "a\nb\nc"},
		{"definition list", `<dl><dt>User</dt><dd>bob</dd><dt>Password<dd><p>Hunter2</p></dl>x`, "User\tbob\nPassword\tHunter2\nx"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustHTML(t, tt.in).visible); diff != "" {
				t.Errorf("visible text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHiddenText(t *testing.T) {
	for _, tt := range []struct{ name, in, visible, markup string }{
		{"display", `a <div style="color:red; DISPLAY : none !important">b <b>c</b></div>d`, "a d", "b c"},
		{"visibility", `a <span style="visibility:hidden">b</span> c`, "a c", "b"},
		{"mso-hide", `<p style='mso-hide:all'>b</p>c`, "c", "b"},
		{"hidden attribute", `<p hidden>b</p>c`, "c", "b"},
		{"font size", `<span style="font-size:0px">b</span>c`, "c", "b"},
		{"font size of a child", `<td style="font-size:0"><div style="font-size:13px">a</div><div style="font-size:1em">b</div></td>`, "a\nb", ""},
		{"small font", `<span style="font-size:0.5em">b</span>c`, "bc", ""},
		{"nested", `<div hidden>a<div>b</div>c</div>d`, "d", "a\nb\nc"},
		{"never closed", `<div style="display:none">a<p>b</p>c`, "a\nb\nc", ""},
		{"never closed before the end of the body", `<body><span hidden>a</body>`, "a", ""},
		{"closed by its parent", `<div>x<span hidden>a</div>b`, "x\nb", "a"},
		{"closed by the next paragraph", `<p hidden>a<p>b`, "b", "a"},
		{"closed by the next cell", `<table><tr><td hidden>a<td>b</table>`, "b", "a"},
		{"stray end tag inside", `<div hidden>a</font>b</div>c`, "c", "ab"},
		{"hr inside", `<div hidden>a<hr>b</div>c`, "c", "a\nb"},
		{"template", `<template>a</template>b`, "b", "a"},
		{"body is never hidden", `<body style="display:none">a`, "a", ""},
		{"title", `<title>a &amp; b</title>c`, "c", "a & b"},
		{"script and style", "<style>p{color:red}</style><script>var a = '</b>';</script>c", "c", "p{color:red}\nvar a = '</b>';"},
		{"script never closed", `<script>var a; <b>b</b>`, "var a; b", ""},
		{"comment", `a<!-- b -->c`, "ac", "b"},
		{"comment with tags", `a<!-- pass<b>word</b>: <a href="x">y</a> -->c`, "ac", "href=\"x\"\npassword: y"},
		{"comment never closed", `a<!-- b <i>c`, "a", "b c"},
		{"XML in the page", "a<Password>x &amp; y</Password>", "ax & y", "<Password>x & y</Password>\n</Password>"},
		{"XML with a namespace", "<o:p>&nbsp;</o:p><smtp:password>x</smtp:password>", "x", "<smtp:password>x</smtp:password>"},
		{"XML with attributes", `<add key="Password" value="x"/>a`, "a", "key=\"Password\" value=\"x\"\n<add key=\"Password\" value=\"x\"/>"},
		{"XML in a comment", "a<!-- <server><id>b</id><password>c</password></server> -->", "a",
			"<server>\n<id>b</id>\n</id>\n<password>c</password>\n</password>\n</server>\nbc"},
		{"XML with text and tags", "<password>a<b>b</b>", "ab", "<password>"},
		{"conditional comment", `<!--[if mso]><p>Pass<b>word</b></p><![endif]-->c`, "c", "Password"},
		{"revealed conditional comment", `<!--[if !mso]><!-->a<!--<![endif]-->b<![if !vml]>c<![endif]>`, "abc", ""},
		{"CDATA", `a<![CDATA[b > <i>c</i>]]>d`, "ad", "b > c"},
		{"processing instruction", `<?xml version="1.0"?>a`, "a", `?xml version="1.0"?`},
		{"iframe", `<iframe src="x">a<b>b</b></iframe>c`, "c", "src=\"x\"\nab"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := mustHTML(t, tt.in)
			if diff := cmp.Diff([]string{tt.visible, tt.markup}, []string{doc.visible, doc.markup}); diff != "" {
				t.Errorf("visible text, markup (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAttributes(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"link", `<a class=x href="https://x/?token=a&amp;b=c">y</a>`, `href="https://x/?token=a&b=c"`},
		{"one line a tag", `<img alt='Hunter2' width=1 src=a.png><meta name=pw content=Hunter2>`,
			"alt=\"Hunter2\" src=\"a.png\"\nname=\"pw\" content=\"Hunter2\""},
		{"references in attributes", `<a href="?a=1&copy=2&lt=3&amp;reg&notb&not_&quot;c">`, `href="?a=1&copy=2&lt=3&reg&notb¬_"c"`},
		{"percent-encoding", `<a href="https://x/?p=p%40ss">`, "href=\"https://x/?p=p%40ss\"\nhttps://x/?p=p@ss"},
		{"percent-encoded mail", `<a href="mailto:a@b?body=Password%3A%0AHunter2">`, "href=\"mailto:a@b?body=Password%3A%0AHunter2\"\nmailto:a@b?body=Password:\nHunter2"},
		{"percent-encoded Latin-1", `<a title="p%E4ss">`, "title=\"p%E4ss\"\npäss"},
		{"no percent-encoding", `<a title="100% of %zz %4">`, `title="100% of %zz %4"`},
		{"line end in a link", "<a href='https://x/to\nken'>", `href="https://x/token"`},
		{"style with URL", `<p style="color:red;background:URL(x.png)">`, `style="color:red;background:URL(x.png)"`},
		{"style without", `<p style="color:rgb(1,2,3)" width=3>`, ""},
		{"repeated attribute", `<a href=x href=Hunter2>`, `href="x" href="Hunter2"`},
		{"HTML inside", `<a title="<b>pass</b>word">`, "title=\"<b>pass</b>word\"\npassword"},
		{"zero-width characters", "<a title='Hun\u200bter2'>", `title="Hunter2"`},
		{"quote never closed", `<a href="https://x/?token=abc>y</a>`, `href="https://x/?token=abc"`},
		{"tag never closed", `a<a href=https://x/?token=abc`, "href=\"https://x/?token=abc\"\n<a href=https://x/?token=abc"},
		{"attributes of an end tag", `<a>x</a token=abc>`, "token=abc"},
		{"no tag", `Bob <bob@example.com> <https://x/?a=b&amp;c=d>`, "<bob@example.com>\nx ?a=\"b&c=d\"\n<https://x/?a=b&c=d>"},
		{"data attribute", `<p data-token=abc>`, `data-token="abc"`},
		{"hidden field", `<input type=hidden name=pw value=Hunter2>`, `type="hidden" name="pw" value="Hunter2"`},
		{"safe link", `<a href="https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx%2F%3Ft%3Dabc&amp;data=1">`,
			"href=\"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx%2F%3Ft%3Dabc&data=1\"\n" +
				"https://eur01.safelinks.protection.outlook.com/?url=https://x/?t=abc&data=1\nhttps://x/?t=abc"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustHTML(t, tt.in).markup); diff != "" {
				t.Errorf("markup (-want +got):\n%s", diff)
			}
		})
	}
}

// What a golden file shows: the visible text, a line of dashes, the markup.
func TestHTMLGoldens(t *testing.T) {
	pages, err := filepath.Glob("testdata/html/*.html")
	if err != nil || len(pages) == 0 {
		t.Fatalf("pages %v, error %v", pages, err)
	}
	for _, file := range pages {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc := mustHTML(t, string(src))
			golden(t, strings.TrimSuffix(file, ".html")+".golden", doc.visible+"\n----\n"+doc.markup+"\n")
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// hostileCount is how many of everything the hostile documents have. Ones that take
// quadratic work do not end before the package's timeout; no clock is asked.
const hostileCount = 1 << 20

// A document that is as bad as can be takes as much work as any other of its
// size.
func TestHostileHTMLIsLinear(t *testing.T) {
	const n = 1 << 18
	for name, src := range map[string]string{
		"nested tags":              strings.Repeat("<div>", n),
		"nested hidden tags":       "<div hidden>" + strings.Repeat("<b>", n) + strings.Repeat("</i>", n),
		"nested hidden tags twice": strings.Repeat("<div hidden>", n/2) + strings.Repeat("</div>", n/2),
		"hidden paragraphs":        strings.Repeat("<b hidden>", n/2) + strings.Repeat("<p>", n/2),
		"nested tables":            strings.Repeat("<table><tr><td>", n/4),
		"attributes":               "<a" + strings.Repeat(" b=c", n) + ">",
		"attributes, then tags":    "<a" + strings.Repeat(" b=c", n) + ">" + strings.Repeat("<a b=c>", n),
		"comments never closed":    strings.Repeat("<!--", n),
		"comments in comments":     "<!--" + strings.Repeat("<!-- <b> ", n) + "-->" + strings.Repeat("<!-- <b> -->", n/4),
		"CDATA never closed":       strings.Repeat("<![CDATA[", n/2),
		"quotes never closed":      strings.Repeat(`<a b='>`, n/2) + strings.Repeat(`<a b=">`, n/2),
		"scripts never closed":     strings.Repeat("<script>", n/4) + strings.Repeat("<title>", n/4) + strings.Repeat("</script", n/4),
		"less-than":                strings.Repeat("<", 4*n),
		"ampersands":               strings.Repeat("&", 4*n),
		"references":               strings.Repeat("&#", n) + strings.Repeat("&a", n) + "&#x" + strings.Repeat("f", n),
		"a megabyte of attribute":  `<a href="` + strings.Repeat("%41", n/3) + strings.Repeat("<b>", n/3) + `">`,
		"links":                    strings.Repeat("http://urldefense.com/v3/__", n/16),
		"links in attributes":      `<a href="` + strings.Repeat("http://urldefense.com/v2/url?u=", n/16) + `">`,
		"breaks":                   strings.Repeat("<br>", n) + "x" + strings.Repeat("<td>", n),
		"data URLs":                strings.Repeat(`<a b="data:;base64,A">`, n/8),
	} {
		t.Run(name, func(t *testing.T) {
			doc := mustHTML(t, src)
			if got := len(doc.visible) + len(doc.markup); got > 6*len(src)+1024 {
				t.Errorf("%d bytes became %d", len(src), got)
			}
		})
	}
}

func TestHTMLStopsInTime(t *testing.T) {
	asked := 0
	late := func() error {
		if asked++; asked > 2 {
			return context.DeadlineExceeded
		}
		return nil
	}
	doc, err := htmlTexts("first "+strings.Repeat("<b>x</b>", 1<<20), late)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the time limit", err)
	}
	if !strings.HasPrefix(doc.visible, "first x") || len(doc.visible) > 1<<17 {
		t.Errorf("got %d bytes, want what was read until the time limit", len(doc.visible))
	}
}

func TestHTMLOfAPart(t *testing.T) {
	w := &walker{ctx: context.Background(), b: NewBudget(DefaultLimits(), -1)}
	n := node{path: "1"}
	w.html(n, `Password: <a title="x"><img src="data:text/plain;base64,SHVudGVyMg==">`)
	want := []Text{
		{Path: "1", View: Body, Body: "Password:"},
		{Path: "1", View: Markup, Body: "title=\"x\"\nsrc=\"data:text/plain;base64,\""},
		{Path: "1!data-1", Name: "data-1", View: Body, Body: "Hunter2"},
	}
	if diff := cmp.Diff(want, w.out.Texts); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	if len(w.out.Skips) != 0 || w.b.bytes != int64(len("Hunter2")) {
		t.Errorf("skips %v, %d bytes of the budget", w.out.Skips, w.b.bytes)
	}
}

package decode

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// scanned lists the tokens of src as the scanner sees them. ok is false where it
// means to differ from browsers: where a closing mark is missing.
func scanned(src string) (tokens []string, ok bool) {
	s := htmlScanner{src: src}
	for {
		kind, text := s.next()
		switch kind {
		case htmlEnd:
			return tokens, len(s.missing) == 0
		case htmlText:
			tokens = append(tokens, "text "+text)
		case htmlComment:
			tokens = append(tokens, "comment "+text)
		case htmlCDATA, htmlDecl:
			tokens = append(tokens, "declaration")
		case htmlStart, htmlClose:
			token, name := "tag ", lowerName(text)
			if kind == htmlClose {
				token = "end "
			}
			token += name
			seen := map[string]bool{}
			for {
				key, value, more := s.attr()
				if !more {
					break
				}
				if key = lowerName(key); kind == htmlStart && !seen[key] {
					token += fmt.Sprintf(" %s=%q", key, attrText(value))
					seen[key] = true
				}
			}
			if s.unclosed() {
				return nil, false
			}
			tokens = append(tokens, token)
			if kind == htmlStart && rawForBrowsers[name] {
				text, closed := s.raw(name)
				if !closed {
					return nil, false
				}
				if text != "" {
					tokens = append(tokens, "text "+text)
				}
			}
		}
	}
}

var rawForBrowsers = map[string]bool{
	"iframe": true, "noembed": true, "noframes": true, "noscript": true, "script": true,
	"style": true, "textarea": true, "title": true, "xmp": true,
}

// tokenized lists the tokens of src as golang.org/x/net/html sees them.
func tokenized(src string) (tokens []string) {
	z := html.NewTokenizer(strings.NewReader(src))
	for {
		kind := z.Next()
		raw := string(z.Raw())
		switch kind {
		case html.ErrorToken:
			return tokens
		case html.TextToken:
			tokens = append(tokens, "text "+raw)
		case html.CommentToken:
			if strings.HasPrefix(raw, "<!--") {
				_, inner, _ := strings.Cut(raw, "<!--")
				tokens = append(tokens, "comment "+inner[:min(len(inner), len(z.Text()))])
			} else {
				tokens = append(tokens, "declaration")
			}
		case html.DoctypeToken:
			tokens = append(tokens, "declaration")
		case html.EndTagToken:
			name, _ := z.TagName()
			tokens = append(tokens, "end "+string(name))
		default:
			name, more := z.TagName()
			token := "tag " + string(name)
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				token += fmt.Sprintf(" %s=%q", key, value)
			}
			tokens = append(tokens, token)
		}
	}
}

// mergedTexts joins texts that follow each other: where text is cut is nobody's business.
func mergedTexts(tokens []string) (out []string) {
	for _, token := range tokens {
		text, ok := strings.CutPrefix(token, "text ")
		if n := len(out); ok && n > 0 && strings.HasPrefix(out[n-1], "text ") {
			out[n-1] += text
		} else {
			out = append(out, token)
		}
	}
	return out
}

// comparable leaves out what the two are known to take differently: CDATA sections,
// scripts that hide end tags in comments, text after <plaintext>, and characters
// that the library replaces.
func comparable(src string) bool {
	lower := strings.ToLower(src)
	return !strings.Contains(lower, "<![cdata[") && !strings.Contains(lower, "<plaintext") &&
		!(strings.Contains(lower, "<script") && strings.Contains(lower, "<!--")) &&
		!strings.ContainsAny(src, "\x00\r") && utf8.ValidString(src)
}

func compareScanners(t *testing.T, src string) {
	t.Helper()
	if !comparable(src) {
		return
	}
	if got, ok := scanned(src); ok {
		if diff := cmp.Diff(mergedTexts(tokenized(src)), mergedTexts(got)); diff != "" {
			t.Errorf("tokens of %q (-golang.org/x/net/html +ours):\n%s", src, diff)
		}
	}
}

var scanSeeds = []string{
	`<a href="x" B='y' c=d e>t</a>`, `a < b <c`, `<a/b/c=d/>`, `<a ="b">`, `<a b = c d= "e">`, `<a b=c/>`,
	`<!---->a`, `<!-->a`, `<!--->a`, `<!--a--!>b`, `<!--a--b-->c`, `<!doctype html><?x?></ y></>z`, `</a b="c">`,
	`<title>a<b></title >c`, `<STYLE>a</styles></Style>b`, `<textarea>&lt;</textarea>`, `<a &amp;b="&copy=&lt;">`,
	`&notit; &#65a &copy`, `<a b="&copyx; &copy; &notb">`,
}

func TestScannerAgreesWithTheLibrary(t *testing.T) {
	for _, src := range scanSeeds {
		if !comparable(src) {
			t.Errorf("%q is not compared", src)
		}
		compareScanners(t, src)
	}
	pages, _ := filepath.Glob("testdata/html/*.html")
	for _, file := range pages {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		compareScanners(t, string(src))
	}
}

func TestReferencesAgreeWithTheLibrary(t *testing.T) {
	for _, src := range []string{
		"&lt;&gt &amp;amp; &#65;&#x41;&#X41 &#0; &#150; &#xD800; &#x110000; &notit; &copyx; &hellip &NotEqualTilde; & &; &# &#; &#x; &#x;" +
			"&CounterClockwiseContourIntegral; &CounterClockwiseContourIntegralx; &#00000000000000000000000000000000000000065;",
	} {
		var got bytes.Buffer
		for s := src; s != ""; {
			if s[0] != '&' {
				got.WriteByte(s[0])
				s = s[1:]
				continue
			}
			text, n := reference(s, false)
			got.WriteString(text)
			s = s[n:]
		}
		if diff := cmp.Diff(html.UnescapeString(src), got.String()); diff != "" {
			t.Errorf("references (-golang.org/x/net/html +ours):\n%s", diff)
		}
	}
}

func FuzzHTMLScanner(f *testing.F) {
	for _, s := range scanSeeds {
		f.Add(s)
	}
	f.Fuzz(compareScanners)
}

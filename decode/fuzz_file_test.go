package decode

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// fuzzLimits are small, so that a fuzzer gets through many inputs.
func fuzzLimits() Limits {
	return Limits{Depth: 6, Parts: 100, Bytes: 1 << 20, Time: 5 * time.Second}
}

// sound holds a result against what is promised for every input.
func sound(t *testing.T, lim Limits, r Result, took time.Duration) {
	t.Helper()
	if r.Bytes > lim.Bytes || r.Parts > 2*lim.Parts {
		t.Errorf("%d bytes, %d parts: beyond the limits", r.Bytes, r.Parts)
	}
	if took > lim.Time {
		t.Errorf("it took %v", took)
	}
	if len(r.Texts)+len(r.Files)+len(r.Skips) == 0 {
		t.Error("passed over in silence")
	}
	if len(r.Skips) > 20*lim.Parts {
		t.Errorf("%d skips", len(r.Skips))
	}
	path := func(p string) {
		if !strings.HasPrefix(p, "2/a") || strings.ContainsFunc(p, func(r rune) bool { return r < ' ' }) {
			t.Errorf("path %q", p)
		}
	}
	for _, x := range r.Texts {
		path(x.Path)
		if !utf8.ValidString(x.Body) {
			t.Errorf("%s: no UTF-8: %q", x.Path, x.Body)
		}
	}
	for _, s := range r.Skips {
		path(s.Path)
	}
}

func FuzzArchive(f *testing.F) {
	text := []byte("user: bob\npassword: hunter2\n")
	sealed := zipOf(stored{"a.txt", text}, stored{"dir/b.txt", text})
	f.Add(sealed)
	f.Add(sealed[:len(sealed)-30])
	f.Add(tarOf(stored{"a.txt", text}, stored{"dir/b.txt", text}))
	f.Add(gzipOf(tarOf(stored{"a.txt", text})))
	f.Add(xzOf(text))
	f.Add(lzmaOf(text))
	f.Add(zstdOf(text))
	f.Add(zipOf(stored{"c.zip", sealed}, stored{"d.gz", gzipOf(text)}))
	f.Add(append([]byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"), sealed...))
	for _, name := range []string{"config.txt.bz2", "bcj.txt.xz"} {
		f.Add(must(os.ReadFile(filepath.Join("testdata", "archive", name))))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, n := range []node{{path: "2/a", name: "a"}, {path: "2/a.tgz", name: "a.tgz", typ: "application/zip"}} {
			n.data = data
			start := time.Now()
			sound(t, fuzzLimits(), opened(n, fuzzLimits()), time.Since(start))
		}
	})
}

func FuzzOOXML(f *testing.F) {
	f.Add(`<w:document><w:p><w:r><w:t>a</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl></w:document>`, `<sst><si><t>x</t></si></sst>`)
	f.Add(`<w:document><w:p><w:ins><w:r><w:t>a</w:t></w:r></w:ins><w:del><w:delText>b</w:delText></w:del><mc:Fallback><w:t>c</w:t></mc:Fallback><w:instrText>d</w:instrText></w:p>`, ``)
	f.Add(`<worksheet><sheetData><row r="7"><c r="ZZ7" t="s"><v>0</v></c><c r="A9" t="inlineStr"><is><t>y</t></is></c></row></sheetData></worksheet>`, `<sst><si><r><t>x</t></r><rPh><t>z</t></rPh></si></sst>`)
	f.Add(`<Relationships><Relationship TargetMode="External" Target="http://u:p@h/"/></Relationships>`, `<!-- c --><a b="words">d</a>`)
	f.Add(`<coreProperties><title>t</title></coreProperties>`, `<Properties><property name="a"><lpwstr>b</lpwstr></property></Properties>`)
	f.Fuzz(func(t *testing.T, first, second string) {
		data := officeOf("xl/worksheets/sheet1.xml", first, "xl/sharedStrings.xml", second, "docProps/core.xml", first)
		start := time.Now()
		sound(t, fuzzLimits(), opened(node{path: "2/a.xlsx", name: "a.xlsx", data: data}, fuzzLimits()), time.Since(start))
	})
}

func FuzzKind(f *testing.F) {
	for _, s := range []string{"", "hello", "\xff\xfea\x00", "PK\x03\x04", "%PDF-", "0\x82\x01\x00\x02\x01\x03", "From: a\nTo: b\n\nx", "BZh9", string(oleMagic), "<html>"} {
		f.Add([]byte(s), "a.txt", "text/plain")
		f.Add([]byte(s), "", "")
	}
	f.Fuzz(func(t *testing.T, data []byte, name, typ string) {
		n := node{path: "2/a", name: name, typ: typ, data: data}
		k := kindOf(n)
		if k == "" {
			t.Error("no kind")
		}
		if k != kindOf(n) {
			t.Error("the kind is not always the same")
		}
		if len(data) > 0 && k != kindText && isOrdinary(data) && name == "" && typ == "text/plain" &&
			k != kindCalendar && k != kindContact {
			t.Errorf("a body of ordinary text is taken for %s: %q", k, data)
		}
	})
}

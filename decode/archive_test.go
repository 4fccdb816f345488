package decode

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
	"pgregory.net/rapid"
)

// must keeps builders of test files short: they cannot fail.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// stored is a file of a test archive.
type stored struct {
	name string
	data []byte
}

func zipOf(files ...stored) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		must(must(z.Create(f.name)).Write(f.data))
	}
	must(0, z.Close())
	return b.Bytes()
}

func tarOf(files ...stored) []byte {
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	for _, f := range files {
		must(0, t.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: 0o600}))
		must(t.Write(f.data))
	}
	must(0, t.Close())
	return b.Bytes()
}

func packed(w io.WriteCloser, b *bytes.Buffer, data []byte) []byte {
	must(w.Write(data))
	must(0, w.Close())
	return b.Bytes()
}

func gzipOf(data []byte) []byte {
	var b bytes.Buffer
	return packed(gzip.NewWriter(&b), &b, data)
}

func xzOf(data []byte) []byte {
	var b bytes.Buffer
	return packed(must(xz.NewWriter(&b)), &b, data)
}

func lzmaOf(data []byte) []byte {
	var b bytes.Buffer
	return packed(must(lzma.NewWriter(&b)), &b, data)
}

func zstdOf(data []byte) []byte {
	var b bytes.Buffer
	return packed(must(zstd.NewWriter(&b)), &b, data)
}

// attached opens data as a mail's second part.
func attached(name string, data []byte) Result {
	return opened(node{path: "2/" + name, name: name, data: data}, DefaultLimits())
}

// bodies are the texts that a reader sees, by path.
func bodies(r Result) map[string]string {
	out := map[string]string{}
	for _, t := range r.Texts {
		if t.View == Body {
			out[t.Path] += t.Body
		}
	}
	return out
}

// reasons are the skips, as path and reason.
func reasons(r Result) []string {
	var out []string
	for _, s := range r.Skips {
		out = append(out, s.Path+": "+string(s.Reason))
	}
	return out
}

func heads(r Result) string {
	var b strings.Builder
	for _, t := range r.Texts {
		if t.View == Head {
			b.WriteString(t.Path + ": " + t.Body + "\n")
		}
	}
	return b.String()
}

func wantBodies(t *testing.T, r Result, want map[string]string) {
	t.Helper()
	if d := cmp.Diff(want, bodies(r)); d != "" {
		t.Errorf("texts (-want +got):\n%s", d)
	}
}

func wantSkips(t *testing.T, r Result, want ...string) {
	t.Helper()
	if d := cmp.Diff(want, reasons(r)); d != "" {
		t.Errorf("skips (-want +got):\n%s", d)
	}
}

// tree is a file and the texts that must come out of it, by what follows its own
// path.
type tree struct {
	stored
	texts map[string]string
}

var wrappings = map[string]func([]tree) tree{
	"zip": func(in []tree) tree { return tree{stored{"", zipOf(contents(in)...)}, inside(in, "")} },
	"tar": func(in []tree) tree { return tree{stored{"", tarOf(contents(in)...)}, inside(in, "")} },
	"docx": func(in []tree) tree {
		parts := []stored{
			{"[Content_Types].xml", []byte(`<Types/>`)},
			{"word/document.xml", []byte(`<w:document><w:body><w:p><w:r><w:t>a letter</w:t></w:r></w:p></w:body></w:document>`)},
		}
		for _, c := range in {
			parts = append(parts, stored{"word/embeddings/" + c.name, c.data})
		}
		texts := inside(in, "word/embeddings/")
		texts["!word/document.xml"] = "a letter\n"
		return tree{stored{"", zipOf(parts...)}, texts}
	},
	"gz":   func(in []tree) tree { return compressedTree(in[0], gzipOf) },
	"xz":   func(in []tree) tree { return compressedTree(in[0], xzOf) },
	"lzma": func(in []tree) tree { return compressedTree(in[0], lzmaOf) },
	"zst":  func(in []tree) tree { return compressedTree(in[0], zstdOf) },
}

func contents(in []tree) (out []stored) {
	for _, c := range in {
		out = append(out, c.stored)
	}
	return out
}

func inside(in []tree, dir string) map[string]string {
	out := map[string]string{}
	for _, c := range in {
		for suffix, text := range c.texts {
			out["!"+dir+c.name+suffix] = text
		}
	}
	return out
}

func compressedTree(in tree, pack func([]byte) []byte) tree {
	in.name = path.Base(in.name)
	out := tree{stored{in.name, pack(in.data)}, inside([]tree{in}, "")}
	if path.Ext(in.name) == ".tar" {
		out.texts = in.texts // no step of its own
	}
	return out
}

// TestNesting wraps random files in random archives, in any order, up to three
// deep: each must come out whole, with the path to it.
func TestNesting(t *testing.T) {
	kinds := []string{"zip", "tar", "docx", "gz", "xz", "lzma", "zst"}
	rapid.Check(t, func(t *rapid.T) {
		serial := 0
		var draw func(depth int) tree
		draw = func(depth int) tree {
			serial++
			if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
				name := rapid.SampledFrom([]string{"notes.txt", "config/prod.env", "Zugänge 2026.csv", "秘密.yaml", "no-extension"}).Draw(t, "name")
				name = path.Join(path.Dir(name), fmt.Sprintf("%d-%s", serial, path.Base(name)))
				text := rapid.StringMatching(`[a-z =:]{1,40}\n([A-Za-z0-9é€ ]{0,60}\n){0,5}`).Draw(t, "text")
				return tree{stored{name, []byte(text)}, map[string]string{"": text}}
			}
			wrapping := rapid.SampledFrom(kinds).Draw(t, "wrapping")
			var in []tree
			for range rapid.IntRange(1, 3).Draw(t, "files") {
				in = append(in, draw(depth-1))
			}
			out := wrappings[wrapping](in)
			if out.name == "" {
				out.name = fmt.Sprintf("%d", serial)
			}
			out.name = path.Base(out.name) + "." + wrapping
			return out
		}
		top := draw(3)
		r := attached(top.name, top.data)
		want := map[string]string{}
		for suffix, text := range top.texts {
			want["2/"+top.name+suffix] = text
		}
		if d := cmp.Diff(want, bodies(r)); d != "" {
			t.Fatalf("(-want +got):\n%s\nskips: %v", d, r.Skips)
		}
		if len(r.Skips) > 0 {
			t.Fatalf("skips: %v", r.Skips)
		}
	})
}

func TestCompressedFiles(t *testing.T) {
	text := []byte("token: abc\n")
	two := append(gzipOf([]byte("one\n")), gzipOf([]byte("two\n"))...)
	var named bytes.Buffer
	g := gzip.NewWriter(&named)
	g.Name, g.Comment = "prod.env", "pw of the archive: 7-Zip"
	packed(g, &named, text)
	fixture := must(os.ReadFile(filepath.Join("testdata", "archive", "config.txt.bz2")))
	bcj := must(os.ReadFile(filepath.Join("testdata", "archive", "bcj.txt.xz")))
	for _, c := range []struct {
		file string
		data []byte
		want map[string]string
	}{
		{"a.txt.gz", gzipOf(text), map[string]string{"2/a.txt.gz!a.txt": "token: abc\n"}},
		{"members.log.gz", two, map[string]string{"2/members.log.gz!members.log": "one\ntwo\n"}},
		{"padded.log.gz", append(two, make([]byte, 700)...), map[string]string{"2/padded.log.gz!padded.log": "one\ntwo\n"}},
		{"x.gz", named.Bytes(), map[string]string{"2/x.gz!prod.env": "token: abc\n"}},
		{"lies.txt", gzipOf(text), map[string]string{"2/lies.txt!lies.txt": "token: abc\n"}},
		{"x.tgz", gzipOf(tarOf(stored{"etc/passwd", text})), map[string]string{"2/x.tgz!etc/passwd": "token: abc\n"}},
		{"x.tar.zst", zstdOf(tarOf(stored{"etc/passwd", text})), map[string]string{"2/x.tar.zst!etc/passwd": "token: abc\n"}},
		{"config.txt.bz2", fixture, map[string]string{"2/config.txt.bz2!config.txt": "user: deploy\npassword: bz2-Fixture-7431\n"}},
		{"bcj.txt.xz", bcj, map[string]string{"2/bcj.txt.xz!bcj.txt": "user: deploy\npassword: x86-Filter-7432\n"}},
	} {
		t.Run(c.file, func(t *testing.T) {
			r := attached(c.file, c.data)
			wantBodies(t, r, c.want)
			wantSkips(t, r)
		})
	}
	if r := attached("x.gz", named.Bytes()); !strings.Contains(heads(r), "pw of the archive: 7-Zip") || !strings.Contains(heads(r), "prod.env") {
		t.Errorf("heads: %q", heads(r))
	}
	nameless := opened(node{path: "1.2", data: gzipOf(text)}, DefaultLimits())
	wantBodies(t, nameless, map[string]string{"1.2!data": "token: abc\n"})
}

func TestTruncatedArchives(t *testing.T) {
	long := []byte(strings.Repeat("the password is hunter2, said the log\n", 20000))
	cut := func(d []byte) []byte { return d[:len(d)*2/3] }
	for name, data := range map[string][]byte{
		"a.gz": cut(gzipOf(random(long))), "a.xz": cut(xzOf(random(long))), "a.zst": cut(zstdOf(random(long))),
		"a.lzma": cut(lzmaOf(random(long))), "a.tar": cut(tarOf(stored{"log", long})), "a.zip": cut(zipOf(stored{"log", random(long)})),
	} {
		r := attached(name, data)
		var all string
		for _, b := range bodies(r) {
			all += b
		}
		if !strings.Contains(all, "hunter2") {
			t.Errorf("%s: nothing of it was searched", name)
		}
		if !strings.Contains(strings.Join(reasons(r), " "), "damaged") {
			t.Errorf("%s: not said to be damaged: %v", name, r.Skips)
		}
	}
}

// random makes text that compresses badly, so that a part of the stream is a part
// of the text.
func random(text []byte) []byte {
	out := bytes.Clone(text)
	state := uint32(1)
	for i := range out {
		state = state*1664525 + 1013904223
		if out[i] != '\n' && i%80 > 40 {
			out[i] = 'a' + byte(state>>16)%26
		}
	}
	return append([]byte("password hunter2\n"), out...)
}

func TestTarEntries(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []tar.Header{
		{Name: "home/", Typeflag: tar.TypeDir},
		{Name: "home/link", Typeflag: tar.TypeSymlink, Linkname: "/srv/pw-is-hunter2"},
		{Name: "home/tty", Typeflag: tar.TypeChar},
		{Name: "home/note", Typeflag: tar.TypeReg, Size: 5, PAXRecords: map[string]string{"comment": "api key inside"}},
	} {
		h.Mode = 0o600
		must(0, w.WriteHeader(&h))
		if h.Size > 0 {
			must(w.Write([]byte("note\n")))
		}
	}
	must(0, w.Close())
	r := attached("home.tar", b.Bytes())
	wantBodies(t, r, map[string]string{"2/home.tar!home/note": "note\n"})
	for _, want := range []string{"home/tty", "/srv/pw-is-hunter2", "api key inside"} {
		if !strings.Contains(heads(r), want) {
			t.Errorf("%q is not in the heads: %s", want, heads(r))
		}
	}
	if r.Parts != 2 {
		t.Errorf("%d parts, want the archive and its one file", r.Parts)
	}
}

func TestTarWithABrokenHeader(t *testing.T) {
	data := tarOf(stored{"one", []byte("first\n")}, stored{"two", []byte("second\n")}, stored{"three", []byte("third\n")})
	copy(data[2*tarBlock+148:], "junkjunk") // the second header's sum
	r := attached("a.tar", data)
	wantBodies(t, r, map[string]string{"2/a.tar!one": "first\n", "2/a.tar!three": "third\n"})
	wantSkips(t, r, "2/a.tar: damaged")
}

func TestSparseTar(t *testing.T) {
	// GNU's old format, as GNU tar writes with --sparse: a map of what is there, in
	// the header; the rest are holes.
	h := make([]byte, tarBlock)
	octal := func(at, size int, v int64) { copy(h[at:], fmt.Sprintf("%0*o\x00", size-1, v)) }
	copy(h, "db.sparse")
	octal(100, 8, 0o600)
	octal(108, 8, 0)
	octal(116, 8, 0)
	octal(124, 12, 512) // stored
	octal(136, 12, 0)
	h[156] = 'S'
	copy(h[257:], "ustar  \x00")
	octal(386, 12, 4096) // where the one piece stands
	octal(398, 12, 512)
	octal(483, 12, 8192) // size of the file
	copy(h[148:], "        ")
	sum := int64(0)
	for _, c := range h {
		sum += int64(c)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", sum))
	piece := bytes.Repeat([]byte("secret in a sparse file, line\n "), 17)[:512]
	r := attached("a.tar", append(append(h, piece...), make([]byte, 1024)...))
	if got := bodies(r)["2/a.tar!db.sparse"]; !strings.Contains(got, "secret in a sparse file") || len(r.Skips) > 0 {
		t.Errorf("got %q, skips %v", got, r.Skips)
	}
}

func TestEmptyArchives(t *testing.T) {
	for name, data := range map[string][]byte{"a.zip": zipOf(), "a.gz": gzipOf(nil), "a.tar": tarOf(stored{"empty", nil})} {
		r := attached(name, data)
		if len(r.Texts) == 0 || len(r.Skips) > 0 {
			t.Errorf("%s: texts %v, skips %v: an empty file is looked at, not passed over", name, r.Texts, r.Skips)
		}
	}
}

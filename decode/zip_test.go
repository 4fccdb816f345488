package decode

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

// rawZip writes entries by their headers, with the bytes as given.
func rawZip(headers []*zip.FileHeader, bodies ...[]byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, h := range headers {
		h.CompressedSize64, h.UncompressedSize64 = uint64(len(bodies[i])), uint64(len(bodies[i]))
		h.CRC32 = crc32.ChecksumIEEE(bodies[i])
		must(must(z.CreateRaw(h)).Write(bodies[i]))
	}
	must(0, z.Close())
	return b.Bytes()
}

func TestEncryptedEntries(t *testing.T) {
	data := rawZip([]*zip.FileHeader{
		{Name: "open.txt"}, {Name: "sealed.txt", Flags: 1}, {Name: "aes.txt", Method: 99}, {Name: "deflate64.txt", Method: 9}, {Name: "after.txt"},
	}, []byte("one\n"), []byte("\x13\x37"), []byte("\x13\x37"), []byte("\x13\x37"), []byte("two\n"))
	r := attached("a.zip", data)
	wantBodies(t, r, map[string]string{"2/a.zip!open.txt": "one\n", "2/a.zip!after.txt": "two\n"})
	wantSkips(t, r, "2/a.zip!sealed.txt: encrypted", "2/a.zip!aes.txt: encrypted", "2/a.zip!deflate64.txt: unsupported")
	if !strings.Contains(heads(r), "sealed.txt") {
		t.Error("the name of a sealed entry can be read")
	}
}

func TestZipNamesAndComments(t *testing.T) {
	dos, _ := charmap.CodePage437.NewEncoder().String("Zugänge.txt")
	jis, _ := japanese.ShiftJIS.NewEncoder().String("パスワード.txt")
	unicode := "\x01\x00\x00\x00\x00Пароли.txt"
	extra := binary.LittleEndian.AppendUint16(nil, 0x7075)
	extra = binary.LittleEndian.AppendUint16(extra, uint16(len(unicode)))
	extra = append(extra, unicode...)
	binary.LittleEndian.PutUint32(extra[5:], crc32.ChecksumIEEE([]byte("Ïàðîëè.txt")))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, h := range []zip.FileHeader{
		{Name: dos, NonUTF8: true}, {Name: jis, NonUTF8: true}, {Name: "Schlüssel.txt"},
		{Name: "Ïàðîëè.txt", Extra: extra}, {Name: "x.txt", Comment: "pw for x: sesame"}, {Name: "pw-hunter2/"},
	} {
		must(z.CreateHeader(&h))
	}
	must(0, z.SetComment("the password is: open sesame"))
	must(0, z.Close())
	got := heads(attached("a.zip", b.Bytes()))
	for _, want := range []string{"Zugänge.txt", "パスワード.txt", "Schlüssel.txt", "Пароли.txt", "pw for x: sesame", "pw-hunter2/", "2/a.zip: the password is: open sesame"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

func TestZipMethods(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(93, zstd.ZipCompressor())
	must(must(z.CreateHeader(&zip.FileHeader{Name: "zstd.txt", Method: 93})).Write([]byte("zstd\n")))
	link := &zip.FileHeader{Name: "link"}
	link.SetMode(fs.ModeSymlink | 0o777)
	must(must(z.CreateHeader(link)).Write([]byte("/etc/pw-hunter2")))
	must(0, z.Close())
	r := attached("a.zip", b.Bytes())
	wantBodies(t, r, map[string]string{"2/a.zip!zstd.txt": "zstd\n", "2/a.zip!link": "/etc/pw-hunter2"})
	wantSkips(t, r)
	// The sizes and sums of this one are those of its compressed form: wrong.
	r = attached("b.zip", rawZip([]*zip.FileHeader{{Name: "xz.txt", Method: 95}}, xzOf([]byte("xz\n"))))
	wantBodies(t, r, map[string]string{"2/b.zip!xz.txt": "xz\n"})
	wantSkips(t, r, "2/b.zip!xz.txt: damaged")
}

// TestDamagedDirectory cuts and overwrites a zip archive: its entries are found
// by their own headers, with and without sizes there.
func TestDamagedDirectory(t *testing.T) {
	want := map[string]string{"2/a.zip!one.txt": "one\n", "2/a.zip!dir/two.txt": "two\n"}
	files := []stored{{"one.txt", []byte("one\n")}, {"dir/two.txt", []byte("two\n")}}
	streamed := zipOf(files...) // sizes follow the data
	sized := rawZip([]*zip.FileHeader{{Name: "one.txt"}, {Name: "dir/two.txt"}}, files[0].data, files[1].data)
	for name, data := range map[string][]byte{"streamed": streamed, "sized": sized} {
		directory := bytes.Index(data, []byte("PK\x01\x02"))
		r := attached("a.zip", data[:directory])
		wantBodies(t, r, want)
		wantSkips(t, r, "2/a.zip: damaged")
		junk := append(bytes.Clone(data[:directory+10]), bytes.Repeat([]byte("junk"), 30)...)
		r = attached("a.zip", junk)
		got := bodies(r)
		delete(got, "2/a.zip!trailing") // the junk itself, where it is text enough
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if len(r.Skips) == 0 {
			t.Errorf("%s: overwritten directory not noticed", name)
		}
	}
}

func TestDamagedEntry(t *testing.T) {
	body := bytes.Repeat([]byte("password: hunter2 in a long text\n"), 300)
	data := zipOf(stored{"log.txt", random(body)}, stored{"after.txt", []byte("after\n")})
	copy(data[3000:], "\xff\xff\xff\xff\xff\xff\xff\xff")
	r := attached("a.zip", data)
	if got := bodies(r); !strings.Contains(got["2/a.zip!log.txt"], "hunter2") || got["2/a.zip!after.txt"] != "after\n" {
		t.Errorf("texts: %.200v", got)
	}
	wantSkips(t, r, "2/a.zip!log.txt: damaged")
}

func TestPrefixedZip(t *testing.T) {
	want := "password: hunter2\n"
	z := zipOf(stored{"setup.ini", []byte(want)})
	stub := append([]byte("MZ\x90\x00\x03"), bytes.Repeat([]byte{0, 1, 2, 0xff, 0x8b}, 500)...)
	script := []byte("#!/bin/sh\nexec java -jar \"$0\" \"$@\"\n")
	for name, data := range map[string][]byte{
		"setup.exe": append(bytes.Clone(stub), z...), "run.sh": append(script, z...), "a.crx": append([]byte("Cr24\x03\x00\x00\x00\x00\x00\x00\x00"), z...),
	} {
		r := attached(name, data)
		if got := bodies(r)["2/"+name+"!setup.ini"]; got != want {
			t.Errorf("%s: %q, skips %v", name, got, r.Skips)
		}
	}
}

func TestLongNamesAreCutInPaths(t *testing.T) {
	name := strings.Repeat("a/", 5000) + "pw-hunter2.txt"
	r := attached("a.zip", zipOf(stored{name, []byte("x\n")}))
	if !strings.Contains(heads(r), name) {
		t.Error("the whole name is searched")
	}
	for _, x := range r.Texts {
		if len(x.Path) > 2*maxName || !strings.HasSuffix(x.Path, "pw-hunter2.txt") {
			t.Errorf("path of %d bytes", len(x.Path))
		}
	}
}

func TestControlCharactersInNames(t *testing.T) {
	r := attached("a.zip", zipOf(stored{"a\x1b[31m\nb.txt", []byte("x\n")}))
	wantBodies(t, r, map[string]string{"2/a.zip!a[31mb.txt": "x\n"})
}

package decode

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestBesideArchives: what stands before, between and behind that of which a format
// takes account is searched, or is said not to have been.
func TestBesideArchives(t *testing.T) {
	a, b := stored{"a.txt", []byte("one\n")}, stored{"b.txt", []byte("two\n")}
	text := []byte("token: hunter2\n")
	bz2 := must(os.ReadFile(filepath.Join("testdata", "archive", "config.txt.bz2")))
	const inBz2 = "user: deploy\npassword: bz2-Fixture-7431\n"
	binaries := bytes.Repeat([]byte{0, 1, 2, 0xff, 0x8b, 0x90, 0x11}, 50)
	zeros := make([]byte, 4096)
	unlisted := cutFromDirectory(zipOf(a, b), "b.txt")
	join := func(p ...[]byte) []byte { return slices.Concat(p...) }
	for _, c := range []struct {
		what, name string
		data       []byte
		texts      map[string]string // by what follows the file's path
		skips      []string
	}{
		{"two tars", "x.tar", join(tarOf(a), tarOf(b)), map[string]string{"!a.txt": "one\n", "!b.txt": "two\n"}, nil},
		{"text behind a tar", "x.tar", join(tarOf(a), text), map[string]string{"!a.txt": "one\n", "!trailing": "token: hunter2\n"}, nil},
		{"text behind a tar without an end", "x.tar", join(tarOf(a)[:1024], text), map[string]string{"!a.txt": "one\n", "!trailing": "token: hunter2\n"}, []string{": damaged"}},
		{"padded tar", "x.tar", join(tarOf(a), zeros), map[string]string{"!a.txt": "one\n"}, nil},
		{"two tars, packed", "x.tgz", join(gzipOf(tarOf(a)), gzipOf(tarOf(b))), map[string]string{"!a.txt": "one\n", "!b.txt": "two\n"}, nil},

		{"two zips", "x.zip", join(zipOf(b), zipOf(a)), map[string]string{"!a.txt": "one\n", "!leading!b.txt": "two\n"}, nil},
		{"text behind a zip", "x.zip", join(zipOf(a), text), map[string]string{"!a.txt": "one\n", "!trailing": "token: hunter2\n"}, nil},
		{"long text behind a zip", "x.zip", join(zipOf(a), bytes.Repeat(text, 9000)), map[string]string{"!a.txt": "one\n", "!trailing": strings.Repeat("token: hunter2\n", 9000)}, nil},
		{"script before a zip", "x.run", join([]byte("#!/bin/sh\nT=hunter2\n"), zipOf(a)), map[string]string{"!a.txt": "one\n", "!leading": "#!/bin/sh\nT=hunter2\n"}, nil},
		{"long script before a zip", "x.run", join(bytes.Repeat(text, 9000), zipOf(a)), map[string]string{"!a.txt": "one\n", "!leading": strings.Repeat("token: hunter2\n", 9000)}, nil},
		{"program before a zip", "x.exe", join([]byte("MZ"), binaries, zipOf(a)), map[string]string{"!a.txt": "one\n"}, []string{"!leading: unsupported"}},
		{"unlisted entry", "x.zip", unlisted, map[string]string{"!a.txt": "one\n", "!between!b.txt": "two\n"}, []string{"!between: damaged"}},
		{"padded zip", "x.zip", join(zipOf(a), zeros), map[string]string{"!a.txt": "one\n"}, nil},
		{"text behind a document", "x.docx", join(wordOf("<w:p><w:r><w:t>x</w:t></w:r></w:p>"), text), map[string]string{"!word/document.xml": "x\n", "!trailing": "token: hunter2\n"}, nil},
		{"no zip", "x.zip", []byte("PK\x03\x04 token: hunter2, in a rather long line of text"), map[string]string{"": "PK\x03\x04 token: hunter2, in a rather long line of text"}, []string{": damaged"}},

		{"text behind gzip", "x.gz", join(gzipOf(a.data), text), map[string]string{"!x": "one\n", "!trailing": "token: hunter2\n"}, nil},
		{"short text behind gzip", "x.gz", join(gzipOf(a.data), gzipOf(b.data), []byte("hunter2")), map[string]string{"!x": "one\ntwo\n", "!trailing": "hunter2"}, nil},
		{"text behind padding", "x.gz", join(gzipOf(a.data), zeros, text), map[string]string{"!x": "one\n", "!trailing": "token: hunter2\n"}, nil},
		{"binary behind gzip", "x.gz", join(gzipOf(a.data), binaries), map[string]string{"!x": "one\n"}, []string{"!trailing: unsupported"}},
		{"text behind bzip2", "x.bz2", join(bz2, bz2, text), map[string]string{"!x": inBz2 + inBz2, "!trailing": "token: hunter2\n"}, nil},
		{"padded bzip2", "x.bz2", join(bz2, zeros), map[string]string{"!x": inBz2}, nil},
		{"text behind xz", "x.xz", join(xzOf(a.data), xzOf(b.data), text), map[string]string{"!x": "one\ntwo\n", "!trailing": "token: hunter2\n"}, nil},
		{"short text behind xz", "x.xz", join(xzOf(a.data), []byte("hunter2")), map[string]string{"!x": "one\n", "!trailing": "hunter2"}, nil},
		{"long text behind xz", "x.xz", join(xzOf(random(bytes.Repeat(text, 9000))), bytes.Repeat(text, 9000)), map[string]string{"!x": string(random(bytes.Repeat(text, 9000))), "!trailing": strings.Repeat("token: hunter2\n", 9000)}, nil},
		{"padded xz", "x.xz", join(xzOf(a.data), zeros[:7]), map[string]string{"!x": "one\n"}, nil},
		{"text behind zstd", "x.zst", join(zstdOf(a.data), zstdOf(b.data), text), map[string]string{"!x": "one\ntwo\n", "!trailing": "token: hunter2\n"}, nil},
		{"padded zstd", "x.zst", join(zstdOf(a.data), zeros), map[string]string{"!x": "one\n"}, nil},
		{"text behind lzma", "x.lzma", join(lzmaOf(a.data), text), map[string]string{"!x": "one\n", "!trailing": "token: hunter2\n"}, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			want, skips := map[string]string{}, []string(nil)
			for suffix, text := range c.texts {
				want["2/"+c.name+suffix] = text
			}
			for _, s := range c.skips {
				skips = append(skips, "2/"+c.name+s)
			}
			r := attached(c.name, c.data)
			wantBodies(t, r, want)
			wantSkips(t, r, skips...)
		})
	}
}

// cutFromDirectory takes the last entry, of that name, out of the directory of an
// archive, and leaves what it holds where it is.
func cutFromDirectory(data []byte, name string) []byte {
	const header = 46
	at, end := bytes.LastIndex(data, []byte("PK\x01\x02")), bytes.LastIndex(data, []byte("PK\x05\x06"))
	if !bytes.HasPrefix(data[at+header:], []byte(name)) {
		panic("not the last entry")
	}
	out := slices.Concat(data[:at], data[end:])
	tail := out[at:]
	binary.LittleEndian.PutUint16(tail[8:], 1)
	binary.LittleEndian.PutUint16(tail[10:], 1)
	binary.LittleEndian.PutUint32(tail[12:], binary.LittleEndian.Uint32(tail[12:])-uint32(end-at))
	return out
}

// TestNothingBesideOrdinaryArchives: what belongs to a format is not taken for
// something beside it.
func TestNothingBesideOrdinaryArchives(t *testing.T) {
	long := stored{"long.txt", bytes.Repeat([]byte("words and words\n"), 10_000)}
	var many []stored
	for i := range 3 {
		many = append(many, long, stored{strings.Repeat("d/", i+1) + "x.txt", []byte("x\n")})
	}
	var commented bytes.Buffer
	z := zip.NewWriter(&commented)
	must(must(z.Create("x.txt")).Write([]byte("x\n")))
	must(0, z.SetComment("a comment"))
	must(0, z.Close())
	for name, data := range map[string][]byte{
		"streamed": zipOf(many...), "sized": rawZip([]*zip.FileHeader{{Name: "x.txt"}}, []byte("x\n")), "commented": commented.Bytes(),
		"split": append([]byte("PK00"), zipOf(long)...), "empty": zipOf(), "wide": zip64Of(zipOf(long)),
		"unsigned": bytes.ReplaceAll(zipOf(long), []byte("PK\x07\x08"), nil),
	} {
		if name == "unsigned" { // the directory is four bytes nearer
			end := bytes.LastIndex(data, []byte("PK\x05\x06"))
			binary.LittleEndian.PutUint32(data[end+16:], binary.LittleEndian.Uint32(data[end+16:])-4)
		}
		r := attached("a.zip", data)
		for path := range bodies(r) {
			if strings.HasSuffix(path, leading) || strings.HasSuffix(path, between) || strings.HasSuffix(path, trailing) {
				t.Errorf("%s: %s", name, path)
			}
		}
		wantSkips(t, r)
	}
}

// zip64Of gives an archive the end records of a large one (APPNOTE 4.3.14, 4.3.15).
func zip64Of(data []byte) []byte {
	at := bytes.LastIndex(data, []byte("PK\x05\x06"))
	end := bytes.Clone(data[at:])
	count, size, offset := binary.LittleEndian.Uint16(end[10:]), binary.LittleEndian.Uint32(end[12:]), binary.LittleEndian.Uint32(end[16:])
	record := append([]byte("PK\x06\x06"), make([]byte, 52)...)
	binary.LittleEndian.PutUint64(record[4:], 44)
	for i, v := range []uint64{uint64(count), uint64(count), uint64(size), uint64(offset)} {
		binary.LittleEndian.PutUint64(record[24+8*i:], v)
	}
	locator := append([]byte("PK\x06\x07"), make([]byte, 16)...)
	binary.LittleEndian.PutUint64(locator[8:], uint64(at))
	binary.LittleEndian.PutUint32(locator[16:], 1)
	for i := 8; i < 20; i++ {
		end[i] = 0xff
	}
	return slices.Concat(data[:at], record, locator, end)
}
